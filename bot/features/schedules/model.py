"""Schedules and rules for rooms: values and state transitions. Pure.

A date of a schedule is *armed* when its time has come; the recording starts when the first person
is in the room. The date is over at its end, or without one after `Policy.armed_for`.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo

from bot.core.facts import EndSet
from bot.core.options import RecordingOptions
from bot.core.when import (
    Moment,
    Repeat,
    StopAfter,
    StopAt,
    StopAtTime,
    When,
    occurrences,
    stop_time,
)
from bot.features.schedules.calendar import Event

ScheduleState = Literal["active", "paused", "over"]
# Why a schedule or rule is paused: on request; its person may no longer start, left the workspace
# or the private channel; the channel or the room is gone, or the room is disabled.
PauseReason = Literal["asked", "right", "left", "away", "channel", "room", "disabled"]
# Until its owner acts:
PAUSED_FOR_GOOD: tuple[PauseReason, ...] = ("right", "left", "away", "channel")

ONE_MOMENT = timedelta(microseconds=1)
PASSED_MOST = 500  # dates missed in one downtime
QUARTER = timedelta(minutes=15)
MAX_DURATION = "max duration reached"  # 100ms' reason for a stop at its time limit
PARTS_MOST = 2
SOON = timedelta(seconds=5)
CALENDARS_MOST = 20  # per person: they are fetched one at a time


@dataclass(frozen=True, slots=True)
class Schedule:
    """A planned recording. `when.start` is a Moment or a Repeat. Times are aware UTC.

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
    state: ScheduleState = "active"
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
        case Moment(at=at):
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
    state: ScheduleState = "active" if times else "over"
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
    state: ScheduleState = "active" if schedule.state == "over" else schedule.state
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


# ---- rules for rooms -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that applies to every session of a room.

    `session_id` is the last session that was recorded, by the rule or otherwise. `seen_in` is the
    recording during which people were seen: only after that can everybody have left.
    """

    room_id: str
    room_name: str
    channel: str
    by: str
    created_at: datetime
    every_session: bool = True
    least_people: int = 1
    until_empty: bool = True
    options: RecordingOptions = field(default_factory=RecordingOptions)
    state: ScheduleState = "active"
    why: PauseReason | None = None
    look_at: datetime | None = None
    session_id: str | None = None
    parts: int = 0
    seen_in: str | None = None
    empty_since: datetime | None = None

    def request_id(self, session_id: str, part: int) -> str:
        """The request id of a part of a session: one start for each part."""
        more = f":{part}" if part > 1 else ""
        return f"rule:{self.room_id}:{session_id}{more}"


@dataclass(frozen=True, slots=True)
class Observation:
    """One observation of a room. `session_id` None: nobody is there.

    `recording` is the key of the room's active recording. `running`: it can be stopped. `came`: it
    was started because somebody was there. `last_reason` is 100ms' reason for the end of this
    session's last recording. `all_had_left`: the bot stopped that one because the room was empty.
    """

    session_id: str | None = None
    people: int = 0
    recording: str | None = None
    running: bool = False
    came: bool = False
    earlier: bool = False  # it belongs to an earlier session; the current session waits for its end
    last_reason: str | None = None
    all_had_left: bool = False


@dataclass(frozen=True, slots=True)
class Ruled:
    """The result of an observation: the new state of the rule, and whether to start or stop."""

    rule: Rule
    start_part: int = 0  # 0: do not start
    stop: bool = False


def judge(rule: Rule, seen: Observation, now: datetime, empty_for: timedelta) -> Ruled:
    """Decide whether to start or stop: one start per session.

    A manual stop is final for the session, and a manual start is left alone. People who return
    after all had left are in the same 100ms session, and are recorded again.
    """
    one = replace(rule, look_at=None)
    if rule.state != "active":
        return Ruled(replace(one, empty_since=None))
    if seen.earlier:
        return Ruled(replace(one, look_at=now + SOON))
    if seen.recording:
        if seen.session_id and seen.session_id != one.session_id:
            one = replace(one, session_id=seen.session_id, parts=1)
        return _while_recorded(one, seen, now, empty_for)
    one = replace(one, empty_since=None)
    enough = seen.session_id is not None and seen.people >= rule.least_people
    if not (rule.every_session and enough):
        return Ruled(one)
    if seen.session_id != rule.session_id:
        return Ruled(replace(one, session_id=seen.session_id, parts=1), start_part=1)
    too_long = seen.last_reason == MAX_DURATION and rule.parts < PARTS_MOST
    if too_long or seen.all_had_left:
        return Ruled(replace(one, parts=rule.parts + 1), start_part=rule.parts + 1)
    return Ruled(one)


def _while_recorded(rule: Rule, seen: Observation, now: datetime, empty_for: timedelta) -> Ruled:
    """Stop if somebody was there and two observations `empty_for` apart find nobody."""
    if seen.people:
        return Ruled(replace(rule, seen_in=seen.recording, empty_since=None))
    somebody_was_there = seen.came or rule.seen_in == seen.recording
    if not (rule.until_empty and seen.running and somebody_was_there):
        return Ruled(replace(rule, empty_since=None))
    if rule.empty_since is None or rule.empty_since > now:  # later than now: the clock was set back
        return Ruled(replace(rule, empty_since=now, look_at=now + empty_for))
    if now - rule.empty_since < empty_for:
        return Ruled(replace(rule, look_at=rule.empty_since + empty_for))
    return Ruled(replace(rule, empty_since=None), stop=True)


# ---- calendars -------------------------------------------------------------------------------


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
    start = Moment(event.start.astimezone(zone), calendar.zone)
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


# ---- the list --------------------------------------------------------------------------------


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

    def may(self, one: Schedule | Rule | RoomCalendar) -> bool:
        """Whether the person may change it or delete it."""
        return (one.channel, one.by) in self.may_change

    def may_run(self, one: Schedule) -> bool:
        """Whether the person may start recordings where it does."""
        return one.channel in self.may_start
