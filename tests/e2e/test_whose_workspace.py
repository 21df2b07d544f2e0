"""Sister workspaces, other organisations, org-wide installs, and refusals that are about a place."""

import asyncio
from pathlib import Path

import pytest
from record_bot_sandbox.serving import serving
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.app import create_app
from record_bot_sandbox.slack.config import SlackConfig
from record_bot_sandbox.slack.person import Person
from record_bot_sandbox.slack.seen import SeenMessage, Snapshot

from tests.e2e.bench import Bench
from tests.e2e.reading import first, has
from tests.e2e.test_cli import GOOD, fails_in_one_line, record_bot
from tests.e2e.waiting import LONGEST_S


async def test_members_that_slack_names_by_a_sister_workspace_are_members(bench: Bench) -> None:
    room = await bench.room()
    async with Person(bench.world.slack_url, seed.SISTER) as lena:
        await bench.start(room, "--no-transcript", by=lena)
        card = await bench.card(room, "Recording")
        await bench.press(lena, card, "Stop", confirm=True)
    await bench.hms_until(room, lambda r: r["stop_reason"])


async def test_people_of_another_organisation_get_a_doctor_of_their_channel_only(
    bench: Bench,
) -> None:
    ours, here = await bench.room(), await bench.room()
    for channel in (seed.STANDUP, seed.PARTNERS):
        await bench.slack_fault(
            "chat.postMessage", http_status=503, times=50, match={"channel": channel}
        )
    await bench.start(ours, "--no-transcript")
    await bench.start(here, "--no-transcript", channel=seed.PARTNERS)
    seen = await _doctor(bench, seed.STRANGER, here.name)
    for word in (ours.name, "ebhook", "version", "503", "scope", seed.STANDUP):
        assert word not in seen.text + str(seen.blocks), word
    full = await _doctor(bench, seed.MEMBER, here.name)
    assert "version" in full.text


async def _doctor(bench: Bench, user: str, waits: str) -> SeenMessage:
    """What `/record doctor` says in #partners, once it names what waits."""
    person = bench.sol if user == seed.STRANGER else bench.tariq
    async with asyncio.timeout(LONGEST_S):
        while True:
            before = {m.ts for m in await person.ephemerals(seed.PARTNERS)}
            assert (await person.command(seed.PARTNERS, "/record doctor")).ok

            def fresh(state: Snapshot, known: set[str] = before) -> SeenMessage | None:
                shown = state.ephemerals(seed.PARTNERS, user)
                return first([m for m in shown if m.ts not in known and has(m, "Waiting")])

            told = await bench.see(fresh)
            if has(told, waits):
                return told


async def test_a_workspace_without_the_app_closes_its_channel_and_nothing_else(
    bench: Bench,
) -> None:
    there, here = await bench.room(), await bench.room()
    await bench.slack_fault(
        "chat.postMessage",
        error="team_access_not_granted",
        times=50,
        match={"channel": seed.DESIGN},
    )
    await bench.start(there, "--no-transcript", channel=seed.DESIGN)
    await bench.told(bench.ines, seed.DESIGN, "belongs to a workspace in which @record is not")
    await bench.running(here, "--no-transcript")
    assert "slack_refuses_the_token" not in bench.bot.log.read_text()


@pytest.mark.parametrize("command", ["run", "doctor"])
async def test_an_app_of_a_whole_organisation_does_not_start(tmp_path: Path, command: str) -> None:
    app = create_app(SlackConfig(bot_token=GOOD["SLACK_BOT_TOKEN"]))
    app.state.sim.org_wide = True
    async with serving(app) as url:
        env = GOOD | {"SLACK_API_URL": f"{url}/api/"}
        env["DATABASE_URL"] = f"sqlite:///{tmp_path}/bot.sqlite"
        done = await record_bot(tmp_path, command, env=env)
    if command == "run":
        assert fails_in_one_line(done) == (
            "record-bot: SLACK_BOT_TOKEN belongs to an app installed for a whole organisation, which is "
            "not supported yet. Install the app in one workspace and copy the new token."
        )
        assert not (tmp_path / "bot.sqlite").exists()
    else:
        assert done.returncode == 1
        assert "whole organisation" in " ".join(done.stdout.split())


async def test_the_doctor_says_that_the_app_is_of_a_whole_organisation(bench: Bench) -> None:
    await bench.ines.tell("install", org_wide=True)
    try:
        before = {m.ts for m in await bench.ines.ephemerals(seed.STANDUP)}
        await bench.ines.command(seed.STANDUP, "/record doctor")

        def fresh(state: Snapshot) -> SeenMessage | None:
            shown = state.ephemerals(seed.STANDUP, seed.STARTER)
            return first([m for m in shown if m.ts not in before and has(m, "Waiting")])

        assert has(await bench.see(fresh), "whole organisation", "install the app in one workspace")
    finally:
        await bench.ines.tell("install")
