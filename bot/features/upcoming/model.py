"""What a person may see of what is planned. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.features.automatic.model import Owned
from bot.features.calendars.model import RoomCalendar
from bot.features.rules.model import Rule
from bot.features.schedules.model import Schedule
from bot.features.schedules.overlaps import Overlap

Planned = Schedule | Rule | RoomCalendar


@dataclass(frozen=True, slots=True)
class Rivals:
    """What else records the room: the first overlap, the number of further ones, and a rule."""

    overlap: Overlap | None = None
    more: int = 0
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a person may see, the next one first, and what they may do with it.

    `may_change` has pairs of a channel and an owner, `may_start` has channels.
    """

    schedules: Sequence[Schedule] = ()
    rules: Sequence[Rule] = ()
    calendars: Sequence[RoomCalendar] = ()
    may_change: Collection[tuple[str, str]] = ()
    may_start: Collection[str] = ()
    may_start_here: bool = True
    disabled: Collection[str] = ()  # rooms

    @property
    def listed_alone(self) -> list[Schedule]:
        """The schedules that were not made from a calendar."""
        return [one for one in self.schedules if one.calendar_id is None]

    def may(self, one: Owned) -> bool:
        """Whether the person may change it or delete it."""
        return (one.channel, one.by) in self.may_change

    def may_run(self, one: Schedule) -> bool:
        """Whether the person may start recordings where it does."""
        return one.channel in self.may_start
