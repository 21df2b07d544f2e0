"""Orders as values that can be stored: done at once, or later by a button of a question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from bot.core.options import RecordingOptions
from bot.core.when import StopAt, When
from bot.core.when_grammar import read_when
from bot.core.when_words import say_cycle, say_moment
from bot.features.commands.answers import say
from bot.features.commands.model import Order, Reply, Understood, Why, World
from bot.features.commands.vocabulary import Intent
from bot.features.options.table import parse_options, write_options
from bot.features.rooms.model import RoomEntry
from bot.store.values import RecordingRow
from bot.ui.forms import FieldErrors


class StoredOrder(BaseModel):
    """A self-contained order. Rights and state are checked again when it is carried out."""

    model_config = ConfigDict(frozen=True)

    verb: str
    room_id: str | None = None
    room_name: str = ""
    key: str | None = None  # of the recording to control or share
    schedule_id: str | None = None  # of the schedule to take back
    date: datetime | None = None  # only this date of it
    repeats: bool = False
    raw: dict[str, str] = Field(default_factory=dict)  # options in the form's format
    preset: str | None = None
    link: str | None = None  # a link to the room, as typed
    when: When | None = None
    channel: str | None = None  # to share into: an id, a name with #, or `here`
    title: str | None = None
    rule: str = ""  # of a room: on, on 2, end, off
    label: str = ""  # names the time, if there are several to choose from
    asks: str = ""  # the question that the order answers, of a text with several orders

    @property
    def room(self) -> RoomEntry | None:
        return RoomEntry(self.room_id, self.room_name) if self.room_id else None

    @property
    def stops_at(self) -> When | None:
        """Return the time of a stop; None if it is immediate."""
        when = self.when
        later = when and when.start is None and isinstance(when.stop, StopAt)
        return when if later else None

    @property
    def options(self) -> RecordingOptions:
        options = parse_options(self.raw)
        return RecordingOptions() if isinstance(options, FieldErrors) else options


ALL, TOGETHER = "all", "together"  # the buttons that stop all recordings, or do all orders


class Choice(BaseModel):
    """The answers to one question, by the button's value."""

    answers: dict[str, tuple[StoredOrder, ...]]
    by_name: bool = True  # the name of a room answers it, too

    def answer_in_words(self, reply: Reply, room_id: str | None) -> str | None:
        """Return the button that a reply means; None if it is not clear."""
        single = [key for key in self.answers if key.isdecimal()]
        match reply:
            case Reply.PERHAPS:
                return None
            case Reply.BOTH:  # more are stopped by a button, which asks once more
                two = [key for key in (TOGETHER, ALL) if len(self.answers.get(key, ())) == 2]
                return two[0] if two else None
            case Reply.ROOM if not self.by_name:
                return None
            case Reply.ROOM:
                single = [key for key in single if self.answers[key][0].room_id == room_id]
        return single[0] if len(single) == 1 else None

    def left_after(self, answer: str) -> tuple[StoredOrder, ...]:
        """Return the orders that this answer leaves open, of a text with several orders.

        A recording gets one title, so a title answers every question for one.
        """
        done = self.answers[answer]
        asked = {order.asks for order in done}
        titled = {order.room_id for order in done if order.title}
        return tuple(
            orders[0]
            for key, orders in self.answers.items()
            if key.isdecimal()  # not "all", which has the same orders
            and orders[0].asks not in asked
            and not (orders[0].title and orders[0].room_id in titled)
        )


def stored_orders(
    orders: Sequence[Order], found: Understood, world: World, rows: Mapping[str, RecordingRow]
) -> tuple[StoredOrder, ...]:
    made = [_stored(order, found, world, rows) for order in orders]
    same = Counter((one.room_id, one.label) for one in made if one.schedule_id)
    return tuple(
        one.model_copy(update={"label": f"{one.label} ({_whose(order)})"})
        if same[one.room_id, one.label] > 1
        else one
        for order, one in zip(orders, made, strict=True)
    )


def _rule(found: Understood) -> str:
    return "off" if found.why is Why.OFF else "on"


def _whose(order: Order) -> str:
    return "yours" if order.schedule and order.schedule.own else "not yours"


def _stored(
    order: Order, found: Understood, world: World, rows: Mapping[str, RecordingRow]
) -> StoredOrder:
    found = order.of or found
    row = rows.get(order.room.room_id) if order.room else None
    when = read_when(order.words, now=world.now, zone=world.zone) if order.words else found.when
    return StoredOrder(
        verb=order.verb,
        room_id=order.room.room_id if order.room else None,
        room_name=order.room.name if order.room else "",
        key=row.key if row else None,
        raw=dict(found.raw_options) or write_options(found.options),
        preset=found.preset,
        link=found.link,
        when=when if isinstance(when, When) else None,
        channel=found.channel or found.to,
        title=found.title,
        rule=_rule(found) if order.verb == Intent.AUTO else "",
        label=order.words or _label(order, world) or (order.of.to or "" if order.of else ""),
        asks=say(order.of, now=world.now) if order.of else "",
        schedule_id=order.schedule.schedule_id if order.schedule else None,
        date=order.date,
        repeats=bool(order.schedule and order.schedule.repeat),
    )


def _label(order: Order, world: World) -> str:
    """Name the schedule, or its date, among several of a room."""
    one = order.schedule
    if one is None or order.verb == Intent.RESCHEDULE:
        return ""
    if one.repeat and order.date is None:
        return say_cycle(one.repeat)
    at = (order.date or one.at).astimezone(world.now.tzinfo)
    return say_moment(at, today=world.now.date())
