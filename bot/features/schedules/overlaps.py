"""Finds which other schedules would record a room at the time of one. Pure.

A room has one recording at a time. The date whose time comes first starts it and sets its end; of
two at the same time, the one of the older schedule.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from bot.core.when import LONGEST_STOP, StopAfter
from bot.features.schedules.model import Schedule, armed_until, dates_from

DATES_COMPARED = 60  # of each schedule
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another schedule of the room that covers the same time, first on `date`.

    `starts_first`: on that date the other one starts the recording. `same_time`: both dates begin
    at the same time.
    """

    schedule: Schedule
    date: datetime
    starts_first: bool
    same_time: bool = False


def first_overlaps(
    one: Schedule, others: Iterable[Schedule], armed_for: timedelta
) -> list[Overlap]:
    """Return the overlaps with others of the room, the nearest first.

    A recording without an end counts as long as a date waits for people.
    """
    active = (other for other in others if _is_rival(one, other))
    found = [over for other in active if (over := _overlap(one, other, armed_for))]
    return sorted(found, key=lambda over: (over.date, order(over.schedule)))


def order(schedule: Schedule) -> tuple[datetime, str]:
    """Sort key for schedules with the same date: the older one is first."""
    return schedule.created_at, schedule.schedule_id


def _is_rival(one: Schedule, other: Schedule) -> bool:
    is_other = one.schedule_id != other.schedule_id and one.room_id == other.room_id
    return is_other and other.state == "active"


def _overlap(one: Schedule, other: Schedule, armed_for: timedelta) -> Overlap | None:
    begin = one.next_date
    if begin is None:
        return None
    mine = _spans(one, begin - LONGEST_STOP, armed_for)
    theirs = _spans(other, begin - LONGEST_STOP, armed_for)
    a, b = next(mine, None), next(theirs, None)
    while a and b:
        if a[0] < b[1] and b[0] < a[1]:
            first = (b[0], *order(other)) < (a[0], *order(one))
            return Overlap(other, a[0], first, same_time=a[0] == b[0])
        if a[1] <= b[1]:
            a = next(mine, None)
        else:
            b = next(theirs, None)
    return None


def _spans(schedule: Schedule, after: datetime, armed_for: timedelta) -> Iterator[Span]:
    when = schedule.when
    for date in islice(dates_from(schedule, after), DATES_COMPARED):
        if isinstance(when.stop, StopAfter):
            yield date, date + timedelta(seconds=when.stop.seconds)
        else:
            yield date, armed_until(when, date, armed_for)
