"""Schedules: values and state transitions. Pure.

A date of a schedule is *armed* when its time has come; the recording starts when the first person
is in the room. The date is over at its end, or without one after `Policy.armed_for`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal

from bot.core.facts import EndSet
from bot.core.options import RecordingOptions
from bot.core.when import (
    Once,
    Repeat,
    StopAfter,
    StopAt,
    StopAtTime,
    When,
    occurrences,
    stop_time,
)
from bot.features.automatic.model import AutomaticState, PauseReason

ONE_MOMENT = timedelta(microseconds=1)
PASSED_MOST = 500  # dates missed in one downtime


@dataclass(frozen=True, slots=True)
class Schedule:
    """A planned recording. `when.start` is `Once` or a `Repeat`. Times are aware UTC.

    `due_at` is the next date that is not armed yet, `armed_for` the date that waits for people.
    `options` apply without the preset; `said` overrides the preset.
    """

    schedule_id: str
    room_id: str
    room_name: str
    channel: str
    by: str
    when: When
    created_at: datetime
    options: RecordingOptions = field(default_factory=RecordingOptions)
    said: RecordingOptions = field(default_factory=RecordingOptions)
    preset_id: str | None = None
    state: AutomaticState = "active"
    why: PauseReason | None = None
    paused_by: str | None = None  # who asked for the pause
    due_at: datetime | None = None
    armed_for: datetime | None = None
    armed_until: datetime | None = None
    wake_at: datetime | None = None
    calendar_id: str | None = None
    event: str | None = None
    skips: frozenset[datetime] = frozenset()  # dates ahead that are left out
    deleted_at: datetime | None = None  # it can be restored for a while

    @property
    def request_id(self) -> str:
        """The request id of the armed date's recording, the same on every replica."""
        date = self.armed_for.isoformat(timespec="seconds") if self.armed_for else ""
        return f"schedule:{self.schedule_id}:{date}"

    @property
    def next_date(self) -> datetime | None:
        return self.armed_for or self.due_at

    def paused_identity(self, why: PauseReason) -> str:
        """The identity of the notice that it was paused; `subject_of` parses it."""
        return f"paused:{self.request_id}:{why}"

    @property
    def repeats(self) -> bool:
        return isinstance(self.when.start, Repeat)


About = Literal["paused", "moved", "deleted", "skipped"]


@dataclass(frozen=True, slots=True)
class Subject:
    """The schedule of a notice, and what was done with it: the notice has buttons for that.

    `date` is the one that was skipped.
    """

    about: About
    schedule_id: str
    date: datetime | None = None

    def identity(self, name: str) -> str:
        """The identity of the notice; `subject_of` parses it."""
        date = int(self.date.timestamp()) if self.date else ""
        return f"{self.about}:schedule:{self.schedule_id}:{date}:{name}"


def subject_of(identity: str) -> Subject | None:
    """Return the schedule of a notice that has buttons for it; None for other notices."""
    match identity.split(":"):
        case ["skipped", "schedule", name, date, *_]:
            return Subject("skipped", name, datetime.fromtimestamp(int(date), UTC))
        case ["paused" | "moved" | "deleted" as about, "schedule", name, *_]:
            return Subject(about, name)
    return None


def dates_after(when: When, after: datetime) -> Iterator[datetime]:
    """Yield the dates later than `after`, in order."""
    match when.start:
        case Once(at=at):
            yield from (one for one in (at,) if one > after)
        case Repeat() as repeat:
            yield from occurrences(repeat, after=after)


