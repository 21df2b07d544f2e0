"""Decides about orders to start or schedule a recording. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.core.when import Reading, Refused, StopAt, Unclear, When, stop_time
from bot.core.when_days import Purpose
from bot.core.when_grammar import read_when
from bot.features.commands.model import (
    OPEN_FORM,
    Order,
    Outcome,
    State,
    Understood,
    Where,
    Why,
    answered,
    orders,
)
from bot.features.commands.parsed import Mood, Parsed
from bot.features.commands.parsed_text import LATER, ParsedText
from bot.features.commands.sentences import Piece, Sort
from bot.features.commands.unread_times import unread_time
from bot.features.commands.vocabulary import Intent
from bot.features.rooms.model import RoomEntry, link_of, room_id_of, room_id_of_link
from bot.features.rooms.names import digits_in, key_of


def form(said: ParsedText) -> Understood:
    """Open the form with the options and the time of a text without a verb."""
    options = said.options()
    return Understood(
        Intent.SCHEDULE if said.start_time() else Intent.START,
        Outcome.ASK,
        Why.BAD_OPTIONS if options.problem else Why.NEEDS_ROOM,
        offers=(Order(OPEN_FORM),),
        when=said.when,
        times=said.time_words(),
        options=options.built,
        raw_options=options.raw,
        preset=options.preset,
        detail=options.problem,
    )


def start(said: ParsedText, parsed: Parsed) -> Understood:
    """Decide about a start. Nothing starts now if a time was said that is not understood."""
    if (room := said.room()) and _every_session(said):
        offers = (Order(Intent.AUTO, room),)
        return Understood(Intent.AUTO, Outcome.ASK, Why.UNSURE, room, sure=False, offers=offers)
    done = _start(said, parsed)
    begins = any(order.verb in _BEGINS for order in (*done.acts, *done.offers))
    timed = begins or done.why is Why.ALREADY
    refused = unread_time(said, parsed.left, Purpose.START) if timed else None
    if refused is None:
        return done
    form = (Order(OPEN_FORM, done.room),)
    return replace(
        done, outcome=Outcome.ASK, why=Why.BAD_TIME, when=refused, sure=False, acts=(), offers=form
    )


_BEGINS = (Intent.START, Intent.SCHEDULE)
_EVERY_SESSION = re.compile(
    r"\b(?:always|automatically|auto|whenever|every time|each time|"
    r"(?:every|each)(?: single)?(?: one of)?(?: the| our| my)? (?:ROOM|session|meeting|call)|"
    r"all(?: the| our| my)? (?:ROOM )?(?:sessions|meetings|calls))\b"
)


def _every_session(said: ParsedText) -> bool:
    """Whether a rule is wanted, not one recording: `record every session of town hall`."""
    words = " ".join("ROOM" if p.rooms else " ".join(p.key) for p in said.pieces)
    return not said.start_time() and not said.orders_more() and bool(_EVERY_SESSION.search(words))


def _start(said: ParsedText, parsed: Parsed) -> Understood:
    options = said.options()
    left = [piece for piece in parsed.left if piece not in options.pieces]
    timed = said.start_time() or _says_a_day(said)
    when = said.when if said.start_time() else None
    intent = Intent.SCHEDULE if timed or parsed.intent is Intent.SCHEDULE else Intent.START
    made = Understood(
        intent,
        Outcome.ASK,
        options=options.built,
        raw_options=options.raw,
        preset=options.preset,
        when=when or (said.when if is_length(said.when) else None),
        times=said.time_words(),
        detail=options.problem,
        sure=False,
    )
    if options.problem:
        made = replace(made, why=Why.BAD_OPTIONS)
    room = said.room()
    if room is None and len(said.rooms) > 1 and not said.doubt:
        each = [rooms[0] for rooms in said.rooms if len(rooms) == 1]
        idle = [room for room in each if room.room_id not in said.world.recorded]
        each = idle if idle and intent is Intent.START else each
        if isinstance(said.when, Refused | Unclear):
            form = (Order(OPEN_FORM),)
            return replace(made, why=Why.BAD_TIME, when=said.when, offers=form)
        return replace(made, why=Why.WHICH_ROOM, offers=orders(intent, each))
    if room is None:
        if said.rooms and not said.doubt:
            return replace(made, why=Why.WHICH_ROOM, offers=orders(intent, said.rooms[0]))
        self_left = [p for p in left if p.sort is Sort.UNREAD]
        found = _start_unknown(said, made, self_left, parsed)
        if isinstance(found, Understood):
            return found
        room, left = found, [p for p in left if p not in self_left]
    return _start_room(said, made, room, left, parsed)


def _start_unknown(
    said: ParsedText, made: Understood, left: Sequence[Piece], parsed: Parsed
) -> Understood | RoomEntry:
    """Decide about a start whose room is not named exactly; return the room if it is clear."""
    link = next((p.words[0].text for p in said.pieces if p.sort is Sort.LINK), None)
    code = next((p for p in left if p.words[0].sort == "code"), None)
    if code and room_id_of(code.words[0].key):
        return RoomEntry(code.words[0].key, code.words[0].key)
    if link and (room_id := room_id_of_link(link)):
        return RoomEntry(room_id, room_id)  # not in the directory yet
    if link or code:
        reference = code.words[0].text if code else None
        form = (Order(OPEN_FORM),)
        why = Why.UNKNOWN_CODE
        return replace(made, why=why, offers=form, link=link, reference=reference)
    near, reference = said.suggested(Intent.START)
    if named := _named_by_time(said, near, reference):
        offers = (Order(Intent.START, named),)
        made = replace(made, intent=Intent.START, when=None, times="")
        return replace(made, why=Why.WHICH_ROOM, room=named, offers=offers)
    if reference is None:
        default = said.world.names.by_id.get(said.world.default_room or "")
        if said.where is Where.THREAD and said.thread and not isinstance(made.when, Unclear):
            return said.thread
        if default and not left:
            return default
        if parsed.weak and said.where is not Where.SLASH:
            return answered(Intent.UNKNOWN, sure=False)
        no_time = isinstance(made.when, Unclear) and said.where is not Where.SLASH
        why = Why.BAD_TIME if no_time else Why.NEEDS_ROOM
        people = said.called_like_people() if why is Why.NEEDS_ROOM else None
        made = replace(made, reference=people)
        why = Why.NO_ROOM if people else why
        return replace(made, why=why, offers=(Order(OPEN_FORM),))
    typed = said.where is Where.SLASH and not said.doubt
    begun = said.world.names.beginning(reference) if typed else None
    if begun and key_of(reference) == key_of(begun.name):
        return begun  # sales_weekly_emea
    near = (begun,) if begun else near  # a beginning of a name only suggests the room
    if near:
        return _alike(said, made, near, reference)
    if parsed.mood is Mood.TOLD and said.where is not Where.SLASH and _before_verb(said, left):
        return answered(Intent.UNKNOWN, sure=False)  # remind us to start at 3
    other_words = [p for p in parsed.left if p.sort is not Sort.UNREAD and p.option is None]
    talk = said.where is not Where.SLASH and (parsed.weak or parsed.article or other_words)
    if talk or (parsed.weak and parsed.article):  # book me a flight
        return answered(Intent.UNKNOWN, sure=False)
    return replace(made, why=Why.NO_ROOM, offers=(Order(OPEN_FORM),), reference=reference)


def _alike(
    said: ParsedText, made: Understood, near: Sequence[RoomEntry], reference: str
) -> Understood:
    """Ask about rooms with a similar name; with a wrong time or option, in the form."""
    single = near[0] if len(near) == 1 and not said.doubt else None
    made = replace(made, room=single, reference=reference)
    if isinstance(said.when, Refused | Unclear):
        made = replace(made, why=Why.BAD_TIME, when=said.when)
    if made.why in (Why.BAD_TIME, Why.BAD_OPTIONS):
        return replace(made, offers=(Order(OPEN_FORM, single),))
    return replace(made, why=Why.WHICH_ROOM, offers=orders(made.intent, near))


def _named_by_time(
    said: ParsedText, near: Sequence[RoomEntry], reference: str | None
) -> RoomEntry | None:
    """Return the room whose name has the only time of a text: `start 9:30` means 9:30 sync."""
    words = said.time_words()
    if said.where is not Where.SLASH or not words[:1].isdigit():
        return None
    begun = (said.world.names.beginning(words),) if reference is None else near
    named = [room for room in begun if room and {*digits_in(words)} <= {*digits_in(room.name)}]
    return named[0] if len(named) == 1 else None


def _before_verb(said: ParsedText, left: Sequence[Piece]) -> bool:
    """Whether all unread words precede the verb: then they are its subject."""
    verb = next((p.start for p in said.pieces if p.intent in (Intent.START, Intent.SCHEDULE)), 0)
    return bool(left) and all(piece.start < verb for piece in left)


def _start_room(
    said: ParsedText, made: Understood, room: RoomEntry, left: Sequence[Piece], parsed: Parsed
) -> Understood:
    links = (p.words[0].text for p in said.pieces if p.sort is Sort.LINK)
    made = replace(made, room=room, link=next(filter(link_of, links), None))
    offer = replace(made, offers=(Order(made.intent, room),))
    if not room.enabled:
        return replace(made, outcome=Outcome.ANSWER, why=Why.DISABLED)
    when = said.when
    if isinstance(when, Refused) and when.suggestion:
        better = read_when(when.suggestion, now=said.world.now, zone=said.world.zone)
        if isinstance(better, When):
            offers = (Order(Intent.SCHEDULE, room, when.suggestion),)
            why = Why.UNSURE if made.why is Why.CLEAR else made.why
            return replace(made, intent=Intent.SCHEDULE, why=why, when=better, offers=offers)
        when = better
    if isinstance(when, Unclear):
        made = replace(made, when=when, why=Why.BAD_TIME)
        choices = tuple(Order(Intent.SCHEDULE, room, words) for words in when.choices)
        return replace(made, offers=choices or (Order(OPEN_FORM, room),))
    if isinstance(when, Refused) and made.intent is Intent.SCHEDULE:
        return replace(made, outcome=Outcome.ANSWER, why=Why.BAD_TIME)
    if made.intent is Intent.SCHEDULE and not said.start_time():
        return replace(made, why=Why.BAD_TIME, offers=(Order(OPEN_FORM, room),))
    state = said.world.recorded.get(room.room_id)
    if made.intent is Intent.START and state:
        if state is State.PAUSED:
            order = (Order(Intent.RESUME, room),)
            return replace(made, why=Why.ALREADY, offers=order)
        if isinstance(said.when, When) and is_length(said.when):
            return end_of_running(said, room, said.when)
        return replace(made, outcome=Outcome.ANSWER, why=Why.ALREADY)
    if made.why is Why.BAD_OPTIONS:
        return replace(made, offers=(Order(OPEN_FORM, room),))
    if said.orders_more():
        return replace(offer, why=Why.UNSURE)
    clear = parsed.mood is Mood.ORDER and not parsed.weak and not left and not said.loose_left()
    if clear and not said.long:
        return replace(
            made,
            outcome=Outcome.DO,
            sure=True,
            acts=(Order(made.intent, room),),
        )
    return replace(offer, why=Why.UNSURE)


def end_of_running(said: ParsedText, room: RoomEntry, when: When) -> Understood:
    """Offer the end that was said for a room that is recorded already: `start standup for 45m`."""
    ends = stop_time(when, due=said.world.now, started=said.world.now)
    return Understood(
        Intent.STOP,
        Outcome.ASK,
        Why.ALREADY,
        room,
        sure=False,
        offers=(Order(Intent.STOP, room),),
        when=When(None, StopAt(ends), when.zone) if ends else None,
    )


_MAKE_IT = re.compile(
    r"(?:\b(?:make it|rather)|\Ano,?(?! make it| rather)) (?P<time>[^,.!?]+?)[\s.!?]*\Z",
    re.IGNORECASE,
)
_FEWEST_MINUTES = 5  # a lower number is an hour: make it 4


def other_end(said: ParsedText) -> When | None:
    """Return the end in `no, make it 20 minutes`, `make it 4`; None if there is none."""
    if (found := _MAKE_IT.search(said.text)) is None:
        return None
    time = found["time"]
    minutes = time.isascii() and time.isdigit() and int(time[:4]) >= _FEWEST_MINUTES
    for text in (f"in {time} min",) if minutes else (f"in {time}", f"at {time}"):
        now, zone = said.world.now, said.world.zone
        when = read_when(text, now=now, zone=zone, purpose=Purpose.STOP)
        if is_length(when) and isinstance(when, When):
            return when
    return None


def _says_a_day(said: ParsedText) -> bool:
    """Whether the text has a day or the like that was not read as a time."""
    later = any(
        piece.key in LATER and not (n and said.pieces[n - 1].option)  # summarize it afterwards
        for n, piece in enumerate(said.pieces)
        if piece.sort is Sort.UNREAD
    )
    return said.when is None and (later or said.loose_left())


def is_length(when: Reading | None) -> bool:
    """Whether a time is only a length: `for 30m`."""
    return isinstance(when, When) and when.start is None and when.stop is not None
