"""The meeting page of a three-hour meeting: paint, seek, size. `python -m tests.bench.pages`."""

import asyncio
import random
import shutil
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright
from record_bot_sandbox.hms import content
from record_bot_sandbox.stage import stage
from rich.console import Console

from tests.bench.measure import Figure, Target
from tests.bench.report import machine, show
from tests.browser.test_meeting import finished

HOURS = 3
SENTENCES = 2_200  # as people speak: some 29,000 words
SPEAKERS = ("Ana", "Ben", "ליאת", "Chloé", "Dora", "Emil")
TIMES = 7
TURNS = (5, 120, 300, 480, 40, 500, 250)
# `paintedAt` is when the transcript is on the screen: a frame after it is in the tree.
WATCH = """
addEventListener("DOMContentLoaded", () => {
  new MutationObserver(() => {
    if (document.body.dataset.state !== "shown" || window.paintedAt) return;
    window.paintedAt = -1;
    requestAnimationFrame(() => setTimeout(() => (window.paintedAt = performance.now())));
  }).observe(document.body, { attributes: true });
});
"""
SEEK = """(n) => new Promise((done) => {
  const video = document.querySelector("video"), turn = document.querySelectorAll("#turns .turn")[n];
  const began = performance.now();
  video.addEventListener("seeked", () => requestAnimationFrame(() => setTimeout(() =>
    done(turn.classList.contains("current") ? performance.now() - began : Infinity))), { once: true });
  turn.querySelector(".time").click();
})"""
SIZES = """() => performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
  .map((e) => [new URL(e.name).pathname, e.encodedBodySize])"""


def meeting_lines() -> tuple[tuple[str, str], ...]:
    """Sentences of 13 words by Zipf's law, three or four of them in a turn."""
    rng = random.Random(5)
    words = [f"{a}{b}" for a in _syllables(rng) for b in _syllables(rng)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    lines, speaker = [], SPEAKERS[0]
    for _ in range(SENTENCES):
        if rng.random() < 0.3:
            speaker = rng.choice(SPEAKERS)
        said = " ".join(rng.choices(words, weights, k=13))
        lines.append((speaker, f"{said.capitalize()}."))
    return tuple(lines)


def _syllables(rng: random.Random) -> list[str]:
    return ["".join(rng.choices("aeioulnrstdmk", k=rng.randint(2, 4))) for _ in range(70)]


async def figures() -> list[Figure]:
    content.LINES = meeting_lines()  # type: ignore[assignment]
    folder = Path(tempfile.mkdtemp(prefix="record-bot-pages-"))
    path = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        async with stage(folder, output=folder / "bot.log") as played, async_playwright() as play:
            browser = await play.chromium.launch(executable_path=path, args=["--no-sandbox"])
            meeting = await finished(played, "Design review", length_s=HOURS * 3600)
            found = await _measured(browser, await meeting.link(meeting.ines))
            await browser.close()
            return found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _measured(browser: Browser, link: str) -> list[Figure]:
    first = await browser.new_context()
    page = await _open(await first.new_page(), link)
    cookies = (await first.storage_state())["cookies"]
    await first.close()
    paints: list[float] = []
    transcripts: list[float] = []
    for _ in range(TIMES):
        context = await browser.new_context()  # with an empty cache
        await context.add_cookies(cookies)  # type: ignore[arg-type]
        page = await _open(await context.new_page(), link.partition("#")[0])
        paint = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        paints.append(float(await page.evaluate(paint)))
        transcripts.append(float(await page.evaluate("window.paintedAt")))
        if len(paints) < TIMES:
            await context.close()
    await page.wait_for_function("() => document.querySelector('video')?.readyState > 1")
    seeks = [float(await page.evaluate(SEEK, n)) for n in TURNS]
    sizes = dict(await page.evaluate(SIZES))
    own = sum(n for p, n in sizes.items() if "/assets/" in p or p.count("/") == 2)
    data = next(n for p, n in sizes.items() if p.endswith("/data"))
    turns = float(await page.locator("#turns .turn").count())
    return [
        Figure("first contentful paint, three hours", paints, "ms", Target("<", 1000)),
        Figure("transcript on the screen, three hours", transcripts, "ms", Target("<", 1000)),
        Figure("click on a turn to picture and mark", seeks, "ms", Target("<", 200)),
        Figure("page, styles, script, icon; compressed", [own / 1000], "KB", Target("<", 150)),
        Figure("data of the meeting, compressed", [data / 1000], "KB"),
        Figure("turns in the transcript", [turns], ""),
    ]


async def _open(page: Page, link: str) -> Page:
    page.set_default_timeout(60_000)
    await page.add_init_script(WATCH)
    await page.goto(link, wait_until="commit")
    await page.wait_for_function("() => window.paintedAt > 0")
    return page


if __name__ == "__main__":
    show(asyncio.run(figures()), machine(), Console())
