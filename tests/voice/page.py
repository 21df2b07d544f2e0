"""docs/voice.md: every group with its picture, and what a screen reader says of each sample."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from record_bot_sandbox.slack import seed

from bot.ui.message import Message
from tests.voice.everything import GROUPS, SAMPLES
from tests.voice.sample import Group, Sample

PAGE = Path(__file__).parents[2] / "docs" / "voice.md"
TOP = """# The voice

Every message and view of the bot, drawn as the sandbox draws them. Below each picture is the text \
for screen readers and notifications.

The samples are in `tests/voice`; `RECORD_BOT_PICTURES=1 make test ARGS="tests/unit/test_voice.py \
tests/browser/test_voice.py"` makes this page from them. The tests fail if a view is \
missing here.
"""
_DATE = re.compile(r"<!date\^\d+\^[^|>]*\|([^<>|]+)>")
_LINK = re.compile(r"<https?://[^|>]+\|([^>]+)>")
_USER = re.compile(r"<@(\w+)>")
_CHANNEL = re.compile(r"<#(\w+)>")


def captioned(sample: Sample, n: int) -> str:
    return f"{n}. {sample.when}"


def questions() -> dict[str, dict[str, Any]]:
    """What is asked before something is done: the button's text → the question."""
    return dict(found for sample in SAMPLES for found in _asked(sample.shown))


def _asked(thing: object) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(thing, Message):
        yield from _asked(thing.blocks)
    elif isinstance(thing, list):
        for item in thing:
            yield from _asked(item)
    elif isinstance(thing, dict):
        if isinstance(thing.get("confirm"), dict) and thing.get("type") == "button":
            yield thing["text"]["text"], thing["confirm"]
        for item in thing.values():
            yield from _asked(item)


def written() -> str:
    return "\n".join([TOP, *map(_group, GROUPS), *_questions()])


def _group(group: Group) -> str:
    lines = [f"## {group.title}", "", group.about, "", _picture(group.title, group.slug), ""]
    for n, sample in enumerate(group.samples, 1):
        lines.append(f"{captioned(sample, n)} · {sample.place}")
        lines += [f"   > {line}" if line else "   >" for line in _spoken(sample)]
    return "\n".join([*lines, ""])


def _questions() -> Iterator[str]:
    yield "## Questions\n\nConfirmations before an action.\n"
    yield _picture("Questions", "questions") + "\n"
    for n, (label, asked) in enumerate(questions().items(), 1):
        choices = f"{asked['confirm']['text']} / {asked['deny']['text']}"
        yield f"{n}. {label}\n   > {asked['title']['text']} {asked['text']['text']} {choices}"
    yield ""


def _picture(title: str, slug: str) -> str:
    return f"![{title}, as pictures](pictures/voice/{slug}.webp)"


def _spoken(sample: Sample) -> list[str]:
    """A message's own text, and what its buttons are called; a view block by block."""
    if isinstance(sample.shown, str):
        return [sample.shown]
    if isinstance(sample.shown, dict):
        title = sample.shown.get("title", {}).get("text", "Home")
        told = (" · ".join(_texts(block)) for block in sample.shown["blocks"])
        return [f"**{title}**", *(_readable(line) for text in told for line in text.split("\n"))]
    buttons = [_called(b) for block in sample.shown.blocks for b in _buttons(block)]
    told = (_readable(line) for line in sample.shown.text.split("\n"))
    return [*told, *([" ".join(buttons)] if buttons else [])]


def _called(button: dict[str, Any]) -> str:
    return f"[{button.get('accessibility_label') or button['text']['text']}]"


def _buttons(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    inside = [*block.get("elements", []), block.get("accessory", {})]
    yield from (element for element in inside if element.get("type") == "button")


def _texts(thing: object) -> Iterator[str]:
    """In the order in which it is read: no closed options, and buttons by what they are called."""
    if isinstance(thing, list):
        for item in thing:
            yield from _texts(item)
    elif isinstance(thing, dict):
        if thing.get("type") == "button":
            yield _called(thing)
            return
        if isinstance(thing.get("text"), str):
            yield thing["text"]
        for key in ("text", "label", "fields", "elements", "element", "accessory", "hint"):
            if not isinstance(thing.get(key), str):
                yield from _texts(thing.get(key))


def _readable(text: str) -> str:
    """mrkdwn's own marks as their readers see them."""
    channels = {channel.id: channel.name for channel in seed.channels().values()}
    text = _LINK.sub(r"\1", _DATE.sub(r"\1", text))
    text = _USER.sub(lambda found: f"@{seed.users()[found[1]].real_name}", text)
    return _CHANNEL.sub(lambda found: f"#{channels[found[1]]}", text).replace("\u2068", "")
