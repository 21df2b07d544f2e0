"""Reads changes to what is recorded or planned: a later end, a moved schedule, undo. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.when import Day, Once, Refused, When
from bot.core.when_days import Purpose
from bot.core.when_grammar import read_when
from bot.core.when_words import say_moment
from bot.features.commands.model import (
    Order,
    Outcome,
    Scheduled,
    Understood,
    Where,
    Why,
    answered,
    orders,
    which_of,
)
from bot.features.commands.parsed import Mood
from bot.features.commands.parsed_text import ParsedText
from bot.features.commands.sentences import Sort
from bot.features.commands.understand_controls import act_on, cancelling, recorded_here
from bot.features.commands.vocabulary import SCHEDULED, Intent, Role

BUTTONS_MOST = 5
_NUMBER = (
    r"(?:[0-9]{1,3}|a|an|one|two|three|five|ten|fifteen|twenty|thirty|forty|half an|"
    r"a quarter of an|another|an extra|half)"
)
_UNIT = r"(?:m|min|mins|minute|minutes|h|hr|hour|hours)"
_LENGTH = rf"(?P<number>{_NUMBER}) (?P<unit>{_UNIT})"
_MORE = r"(?:more|longer|extra|additional|further)"
_LONGER = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:another|an extra|extra|an additional|additional|further) {_LENGTH}\b",
        rf"\b(?P<number>{_NUMBER}) {_MORE} (?P<unit>{_UNIT})\b",
        rf"\b{_LENGTH} {_MORE}\b",
        rf"\b(?:another|an extra) (?P<unit>{_UNIT})\b",
        rf"^(?:ROOM )?(?:\+|plus|add) {_LENGTH}\b",
        r"^(?:ROOM )?(?:\+|plus) (?P<number>[0-9]{1,3})$",
        rf"^(?:extend|prolong|lengthen)\b.*?\b{_LENGTH}\b",
        r"^(?:extend|prolong|lengthen)\b",
        r"\b(?:a bit|a little|a while|some time) (?:longer|more)$",
        r"\b(?:run|go|keep|record|going|recording|it|ROOM) longer$",
    )
)
# One of these is in each of the patterns above.
_MAY_LENGTHEN = re.compile(
    r"another|extra|additional|further|more|longer|\+|plus|add|extend|prolong|lengthen"
)
_ONES = {"another": "one", "an extra": "one", "a": "one", "an": "one", "": "one", "half": "half an"}
# A minus before a number: `by -15 minutes`, but not a range such as `5-10 minutes`.
_LESS = re.compile(r"(?<![\w.-])(?:[-−–](?=[0-9])|minus (?=[0-9a-z]))", re.IGNORECASE)
_ONLY_LATER = Refused(
    "Extending only moves an end to later.", ("extend by 15 minutes", "stop in 15 minutes")
)
# Intents that a text about a later end may seem to have: `5 more minutes` names the minutes.
_BESIDE = frozenset(
    {None, Intent.UNKNOWN, Intent.EXTEND, Intent.RESUME, Intent.LIST, Intent.SUMMARY}
    | {Intent.HELP, Intent.STATUS, Intent.THANKS, Intent.START}
)
_LIGHT = (Role.FILLER, Role.HELLO, Role.THANKS, Role.REQUEST, Role.WISH, Role.THING, Role.HEDGE)


def extension(said: ParsedText) -> Understood | None:
    """Read a wish to record for longer; None if there is none.

    Without a length, or where it is not clear that it is wanted, it is asked about.
    """
    parsed = said.parsed
    kept = parsed.intent is Intent.STOP and parsed.mood is Mood.NEGATED  # not yet, 5 more minutes
    if not kept and parsed.intent not in _BESIDE:
        return None
    found = next((one for one in map(_longer_in, _texts(said)) if one is not None), None)
    if found is None:
        return None
    if _LESS.search(said.text):
        return answered(Intent.EXTEND, Why.BAD_TIME, room=said.room_or_thread(), when=_ONLY_LATER)
    if "until" in said.time_words() and (room := said.room_or_thread()):
        return act_on(said, Intent.STOP, room, sure=False)  # extend it until 4
    when = read_when(f"for {found}", now=said.world.now, zone=said.world.zone) if found else None
    length = when if isinstance(when, When) else None
    room = said.room_or_thread()
    if room is not None and room.room_id not in said.world.recorded:
        if parsed.intent is Intent.START:
            return None
        return answered(Intent.EXTEND, Why.NOT_RECORDED, room=room, when=length)
    here = (room,) if room else recorded_here(said, Intent.STOP)
    if len(said.rooms) > 1:
        here = tuple(rooms[0] for rooms in said.rooms)
    if len(here) != 1 or length is None:
        told = which_of(Intent.EXTEND, here[:BUTTONS_MOST], when=length)
        return told if here else replace(told, outcome=Outcome.ANSWER, why=Why.NOT_RECORDED)
    order = Order(Intent.EXTEND, here[0])
    unwanted = parsed.mood is Mood.NEGATED and not kept  # don't give it 5 more minutes
    asked = (
        parsed.mood is Mood.QUESTION
        or unwanted
        or parsed.other
        or (said.thread and room != said.thread)
    )
    if asked or said.world.thread_is_over or said.suggested(Intent.STOP)[0]:
        return which_of(Intent.EXTEND, here, when=length)
    return Understood(Intent.EXTEND, Outcome.DO, room=here[0], acts=(order,), when=length)


def _texts(said: ParsedText) -> list[str]:
    """Return each sentence as lower-case words, without politeness at the beginning and end."""
    texts = []
    for sentence in said.sentences:
        pieces = [p for p in sentence.pieces if p.words[0].sort != "bot"]
        while pieces and (pieces[0].role in _LIGHT and pieces[0].key != ("a",)):
            pieces = pieces[1:]
        while pieces and pieces[-1].role in _LIGHT:
            pieces = pieces[:-1]
        words = [("ROOM",) if piece.rooms else piece.key for piece in pieces]
        texts.append(" ".join(word for key in words for word in key))
    return texts


def _longer_in(text: str) -> str | None:
    """Return the length by which to record longer; empty if none is said."""
    if _MAY_LENGTHEN.search(text) is None:
        return None  # most texts
    text = re.sub(rf"\b([0-9]{{1,3}})({_UNIT})\b", r"\1 \2", text)
    found = next((match for rule in _LONGER if (match := rule.search(text))), None)
    if found is None:
        return None
    groups = found.groupdict()
    if not groups.get("number") and not groups.get("unit"):
        return ""
    number = groups.get("number") or ""
    return f"{_ONES.get(number, number)} {groups.get('unit') or 'min'}"


def undo(said: ParsedText) -> Understood:
    """Ask what to undo: a recording that runs can be stopped, a schedule deleted."""
    running = (said.thread,) if said.thread else recorded_here(said, Intent.STOP)
    planned = () if said.thread else cancelling(said, said.planned_rooms())
    offers = (*orders(Intent.STOP, running), *planned)
    outcome = Outcome.ASK if offers else Outcome.ANSWER
    return Understood(
        Intent.UNKNOWN, outcome, Why.UNDO, said.thread, sure=False, offers=offers[:BUTTONS_MOST]
    )


# A clock time without a day: `to 11`, `to half past 3`. It is meant on the day that is planned.
_CLOCK = re.compile(
    r"\bto (?P<at>(?:[0-9]{1,2}(?:[:.][0-9]{2})? ?(?:am|pm|h|o'?clock|uhr)?|noon|midnight|"
    r"(?:half|quarter|[a-z]+) (?:past|to) [a-z0-9]+))"
    r"(?P<length> for (?:[0-9]|an? |half |one |two )[0-9a-z ]*)?"
    r"(?=$|[\s,.!?]*$| (?:please|pls|plz|thanks|thx)\b)",
    re.IGNORECASE,
)


_SHIFT = re.compile(
    rf"\b(?P<number>{_NUMBER}) ?(?P<unit>{_UNIT}|days?|weeks?)\b",
    re.IGNORECASE,
)
_DIRECTION = re.compile(
    r"\b(?:(?P<earlier>earlier|sooner|forward|ahead|up)|later|back|postpone|delay|push|put off)\b",
    re.IGNORECASE,
)


def _shift_of(said: ParsedText) -> timedelta | None:
    """Return by how much a schedule is to be moved: `an hour later`, `forward 30 minutes`."""
    found, way = _SHIFT.search(said.text), _DIRECTION.search(said.text)
    if found is None or way is None:
        return None
    now, zone = said.world.now, said.world.zone
    when = read_when(f"in {found['number']} {found['unit']}", now=now, zone=zone)
    if not isinstance(when, When) or not isinstance(when.start, Once):
        return None
    by = when.start.at.replace(tzinfo=None) - now.replace(tzinfo=None)
    return -by if way["earlier"] else by


def changes_time(said: ParsedText) -> bool:
    """Whether a room is to be moved by a word that may mean more: `change webinar to 10:00`."""
    room = said.room()
    planned = room is not None and said.planned(room) != ()
    if planned and not said.parsed.asks and not said.start_time() and _shift_of(said):
        return True  # town hall is an hour later
    changes = any(piece.key == ("change",) for piece in said.pieces)
    return changes and room is not None and _CLOCK.search(said.text) is not None


def rescheduling(said: ParsedText) -> Understood:
    """Ask about moving a schedule; without one clear date and time, show what is scheduled."""
    room = said.room()
    if room is None and (moves := _moves_of_it(said)):
        return _asked_to_move(said, moves)
    if room is None and said.where is not Where.SLASH and not _of_schedules(said):
        return answered(Intent.UNKNOWN, sure=False)
    planned = said.planned(room) if room else ()
    if room is not None and not planned:
        return answered(Intent.SCHEDULE, Why.NOT_SCHEDULED, room=room, sure=False)
    one = planned[0] if len(planned) == 1 and not planned[0].repeat else None
    when = _moved_to(said, one) if one else None
    if one is None or when is None:
        return answered(Intent.STATUS, topic=SCHEDULED, room=room, sure=False)
    return _asked_to_move(said, [(one, when)])


def _asked_to_move(said: ParsedText, moves: Sequence[tuple[Scheduled, When]]) -> Understood:
    """Ask about moving a schedule, with a button for each that may be meant."""
    several, today = len(moves) > 1, said.world.now.date()
    rooms = [said.world.names.by_id[one.room_id] for one, _ in moves]
    offers = [
        Order(
            Intent.RESCHEDULE,
            room,
            say_moment(when.start.at, today=today)
            if several and isinstance(when.start, Once)
            else None,
            schedule=one,
        )
        for room, (one, when) in zip(rooms, moves, strict=True)
    ]
    return Understood(
        Intent.SCHEDULE,
        Outcome.ASK,
        Why.MOVE,
        None if several else rooms[0],
        sure=False,
        offers=tuple(offers),
        when=None if several else moves[0][1],
    )


def _moves_of_it(said: ParsedText) -> list[tuple[Scheduled, When]]:
    """Return the schedules that `move it to monday` may mean, and when they would be.

    That of the thread's room, else the person's own, else all.
    """
    if said.rooms or _says_more_than_times(said):
        return []
    once = [
        one
        for room in said.planned_rooms()
        for one in said.planned(room)
        if one.repeat is None and len(said.planned(room)) == 1
    ]
    here = [one for one in once if said.thread and one.room_id == said.thread.room_id]
    meant = here or [one for one in once if one.own] or once
    moves = [(one, when) for one in meant[:BUTTONS_MOST] if (when := _moved_to(said, one))]
    return moves if len(moves) == len(meant[:BUTTONS_MOST]) else []


def _says_more_than_times(said: ParsedText) -> bool:
    """Whether a text has words that are not understood, beside its times."""
    found = [rule.search(said.text) for rule in (_CLOCK, _SHIFT, _DIRECTION)]
    times = [*said.times, *said.loose, *(one.span() for one in found if one)]
    unread = [p for p in said.pieces if p.sort in (Sort.UNREAD, Sort.CHANNEL, Sort.LINK)]
    return any(not any(a <= p.start < b for a, b in times) for p in unread)


def _of_schedules(said: ParsedText) -> bool:
    """Whether a text without a room is about a meeting or a schedule, or only about a time."""
    meant = any(p.role is Role.THING or p.intent is Intent.SCHEDULE for p in said.pieces)
    times = bool(said.when or said.loose or _CLOCK.search(said.text))
    return times and (meant or not _says_more_than_times(said))


def _moved_to(said: ParsedText, planned: Scheduled) -> When | None:
    """Return the new start; what is not said, day or time, stays as planned."""
    now, zone = said.world.now, said.world.zone
    there = planned.at.astimezone(now.tzinfo)
    when = said.when
    if clock := _CLOCK.search(said.text):
        morning = there.replace(hour=0, minute=0, second=0, microsecond=0)
        said_at = f"at {clock['at']}{clock['length'] or ''}"
        when = read_when(said_at, now=max(morning, now), zone=zone)
    elif not said.start_time() and (by := _shift_of(said)):
        return When(Once(there + by, zone), None, zone)
    elif not isinstance(when, When):
        words = said.time_words() or " ".join(said.text[start:end] for start, end in said.loose)
        day = read_when(f"on {words}", now=now, zone=zone, purpose=Purpose.DAY)
        if isinstance(day, Day):
            moved = datetime.combine(day.date, there.timetz())
            return When(Once(moved, zone), None, zone)
    return when if isinstance(when, When) and isinstance(when.start, Once) else None
