"""Decides about orders to stop, pause or resume, or to cancel a schedule. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile

from dateutil.relativedelta import relativedelta

from bot.core.when import (
    Day,
    Once,
    Reading,
    Refused,
    Repeat,
    StopAfter,
    Unclear,
    When,
    occurrences,
)
from bot.core.when_days import EXAMPLES, Purpose
from bot.features.about.model import Asked
from bot.features.commands.model import (
    Order,
    Outcome,
    Scheduled,
    State,
    Understood,
    Where,
    Why,
    World,
    answered,
    orders,
    which_of,
)
from bot.features.commands.parsed import Mood, Parsed
from bot.features.commands.parsed_text import ParsedText
from bot.features.commands.sentences import AND_SIGNS, Sort
from bot.features.commands.unread_times import unread_time
from bot.features.commands.vocabulary import Intent, Role
from bot.features.rooms.model import RoomEntry


def understand_control(said: ParsedText, parsed: Parsed, intent: Intent) -> Understood:
    """Decide about a stop, pause or resume. A time that is not understood is told."""
    done = _control(said, parsed, intent)
    if parsed.mood is Mood.NEGATED and done.outcome is Outcome.ASK:
        return _kept(done)
    asked = done.outcome is Outcome.ASK and done.when is None and done.intent is intent
    unread = unread_time(said, parsed.left, Purpose.STOP) if asked else None
    return replace(done, why=Why.BAD_TIME, when=unread) if unread else done


def _kept(done: Understood) -> Understood:
    """Answer that a recording goes on, and how long: a stop may be set for later."""
    asked = Asked.ENDS if done.intent is Intent.STOP else None
    return replace(done, why=Why.KEPT, asked=asked)


def _control(said: ParsedText, parsed: Parsed, intent: Intent) -> Understood:
    sure = (
        parsed.mood is Mood.ORDER
        and not parsed.left
        and not parsed.weak
        and not said.orders_more()
        and not said.long
        and not said.loose_left()
    )
    if parsed.mood is Mood.UNWANTED:
        return _unwanted(said, parsed)
    ordered = any(piece.role is Role.VERB and piece.intent is intent for piece in said.pieces)
    if ordered and (left_out := said.left_out()):
        rest = [room for room in recorded_here(said, intent) if room not in left_out]
        return which(said, intent, rest) if rest else answered(intent, Why.NOTHING_ELSE)
    if parsed.all_of_them and said.rooms:
        return _all_but(said, intent)
    if len(said.rooms) > 1 and not said.doubt:
        return _several(said, intent, sure=sure and parsed.other is None)
    room = said.room()
    if room and said.thread and said.thread != room and _also_this(said, intent):
        return which(said, intent, (said.thread, room))
    if room:
        here = said.thread
        differs = here is not None and here.room_id != room.room_id
        return act_on(said, intent, room, sure=sure and not differs)
    if said.rooms and not said.doubt:
        return which(said, intent, said.rooms[0])
    if exact := _unknown_id(said):
        return answered(intent, Why.NOT_RECORDED, reference=exact, sure=False)
    near, reference = said.suggested(intent)
    fits = _fitting(said, intent, near)
    if fits or (near and said.thread is None):
        made = which(said, intent, fits or near)
        return replace(
            made,
            reference=reference,
            room=near[0] if len(near) == 1 else None,
            outcome=made.outcome if fits else Outcome.ANSWER,
        )
    if said.thread and parsed.all_of_them:
        return which(said, intent, recorded_here(said, intent))
    if said.thread:
        return act_on(said, intent, said.thread, sure=sure and not said.world.thread_is_over)
    return _unnamed(said, intent, parsed, sure=sure, reference=reference)


def _also_this(said: ParsedText, intent: Intent) -> bool:
    """Whether an order is about this recording and a named one: `stop it, and webinar too`."""
    keys = [p.key for p in said.pieces if p.sort is not Sort.COMMA]
    verb = next((n for n, p in enumerate(said.pieces) if p.intent is intent), None)
    after = said.pieces[verb + 1 : verb + 2] if verb is not None else ()
    this = any(piece.key in _THIS for piece in after)
    joined = any(key == ("and",) or key in AND_SIGNS for key in keys)
    return this and joined and not said.orders_more()


_THIS = frozenset({("it",), ("this",), ("this", "one"), ("that",)})


def _unknown_id(said: ParsedText) -> str | None:
    """Return the id, code or link of an unknown room, so that no other room is assumed."""
    return next(
        (
            piece.words[0].text
            for piece in said.pieces
            if piece.sort is Sort.LINK
            or (piece.sort is Sort.UNREAD and piece.words[0].sort == "code")
        ),
        None,
    )


def _all_but(said: ParsedText, intent: Intent) -> Understood:
    """Ask about `all but the webinar`, and about `everything in the webinar`."""
    named = [room for rooms in said.rooms for room in rooms]
    if not any(piece.key in _BUT for piece in said.pieces):
        return which(said, intent, named)
    return which(said, intent, [room for room in recorded_here(said, intent) if room not in named])


_BUT = frozenset({("but",), ("except",), ("excluding",), ("besides",), ("not",)})


def _unnamed(
    said: ParsedText, intent: Intent, parsed: Parsed, *, sure: bool, reference: str | None
) -> Understood:
    """Decide about an order without a room: act on this channel's only recording, or ask."""
    here = recorded_here(said, intent)
    if parsed.weak and not parsed.thing and not parsed.all_of_them:
        if said.where is not Where.SLASH:
            return Understood(Intent.UNKNOWN, Outcome.ANSWER, sure=False)
        sure = False
    going_on = recorded_here(said, Intent.STOP) if intent is Intent.RESUME and not here else ()
    if len(going_on) == 1:
        return act_on(said, intent, going_on[0], sure=sure)  # keep recording
    if going_on and _keeps(said):
        return Understood(intent, Outcome.ANSWER, Why.NOT_PAUSED, sure=False, asked=Asked.ENDS)
    shown = [room for room in here if room.room_id in said.world.cards_here]
    if len(here) == 1 and shown and sure:
        return act_on(said, intent, here[0], sure=True)
    made = which(said, intent, here)
    if made.outcome is Outcome.ASK and made.why is Why.WHICH_ROOM and _has_object(said, intent):
        return replace(made, reference=reference, why=Why.UNKNOWN_WORD)
    return replace(made, reference=reference)


