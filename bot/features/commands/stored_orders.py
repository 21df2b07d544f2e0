"""What one button of a question does, or what is done at once: a value that can be stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from bot.core.options import RecordingOptions
from bot.core.when import Day, StopAt, When
from bot.core.when_grammar import read_when
from bot.features.commands.model import Order, Understood, World
from bot.features.options.table import parse_options, write_options
from bot.features.rooms.model import RoomEntry
from bot.store.values import RecordingRow
from bot.ui.forms import FieldErrors


class StoredOrder(BaseModel):
    """An order with everything that it needs. It is checked again when it is done."""

    model_config = ConfigDict(frozen=True)

    verb: str
    room_id: str | None = None
    room_name: str = ""
    key: str | None = None  # of the recording that is steered or shared
    raw: dict[str, str] = Field(default_factory=dict)  # options, as the form takes them
    preset: str | None = None
    link: str | None = None  # a link to the room, as it was typed
    when: When | None = None
    day: date | None = None
    channel: str | None = None  # to share into: an id, a name with #, or `here`
    title: str | None = None
    label: str = ""  # of one of several times to choose from

    @property
    def room(self) -> RoomEntry | None:
        return RoomEntry(self.room_id, self.room_name) if self.room_id else None

    @property
    def stops_at(self) -> When | None:
        """The time of a stop that is not to be at once."""
        when = self.when
        later = when and when.start is None and isinstance(when.stop, StopAt)
        return when if later else None

    @property
    def options(self) -> RecordingOptions:
        options = parse_options(self.raw)
        return RecordingOptions() if isinstance(options, FieldErrors) else options


class Choice(BaseModel):
    """The answers to one question, by what the value of a button says."""

    answers: dict[str, tuple[StoredOrder, ...]]


def stored_orders(
    orders: Sequence[Order], found: Understood, world: World, rows: Mapping[str, RecordingRow]
) -> tuple[StoredOrder, ...]:
    return tuple(_stored(order, found, world, rows) for order in orders)


def _stored(
    order: Order, found: Understood, world: World, rows: Mapping[str, RecordingRow]
) -> StoredOrder:
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
        day=when.date if isinstance(when, Day) else None,
        channel=found.channel or found.to,
        title=found.title,
        label=order.words or "",
    )
