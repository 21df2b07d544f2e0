"""Decides whether an order that is understood is asked about first. Pure.

A word that the order does not need may change what is meant: `stop the next standup`,
`start standup 👎`, `stop standup or webinar`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.core.when import StopAfter, StopAt, When
from bot.core.when_days import Purpose
from bot.core.when_grammar import read_when
from bot.features.commands.corrections import is_corrected
from bot.features.commands.model import Order, Outcome, Understood, Why
from bot.features.commands.parsed_text import ParsedText
from bot.features.commands.sentences import Piece, Sort
from bot.features.commands.vocabulary import ORDERS, Intent, Role

# A line or a text that is a quotation, words that are struck through, idioms, and a text that is
# doubted, or taken back by its first or last word.
_NOT_MEANT = re.compile(
    r"^\s*>|(?<![\w~])~[^~\n]+~(?![\w~])|\bwrong (?:thread|channel|window)\b"
    r"|\bfull stop\b|\bstop\W+the\W+presses\b|\A\W*the end\W*\Z|\b(?:stop|pause) the bot\b"
    r"|\b(?:maybe|perhaps)\b"
    r"|\A(?:“[^”]*”|«[^»]*»|'[^']*'|`+[^`]*`+|\"[^\"]*\")\Z"
    r"|\A\W*(?:nope|nah|no+\W+(?:start|record))\b"
    r"|\b(?:no+|nope|nah|no thanks?|lol|jk|oops|possibly|probably|i guess|hm+)\W*\Z",
    re.IGNORECASE | re.MULTILINE,
)
_NO_SIGN = re.compile(r":(?:-1|thumbsdown|x|no_entry(?:_sign)?|no_good(?:_\w+)?):|[👎❌🚫🙅]")


def is_not_meant(typed: str, intent: Intent) -> bool:
    """Whether a text quotes an order, or takes it back. `typed`: cleaned, without the bot."""
    denied = intent not in (Intent.STOP, Intent.PAUSE) and _NO_SIGN.search(typed)
    return bool(denied or _NOT_MEANT.search(typed))


# The next standup is another one than that of now; of what is shared, the last one is meant.
_LATEST = {("last",), ("latest",), ("newest",), ("recent",)}
_OTHER_ONES = _LATEST | {("next",), ("first",), ("previous",), ("past",), ("old",)}
_EITHER = {("or",), ("/",)}
# A question, not a request: `can anyone start standup`
_ANYBODY = {("anyone",), ("anybody",), ("everybody",), ("everyone",), ("let", "me")} | {
    (can, who) for can in ("can", "could") for who in ("anyone", "anybody")
}


def is_doubtful(said: ParsedText, done: Understood) -> bool:
    """Whether a part of the text that the order does not need may change what is meant."""
    if any(order.room and said.is_of_another_sentence(order.room) for order in done.acts):
        return True
    keys = {piece.key for piece in said.pieces}
    other = _OTHER_ONES - (_LATEST if done.intent is Intent.SHARE else set())
    if any(one.asks and said.meaning(one) is not said.first for one in said.sentences[1:]):
        return True  # share it in #lobby. who wants that?
    if _adds_a_denial(said, done):
        return True
    if len(said.sentences) > 1 and [p.role for p in said.sentences[0].pieces] == [Role.MAY]:
        return True  # should I? start all hands
    if said.denies_a_room() or keys & (other | _ANYBODY) or said.speaks_to_a_person():
        return True
    if any(map(said.shows, said.pieces)) or is_corrected(said) or _runs_on(said):
        return True
    if _orders_twice(said, done):
        return True
    if len(done.acts) > 1 and keys & _EITHER:
        return True  # stop standup or webinar
    if done.intent is Intent.PAUSE and ("hold", "on") in keys:
        return not any(piece.sort is Sort.ROOM for piece in said.pieces)  # hold on a sec
    if done.intent is Intent.SCHEDULE and _books(said):
        return True
    parts = any(p.role is Role.NOUN and p.intent is Intent.SUMMARY for p in said.pieces)
    return done.intent is Intent.SHARE and (parts or said.parsed.all_of_them)


def now_or_later(said: ParsedText, done: Understood) -> Understood:
    """Offer both times of `stop now or at 4`, and return anything else unchanged."""
    timed = isinstance(done.when, When) and done.intent in _AT_A_TIME and done.why in _DECIDED
    if not isinstance(done.when, When) or not timed or not _says_now_or(said.pieces):
        return done
    rooms = [order.room for order in (*done.acts, *done.offers) if order.room]
    now, zone, stop = said.world.now, said.world.zone, done.when.stop
    stops = done.intent is Intent.STOP or done.when.start is None
    words, meant = said.time_words(), done.when
    if isinstance(stop, StopAt) and stops:
        at = stop.at.astimezone(now.tzinfo).replace(second=0, microsecond=0)
        words, meant = f"until {at:%H:%M}", replace(done.when, stop=StopAt(at))
    purpose = Purpose.STOP if stops else Purpose.START
    if not rooms or read_when(words, now=now, zone=zone, purpose=purpose) != meant:
        return done  # the button would mean another time
    first, second = (Intent.STOP, Intent.STOP) if stops else (Intent.START, Intent.SCHEDULE)
    length = When(None, stop, done.when.zone) if isinstance(stop, StopAfter) else None
    both = [(Order(first, room), Order(second, room, words)) for room in rooms]
    return replace(
        done,
        intent=first,
        outcome=Outcome.ASK,
        why=Why.UNSURE,
        sure=False,
        acts=(),
        offers=tuple(order for pair in both for order in pair),
        when=length,
    )


_AT_A_TIME = (Intent.START, Intent.SCHEDULE, Intent.STOP)
_DECIDED = (Why.CLEAR, Why.UNSURE, Why.WHICH_ROOM)
_NOW = {("now",), ("right", "now")}


def _says_now_or(pieces: Sequence[Piece]) -> bool:
    """Whether `or` is next to `now`."""
    return any(
        (one.key == ("or",) and other.key in _NOW) or (one.key in _NOW and other.key == ("or",))
        for one, other in pairwise(piece for piece in pieces if piece.sort is not Sort.COMMA)
    )


def _adds_a_denial(said: ParsedText, done: Understood) -> bool:
    """Whether an order is followed by what is not wanted: `start standup but don't post here`."""
    if done.intent in (Intent.STOP, Intent.PAUSE, Intent.RESUME):
        return False
    ordered = [n for n, one in enumerate(said.sentences) if said.meaning(one).intent is done.intent]
    after = said.sentences[ordered[0] + 1 :] if ordered else []
    return any(piece.role is Role.NOT for one in after for piece in one.pieces)


def _books(said: ParsedText) -> bool:
    """Whether a room or a meeting is to be booked, and not clearly recorded."""
    recorded = any(
        (p.role is Role.VERB and p.intent is Intent.START) or "record" in "".join(p.key)
        for p in said.pieces
    )
    meeting = any(p.key[-1] in ("meeting", "call") for p in said.pieces)
    books = any(p.role is Role.SOFT and p.intent is Intent.SCHEDULE for p in said.pieces)
    return not recorded and (books or meeting)


def _orders_twice(said: ParsedText, done: Understood) -> bool:
    """Whether another verb may order something else: `stop it, it should stop at 4`."""
    verbs = [p for p in said.pieces if p.role is Role.VERB and p.intent in ORDERS]
    if done.intent in (Intent.FOLLOW, Intent.UNFOLLOW, Intent.UNSCHEDULE):
        return len(verbs) > 1
    if done.intent is Intent.STOP and done.when is not None:
        now = any(piece.key == ("now",) for piece in said.pieces)
        return now or [p.intent for p in verbs].count(Intent.STOP) > 1
    return False


def _runs_on(said: ParsedText) -> bool:
    """Whether a recording is to run after an order to stop it: `stop, let it run until 4`."""
    told = [(piece.role, piece.intent) for piece in said.pieces]
    stop, run = (Role.VERB, Intent.STOP), (Role.SOFT, Intent.START)
    return stop in told and run in told[told.index(stop) :]