def _has_object(said: ParsedText, intent: Intent) -> bool:
    """Whether an unknown word follows the verb: `stop foobar`."""
    verb = next((n for n, p in enumerate(said.pieces) if p.intent is intent), None)
    after = said.pieces[verb + 1 :] if verb is not None else []
    return [p.sort for p in after if p.key != ("the",)][:1] == [Sort.UNREAD]


def recorded_here(said: ParsedText, intent: Intent) -> tuple[RoomEntry, ...]:
    """Return the recordings that an order may mean: those shown in this channel, else all."""
    known = [
        said.world.names.by_id[room_id]
        for room_id in said.world.recorded
        if room_id in said.world.names.by_id
    ]
    fits = _fitting(said, intent, known)
    here = tuple(room for room in fits if room.room_id in said.world.cards_here)
    return here or fits


def _fitting(said: ParsedText, intent: Intent, rooms: Iterable[RoomEntry]) -> tuple[RoomEntry, ...]:
    recorded = said.world.recorded
    wanted = {
        Intent.PAUSE: (State.RUNNING,),
        Intent.RESUME: (State.PAUSED,),
    }.get(intent, (State.RUNNING, State.PAUSED))
    return tuple(room for room in rooms if recorded.get(room.room_id) in wanted)


def which(said: ParsedText, intent: Intent, rooms: Iterable[RoomEntry]) -> Understood:
    fits = _fitting(said, intent, rooms)
    waiting = _waiting(said, said.planned_rooms()) if intent is Intent.STOP and not fits else ()
    if waiting:
        return replace(which_of(Intent.UNSCHEDULE, ()), why=Why.WAITS, offers=waiting)
    if not fits:
        paused = intent is Intent.RESUME and said.world.recorded
        why = Why.NOT_PAUSED if paused else Why.NOT_RECORDED
        return Understood(intent, Outcome.ANSWER, why, sure=False)
    made = which_of(intent, fits, when=said.end())
    match made.when:
        case Unclear(choices=choices):
            at = tuple(replace(one, words=words) for words in choices for one in made.offers)
            return replace(made, why=Why.BAD_TIME, offers=at or made.offers)
        case Refused():
            return replace(made, why=Why.BAD_TIME)
    return made


def _waiting(said: ParsedText, rooms: Iterable[RoomEntry]) -> tuple[Order, ...]:
    """Return orders to cancel the dates of these rooms that wait for people."""
    due = [(room, one) for room in rooms for one in said.planned(room) if one.waits]
    return tuple(
        Order(Intent.UNSCHEDULE, room, schedule=one, date=one.at if one.repeat else None)
        for room, one in due
    )


