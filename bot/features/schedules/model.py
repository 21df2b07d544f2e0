"""Schedules and rules for rooms: their values, and what comes next. Pure.

A date of a schedule is *armed* once its time has come, and begins with the first person in the
room. It is over at its end, or, without one, after `Policy.armed_for`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
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

State = Literal["active", "paused", "over"]
# Why something is paused: asked for; its person may not start any more, has left the workspace or
# the private channel; the channel or the room is gone, or the room is disabled.
Why = Literal["asked", "right", "left", "away", "channel", "room", "disabled"]

ONE_MOMENT = timedelta(microseconds=1)
PASSED_MOST = 500  # dates that one downtime may have passed
QUARTER = timedelta(minutes=15)
MAX_DURATION = "max duration reached"  # 100ms' word for why it stopped
PARTS_MOST = 2
SOON = timedelta(seconds=5)
CALENDARS_MOST = 20  # of a person: they are read one after the other
PAUSED = "paused:"


@dataclass(frozen=True, slots=True)
class Schedule:
    """`when.start` is a Moment or a Repeat. Times are aware UTC.

    `due_at` is the next date that is not armed yet, `armed_for` the one that waits for people.
    `options` are those in force without the preset, `said` goes before what the preset says.
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
    state: State = "active"
    why: Why | None = None
    due_at: datetime | None = None
    armed_for: datetime | None = None
    armed_until: datetime | None = None
    wake_at: datetime | None = None
    calendar_id: str | None = None
    event: str | None = None

    @property
    def request_id(self) -> str:
        """Of the recording of the armed date: one, however many replicas start it."""
        date = self.armed_for.isoformat(timespec="seconds") if self.armed_for else ""
        return f"schedule:{self.schedule_id}:{date}"

    def paused_identity(self, why: Why) -> str:
        """Of the notice that says so; `schedule_of_notice` reads it."""
        return f"{PAUSED}{self.request_id}:{why}"

    @property
    def repeats(self) -> bool:
        return isinstance(self.when.start, Repeat)


def schedule_of_notice(identity: str) -> str | None:
    """The id of the schedule that a notice says was paused; None: it says something else."""
    if not identity.startswith(PAUSED):
        return None
    return identity.removeprefix(PAUSED).removeprefix("schedule:").partition(":")[0]


def dates_after(when: When, after: datetime) -> Iterator[datetime]:
    """Dates later than `after`, in order."""
    match when.start:
        case Moment(at=at):
            yield from (one for one in (at,) if one > after)
        case Repeat() as repeat:
            yield from occurrences(repeat, after=after)


def next_dates(schedule: Schedule, count: int = 3) -> tuple[datetime, ...]:
    """The next dates, the armed one first."""
    first = (schedule.armed_for,) if schedule.armed_for else ()
    if schedule.due_at is None:
        return first
    later = dates_after(schedule.when, schedule.due_at)
    return tuple(islice((*first, schedule.due_at, *islice(later, count)), count))


def armed_until(when: When, due: datetime, armed_for: timedelta) -> datetime:
    """Until when a date waits for people: its end if that is a time of day, else for so long."""
    if isinstance(when.stop, StopAt | StopAtTime):
        return stop_time(when, due=due, started=due) or due + armed_for
    return due + armed_for


def end_set(when: When, due: datetime, *, at: datetime, by: str | None) -> EndSet | None:
    """The end of a recording, as a fact; `for` counts from its real start."""
    match when.stop:
        case None:
            return None
        case StopAfter(seconds=seconds):
            return EndSet(at=at, by=by, after_s=seconds)
        case _:
            return EndSet(at=at, by=by, until=stop_time(when, due=due, started=due))


@dataclass(frozen=True, slots=True)
class PassedDate:
    """What is to be said of a date: nobody came, or it passed while the bot was away.

    `count` dates in all, of which `due` is the last.
    """

    what: Literal["nobody", "missed"]
    due: datetime
    until: datetime
    count: int = 1


def turn(
    schedule: Schedule, now: datetime, armed_for: timedelta
) -> tuple[Schedule, list[PassedDate]]:
    """The schedule as it is at `now`: what is due is armed, what is over is told of."""
    passed_dates: list[PassedDate] = []
    one = schedule
    if one.armed_for and one.armed_until and now >= one.armed_until:
        passed_dates.append(PassedDate("nobody", one.armed_for, one.armed_until))
        one = replace(one, armed_for=None, armed_until=None)
    if one.state == "active" and one.due_at and one.due_at <= now:
        later = dates_after(one.when, one.due_at)
        dates = [one.due_at, *islice(later, PASSED_MOST)]
        passed = [date for date in dates if date <= now]
        due_at = next((date for date in dates if date > now), None)
        if due_at is None:
            due_at = next(dates_after(one.when, now), None)
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
    """With the time at which it is to be looked at next, and over if there is none."""
    if schedule.state != "active":
        return replace(schedule, wake_at=None)
    times = [at for at in (schedule.armed_until, schedule.due_at) if at]
    state: State = "active" if times else "over"
    return replace(schedule, wake_at=min(times, default=None), state=state)