def _later(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    """Yield the dates later than `after` that are not skipped, in order."""
    return (at for at in dates_after(schedule.when, after) if at not in schedule.skips)


def next_dates(schedule: Schedule, count: int = 3) -> tuple[datetime, ...]:
    """Return the next dates, the armed one first."""
    return tuple(islice(dates_from(schedule), count))


def dates_from(schedule: Schedule, after: datetime | None = None) -> Iterator[datetime]:
    """Yield the dates that are still ahead and later than `after`, the armed one first."""
    for date in (schedule.armed_for, schedule.due_at):
        if date and (after is None or date > after):
            yield date
    if schedule.due_at:
        yield from _later(schedule, max(schedule.due_at, after or schedule.due_at))


def date_at(schedule: Schedule, at: datetime) -> datetime | None:
    """Return the date ahead that is in this second; None if there is none."""
    found = next(dates_from(schedule, at - ONE_MOMENT), None)
    return found if found and found - at < timedelta(seconds=1) else None


def armed_until(when: When, due: datetime, armed_for: timedelta) -> datetime:
    """Return when a date stops waiting for people: at its end time, else after `armed_for`."""
    if isinstance(when.stop, StopAt | StopAtTime):
        return stop_time(when, due=due, started=due) or due + armed_for
    return due + armed_for


def end_set(when: When, due: datetime, *, at: datetime, by: str | None) -> EndSet | None:
    """Return the end of a recording as a fact; a length counts from the real start."""
    match when.stop:
        case None:
            return None
        case StopAfter(seconds=seconds):
            return EndSet(at=at, by=by, after_s=seconds)
        case _:
            return EndSet(at=at, by=by, until=stop_time(when, due=due, started=due))


@dataclass(frozen=True, slots=True)
class PassedDate:
    """Dates to report as missed: nobody came, or the bot was down.

    `count` is their number, `due` the last of them.
    """

    what: Literal["nobody", "missed"]
    due: datetime
    until: datetime
    count: int = 1


def turn(
    schedule: Schedule, now: datetime, armed_for: timedelta
) -> tuple[Schedule, list[PassedDate]]:
    """Advance a schedule to `now`: arm the due date, and return missed dates to report."""
    passed_dates: list[PassedDate] = []
    one = schedule
    if one.armed_for and one.armed_until and now >= one.armed_until:
        passed_dates.append(PassedDate("nobody", one.armed_for, one.armed_until))
        one = replace(one, armed_for=None, armed_until=None)
    if one.state == "active" and one.due_at and one.due_at <= now:
        later = _later(one, one.due_at)
        dates = [one.due_at, *islice(later, PASSED_MOST)]
        passed = [date for date in dates if date <= now]
        due_at = next((date for date in dates if date > now), None)
        if due_at is None:
            due_at = next(_later(one, now), None)
        if one.armed_for and one.armed_until:
            passed_dates.append(PassedDate("nobody", one.armed_for, passed[-1]))
        last, until = passed[-1], armed_until(one.when, passed[-1], armed_for)
        missed = passed if until <= now else passed[:-1]
        if missed:
            ended = armed_until(one.when, missed[-1], armed_for)
            passed_dates.append(PassedDate("missed", missed[-1], ended, len(missed)))
        armed = (last, until) if until > now else (None, None)
        one = replace(one, due_at=due_at, armed_for=armed[0], armed_until=armed[1])
    return woken(one), passed_dates


def woken(schedule: Schedule) -> Schedule:
    """Set the next time to check the schedule; mark it as over if there is none."""
    if schedule.state != "active":
        return replace(schedule, wake_at=None)
    times = [at for at in (schedule.armed_until, schedule.due_at) if at]
    state: AutomaticState = "active" if times else "over"
    return replace(schedule, wake_at=min(times, default=None), state=state)


def started(schedule: Schedule) -> Schedule:
    """Mark the armed date as started."""
    return woken(replace(schedule, armed_for=None, armed_until=None))


def skipped(schedule: Schedule, date: datetime, now: datetime) -> Schedule:
    """Leave out one date ahead. Skips that have passed are forgotten."""
    ahead = frozenset(at for at in schedule.skips if at > now)
    one = replace(schedule, skips=ahead | {date})
    if one.armed_for == date:
        return started(one)
    if one.due_at == date:
        one = replace(one, due_at=next(_later(one, date), None))
    return woken(one)


def unskipped(schedule: Schedule, date: datetime) -> Schedule:
    """Take a skipped date back in. A paused schedule stays paused."""
    state: AutomaticState = "active" if schedule.state == "over" else schedule.state
    one = replace(schedule, skips=schedule.skips - {date}, state=state)
    if one.due_at is None or date < one.due_at:
        one = replace(one, due_at=date)
    return woken(one)


def deleted(schedule: Schedule, now: datetime) -> Schedule:
    return replace(schedule, state="over", deleted_at=now, wake_at=None)


def restored(schedule: Schedule, now: datetime, armed_for: timedelta) -> Schedule:
    """Take a deletion back; a date whose time has come meanwhile waits for people.

    A schedule whose last date has passed is over.
    """
    one = replace(schedule, deleted_at=None)
    if one.why is not None:
        return replace(one, state="paused")
    return turn(replace(one, state="active"), now, armed_for)[0]


def paused(schedule: Schedule, why: PauseReason, by: str | None = None) -> Schedule:
    """Pause a schedule; its armed date will not start. `by` is who asked for it."""
    one = replace(schedule, state="paused", why=why, paused_by=by)
    return woken(replace(one, armed_for=None, armed_until=None))


def resumed(schedule: Schedule, now: datetime, by: str) -> Schedule:
    """Resume from the next date on, under the name of the person who resumes it."""
    due_at = next(_later(schedule, now), None)
    return woken(replace(schedule, state="active", why=None, paused_by=None, by=by, due_at=due_at))


def planned(schedule: Schedule, now: datetime) -> Schedule:
    """Give a new schedule its first date, which may be the current minute."""
    minute = now.replace(second=0, microsecond=0) - ONE_MOMENT
    due_at = next(_later(schedule, minute), None)
    return woken(replace(schedule, due_at=due_at))
