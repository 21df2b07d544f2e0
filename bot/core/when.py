"""When a recording starts and stops: the values, and the dates of a recurrence.

A recurrence is stored as a wall time, the name of a zone, and an RRULE (RFC 5545). The rule is
expanded in naive wall time; then the zone is attached to each date. A wall time in the gap of a
daylight saving change moves by the gap (02:30 becomes 03:30); if a wall time occurs twice, the
first one counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_STOP = timedelta(hours=12)  # 100ms: a session lasts at most 43,200 s
DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Once:
    """One point in time. `at` is aware, in `zone`, the IANA name of the zone it was meant in."""

    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """A recurrence: the first date as a naive wall time (DTSTART), the IANA zone, the RRULE."""

    start: datetime
    zone: str
    rrule: str


@dataclass(frozen=True, slots=True)
class StopAfter:
    """Stop this many seconds after the real start."""

    seconds: int


@dataclass(frozen=True, slots=True)
class StopAt:
    """Stop at this point in time (aware), whenever the recording started."""

    at: datetime


@dataclass(frozen=True, slots=True)
class StopAtTime:
    """Stop each recording of a recurrence at this wall time, in the zone of the recurrence."""

    wall: time


Stop = StopAfter | StopAt | StopAtTime


@dataclass(frozen=True, slots=True)
class When:
    """A start and a stop. No `start` means now; no `stop` means until somebody stops it."""

    start: Once | Repeat | None
    stop: Stop | None
    zone: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day without a time, as in `skip standup on friday`."""

    date: date
    zone: str


@dataclass(frozen=True, slots=True)
class Past:
    """A stretch of the past for lists: from `since` up to, not including, `until` (None: now)."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Unclear:
    """A text that is ambiguous or incomplete. Each choice is a text that is neither."""

    question: str
    choices: tuple[str, ...]
    examples: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Refused:
    """A text that is not a time. `suggestion` is the text with a misspelling corrected."""

    reason: str
    examples: tuple[str, str]
    suggestion: str | None = None


Reading = When | Day | Past | Unclear | Refused


def known_zone(name: str | None) -> str:
    """Return `name` if it is an IANA zone that this machine knows, else UTC."""
    try:
        return ZoneInfo(name).key if name else "UTC"
    except (KeyError, ValueError, OSError):  # unknown; not a relative path; a directory
        return "UTC"


def instant(wall: datetime, zone: str) -> datetime:
    """Attach a zone to a naive wall time: moved past a gap, the first if it occurs twice."""
    there = ZoneInfo(zone)
    return _utc_of(wall, there).astimezone(there)


def _utc_of(wall: datetime, there: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=there, fold=0).astimezone(UTC)


def instants(wall: datetime, zone: str) -> tuple[datetime, ...]:
    """Attach a zone to a naive wall time: two moments if it occurs twice, see `instant`."""
    first = instant(wall, zone)
    again = wall.replace(tzinfo=first.tzinfo, fold=1).astimezone(UTC).astimezone(first.tzinfo)
    twice = again.replace(tzinfo=None) == wall and again.utcoffset() != first.utcoffset()
    return (first, again) if twice else (first,)


def occurrences(repeat: Repeat, *, after: datetime) -> Iterator[datetime]:
    """Yield the dates of a recurrence later than `after` (aware), in order, in its zone.

    Strictly increasing: if a clock change moves a date onto another one, it counts once.
    """
    there = ZoneInfo(repeat.zone)
    # The widest gap is a whole day (Samoa, 2011), so two days back are enough.
    wall_after = after.astimezone(there).replace(tzinfo=None) - timedelta(days=2)
    rule = rrulestr(repeat.rrule, dtstart=_nearer(repeat, wall_after))
    last = after.astimezone(UTC)
    for wall in rule.xafter(wall_after, inc=True):
        at = _utc_of(wall, there)
        if at > last:
            last = at
            yield at.astimezone(there)


def next_occurrences(repeat: Repeat, *, after: datetime, count: int = 3) -> tuple[datetime, ...]:
    """Return the next `count` dates after `after`, fewer if the rule ends before."""
    return tuple(islice(occurrences(repeat, after=after), count))


def stop_time(when: When, *, due: datetime, started: datetime) -> datetime | None:
    """Return when a recording stops; None if it has no end.

    `due` is the date it was armed for, `started` the real start (both aware). A length counts from
    the real start; a stop at a time does not depend on it.
    """
    match when.stop:
        case None:
            return None
        case StopAfter(seconds=seconds):
            end = started.astimezone(UTC) + timedelta(seconds=seconds)
            return end.astimezone(ZoneInfo(when.zone))
        case StopAt(at=at):
            return at
        case StopAtTime(wall=wall):
            begin = when.start.start.time() if isinstance(when.start, Repeat) else due.time()
            meant = meant_wall(due, begin, when.zone)
            end = datetime.combine(meant.date(), wall)
            end += timedelta(days=1) if end <= meant else timedelta(0)
            at = instant(end, when.zone)
            if at.astimezone(UTC) > due.astimezone(UTC):
                return at
            return (due.astimezone(UTC) + (end - meant)).astimezone(ZoneInfo(when.zone))


def meant_wall(at: datetime, wall: time, zone: str) -> datetime:
    """Return the wall time that `at` stands for: on its date, `wall`, unless a gap moved it."""
    there = at.astimezone(ZoneInfo(zone))
    days = (there.date() - timedelta(days=n) for n in (0, 1))
    meant = (datetime.combine(day, wall) for day in days)
    utc = at.astimezone(UTC)
    found = (one for one in meant if instant(one, zone).astimezone(UTC) == utc)
    return next(found, there.replace(tzinfo=None))


def this_minute(now: datetime) -> datetime:
    """Return the last moment before this minute: a time counts as passed after its minute."""
    minute = now.replace(second=0, microsecond=0).astimezone(UTC)  # an hour may occur twice
    return (minute - timedelta(microseconds=1)).astimezone(now.tzinfo)


def rule_parts(rrule: str) -> dict[str, str]:
    """Split `FREQ=WEEKLY;BYDAY=MO` into its parts."""
    return dict(part.split("=", 1) for part in rrule.split(";"))


def _nearer(repeat: Repeat, wall: datetime) -> datetime:
    """Move DTSTART towards `wall` by whole intervals, because rrule iterates over all dates."""
    parts = rule_parts(repeat.rrule)
    days = {"DAILY": 1, "WEEKLY": 7}.get(parts["FREQ"])
    if days is None or wall <= repeat.start or "COUNT" in parts:
        return repeat.start
    step = days * int(parts.get("INTERVAL", "1"))
    return repeat.start + timedelta(days=(wall - repeat.start).days // step * step)
