"""Reads a text that corrects itself: `start town hall, no wait, all hands`. Pure.

What is said last counts, and is asked about.
"""

from __future__ import annotations

import re

from bot.core.when_clauses import DAY_NAMES
from bot.features.commands.model import Outcome, Read, Understood, asked_first
from bot.features.commands.parsed_text import ParsedText
from bot.features.commands.sentences import Sort
from bot.features.commands.vocabulary import Role

_MARK = (
    r"(?:no,? wait|wait,? no|no,? sorry|oh,? sorry|sorry|oops|whoops|i mean|i meant|or rather|"
    r"make (?:that|it)|scratch that|correction|actually|my bad|"
    r"no(?=\s*[,.!]|\s(?:[0-9]|today\b|tomorrow\b|[a-z]+day\b)))"
)
_BETWEEN = re.compile(r"[\s,.;!?–—-]+")
_CORRECTS = re.compile(rf"{_MARK}\b(?:[\s,.:;!-]+{_MARK}\b)*[\s,.:;!-]+", re.IGNORECASE)
_CLOCK = r"[0-9]{1,2}(?:[:.][0-9]{2})?(?:\s*[ap]m)?"
_ONLY_CLOCK = re.compile(
    rf"(?:at\s+)?(?P<clock>{_CLOCK})[\s.!]*(?:please|pls|thanks)?[\s.!]*", re.IGNORECASE
)
_UNIT = r"(?:m|mins?|minutes?|h|hrs?|hours?)"
_ONLY_LENGTH = re.compile(
    rf"(?:for\s+)?(?P<length>[0-9]{{1,3}}(?:\s*{_UNIT})?)[\s.!]*", re.IGNORECASE
)
_SAID_LENGTH = re.compile(rf"\b(?:for|in) (?P<length>[0-9]{{1,3}}(?:\s*{_UNIT})?)\b", re.IGNORECASE)
_DAY = rf"(?:today|tomorrow|{'|'.join(name for name in DAY_NAMES if name.endswith('day'))})"
_ONLY_DAY = re.compile(rf"(?:on\s+)?(?P<day>{_DAY})[\s.!]*", re.IGNORECASE)
_SAID_DAY = re.compile(rf"\b(?P<day>{_DAY})\b", re.IGNORECASE)
_SAID_CLOCK = re.compile(
    rf"(?P<clock>(?<=\bat ){_CLOCK}\b|\b[0-9]{{1,2}}[:.][0-9]{{2}}(?:\s*[ap]m)?\b)", re.IGNORECASE
)
_NO_BETWEEN = re.compile(rf"[0-9](?:\s?(?:[ap]m|p|{_UNIT}))?(?P<no> no )(?=[0-9])", re.IGNORECASE)
_VALUES = (
    (_ONLY_CLOCK, _SAID_CLOCK, "clock"),
    (_ONLY_LENGTH, _SAID_LENGTH, "length"),
    (_ONLY_DAY, _SAID_DAY, "day"),
)


def corrected(said: ParsedText, read: Read) -> Understood | None:
    """Understand a text with the words that a later part of it replaces; None if there are none."""
    marks = _marks_in(said.text)
    if not marks:
        return None
    start, end = marks[-1]
    before = ParsedText(said.text[:start], said.where, said.world)
    after = ParsedText(said.text[end:], said.where, said.world)
    text = _meant(before, after)
    if text is None:
        return None
    done = read(f"{text} {said.flags.text}".strip(), said.where, said.world)
    if done.outcome is not Outcome.DO or not done.acts:
        return done
    return asked_first(done, done.acts)


def is_corrected(said: ParsedText) -> bool:
    """Whether an order is followed by words such as `no wait`, whatever is behind them."""
    marks = _marks_in(said.text)
    return bool(marks) and bool(
        ParsedText(said.text[: marks[-1][0]], said.where, said.world).clauses()
    )


def _marks_in(text: str) -> list[tuple[int, int]]:
    """Return the places of words such as `, no wait, ` with the punctuation around them."""
    marks = []
    for between in _BETWEEN.finditer(text):
        parts = between[0].strip(" ") != ""  # more than a space
        mark = _CORRECTS.match(text, between.end()) if parts else None
        if mark:
            marks.append((between.start(), mark.end()))
    return marks or [found.span("no") for found in _NO_BETWEEN.finditer(text)]  # at 3 no 4


def _meant(before: ParsedText, after: ParsedText) -> str | None:
    """Return the first part with the room or the time of the second in place of its own."""
    first, second = before.clauses(), after.clauses()
    denies = [piece.role for piece in before.parsed.left] == [Role.NOT]
    if not first and denies and not before.named:
        return after.text if second else None  # not this one, i meant record all hands
    if not first:
        return None
    if second:
        return after.text if second[0].parsed.intent is first[0].parsed.intent else None
    named = [piece for piece in before.pieces if piece.sort is Sort.ROOM]
    room = next((piece for piece in after.pieces if piece.sort is Sort.ROOM), None)
    text = before.text
    if named and room and not after.parsed.left:
        said = after.text[room.start : room.end]
        return f"{text[: named[-1].start]}{said}{text[named[-1].end :]}"
    for only, was, name in _VALUES:
        value, old = only.fullmatch(after.text), was.search(text)
        if value and old:
            return f"{text[: old.start(name)]}{value[name]}{text[old.end(name) :]}"
    return _with_other_option(before, after)


def _with_other_option(before: ParsedText, after: ParsedText) -> str | None:
    """Return the first part with the option of the second in place of its own: `720p, no 1080p`."""
    option = after.pieces[0].option if len(after.pieces) == 1 else None
    if option is None:
        return None
    old = next((p for p in before.pieces if p.option and p.option[0] == option[0]), None)
    return f"{before.text[: old.start]}{after.text}{before.text[old.end :]}" if old else None
