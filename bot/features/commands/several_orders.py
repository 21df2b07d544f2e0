"""Reads a text with several orders: each is understood by itself, and asked about. Pure.

`stop webinar, and record all hands at 15:00`: the time belongs to the recording of all hands. An
order that names no room is about the room of the order before: `stop webinar and share it`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.when import When
from bot.features.commands.model import (
    OPEN_FORM,
    Order,
    Outcome,
    Read,
    State,
    Understood,
    Where,
    Why,
    World,
    asked_first,
)
from bot.features.commands.parsed import Mood, Parsed
from bot.features.commands.parsed_text import CONTROLS, POLITE, Clause, ParsedText
from bot.features.commands.sentences import AND_SIGNS, Piece, Sort
from bot.features.commands.vocabulary import Intent, Role
from bot.features.rooms.model import RoomEntry
from bot.kit.typed_text import DOUBLE_QUOTES

_STARTS = (Intent.START, Intent.SCHEDULE)
_ORDERS_MOST = 10  # of one text; there is no room for more buttons
# `and stop after 30 minutes`, `then stop it at 15:00`: the end of the recording before.
_END = re.compile(
    r"(?:\s|^)(?:(?P<length>in|after)|at|by|until|till)\s+(?P<time>[^,.!?]*[^,.!?\s])[\s,.!?]*$",
    re.IGNORECASE,
)
_JOIN = re.compile(r"\s*,\s*(?:and\s+)?(?:then\s+)?|\s+(?:and\s+then|and|then)\s+", re.IGNORECASE)


def several(said: ParsedText, read: Read) -> Understood | None:
    """Understand each order of a text with several; None if there are not."""
    clauses = every = said.clauses()
    while len(clauses) > 1 and _is_contrast(said, clauses[0].parsed, clauses[1]):
        clauses = clauses[1:]  # don't record town hall, record all hands
    each = _each_with_its_time(said) if len(every) == 1 else ()
    if len(every) < 2 and (each := each or _each_alike(said)):
        return joined([read(text, said.where, said.world) for text in each], said)
    if len(clauses) == len(every) < 2:
        return None
    clauses = clauses[:_ORDERS_MOST]
    parts: list[Understood] = []
    texts: list[str] = []
    contrary = False  # stop. pause
    for n, clause in enumerate(clauses):
        if clauses[1:] and clause.parsed.mood is Mood.NEGATED:
            contrary = True  # start A, but don't stop B
            continue
        where, world = said.where, _after(parts, said.world)
        room = _room_before(parts) or (
            _room_after(said, clauses) if n == 0 and clauses[1:] else None
        )
        if room is not None and not said.names_a_room(clause):
            where, world = Where.THREAD, replace(world, thread=room.room_id, thread_is_over=False)
        text = clause.text
        if said.flags.text and clause.parsed.intent in _STARTS:
            text = f"{text} {said.flags.text}"
        if parts and (longer := _with_end(texts[-1], clause, parts[-1], said)):
            ended = read(longer, said.where, said.world)
            if isinstance(ended.when, When) and ended.when.stop:
                parts[-1], texts[-1] = ended, longer
                continue
        part = read(text, where, world)
        if parts and _says_nothing_new(part, parts, read(text, said.where, said.world)):
            contrary = contrary or part.intent not in [one.intent for one in parts]
            continue
        parts.append(part)
        texts.append(text)
    if not parts:
        return None
    if len(parts) == 1:
        return _asked(parts[0]) if contrary or _says_more(said, every) else parts[0]
    return joined(parts, said)


def _each_with_its_time(said: ParsedText) -> tuple[str, ...]:
    """Split `record board room at 10 and all hands at 11`: an order for each room."""
    pieces = said.pieces
    verb = next((p for p in pieces if p.intent in _TIMED and p.role in _VERBS), None)
    rooms = [n for n, piece in enumerate(pieces) if piece.sort is Sort.ROOM]
    if verb is None or len(rooms) != 2:
        return ()
    between = pieces[rooms[0] + 1 : rooms[1]]
    joins = [p for p in between if p.role is Role.AND or p.sort is Sort.COMMA or p.key in AND_SIGNS]
    timed = [any(p.sort is Sort.TIME for p in part) for part in (between, pieces[rooms[1] + 1 :])]
    if not joins or timed != [True, True]:
        return ()
    second = said.text[pieces[rooms[1]].start :]
    return said.text[: joins[-1].start], f"{said.text[verb.start : verb.end]} {second}"


def _each_alike(said: ParsedText) -> tuple[str, ...]:
    """Split `start board room and all hands`: the same order for each room, or channel."""
    pieces = said.pieces
    starts = any(p.intent in _STARTS and p.role is Role.VERB for p in pieces)
    either = any(p.key in (("or",), ("not",)) for p in pieces)
    channels = [piece for piece in pieces if piece.sort is Sort.CHANNEL]
    shares = said.parsed.intent is Intent.SHARE and said.parsed.mood is Mood.ORDER
    if shares and len(channels) > 1 and not either:
        return _with_each(said, channels)
    rooms = [piece for piece in pieces if piece.sort is Sort.ROOM]
    if not starts or either or len(rooms) < 2 or len(said.rooms) < len(rooms):
        return ()
    if said.parsed.mood is not Mood.ORDER or not said.lists_rooms():
        return ()
    return _with_each(said, rooms)


def _with_each(said: ParsedText, listed: Sequence[Piece]) -> tuple[str, ...]:
    """Return the text with each of these in place of the list."""
    head, tail = said.text[: listed[0].start], said.text[listed[-1].end :]
    return tuple(f"{head}{said.text[one.start : one.end]}{tail}" for one in listed)


_TIMED = (*_STARTS, Intent.STOP)
_VERBS = (Role.VERB, Role.SOFT)


def _says_nothing_new(part: Understood, parts: Sequence[Understood], alone: Understood) -> bool:
    """Whether an order repeats one before, or is only denied because of one: `stop! stop!`."""
    if part.outcome is Outcome.ANSWER and alone.outcome is not Outcome.ANSWER:
        return True

    def orders(one: Understood) -> set[tuple[str, str]]:
        return {(str(act), one.times) for act in (*one.acts, *one.offers)}

    return orders(alone) <= set().union(*(orders(one) for one in parts))


def with_title(said: ParsedText, titled: Understood, read: Read) -> Understood:
    """Split `call it Retro and stop` into a title and an order; the whole may be the title, too."""
    if not titled.title or titled.room is None:
        return titled
    world = replace(said.world, thread=titled.room.room_id)
    for found in _JOIN.finditer(said.text):
        head, tail = said.text[: found.start()], said.text[found.end() :]
        if sum(char in DOUBLE_QUOTES for char in head) % 2:
            continue  # inside quotation marks
        order = read(tail, Where.THREAD, world)
        if order.outcome is not Outcome.DO or not order.acts or order.intent is Intent.RENAME:
            continue
        named = read(head, said.where, said.world)
        if named.intent is Intent.RENAME and named.title:
            return joined([named, order, titled], said)
    return titled


def joined(parts: Sequence[Understood], said: ParsedText) -> Understood:
    """Ask about several orders, with their buttons; do them at once if all are the same kind."""
    first = parts[0]
    if all(part.outcome is Outcome.DO and part.intent is first.intent for part in parts):
        acts = {str(act): replace(act, of=part) for part in parts for act in part.acts}
        alike = first.intent in CONTROLS and not said.thread
        if alike and not any(part.when for part in parts):
            room = first.room if len(acts) == 1 else None
            return replace(first, room=room, acts=tuple(acts.values()))
    asked = tuple(_asked(part) for part in parts)
    offers: dict[tuple[str, str | None, str | None, str], Order] = {}
    for part in asked:
        for order in part.offers:
            if order.verb != OPEN_FORM:
                offers.setdefault(
                    (str(order), part.title, part.to, part.times), _offered(order, part)
                )
    unknown = next((part for part in parts if part.why is Why.NO_ROOM), None)
    alike = {part.intent for part in parts} == {first.intent}
    rooms = {part.room for part in parts}
    return replace(
        first,
        room=first.room if len(rooms) == 1 or not alike else None,
        outcome=Outcome.ASK if offers else Outcome.ANSWER,
        why=unknown.why if unknown else Why.UNSURE,
        reference=unknown.reference if unknown else None,
        sure=False,
        acts=(),
        offers=tuple(offers.values()),
        parts=asked,
    )


def are_one(found: Understood) -> bool:
    """Whether one button may do all orders of a text: each is clear, and none undoes another."""
    offers = found.offers
    clear = all(len(part.offers) == 1 for part in found.parts)
    different = {(str(order), order.of and order.of.to) for order in offers}
    once = len(different) == len(offers) == len(found.parts) > 1
    ended = {order.room for order in offers if order.verb == Intent.STOP}
    other = [order.room for order in offers if order.verb in (*_STARTS, *CONTROLS)]
    return clear and once and not any(room in ended and other.count(room) > 1 for room in other)


def _offered(order: Order, part: Understood) -> Order:
    verb = part.intent if part.intent is Intent.STOP else order.verb  # not: to schedule its end
    words = part.times if order.verb == Intent.SCHEDULE and verb != Intent.STOP else order.words
    return replace(order, verb=verb, words=words or None, of=part)


def _asked(part: Understood) -> Understood:
    """Turn what would be done into a question."""
    if part.outcome is not Outcome.DO:
        return part
    return asked_first(part, [_offered(order, part) for order in part.acts])


def _is_contrast(said: ParsedText, first: Parsed, then: Clause) -> bool:
    """Whether the second order corrects a negated one: `don't stop webinar, stop standup`."""
    second = then.parsed
    if second.mood is not Mood.ORDER or first.mood not in (Mood.NEGATED, Mood.UNWANTED):
        return False
    if first.mood is Mood.NEGATED and second.intent is Intent.PAUSE:
        return True
    wanted = _STARTS if first.mood is Mood.UNWANTED else (Intent.STOP,)
    return second.intent in wanted and said.names_a_room(then)


def _after(parts: Sequence[Understood], world: World) -> World:
    """Return the world as it is once these orders are carried out."""
    recorded = dict(world.recorded)
    for part in parts:
        for order in (*part.acts, *part.offers):
            if order.room is not None and order.verb in _BECOMES:
                recorded[order.room.room_id] = _BECOMES[order.verb]
            elif order.room is not None and order.verb == Intent.STOP:
                recorded.pop(order.room.room_id, None)
    return replace(world, recorded=recorded)


_BECOMES: Mapping[str, State] = {
    Intent.START: State.RUNNING,
    Intent.PAUSE: State.PAUSED,
    Intent.RESUME: State.RUNNING,
}


def _room_before(parts: Sequence[Understood]) -> RoomEntry | None:
    return next((part.room for part in reversed(parts) if part.room), None)


def _room_after(said: ParsedText, clauses: Sequence[Clause]) -> RoomEntry | None:
    """Return the room of the second of two orders for the first, too: `pause and stop it`."""
    controls = all(clause.parsed.intent in CONTROLS for clause in clauses)
    rooms = said.rooms[0] if len(said.rooms) == 1 else ()
    if said.thread or not controls or len(rooms) != 1:
        return None
    return rooms[0] if rooms[0].room_id in said.world.recorded else None


def _with_end(before: str, end: Clause, part: Understood, said: ParsedText) -> str | None:
    """Return the text of a start with the end that the next order names."""
    if part.intent not in _STARTS or end.parsed.intent is not Intent.STOP:
        return None
    found = _END.search(end.text)
    if found is None or said.names_a_room(end):
        return None
    return f"{before} {'for' if found['length'] else 'until'} {found['time']}"


def _says_more(said: ParsedText, clauses: Sequence[Clause]) -> bool:
    """Whether a text has other sentences with a meaning."""
    known = [clause.sentence for clause in clauses]
    others = [said.meaning(one) for one in said.sentences if one not in known]
    return any(one.left or one.intent not in (None, *POLITE) for one in others)