def started(schedule: Schedule) -> Schedule:
    """The armed date is a recording now."""
    return woken(replace(schedule, armed_for=None, armed_until=None))


def skipped(schedule: Schedule) -> Schedule:
    """Without its next date."""
    if schedule.armed_for:
        return started(schedule)
    if schedule.due_at is None:
        return schedule
    following = next(dates_after(schedule.when, schedule.due_at), None)
    return woken(replace(schedule, due_at=following))


def paused(schedule: Schedule, why: Why) -> Schedule:
    """What is armed does not begin any more."""
    return woken(replace(schedule, state="paused", why=why, armed_for=None, armed_until=None))


def resumed(schedule: Schedule, now: datetime, by: str) -> Schedule:
    """From the next date on, in the name of the person who resumes it."""
    due_at = next(dates_after(schedule.when, now), None)
    return woken(replace(schedule, state="active", why=None, by=by, due_at=due_at))


def planned(schedule: Schedule, now: datetime) -> Schedule:
    """A new schedule with its first date; one that is said within its own minute counts."""
    minute = now.replace(second=0, microsecond=0) - ONE_MOMENT
    due_at = next(dates_after(schedule.when, minute), None)
    return woken(replace(schedule, due_at=due_at))


# ---- rules for rooms -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for every session of a room.

    `session_id` is the last session that was started, or that was being recorded already.
    `seen_in` is the recording during which people were seen; without them nobody has left.
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
    state: State = "active"
    why: Why | None = None
    look_at: datetime | None = None
    session_id: str | None = None
    parts: int = 0
    seen_in: str | None = None
    empty_since: datetime | None = None

    def request_id(self, session_id: str, part: int) -> str:
        """One start per session, and one for each part that follows."""
        more = f":{part}" if part > 1 else ""
        return f"rule:{self.room_id}:{session_id}{more}"


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at a room. `session_id` None: nobody is there.

    `recording` is the key of the one that goes on there; `running`: it could be stopped; `came`:
    it began because somebody was there.
    `last_reason` is why the last one in this session stopped, in 100ms' words; `all_had_left`: the
    bot stopped it because nobody was there any more.
    """

    session_id: str | None = None
    people: int = 0
    recording: str | None = None
    running: bool = False
    came: bool = False
    earlier: bool = False  # it is of an earlier session: what is there now waits for its end
    last_reason: str | None = None
    all_had_left: bool = False


@dataclass(frozen=True, slots=True)
class Ruled:
    """What follows from a look: the rule as it is then, and whether to start or stop."""

    rule: Rule
    start_part: int = 0  # 0: nothing is started
    stop: bool = False


def judge(rule: Rule, seen: Seen, now: datetime, empty_for: timedelta) -> Ruled:
    """One start per session: a stop by hand holds, and so does a recording started by hand.

    People who come back after all had left are in the same session for 100ms, and are recorded
    again.
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


def _while_recorded(rule: Rule, seen: Seen, now: datetime, empty_for: timedelta) -> Ruled:
    """Two looks that find nobody, so long apart, where somebody was before."""
    if seen.people:
        return Ruled(replace(rule, seen_in=seen.recording, empty_since=None))
    somebody_was_there = seen.came or rule.seen_in == seen.recording
    if not (rule.until_empty and seen.running and somebody_was_there):
        return Ruled(replace(rule, empty_since=None))
    if rule.empty_since is None or rule.empty_since > now:  # or the clock was set back
        return Ruled(replace(rule, empty_since=now, look_at=now + empty_for))
    if now - rule.empty_since < empty_for:
        return Ruled(replace(rule, look_at=rule.empty_since + empty_for))
    return Ruled(replace(rule, empty_since=None), stop=True)


# ---- calendars -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoomCalendar:
    """A calendar whose events about a room are recorded. Its address is a key: never shown."""

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
    """What a fetch changes: schedules to add, to change (before, after), and to delete."""

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
    """Each event is a schedule that happens once. Moved ones move, cancelled ones go.

    One that is over is kept while its event is listed, so that it is not made again.
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
        if after.when != before.when and before.state != "paused" and event.end > now:
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
