"""Reads questions. None of them is an order. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.features.commands.parse_orders import (
    read_noun,
    read_order,
)
from bot.features.commands.parsed import (
    Mood,
    Parsed,
    has_intent,
    has_role,
    has_room,
    left_over,
    read_find,
    recording_word,
    skipped,
    words_after,
)
from bot.features.commands.sentences import Piece, Sort, Word
from bot.features.commands.vocabulary import SCHEDULED, UPCOMING, Intent, Role


def read_how(base: Parsed, rest: Sequence[Piece], *, thread: bool) -> Parsed:
    """Read `how do I stop this?` as a question about stopping it, other questions as help."""
    verb = next((p for p in rest if p.role in (Role.VERB, Role.SOFT, Role.CANCEL)), None)
    intent = verb.intent if verb else None
    if intent is Intent.JOIN:
        return base._replace(intent=Intent.JOIN, mood=Mood.QUESTION)
    if intent in (Intent.STOP, Intent.PAUSE) and (
        thread or any(piece.sort is Sort.ROOM for piece in rest)
    ):
        left = tuple(left_over(intent, rest))
        return base._replace(intent=intent, mood=Mood.QUESTION, left=left)
    return base._replace(intent=Intent.HELP, mood=Mood.QUESTION, topic=intent and str(intent))


def read_may(base: Parsed, rest: Sequence[Piece], pieces: Sequence[Piece]) -> Parsed:
    """Read `should we record …?` as a question; requests to show something are answered."""
    negation = next((n for n, piece in enumerate(rest) if piece.role is Role.NOT), None)
    if negation is not None and has_intent(rest[negation:], Intent.START):
        return base._replace(intent=Intent.STOP, mood=Mood.UNWANTED, asks=True)
    room = any(piece.sort is Sort.ROOM for piece in rest)
    if recording_word(rest) and room and not has_role(rest, Role.VERB, Role.PAST):
        return base._replace(intent=Intent.START, mood=Mood.QUESTION, asks=True)
    if not has_role(rest, Role.VERB, Role.SOFT, Role.NOUN, Role.PAST, Role.CANCEL):
        return base._replace(intent=Intent.UNKNOWN, mood=Mood.QUESTION)
    head = next(
        p for p in rest if p.role in (Role.VERB, Role.SOFT, Role.NOUN, Role.PAST, Role.CANCEL)
    )
    after = rest[list(rest).index(head) + 1 :]
    if head.role is Role.PAST and head.intent is Intent.START and room:
        left = tuple(
            p for p in left_over(Intent.START, pieces) if p not in (head, *_openers(pieces))
        )
        return base._replace(intent=Intent.START, mood=Mood.QUESTION, left=left, asks=True)
    if head.role is Role.NOUN:
        parsed = read_noun(base, head, pieces)
    else:
        parsed = read_order(base, head, after, pieces)
    left = tuple(piece for piece in parsed.left if piece.role is not Role.MAY)
    return parsed._replace(mood=Mood.QUESTION, left=left, asks=True)


def _openers(pieces: Sequence[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.role is Role.MAY]


def _discussed(rest: Sequence[Piece]) -> tuple[Word, ...]:
    """Return what was talked about: `was the migration deadline ever discussed?`."""
    at = next((n for n, piece in enumerate(rest) if piece.key[0] in _TALKED), 0)
    unread = [piece for piece in rest[:at] if piece.sort is Sort.UNREAD]
    subject = has_role(rest[:at], Role.WHICH) or any(p.key in _SPEAKING for p in rest[:at])
    active = subject or any(piece.sort is Sort.UNREAD for piece in rest[at:])
    if not unread or active or len(rest[at].key) > 1:
        return ()
    words = [word for piece in unread for word in piece.words if word.key not in _EVER]
    return tuple(words)


_TALKED = ("discussed", "mentioned", "raised", "decided", "announced", "agreed")
_SPEAKING = {("we",), ("you",), ("they",), ("anyone",), ("anybody",), ("someone",), ("somebody",)}
_EVER = ("ever", "been", "already")


def read_question(
    base: Parsed, head: Piece, rest: Sequence[Piece], pieces: Sequence[Piece]
) -> Parsed:
    """Read questions with who, what, when, did and is."""
    for intent in (Intent.PRESETS, Intent.SETTINGS):
        if has_intent(rest, intent):
            return base._replace(intent=intent)
    if has_intent(rest, Intent.HELP) and not any(p.sort is Sort.ROOM for p in rest):
        return base._replace(intent=Intent.HELP)
    if head.key in _WHEN_AHEAD and has_room(rest):
        told = [piece for piece in rest if not skipped(piece)]
        if not told and head.key == ("when", "is"):
            return base._replace(intent=Intent.STATUS, topic=SCHEDULED)  # when is town hall?
        if len(told) == 1 and told[0].intent is Intent.START:
            return base._replace(intent=Intent.STATUS, topic=SCHEDULED)  # when does webinar start?
    if head.role is Role.WAS and (query := _discussed(rest)):
        return base._replace(intent=Intent.FIND, query=query)
    said = next((piece for piece in rest if piece.role is Role.SAID), None)
    about = has_role(rest, Role.ABOUT)
    last = next((piece for piece in rest if piece.role is Role.ABOUT), None)
    if last and head.role is Role.WHICH and not said and not words_after(pieces, last):
        return base._replace(intent=Intent.SUMMARY)  # what was this meeting about?
    summary = has_intent(rest, Intent.SUMMARY)
    discussed = next((piece for piece in rest if piece.key in _DISCUSSED), None)
    if discussed and words_after(pieces, discussed):
        return read_find(base, discussed, pieces)
    on = next((n for n, piece in enumerate(rest) if piece.key == ("on",)), None)
    if summary and on and rest[on - 1].intent is Intent.SUMMARY and words_after(rest, rest[on]):
        return read_find(base, rest[on], pieces)  # what was the conclusion on pricing?
    if said and said.key[-1] in ("told", "asked") and _ordered(rest, said):
        return base._replace(intent=Intent.STATUS)  # who told you to stop?
    if said or (summary and about):
        return read_find(base, said or head, pieces)
    if has_intent(rest, Intent.DOCTOR, Role.NOUN):
        return base._replace(intent=Intent.DOCTOR)
    if has_intent(rest, Intent.FOLLOW):
        return base._replace(intent=Intent.FOLLOW)
    if has_intent(rest, Intent.JOIN):
        return base._replace(intent=Intent.JOIN)
    if summary:
        return base._replace(intent=Intent.SUMMARY)
    if has_intent(rest, Intent.STATUS, Role.NOUN) and head.role in (Role.WHICH, Role.IS):
        return base._replace(intent=Intent.STATUS)
    if has_intent(rest, Intent.LIST, Role.NOUN):
        return base._replace(intent=Intent.LIST)
    if head.role is Role.IS and not base.asks and has_role(rest, Role.HEDGE):
        return base._replace(intent=Intent.UNKNOWN, left=(head,))  # it is nice, we should …
    recording = has_intent(rest, Intent.START) or has_role(rest, Role.THING)
    if head.role in (Role.WAS, Role.WHICH) and _recorded_before(head, rest):
        return base._replace(intent=Intent.LIST)
    controlled = any(has_intent(rest, one) for one in (Intent.STOP, Intent.PAUSE, Intent.RESUME))
    planned = any(has_intent(rest, one) for one in (Intent.SCHEDULE, Intent.UNSCHEDULE))
    if recording or controlled or planned or has_intent(rest, Intent.STATUS):
        return base._replace(intent=Intent.STATUS)
    if head.role in (Role.WAS, Role.IS, Role.WHEN) and any(p.sort is Sort.ROOM for p in pieces):
        listed = head.role is Role.WAS
        return base._replace(intent=Intent.LIST if listed else Intent.STATUS)
    unread = tuple(p for p in rest if p.sort is Sort.UNREAD and p.key != ("been",))
    ahead = head.key[0] != "who" and any(piece.key in UPCOMING for piece in rest)
    if head.role in (Role.WHEN, Role.WHICH) and ahead and not unread:
        return base._replace(intent=Intent.STATUS)  # when is the next one?
    if head.role is Role.WHEN and not unread and head.key[-1] in ("long", "when"):
        return base._replace(intent=Intent.STATUS)
    about_bot = all(skipped(p) or p.role is Role.IS for p in rest) and len(rest) <= 2
    if head.key[0] in ("what", "who") and about_bot:
        return base._replace(intent=Intent.HELP)
    return base._replace(intent=Intent.UNKNOWN, left=unread)


_WHEN_AHEAD = {("when", word) for word in ("is", "does", "will", "do")} | {("what", "time")}


def _ordered(rest: Sequence[Piece], said: Piece) -> bool:
    """Say whether something was told or asked *to* be done."""
    after = rest[list(rest).index(said) + 1 :]
    to = next((n for n, piece in enumerate(after) if piece.key[-1] == "to"), None)
    return to is not None and any(p.role is Role.VERB for p in after[to + 1 : to + 2])


_DISCUSSED = {("discuss",), ("discussed",), ("decide",), ("decided",), ("agreed",)}


def _recorded_before(head: Piece, rest: Sequence[Piece]) -> bool:
    """Say whether a question is about past recordings: `did we record …`."""
    controlled = any(has_intent(rest, one) for one in (Intent.STOP, Intent.PAUSE, Intent.RESUME))
    if controlled or head.key[0] == "who" or any(p.key[0] in ("started", "yet") for p in rest):
        return False
    if head.role is Role.WAS:
        return has_intent(rest, Intent.START) or has_role(rest, Role.THING) or len(head.key) > 3
    did = head.key[-1] in ("did", "was", "were") or any(p.role is Role.WAS for p in rest)
    return did and has_intent(rest, Intent.START)
