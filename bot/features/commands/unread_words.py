"""Finds the words beside a room that an order does not need; a question names them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.when_clauses import NUMBERS
from bot.features.commands.parsed import Mood
from bot.features.commands.parsed_text import ParsedText
from bot.features.commands.sentences import AND_SIGNS, Piece, Sort
from bot.features.commands.vocabulary import Role
from bot.features.rooms.names import key_of

_MINUS = {("-",), ("−",)}
_PREPOSITIONS = {
    (word,) for word in ("for", "at", "in", "on", "to", "by", "with", "without", "no", "the")
}
_LIGHT = (Role.FILLER, Role.AND, Role.WITH, Role.WITHOUT)
_ORDERING = (Role.VERB, Role.SOFT)
_ADDED_MOST = 5  # words; more are prose


def unread_words(said: ParsedText) -> str | None:
    """Return words that look like a value or another room, or a few that are added to an order.

    `start standup for 3o min`, `stop standup and foobar`, `start standup privately`
    """
    return _like_a_value_or_room(said) or condition(said) or _added(said)


def condition(said: ParsedText) -> str | None:
    """Return the words behind an order that say when or why: `stop when everyone leaves`."""
    verb = next((n for n, p in enumerate(said.pieces) if p.role in _ORDERING), None)
    if said.parsed.mood is not Mood.ORDER or verb is None:
        return None
    clause = next((p for p in said.pieces[verb:] if p.key in _CONDITIONS), None)
    sentence = next((one for one in said.sentences if clause in one.pieces), None)
    if clause is None or sentence is None:
        return None
    return said.text[clause.start : sentence.pieces[-1].end]


_CONDITIONS = {
    *((word,) for word in ("when", "once", "if", "unless", "after", "before", "while", "because")),
    *(("as", "soon", "as"), ("later",), ("soon",), ("afterwards",)),
}


def _like_a_value_or_room(said: ParsedText) -> str | None:
    options = said.options().pieces
    left = [p for p in said.parsed.left if p.sort is Sort.UNREAD]
    left = [p for p in left if p not in said.parsed.guessed and p not in options]
    pieces, n = said.pieces, 0
    while n < len(pieces):
        end = n
        while end < len(pieces) and pieces[end] in left:
            end += 1
        digits = any(any(map(str.isdigit, piece.key[0])) for piece in pieces[n:end])
        if end > n and (digits or _is_joined(pieces[:n][::-1]) or _is_joined(pieces[end:])):
            first = n
            if n > 0 and (pieces[n - 1].key in _MINUS or pieces[n - 1].role is Role.ALL):
                first -= 1  # all hands
            return said.text[pieces[first].start : pieces[end - 1].end]
        n = max(end, n + 1)
    return None


def _is_joined(pieces: Sequence[Piece]) -> bool:
    """Whether `and` leads to a room."""
    at = next((n for n, piece in enumerate(pieces) if piece.sort is Sort.ROOM), 0)
    between = [piece for piece in pieces[:at] if piece.key != ("the",)]
    return bool(between) and all(
        piece.role is Role.AND or piece.key in AND_SIGNS for piece in between
    )


def _added(said: ParsedText) -> str | None:
    """Return a few words behind the room of an order, and what is denied there.

    Behind a comma, it is a reason or another remark.
    """
    pieces = said.pieces
    verb = next((n for n, p in enumerate(pieces) if p.role in _ORDERING), None)
    room = max((n for n, p in enumerate(pieces) if p.sort is Sort.ROOM), default=None)
    if said.parsed.mood is not Mood.ORDER or verb is None or room is None or room < verb:
        return None
    options = said.options().pieces
    unread = [p for p in said.parsed.left if p not in options]
    for sentence in said.sentences[1:]:
        if sentence.pieces[0].role is Role.NOT:  # but don't post here
            unread += sentence.pieces
    at = sorted(pieces.index(piece) for piece in unread if piece in pieces)
    if not at or at[0] < room or any(_parts(piece) for piece in pieces[verb : at[-1] + 1]):
        return None
    known = {word for rooms in said.rooms for one in rooms for word in key_of(one.name)}
    known |= NUMBERS.keys() if said.times else set()
    if any(piece.key[0] in known for piece in unread):
        return None  # start weekly emea; at four thirty
    first = n = at[0]
    while n - 1 > room and pieces[n - 1].role in _LIGHT:
        n -= 1
        first = n if pieces[n].key in _PREPOSITIONS else first  # for our friends and family
    added = said.text[pieces[first].start : pieces[at[-1]].end]
    return added if len(added.split()) <= _ADDED_MOST else None


def _parts(piece: Piece) -> bool:
    return piece.sort is Sort.COMMA or piece.role is Role.IS
