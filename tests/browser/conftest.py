"""A stage with a browser before it; and what is done when there is no browser."""

import os
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, async_playwright
from record_bot_sandbox.slack import seed, view_store
from record_bot_sandbox.stage import Stage, stage
from xdist.scheduler import LoadFileScheduling

from tests.browser.screen import PATIENCE_MS, Screen
from tests.databases import migrated_copy
from tests.e2e.forked import ForkedBot

# The headless shell takes a third of the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
MISSING = (
    "Browser tests skipped: there is no Chromium. On Debian: apt-get install chromium; "
    "elsewhere set CHROMIUM to its path."
)
SPEED = 60.0
BOT_SPEED = 12.0  # the two minutes in which a request may be started are ten seconds, not five
BROWSER = "tests/browser/"
skipped: list[str] = []


def chromium() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


class OneBrowser(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """All of them in one worker, one after the other: each other one would start Chromium anew."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return BROWSER if file.startswith(BROWSER) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneBrowser | None:
    return OneBrowser(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in dict.fromkeys(skipped):
        terminalreporter.write_line(line, yellow=True)


async def launch(playwright: Playwright) -> Browser:
    path = chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING.replace("skipped", "cannot run"))
        skipped.append(MISSING)
        pytest.skip(MISSING)
    flags = [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--font-render-hinting=none",
        "--disable-gpu",
        "--disable-software-rasterizer",
    ]
    return await playwright.chromium.launch(executable_path=path, args=flags)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await launch(playwright)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def played(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """One stage for the tests of a file: each uses a room of its own."""
    folder: Path = tmp_path_factory.mktemp("browser")
    migrated_copy(folder / "record-bot.sqlite")
    log, env = folder / "bot.log", {"TIME_SCALE": f"{BOT_SPEED:g}"}
    async with stage(folder, speed=SPEED, output=log, env=env, bots=ForkedBot) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="package")
async def screen(played: Stage, browser: Browser) -> AsyncIterator[Screen]:
    """A fresh window, at #standup as Ines, in a world where everything works."""
    make_peace(played)
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    shown = Screen(page, played)
    await shown.open()
    yield shown
    await context.close()
    await settle(played)
    assert not shown.complaints, shown.complaints
    assert not played.slack_sim.problems, played.slack_sim.problems


def make_peace(played: Stage) -> None:
    slack, hms = played.slack_sim, played.hms_sim
    slack.faults.clear()
    slack.faults.enforce_limits = False
    hms.faults.clear()
    slack.problems.clear()
    for user in slack.users:
        while view := view_store.front(slack, user):
            view_store.clear(slack, view)
    for channel in slack.channels.values():
        channel.is_archived = False
    slack.channels[seed.BOARD].members.discard(seed.BOT_USER)


async def settle(played: Stage) -> None:
    """Leave no recording behind for the next test."""
    make_peace_with = [
        r.id for r in played.hms_sim.state.recordings.values() if r.stopped_ns is None
    ]
    for recording_id in make_peace_with:
        await played.hms.api("POST", f"/recordings/{recording_id}/stop")


def slug(name: str) -> str:
    return re.sub(r"\W+", "-", name).strip("-")
