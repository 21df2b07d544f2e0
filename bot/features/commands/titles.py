"""Reads a title for a recording: `rename standup to Retro`, `call this Retro`. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.titles import title_of
from bot.features.commands.model import Order, Outcome, Understood, Why, answered, orders
from bot.features.commands.parsed import Mood
from bot.features.commands.parsed_text import ParsedText
from bot.features.commands.sentences import Piece, Sort
from bot.features.commands.vocabulary import Intent, Role
from bot.features.rooms.model import RoomEntry
from bot.kit.typed_text import DOUBLE_QUOTES

RUNNING_OFFERED = 5

_CONNECTORS = {("to",), ("as",), ("into",), (":",), ("=",), ("is",), ("be",), ("should", "be")}
_OF = {("of",), ("for",)}
_THIS = {("this",), ("that",), ("it",), ("this", "one"), ("that", "one")}
_ARTICLES = {("the",), ("my",), ("our",), ("last",), ("latest",), ("current",)}
# Verbs that include their object: the title follows directly.
_COMPLETE = frozenset({"it", "this", "that", "one", "recording", "title", "name"})
_POLITE_END = re.compile(
    r"(?:[\s,.!]+(?:please|pls|plz|thanks|thank you|thx|ty|:[a-z_+-]+:))+[\s.!]*$", re.IGNORECASE
)
_QUOTED = re.compile(rf"[{DOUBLE_QUOTES}]([^{DOUBLE_QUOTES}]+)[{DOUBLE_QUOTES}][\s?.!]*")
_TO = re.compile(r"\s+(?:to|as|into)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _NamedTitle:
    rooms: tuple[RoomEntry, ...]  # several if they share the name
    named: bool  # the text names the recording
    title: str


def renaming(said: ParsedText) -> Understood | None:
    """Read an order to rename a recording; None if the text does not begin with one.

    The words after the verb are the title, even if they have a meaning of their own.
    """
    pieces = said.sentences[0].pieces if said.sentences else []
    verb = _verb(said, pieces)
    if verb is None or said.first.mood in (Mood.NEGATED, Mood.UNWANTED):
        return None
    read = _split(said, verb, pieces[pieces.index(verb) + 1 :])
    if read.title.casefold() == "off":
        return None
    sure = said.first.mood in (Mood.ORDER, Mood.NONE) and not said.long
    if len(read.rooms) == 1:
        return _renamed(read.rooms[0], read.title, sure=sure)
    if len(read.rooms) > 1:
        return _which(read.rooms, read.title)
    if not read.named and (parts := _TO.split(read.title, maxsplit=1))[1:]:
        near = said.world.names.like(parts[0])
        if near:
            return _which(near[:5], title_of(parts[1]))
        if not said.thread:
            return answered(Intent.RENAME, Why.NO_ROOM, reference=parts[0], sure=False)
    if said.thread:
        return _renamed(said.thread, read.title, sure=sure)
    running = said.world.names.among(said.world.recorded)
    return replace(
        _which(running[:RUNNING_OFFERED], read.title),
        outcome=Outcome.ASK if running else Outcome.ANSWER,
        why=Why.NEEDS_ROOM,
        room=None,
    )


def _verb(said: ParsedText, pieces: Sequence[Piece]) -> Piece | None:
    """Return the verb that orders a rename; also `call` before a room, and `title:`."""
    if said.first.intent is Intent.RENAME:
        return next((piece for piece in pieces if piece.intent is Intent.RENAME), None)
    at = next((n for n, piece in enumerate(pieces) if not _light(piece)), None)
    if at is None:
        return None
    after = [piece for piece in pieces[at + 1 :] if piece.key not in _ARTICLES]
    called = pieces[at].key in (("call",), ("name",)) and after[:1] and after[0].sort is Sort.ROOM
    if called and after[1:2] and (after[1].role is Role.AND or after[1].sort is Sort.COMMA):
        return None  # call the webinar, and record it
    titled = pieces[at].key == ("title",) and after[:1] and after[0].key in _CONNECTORS
    return pieces[at] if called or titled else None


def _light(piece: Piece) -> bool:
    if piece.role in (Role.FILLER, Role.HELLO, Role.REQUEST, Role.WISH):
        return True
    return piece.sort in (Sort.BOT, Sort.COMMA)


def _renamed(room: RoomEntry, title: str, *, sure: bool) -> Understood:
    order = Order(Intent.RENAME, room)
    if not title:
        return Understood(
            Intent.RENAME, Outcome.ASK, Why.NEEDS_TITLE, room, sure=False, offers=(order,)
        )
    if sure:
        return Understood(Intent.RENAME, Outcome.DO, room=room, acts=(order,), title=title)
    return Understood(
        Intent.RENAME, Outcome.ASK, Why.UNSURE, room, sure=False, offers=(order,), title=title
    )


def _which(rooms: Sequence[RoomEntry], title: str) -> Understood:
    return Understood(
        Intent.RENAME,
        Outcome.ASK,
        Why.WHICH_ROOM,
        rooms[0] if len(rooms) == 1 else None,
        sure=False,
        offers=orders(Intent.RENAME, rooms),
        title=title,
    )


def _split(said: ParsedText, verb: Piece, rest: Sequence[Piece]) -> _NamedTitle:
    """Split the words that name the recording from the title, which is kept as typed."""
    complete = verb.key[-1] in _COMPLETE
    rooms: tuple[RoomEntry, ...] = ()
    named, at = complete, 0
    while at < len(rest):
        piece = rest[at]
        if piece.key in _CONNECTORS:
            at += 1
            break
        following = rest[at + 1] if at + 1 < len(rest) else None
        if piece.key in _OF and following and following.sort is Sort.ROOM and not rooms:
            rooms, named, at = following.rooms, True, at + 2
            continue
        if piece.sort is Sort.ROOM and not named and not rooms:
            rooms, named = piece.rooms, True
        elif _is_quote(piece) and _quotes_room(rest, at, named=named):
            pass
        elif (
            piece.role is Role.THING
            and (rooms or (following and following.key in _CONNECTORS) or following is None)
        ) or (piece.key in _THIS and not named):
            named = True
        elif piece.key not in _ARTICLES or complete:
            break
        at += 1
    asks = said.sentences[0].asks
    title = _title(said.text[rest[at].start :], asks=asks) if at < len(rest) else ""
    if not title and len(rooms) == 1 and said.thread and rooms[0] != said.thread:
        return _NamedTitle((), True, _title(said.text[rest[0].start :]))  # `rename this town hall`
    return _NamedTitle(rooms, named, title)


def _is_quote(piece: Piece | None) -> bool:
    return piece is not None and piece.words[0].text in tuple(DOUBLE_QUOTES)


def _quotes_room(rest: Sequence[Piece], at: int, *, named: bool) -> bool:
    """Whether a quotation mark belongs to the room's name, and not to the title."""
    if not named:
        return at + 1 < len(rest) and rest[at + 1].sort is Sort.ROOM
    return at >= 2 and rest[at - 1].sort is Sort.ROOM and _is_quote(rest[at - 2])


def _title(text: str, *, asks: bool = False) -> str:
    text = _POLITE_END.sub("", text).strip()
    quoted = _QUOTED.fullmatch(text)
    return title_of(quoted[1] if quoted else text.rstrip("? ") if asks else text)
