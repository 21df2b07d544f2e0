"""Calendars whose events are recorded: each event makes a schedule. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.options import RecordingOptions
from bot.core.when import (
    Once,
    StopAt,
    When,
)
from bot.features.calendars.events import Event
from bot.features.schedules.model import Schedule, woken

CALENDARS_MOST = 20  # per person: they are fetched one at a time


@dataclass(frozen=True, slots=True)
class RoomCalendar:
    """A calendar whose events about a room are recorded. Its URL is a secret and never shown."""

    calendar_id: str
    room_id: str
    room_name: str
    channel: str
    by: str
    zone: str
    created_at: datetime
    url: str = field(repr=False)
    options: RecordingOptions = field(default_factory=RecordingOptions)
    fetch_at: datetime | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """The changes from a fetch: schedules to add, to change (before, after), and to delete."""

    new: tuple[Schedule, ...] = ()
    changed: tuple[tuple[Schedule, Schedule], ...] = ()
    gone: tuple[Schedule, ...] = ()


def follow_calendar(
    calendar: RoomCalendar,
    known: Sequence[Schedule],
    events: Sequence[Event],
    now: datetime,
    new_id: Callable[[], str],
) -> CalendarChange:
    """Turn each event into a one-time schedule; move or delete those whose events changed.

    A finished schedule is kept while its event is listed, so that it is not created again.
    """
    by_event = {one.event: one for one in known}
    listed = {event.name: event for event in events}
    new = []
    changed = []
    for event in events:
        before = by_event.get(event.name)
        if before is None:
            if event.end > now:
                new.append(_of_event(calendar, event, new_id(), now))
            continue
        after = _of_event(calendar, event, before.schedule_id, before.created_at)
        stays = before.state == "paused" or before.deleted_at is not None
        if after.when != before.when and not stays and event.end > now:
            changed.append((before, after))
    gone = tuple(one for one in known if one.event not in listed)
    return CalendarChange(tuple(new), tuple(changed), gone)


def _of_event(calendar: RoomCalendar, event: Event, schedule_id: str, at: datetime) -> Schedule:
    zone = ZoneInfo(calendar.zone)
    start = Once(event.start.astimezone(zone), calendar.zone)
    when = When(start, StopAt(event.end.astimezone(zone)), calendar.zone)
    one = Schedule(
        schedule_id=schedule_id,
        room_id=calendar.room_id,
        room_name=calendar.room_name,
        channel=calendar.channel,
        by=calendar.by,
        when=when,
        created_at=at,
        options=calendar.options,
        said=calendar.options,
        due_at=event.start,
        calendar_id=calendar.calendar_id,
        event=event.name,
    )
    return woken(one)