def _several(said: ParsedText, intent: Intent, *, sure: bool) -> Understood:
    rooms = [rooms[0] for rooms in said.rooms if len(rooms) == 1]
    fits = _fitting(said, intent, rooms)
    plain = sure and len(fits) == len(said.rooms) and said.thread is None and said.lists_rooms()
    if plain and said.end() is None:
        return Understood(intent, Outcome.DO, acts=orders(intent, fits))
    return which(said, intent, rooms)


def act_on(said: ParsedText, intent: Intent, room: RoomEntry | None, *, sure: bool) -> Understood:
    """Act on one recording, if its state allows it."""
    if room is None:
        return Understood(intent, Outcome.ANSWER, Why.NOT_RECORDED, sure=False)
    when = said.end()
    made = Understood(intent, Outcome.ASK, Why.UNSURE, room, sure=False, when=when)
    if not _fitting(said, intent, [room]):
        known = said.world.recorded.get(room.room_id)
        if intent is Intent.RESUME and known:
            goes_on = replace(made, outcome=Outcome.ANSWER, why=Why.NOT_PAUSED)
            return replace(goes_on, asked=Asked.ENDS if _keeps(said) else None)
        why = Why.NOT_RECORDED
        if intent is Intent.PAUSE and known is State.PAUSED:
            why = Why.ALREADY
        if intent is Intent.STOP and (waiting := _waiting(said, [room])):
            return replace(made, intent=Intent.UNSCHEDULE, why=Why.WAITS, offers=waiting)
        return replace(made, outcome=Outcome.ANSWER, why=why)
    order = Order(intent, room)
    if when is None:
        done = replace(made, outcome=Outcome.DO, why=Why.CLEAR, sure=True, acts=(order,))
        return done if sure else replace(made, offers=(order,))
    return _act_later(made, order, when, sure=sure)


def _keeps(said: ParsedText) -> bool:
    """Whether a recording is to go on, not only to be resumed: `keep recording`."""
    return any(piece.key[0] in ("keep", "leave") for piece in said.pieces)


def _act_later(made: Understood, order: Order, when: Reading, *, sure: bool) -> Understood:
    """Decide about a stop or pause with a time; ask if the time is not clear."""
    intent, room = made.intent, made.room
    if isinstance(when, Unclear):
        choices = tuple(Order(intent, room, words) for words in when.choices)
        now = (order,) if len(choices) < 2 else ()  # 10:00 has passed: now, or at 22:00
        return replace(made, why=Why.BAD_TIME, offers=(*now, *choices))
    if not isinstance(when, When):
        return replace(made, why=Why.BAD_TIME, offers=(order,))
    if intent is Intent.PAUSE and sure and when.start is None:
        return replace(made, outcome=Outcome.DO, why=Why.CLEAR, sure=True, acts=(order,))
    if intent is Intent.STOP and isinstance(when.stop, StopAfter):
        offers = (Order(Intent.PAUSE, room), order)
        return replace(made, offers=offers)  # "stop for 5 minutes" may mean a pause
    if intent is Intent.STOP and sure and when.start is None:
        # The stop is due later, so it is scheduled now.
        act = Order(Intent.SCHEDULE, room)
        return replace(made, outcome=Outcome.DO, why=Why.CLEAR, sure=True, acts=(act,))
    return replace(made, offers=(order,))


def _unwanted(said: ParsedText, parsed: Parsed) -> Understood:
    """Decide about a wish not to be recorded."""
    room = said.room()
    planned = said.planned(room) if room else ()
    running = room is not None and room.room_id in said.world.recorded
    later = said.when is not None and said.end() is not None
    if room and (later or (planned and not running) or not running):
        return unschedule(said, parsed)
    if later and not said.thread:
        return unschedule(said, parsed)
    asks = parsed.asks or bool(parsed.left)
    if room:
        same = said.thread is not None and said.thread.room_id == room.room_id
        return act_on(said, Intent.STOP, room, sure=same and not asks)
    if said.thread and not later and not said.rooms:
        sure = not asks and not said.world.thread_is_over
        return act_on(said, Intent.STOP, said.thread, sure=sure)
    return which(said, Intent.STOP, recorded_here(said, Intent.STOP))


