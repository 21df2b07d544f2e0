"""Everything the bot says, drawn as Slack draws it. RECORD_BOT_PICTURES=1 makes docs/voice.md."""

import base64
import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.blocks import initial_values, with_ids
from record_bot_sandbox.stage import Stage

from bot.ui.message import Message
from tests.browser.screen import PICTURES
from tests.unit.views_samples import NOW
from tests.voice.everything import GROUPS
from tests.voice.page import captioned, questions
from tests.voice.sample import Group, Sample

pytestmark = pytest.mark.asyncio(loop_scope="package")
LOOKED_AT = NOW.replace(hour=23, minute=30)  # on the same day
SCRIPT = Path(__file__).with_name("voice.js").read_text("utf-8")
WIDE = {"modal": 1150, "question": 960}
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Voice</title>
<link rel="stylesheet" href="/page/voice/style.css">
<style>
  html, body { height: auto; overflow: visible; }
  section.group { width: 760px; padding: 8px 20px 20px; }
  .of-modal, .of-question { columns: 2; column-gap: 22px; }
  section.of-modal { width: 1150px; } section.of-question { width: 960px; }
  figure { break-inside: avoid; padding: 8px 0; }
  figcaption { padding: 6px 0; font-size: 13px; font-weight: 600; color: #0f6f63; }
  figure > ol, figure > .home { border: 1px solid var(--line); border-radius: 10px; }
  figure > ol { padding: 5px 0; list-style: none; } .message article { padding-inline: 14px; }
  .home-blocks { padding: 6px 20px 20px; }
  dialog.still { display: block; position: static; margin: 0; max-height: none; width: 100%;
    border: 1px solid var(--line); box-shadow: none; }
  dialog.still form { max-height: none; }
</style>
<body><div id="said" hidden></div><div id="toast" hidden></div></body></html>"""


@pytest_asyncio.fixture(loop_scope="package")
async def page(played: Stage, browser: Browser) -> AsyncIterator[Page]:
    """Of the page's origin, with its style, and nothing else of it."""
    context = await browser.new_context(locale="en-GB", timezone_id="UTC")
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text))
    await page.clock.set_fixed_time(LOOKED_AT)
    await page.goto(f"{played.slack_url}/page/state.json")
    await page.set_content(PAGE)
    yield page
    await context.close()
    assert not complaints


async def test_everything_is_drawn_and_can_be_read(page: Page) -> None:
    for group in GROUPS:
        samples = [_drawn(group, sample, n) for n, sample in enumerate(group.samples, 1)]
        read = await _draw(page, group.slug, samples)
        for sample, seen in zip(group.samples, read, strict=True):
            assert seen["unknown"] == 0, sample.when
            said = _folded(seen["text"])
            for words in _words(sample):
                assert words in said, (sample.when, words, said)
        await _picture(page, group.slug)


async def test_every_question_is_drawn(page: Page) -> None:
    asked = questions()
    drawn = [
        {"group": "questions", "kind": "question", "caption": f"{n}. {label}", "question": question}
        for n, (label, question) in enumerate(asked.items(), 1)
    ]
    read = await _draw(page, "questions", drawn)
    for question, seen in zip(asked.values(), read, strict=True):
        assert _folded(question["text"]["text"]) in _folded(seen["text"])
    await _picture(page, "questions")


async def _draw(page: Page, slug: str, samples: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kind = samples[0]["kind"]
    await page.set_viewport_size({"width": WIDE.get(kind, 760), "height": 900})
    await page.evaluate(
        """([id, kind]) => {
            const section = document.createElement("section");
            section.id = id;
            section.className = `group of-${kind}`;
            document.querySelectorAll("section.group").forEach((drawn) => drawn.remove());
            document.body.append(section);
        }""",
        [slug, kind],
    )
    told = {"samples": samples, "me": seed.STARTER, "bot": seed.BOT_USER}
    found: list[dict[str, Any]] = await page.evaluate(SCRIPT, told)
    return found


async def _picture(page: Page, slug: str) -> None:
    if not os.environ.get("RECORD_BOT_PICTURES"):
        return
    folder = PICTURES / "voice"
    folder.mkdir(parents=True, exist_ok=True)
    clip = {**(await page.locator(f"#{slug}").bounding_box() or {}), "scale": 1}
    devtools = await page.context.new_cdp_session(page)
    # At 100 nothing is lost; a view of much white takes less with a little loss.
    taken = []
    for quality in (70, 100):
        whole = {"format": "webp", "quality": quality, "clip": clip, "captureBeyondViewport": True}
        answer = await devtools.send("Page.captureScreenshot", whole)
        taken.append(base64.b64decode(answer["data"]))
    (folder / f"{slug}.webp").write_bytes(min(taken, key=len))


def _drawn(group: Group, sample: Sample, n: int) -> dict[str, Any]:
    drawn: dict[str, Any] = {"group": group.slug, "caption": captioned(sample, n)}
    if isinstance(sample.shown, dict):
        return drawn | {"kind": sample.place, "view": _stored(sample.shown, f"V{n}")}
    message = sample.shown if isinstance(sample.shown, Message) else Message(sample.shown)
    blocks = with_ids(message.blocks)
    body: dict[str, Any] = {"ts": f"{NOW.timestamp():.6f}", "channel": seed.STANDUP}
    if sample.place == "only you":
        body["viewer"] = seed.STARTER
    return drawn | {"kind": "message", "message": {**body, "text": message.text, "blocks": blocks}}


def _stored(view: dict[str, Any], view_id: str) -> dict[str, Any]:
    blocks = with_ids(view["blocks"])
    state = {"values": initial_values(blocks, None)}
    return {**view, "id": view_id, "hash": view_id, "blocks": blocks, "state": state, "errors": {}}


def _words(sample: Sample) -> Iterator[str]:
    """Every piece of text that stands as it is between marks, names, dates and links."""
    if isinstance(sample.shown, str):
        yield _folded(sample.shown)
        return
    blocks = sample.shown.blocks if isinstance(sample.shown, Message) else sample.shown["blocks"]
    for text in _texts(blocks):
        for piece in re.split(r"<[^>]*>|[*`\n]", text):
            quoted = piece.removeprefix("&gt; ").removeprefix("> ")  # drawn as a bar
            plain = quoted.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
            if _folded(plain):
                yield _folded(plain)


def _texts(thing: object) -> Iterator[str]:
    """What is in sight: not the names of closed options, questions and hidden labels."""
    if isinstance(thing, list):
        for item in thing:
            yield from _texts(item)
    elif isinstance(thing, dict):
        if isinstance(thing.get("text"), str):
            yield thing["text"]
        hidden = {"options", "initial_option", "initial_options", "confirm", "placeholder"}
        for key, item in thing.items():
            if key not in hidden:
                yield from _texts(item)


def _folded(text: str) -> str:
    return " ".join(text.replace("\u2068", "").replace("\u2069", "").split())
