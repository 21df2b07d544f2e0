"""Decides about orders to share a recording. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.features.commands.model import Order, Outcome, Understood, Why, orders
from bot.features.commands.parsed import Mood, Parsed
from bot.features.commands.parsed_text import CONTROLS, ParsedText
from bot.features.commands.sentences import Piece, Sort, Word
from bot.features.commands.vocabulary import Intent, Role

_UNSHARED = re.compile(
    r"\b(?:unshare|un-share|(?:don['’]?t|do not|never|let['’]?s not|(?:can|could) you not) share|"
    r"(?:undo|revert|take back|cancel) (?:that |the |this |my )?shar(?:e|ing))\b",
    re.IGNORECASE,
)


_STOPS_SHARING = re.compile(r"\bstop sharing\b", re.IGNORECASE)


def unshares(said: ParsedText) -> bool:
    """Whether a share is to be taken back or left out; `start A and don't share it` is an order."""
    beside = said.parsed.intent in (Intent.START, Intent.SCHEDULE, *CONTROLS)
    if not beside and _UNSHARED.search(said.text):
        return True
    here = any(piece.role is Role.HERE for piece in said.pieces)
    return not here and _STOPS_SHARING.search(said.text) is not None


def share(said: ParsedText, parsed: Parsed) -> Understood:
    """Read an order to share: at once only in one channel, without a time."""
    room = said.room_or_thread()
    places = _places(said)
    to, channel = _channel(places[0].words[0]) if places else (None, None)
    if to is None and any(p.role is Role.HERE for p in said.pieces):
        to = "here"
    made = Understood(
        Intent.SHARE, Outcome.ASK, Why.UNSURE, room, sure=False, to=to, when=said.past()
    )
    made = replace(made, channel=channel, reference=said.doubt)
    if room is None:
        near, reference = said.suggested(Intent.SHARE)
        if not reference and not said.rooms:
            near = said.world.names.among(said.world.recorded)[:5]
        unknown = Why.NO_ROOM if reference else Why.NEEDS_ROOM
        return replace(
            made,
            why=Why.WHICH_ROOM if near else unknown,
            outcome=Outcome.ASK if near else Outcome.ANSWER,
            offers=orders(Intent.SHARE, near),
            reference=reference,
        )
    if said.when is not None and made.when is None:
        made = replace(made, why=Why.ONLY_NOW)
    if len(said.rooms) > 1:
        return replace(made, offers=orders(Intent.SHARE, [rooms[0] for rooms in said.rooms]))
    order = Order(Intent.SHARE, room)
    now = not parsed.left and said.when is None and len(places) <= 1
    if to and parsed.mood is Mood.ORDER and now:
        return replace(made, outcome=Outcome.DO, why=Why.CLEAR, sure=True, acts=(order,))
    return replace(made, offers=(order,))


def _places(said: ParsedText) -> list[Piece]:
    """Return the channels to share in: `not in #design but #partners` names one."""
    pieces = said.pieces
    return [
        piece
        for n, piece in enumerate(pieces)
        if piece.sort is Sort.CHANNEL
        and not any(one.role in (Role.NOT, Role.WITHOUT) for one in pieces[max(0, n - 2) : n])
    ]


def _channel(word: Word) -> tuple[str, str | None]:
    """Return a channel's name and id, from <#C0123|product>; without the id, from #product."""
    if not word.text.startswith("<"):
        return word.text, None
    number, _, name = word.text.strip("<#>").partition("|")
    return (f"#{name}" if name else f"<#{number}>"), number