def unschedule(said: ParsedText, parsed: Parsed) -> Understood:
    room = said.room()
    clear = parsed.mood in (Mood.ORDER, Mood.UNWANTED) and not parsed.left and not parsed.asks
    if room is None and said.doubt is None and not said.rooms:
        near, reference = said.suggested(Intent.UNSCHEDULE)
        if not near and said.thread and parsed.cancels:
            # In `cancel that`, it is not clear which act is meant.
            named = any(p.role is Role.THING for p in said.pieces)
            sure = clear and named and not reference and not said.world.thread_is_over
            return act_on(said, Intent.STOP, said.thread, sure=sure)
        if parsed.cancels and parsed.thing and not reference and not said.end():
            return which(said, Intent.STOP, recorded_here(said, Intent.STOP))
        if len(near) == 1:
            return _unschedule_room(said, parsed, near[0], clear=False)
        if reference and not near and not _says_a_span(said):
            return _unknown_room(said, parsed, reference)
        planned = tuple(one for one in near or said.planned_rooms() if said.planned(one))
        if not planned:
            return answered(Intent.UNSCHEDULE, Why.NOT_SCHEDULED, reference=reference)
        return _which_schedule(said, parsed, planned)
    if room is None:
        each = [rooms[0] for rooms in said.rooms if said.planned(rooms[0])]
        if not each:
            return answered(Intent.UNSCHEDULE, Why.NOT_SCHEDULED, sure=False)
        return _which_schedule(said, parsed, each)
    return _unschedule_room(said, parsed, room, clear=clear)


def _which_schedule(said: ParsedText, parsed: Parsed, rooms: Sequence[RoomEntry]) -> Understood:
    """Ask which schedule of these rooms is meant, with a button for each."""
    day = _date_of(said.when)
    there = [room for room in rooms if cancelling(said, [room], day)]
    if not there:
        return answered(Intent.UNSCHEDULE, Why.NOT_SCHEDULED, when=said.when)
    if len(there) == 1:
        return _unschedule_room(said, parsed, there[0], clear=False)
    asked = which_of(Intent.UNSCHEDULE, there, when=said.when)
    if problem := _no_date(said):
        return replace(asked, why=Why.BAD_TIME, when=problem, offers=_next_dates(said, there))
    return replace(asked, offers=cancelling(said, there, day))


def _unknown_room(said: ParsedText, parsed: Parsed, reference: str) -> Understood:
    """Say that there is no such room, or that the words for a time are not understood."""
    if unread := unread_time(said, parsed.left, Purpose.DAY):
        return answered(Intent.UNSCHEDULE, Why.BAD_TIME, when=unread, sure=False)
    return answered(Intent.UNSCHEDULE, Why.NO_ROOM, reference=reference, sure=False)


_ONE_DATE = Refused("I skip one date at a time.", EXAMPLES[Purpose.DAY])
_UP_TO = frozenset({"for", "until", "till", "til", "through", "between", "from"})
_SPANS = frozenset(
    {"week", "weeks", "month", "months", "january", "february", "march", "april", "june", "july"}
    | {"august", "september", "october", "november", "december"}
)


def _says_a_span(said: ParsedText) -> bool:
    """Whether more than a date is meant: `until monday`, `for 2 weeks`, `in january`."""
    if isinstance(said.when, Day | When):
        return False
    words = {word for piece in said.pieces if piece.sort is not Sort.ROOM for word in piece.words}
    keys = {word.bare for word in words}
    if keys & {"every", "each"}:
        return False  # every week: all dates
    return bool(keys & _SPANS) or (said.when is not None and bool(keys & _UP_TO))


def _no_date(said: ParsedText) -> Unclear | Refused | None:
    """Return why no date can be skipped; None if the text has a date, or says none."""
    if _says_a_span(said):
        return _ONE_DATE
    return said.when if isinstance(said.when, Unclear | Refused) else None


_NEAR = re.compile(r"\b(?P<which>this|next)\s+(?P<unit>week|month)\b", re.IGNORECASE)
DATES_OFFERED = 5


def _dates_within(
    said: ParsedText, planned: Iterable[Scheduled]
) -> list[tuple[Scheduled, datetime]]:
    """Return the dates of schedules in the week or month that is named: `skip it next week`."""
    named = _NEAR.search(said.text)
    if named is None or isinstance(said.when, Day | When):
        return []
    now = said.world.now
    begin = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if named["unit"].lower() == "week":
        first, unit = begin - timedelta(days=begin.weekday()), relativedelta(weeks=1)
    else:
        first, unit = begin.replace(day=1), relativedelta(months=1)
    if named["which"].lower() == "next":
        first += unit
    found = [
        (one, at) for one in planned for at in _dates_between(one, max(first, now), first + unit)
    ]
    return found[:DATES_OFFERED]


