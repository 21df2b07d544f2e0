"""The whole voice: nothing is missing from docs/voice.md, and all of it can be read aloud."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bot.access import views as rights
from bot.core.recording import FailureReason, Problem
from bot.features.card.steps import card_of
from bot.features.commands.views import together
from bot.features.control.views import room_notice
from bot.features.unfurl.views import room_unfurl
from bot.listeners.app import for_people
from bot.ui import message
from bot.ui.message import Message, view_hash
from bot.ui.problems import explain
from bot.ui.words import PHASES
from tests.unit.rows import each
from tests.unit.sources import PACKAGE, trees
from tests.unit.views_samples import RUNS, assert_accepted, dates
from tests.voice import page
from tests.voice.everything import GROUPS, SAMPLES
from tests.voice.sample import Sample, name_of, story

PIECES: set[Callable[..., object]] = {
    message.modal,
    message.say,
    together,
}  # what views are made of
CHOOSERS: set[Callable[..., object]] = {
    for_people,
    card_of,
}  # they call one of the others
PICTURES = page.PAGE.parent / "pictures" / "voice"
PAYLOADS = Path(__file__).parents[1] / "data/recorded/voice.txt"


def for_each_sample(check: Callable[[Sample], None]) -> Callable[[], None]:
    """Make one test of all samples."""

    def test() -> None:
        each(SAMPLES, check, name=lambda sample: f"{sample.builder} ({sample.when})")

    test.__name__, test.__doc__ = check.__name__, check.__doc__
    return test


def builders() -> Iterator[str]:
    """Every public function of the package that makes a message or a view."""
    for path, tree in trees().items():
        module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                made = ast.unparse(node.returns) if node.returns else ""
                if {"Message", "View"} & set(re.findall(r"\w+", made)):
                    yield f"{module}.{node.name}"


def test_every_message_and_view_has_a_sample() -> None:
    neither = {name_of(room_notice), name_of(room_unfurl)}  # text alone, and blocks alone
    expected = set(builders()) - {name_of(made) for made in PIECES | CHOOSERS} | neither
    sampled = {sample.builder for sample in SAMPLES}
    assert sampled == expected, "a new message or view needs a sample in tests/voice"


def test_every_state_failure_and_refusal_has_a_sample() -> None:
    shown = page.written()
    assert [phase for phase, word in PHASES.items() if word not in shown] == []
    assert [act for act, words in rights.WHAT.items() if words not in shown] == []
    running = story(*RUNS)
    on_no_card = {
        FailureReason.CANCELLED,
        FailureReason.REFUSED,
        FailureReason.CANNOT_POST,
    }  # told by state, status and error
    whys = {why: explain(Problem(why), running).why for why in set(FailureReason) - on_no_card}
    assert [why for why, words in whys.items() if words not in shown] == []


def test_the_page_shows_all_of_it() -> None:
    if os.environ.get("RECORD_BOT_PICTURES"):
        page.PAGE.write_text(page.written(), "utf-8")
    assert page.PAGE.read_text("utf-8") == page.written(), "make it anew, as it says on its top"
    slugs = {group.slug for group in GROUPS} | {"questions"}
    assert {path.stem for path in PICTURES.iterdir()} == slugs


def test_what_the_page_does_not_show_is_the_same() -> None:
    """Values, styles, labels and questions of every sample: a digest of each whole payload."""
    lines = []
    for sample in SAMPLES:
        shown = sample.shown.payload() if isinstance(sample.shown, Message) else sample.shown
        lines.append(f"{sample.builder} {view_hash({'shown': shown})}")
    if os.environ.get("RECORD_BOT_PICTURES"):
        PAYLOADS.write_text("\n".join(lines) + "\n", "utf-8")
    assert PAYLOADS.read_text("utf-8").splitlines() == lines


# ---- accessible ------------------------------------------------------------------------------

EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]\ufe0f?")
CONTROLS = {"button", "static_select"}
_LINK = re.compile(r"<https?:[^>]+>")
VAGUE = {"ok", "yes", "no", "click here", "here", "more", "submit", "go", "link", "next"}


@for_each_sample
def test_slack_takes_it_and_nobody_shouts(sample: Sample) -> None:
    if isinstance(sample.shown, str):
        assert "!" not in sample.shown
        return
    assert_accepted(sample.shown)
    for text in _texts(sample.shown):
        assert "!" not in dates(re.sub(r"<!subteam[^>]*>", "", text)), text


@for_each_sample
def test_an_emoji_is_never_a_word(sample: Sample) -> None:
    """It stands before what it means, never alone, in a button, or for a screen reader."""
    for text in _texts(sample.shown):
        for line in text.split("\n"):
            assert not line.strip() or EMOJI.sub("", line).strip() or text == line, line
    for button in _buttons(sample.shown):
        assert not EMOJI.search(button["text"]["text"])
        assert not EMOJI.search(button.get("accessibility_label", ""))
    if isinstance(sample.shown, Message):
        assert not EMOJI.search(sample.shown.text)


@for_each_sample
def test_text_says_what_is_seen(sample: Sample) -> None:
    """Whole: names, numbers and words of every block are in it."""
    if not isinstance(sample.shown, Message):
        return
    said = _plain(sample.shown.text)
    for text in _texts(sample.shown, controls=False):
        for word in re.findall(r"[\w/]{3,}", _plain(_LINK.sub("", text))):
            assert word in said, (word, said)


@for_each_sample
def test_labels_are_specific(sample: Sample) -> None:
    """Buttons that look alike are told apart by what they are called."""
    called = [b.get("accessibility_label") or b["text"]["text"] for b in _buttons(sample.shown)]
    links = [b["url"] for b in _buttons(sample.shown) if "url" in b]
    assert len(set(called)) == len(called) or len(set(links)) < len(links), called
    assert not VAGUE & {name.casefold() for name in called}


@for_each_sample
def test_the_focus_goes_down_a_form(sample: Sample) -> None:
    """One field at most takes the focus at first, and nothing before it asks for anything."""
    if sample.place != "modal":
        return
    assert isinstance(sample.shown, dict)
    fields = [block for block in sample.shown["blocks"] if block["type"] == "input"]
    taking = [n for n, field in enumerate(fields) if field["element"].get("focus_on_load")]
    assert len(taking) <= 1
    for n in taking:
        assert all(field["optional"] for field in fields[:n])
    names = [field["label"]["text"] for field in fields]
    assert len(set(names)) == len(names)


def _texts(shown: object, *, controls: bool = True) -> Iterator[str]:
    """Without `controls`, what is there to be read."""
    if isinstance(shown, Message):
        yield from _texts(shown.blocks, controls=controls)
    elif isinstance(shown, list):
        for item in shown:
            yield from _texts(item, controls=controls)
    elif isinstance(shown, dict) and (controls or shown.get("type") not in CONTROLS):
        if isinstance(shown.get("text"), str):
            yield shown["text"]
        for value in shown.values():
            yield from _texts(value, controls=controls)


def _buttons(shown: object) -> Iterator[dict[str, Any]]:
    if isinstance(shown, Message):
        yield from _buttons(shown.blocks)
    elif isinstance(shown, list):
        for item in shown:
            yield from _buttons(item)
    elif isinstance(shown, dict):
        if shown.get("type") == "button":
            yield shown
        for value in shown.values():
            yield from _buttons(value)


def _plain(text: str) -> str:
    """Without what Slack makes of links and dates."""
    return re.sub(r"<(?:https?:[^|>]+|!date[^|>]+)\|([^>]+)>", r"\1", text).casefold()
