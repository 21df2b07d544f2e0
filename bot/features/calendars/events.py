"""Reads the events of an iCalendar (RFC 5545) that are about a room. Pure.

An event is about a room if its location, text or URL links to the room. `recurring_ical_events`
expands recurrences, including moved and cancelled occurrences.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import recurring_ical_events
from icalendar import Calendar

MOST_EVENTS = 500
LONGEST = timedelta(hours=12)  # 100ms' limit for a session
OLDEST = timedelta(days=20 * 366)  # older series would be expanded from their beginning
WITHIN_S = 5.0  # to expand all series; `_tamed` limits the cost of one
_FOLDED = re.compile(rb"\r?\n[ \t]")
_RULE = re.compile(rb"^(?:RRULE|EXRULE)[;:].*$", re.IGNORECASE | re.MULTILINE)
_OFTEN = re.compile(
    rb"FREQ=(?:SECOND|MINUTE|HOUR)LY|BY(?:HOUR|MINUTE|SECOND)=[^;\r\n]*,", re.IGNORECASE
)


class NoCalendar(ValueError):
    """The content is not a readable iCalendar."""


@dataclass(frozen=True, slots=True)
class Event:
    """One occurrence. `name` stays the same when it is moved. Times are aware UTC."""

    name: str
    start: datetime
    end: datetime


def events_of(
    content: bytes,
    about: Callable[[str], bool],
    *,
    since: datetime,
    until: datetime,
    within_s: float = WITHIN_S,
) -> list[Event]:
    """Return the events about the room between these times, in order.

    Whole-day and cancelled events are left out. A series that recurs more often than daily counts
    as its first event only. Raises NoCalendar.
    """
    try:
        calendar: Any = Calendar.from_ical(_tamed(content))
        series = _series(calendar, about, (since - OLDEST).year)
        expanded = _expanded(series, since, until, within_s)
    except NoCalendar:
        raise
    except Exception as odd:  # a malformed file can make the libraries raise anything
        raise NoCalendar(type(odd).__name__) from odd
    repeating = _repeating(calendar)
    found = [one for item in expanded for one in _event(item, about, repeating)]
    by_name = {one.name: one for one in sorted(found, key=lambda e: (e.start, e.name))}
    return sorted(by_name.values(), key=lambda e: (e.start, e.name))[:MOST_EVENTS]


def _tamed(content: bytes) -> bytes:
    """Remove rules that recur more often than daily.

    A few bytes could expand to a million events, or to years of a time zone in steps of a second.
    """
    return _RULE.sub(
        lambda rule: b"" if _OFTEN.search(rule[0]) else rule[0], _FOLDED.sub(b"", content)
    )


def _series(calendar: Any, about: Callable[[str], bool], oldest: int) -> list[Any]:
    """Return one calendar for each UID with an event about the room: series and moved events."""
    by_uid: dict[str, list[Any]] = {}
    wanted: dict[str, None] = {}
    for event in calendar.walk("VEVENT"):
        uid = str(event.get("UID", ""))
        began = getattr(event.get("DTSTART"), "dt", None)  # a date or a datetime
        if began is None or began.year < oldest:
            continue
        by_uid.setdefault(uid, []).append(event)
        if _is_about(event, about):
            wanted[uid] = None
    made = []
    for uid in list(wanted)[:MOST_EVENTS]:
        alone = Calendar()
        alone.subcomponents = by_uid[uid]
        made.append(alone)
    return made


def _expanded(series: list[Any], since: datetime, until: datetime, within_s: float) -> list[Any]:
    """Expand the series. Raises NoCalendar if it takes too long."""
    latest = time.monotonic() + within_s
    found: list[Any] = []
    for one in series:
        if time.monotonic() > latest:
            raise NoCalendar("too many series")
        found += recurring_ical_events.of(one).between(since, until)
    return found


def _is_about(item: Any, about: Callable[[str], bool]) -> bool:
    texts = (str(item.get(name, "")) for name in ("LOCATION", "DESCRIPTION", "URL", "SUMMARY"))
    return any(about(text) for text in texts)


def _repeating(calendar: Any) -> frozenset[str]:
    """Return the UIDs of recurring events."""
    events = calendar.walk("VEVENT")
    return frozenset(str(e.get("UID")) for e in events if "RRULE" in e or "RDATE" in e)


def _event(item: Any, about: Callable[[str], bool], repeating: frozenset[str]) -> Iterator[Event]:
    if str(item.get("STATUS", "")).upper() == "CANCELLED":
        return
    if not _is_about(item, about):
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
    """Return a time as UTC; None for a whole day. A time without a zone is taken as UTC."""
    stored = item.get(name)
    value = getattr(stored, "dt", None)
    if not isinstance(value, datetime):
        return None
    return (value.replace(tzinfo=UTC) if value.tzinfo is None else value).astimezone(UTC)