def _dates_between(one: Scheduled, begin: datetime, end: datetime) -> list[datetime]:
    if one.repeat is None:
        return [one.at] if begin <= one.at < end else []
    dates = takewhile(lambda at: at < end, occurrences(one.repeat, after=begin))
    return [at for at in islice(dates, DATES_OFFERED) if at not in one.skips]


def _on_dates(room: RoomEntry, dates: Iterable[tuple[Scheduled, datetime]]) -> tuple[Order, ...]:
    return tuple(
        Order(Intent.UNSCHEDULE, room, schedule=one, date=at if one.repeat else None)
        for one, at in dates
    )


def _next_dates(said: ParsedText, rooms: Iterable[RoomEntry]) -> tuple[Order, ...]:
    """Return an order for the next date of each schedule, which deletes no recurrence."""
    return tuple(
        Order(Intent.UNSCHEDULE, room, schedule=one, date=one.at if one.repeat else None)
        for room in rooms
        for one in said.planned(room)
    )


def _unschedule_room(
    said: ParsedText, parsed: Parsed, room: RoomEntry, *, clear: bool
) -> Understood:
    planned = said.planned(room)
    running = room.room_id in said.world.recorded
    every = cancelling(said, [room])
    made = Understood(
        Intent.UNSCHEDULE, Outcome.ASK, Why.UNSURE, room, sure=False, offers=every, when=said.when
    )
    if running and parsed.cancels and said.end() is None:
        if not planned:
            same = said.thread is not None and said.thread.room_id == room.room_id
            return act_on(said, Intent.STOP, room, sure=clear and same)
        return replace(made, offers=(*every, Order(Intent.STOP, room)))
    if not planned:
        return replace(made, outcome=Outcome.ANSWER, why=Why.NOT_SCHEDULED)
    within = _dates_within(said, planned)
    if (problem := _no_date(said)) and len(within) != 1:
        offers = _on_dates(room, within) or _next_dates(said, [room])
        return replace(made, why=Why.BAD_TIME, when=problem, offers=offers)
    day = within[0][1].date() if within else _date_of(said.when)
    fits = cancelling(said, [room], day)
    if not fits:
        return replace(made, why=Why.NOT_SCHEDULED, offers=_next_dates(said, [room]))
    if len(fits) > 1:
        return replace(made, why=Why.WHICH_SCHEDULE, offers=fits)
    order, one = fits[0], fits[0].schedule or planned[0]
    if one.repeat and order.date is None:
        next_one = replace(order, date=one.at)
        return replace(made, why=Why.DATE_OR_ALL, offers=(next_one, order))
    if day or order.date:
        there = (order.date or one.at).astimezone(said.world.now.tzinfo)
        made = replace(made, when=When(Once(there, said.world.zone), None, said.world.zone))
    if clear:
        return replace(made, outcome=Outcome.DO, sure=True, why=Why.CLEAR, offers=(), acts=fits)
    return replace(made, offers=fits)


def cancelling(
    said: ParsedText, rooms: Iterable[RoomEntry], day: date | None = None
) -> tuple[Order, ...]:
    """Return an order for each schedule of these rooms, or each with a date on `day`.

    With a day, or the word `skip`, only that date of a recurrence is meant.
    """
    skips = said.when is None and any(word.key == "skip" for word in said.words)
    made = []
    for room in rooms:
        for one in said.planned(room):
            at = _date_on(one, day, said.world) if day else one.at
            if at is not None:
                date_ = at if one.repeat and (day or skips) else None
                made.append(Order(Intent.UNSCHEDULE, room, schedule=one, date=date_))
    exact = [order for order in made if order.date and order.date == _moment_of(said.when)]
    return tuple(exact or made)


def _date_on(one: Scheduled, day: date, world: World) -> datetime | None:
    """Return the date of the schedule on that day; None if it has none."""
    there = world.now.tzinfo
    if one.repeat is None or one.at.astimezone(there).date() >= day:
        return one.at if one.at.astimezone(there).date() == day else None
    before = datetime.combine(day, time.min, there) - timedelta(microseconds=1)
    dates = (at for at in occurrences(one.repeat, after=before) if at not in one.skips)
    at = next(dates, None)
    return at if at and at.astimezone(there).date() == day else None


def _moment_of(when: Reading | None) -> datetime | None:
    return when.start.at if isinstance(when, When) and isinstance(when.start, Once) else None


def _date_of(when: Reading | None) -> date | None:
    match when:
        case Day(date=day):
            return day
        case When(start=Once(at=at)):
            return at.date()
        case When(start=Repeat(start=start)):
            return start.date()
    return None
