"""The events of an iCalendar (RFC 5545) that are about a room. Pure.

An event is about a room if its location, text or address links to it. Recurrences are expanded,
with moved and cancelled occurrences, by `recurring_ical_events`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import recurring_ical_events
from icalendar import Calendar

MOST_EVENTS = 500
LONGEST = timedelta(hours=12)  # 100ms: a session lasts at most so long


class NoCalendar(ValueError):
    """It is no iCalendar that can be read."""


@dataclass(frozen=True, slots=True)
class Event:
    """`name` stays the same when the event is moved. Times are aware UTC."""

    name: str
    start: datetime
    end: datetime


def events_of(
    content: bytes, about: Callable[[str], bool], *, since: datetime, until: datetime
) -> list[Event]:
    """The events between these times whose text is about the room, in order.

    Whole-day events and cancelled ones are none. Raises NoCalendar.
    """
    try:
        calendar: Any = Calendar.from_ical(content)
        expanded = recurring_ical_events.of(calendar).between(since, until)
    except Exception as odd:  # whatever a stranger's file makes the libraries raise
        raise NoCalendar(type(odd).__name__) from odd
    repeating = _repeating(calendar)
    found = [one for item in expanded for one in _event(item, about, repeating)]
    by_name = {one.name: one for one in sorted(found, key=lambda e: (e.start, e.name))}
    return sorted(by_name.values(), key=lambda e: (e.start, e.name))[:MOST_EVENTS]


def _repeating(calendar: Any) -> frozenset[str]:
    """The UIDs of series."""
    events = calendar.walk("VEVENT")
    return frozenset(str(e.get("UID")) for e in events if "RRULE" in e or "RDATE" in e)


def _event(item: Any, about: Callable[[str], bool], repeating: frozenset[str]) -> Iterator[Event]:
    if str(item.get("STATUS", "")).upper() == "CANCELLED":
        return
    texts = (str(item.get(name, "")) for name in ("LOCATION", "DESCRIPTION", "URL", "SUMMARY"))
    if not any(about(text) for text in texts):
        return
    start, end = _moment(item, "DTSTART"), _moment(item, "DTEND")
    if start is None:
        return
    if end is None or end <= start:
        end = start + timedelta(hours=1)
    uid = str(item.get("UID", ""))
    original = _moment(item, "RECURRENCE-ID") or start
    name = f"{uid}:{original.isoformat()}" if uid in repeating else uid
    yield Event(name[:500], start, min(end, start + LONGEST))


def _moment(item: Any, name: str) -> datetime | None:
    """None for a whole day; a time without a zone is UTC."""
    stored = item.get(name)
    value = getattr(stored, "dt", None)
    if not isinstance(value, datetime):
        return None
    return (value.replace(tzinfo=UTC) if value.tzinfo is None else value).astimezone(UTC)
