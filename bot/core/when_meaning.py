"""Combines the clauses of a time into a start, an end and a recurrence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.when import (
    DAY_CODES,
    LONGEST_STOP,
    Day,
    Once,
    Repeat,
    Stop,
    StopAfter,
    StopAt,
    StopAtTime,
    When,
    instant,
    instants,
    meant_wall,
    occurrences,
    this_minute,
)
from bot.core.when_clauses import (
    At,
    Bad,
    Clause,
    Clock,
    DayRef,
    Except,
    For,
    In,
    LastDay,
    MonthDay,
    Now,
    On,
    Part,
    PartOnly,
    Recurrence,
    Relative,
    Since,
    Starting,
    Until,
    Weekday,
    Zone,
)
from bot.core.when_days import FURTHEST_DAYS, RULE_EXAMPLES, STOP_EXAMPLES, Days, Purpose
from bot.core.when_words import ordinal, say_time

MOST_INTERVAL = 99


@dataclass(slots=True)
class Clauses:
    """The clauses of one text, at most one of each kind."""

    at: At | None = None
    on: On | None = None
    in_: In | None = None
    for_: For | None = None
    until: Until | None = None
    last_day: LastDay | None = None
    since: Since | None = None
    starting: Starting | None = None
    recurrence: Recurrence | None = None
    out: Except | None = None
    zone: Zone | None = None
    now: Now | None = None
    part: PartOnly | None = None

    def add(self, clause: Clause) -> bool:
        """Add a clause; False if there already is one of its kind."""
        name = _PLACE[type(clause)]
        if isinstance(clause, Recurrence) and self.recurrence:
            merged = _merged(self.recurrence, clause)
            self.recurrence = merged or self.recurrence
            return merged is not None
        if isinstance(clause, On) and self.on and (day := _dated(self.on.day, clause.day)):
            self.on = replace(clause, day=day, part=clause.part or self.on.part)
            return True
        if getattr(self, name) is not None:
            return False
        setattr(self, name, clause)
        return True


_PLACE: dict[type, str] = {
    At: "at",
    On: "on",
    In: "in_",
    For: "for_",
    Until: "until",
    LastDay: "last_day",
    Since: "since",
    Starting: "starting",
    Recurrence: "recurrence",
    Except: "out",
    Zone: "zone",
    Now: "now",
    PartOnly: "part",
}


JUST_PASSED = timedelta(hours=6)  # a stop at a time so long ago is not meant tomorrow


PLURALS: dict[type, str] = {
    At: "times to start",
    On: "days",
    In: "times to start",
    For: "lengths",
    Until: "ends",
    LastDay: "last days",
    Since: "beginnings",
    Starting: "first days",
    Recurrence: "rhythms",
    Except: "exceptions",
    Zone: "time zones",
    Now: "times to start",
    PartOnly: "parts of a day",
}


def _dated(one: DayRef, other: DayRef) -> MonthDay | None:
    """Join `thursday` and `the 10th`."""
    if isinstance(one, Weekday) and isinstance(other, MonthDay) and not one.which:
        return replace(other, weekday=one.day)
    return None


def _merged(one: Recurrence, other: Recurrence) -> Recurrence | None:
    """Join `every 2 weeks` and `tuesdays`."""
    rhythm, days = (other, one) if one.days or one.month_days else (one, other)
    if rhythm.days or rhythm.month_days or days.interval > 1 or rhythm.freq != days.freq:
        return None
    return replace(days, interval=rhythm.interval)


class Resolver(Days):
    """Resolves clauses. Raises FinalReading for a question or a refusal, Choose for a choice."""

    def read(self, clauses: Clauses) -> When | Day:
        """Return the future time that the clauses name."""
        if clauses.out:
            clauses = replace(clauses, recurrence=self._without(clauses.recurrence, clauses.out))
        if clauses.recurrence:
            self.examples = RULE_EXAMPLES
        if self.purpose is Purpose.STOP:
            return self._stop_reading(clauses)
        if clauses.recurrence:
            return self._repeat(clauses.recurrence, clauses)
        if clauses.starting:
            if clauses.on:
                raise self.refused("That names two days.")
            clauses = replace(clauses, on=On(clauses.starting.day))
        if clauses.at and clauses.until and clauses.on is None:
            clauses = self._sharing_day(clauses, clauses.at, clauses.until)
        start = self._start(clauses)
        if isinstance(start, Day):
            return start
        return When(start, self._stop(clauses, start), self.zone)

    def _without(self, recurrence: Recurrence | None, out: Except) -> Recurrence:
        left = (
            recurrence.without(out.days)
            if recurrence
            else Bad("Only a repeated time can leave out days.")
        )
        if isinstance(left, Bad):
            raise self.refused(left.reason)
        return left

    # Starts.

    def _start(self, clauses: Clauses) -> Once | Day | None:
        if clauses.now and (clauses.on or clauses.at or clauses.in_):
            raise self.refused("That says now and another time.")
        if clauses.in_:
            return self._after(clauses.in_, clauses)
        if clauses.at:
            return self._at(clauses.at, clauses)
        if clauses.on:
            day = self.dates(clauses.on.day)[0]
            if self.purpose is Purpose.DAY and clauses.on.part is None:
                return Day(day, self.zone)
            raise self.unclear(f"At what time on {self.said(day)}?")
        if clauses.part:
            raise self.unclear("At what time?")
        return None

    def _at(self, at: At, clauses: Clauses) -> Once:
        """Return the next such time, on the day of the clauses if they name one."""
        part = self._part(clauses)
        if clauses.on is None:
            days = [self.today, self.today + timedelta(days=1)]
        else:
            days = self.dates(clauses.on.day)
        wall, later = self.settle(self._begin(at), part, on=clauses.on)
        for found in self._instants(days, [(wall, later)]):
            if found.astimezone(UTC) > this_minute(self.now).astimezone(UTC):
                self.near_enough(found.date())
                return Once(found, self.zone)
        raise self.refused(f"{self.moment(found)} has passed.")

    def _sharing_day(self, clauses: Clauses, at: At, until: Until) -> Clauses:
        """In `at 10 until 11 on friday`, the start is on that day, too; not `at 23 until 1`."""
        if until.day is None or not until.day_last:
            return clauses
        on = On(until.day)
        start, later = self.settle(self._begin(at), at.part, on=on)
        ends = self._ends(until, on)
        if any((days, end) > (later, start) for end, days in ends):
            return replace(clauses, on=on, until=replace(until, day=None))
        return clauses

    def _after(self, delay: In, clauses: Clauses) -> Once | Day:
        """Return the start of `in 10m`, `in 2 days at 9`."""
        if clauses.on:
            raise self.refused("That says two times to start.")
        if delay.days > FURTHEST_DAYS or delay.seconds > FURTHEST_DAYS * 86400:
            raise self.refused("That is more than a year away.")
        if clauses.at:
            if delay.seconds:
                raise self.refused("That says two times to start.")
            return self._at(clauses.at, replace(clauses, on=On(Relative(delay.days))))
        wall = self.now.replace(tzinfo=None) + timedelta(days=delay.days)
        if self.purpose is Purpose.DAY and not delay.seconds:
            return Day(wall.date(), self.zone)
        day = instant(wall, self.zone) if delay.days else self.now
        at = day.astimezone(UTC) + timedelta(seconds=delay.seconds)
        return Once(at.astimezone(ZoneInfo(self.zone)), self.zone)

    def _instants(self, days: Iterable[date], walls: Iterable[tuple[time, int]]) -> list[datetime]:
        """Return the moments of these times of day, each with the days to add; see `settle`."""
        return [
            at
            for day in days
            for wall, later in walls
            for at in instants(datetime.combine(day, wall) + timedelta(days=later), self.zone)
        ]

    def _part(self, clauses: Clauses) -> Part | None:
        parts = {
            part
            for part in (
                clauses.at and clauses.at.part,
                clauses.on and clauses.on.part,
                clauses.part and clauses.part.part,
                clauses.recurrence and clauses.recurrence.part,
            )
            if part
        }
        if len(parts) > 1:
            raise self.refused("That names two parts of a day.")
        return parts.pop() if parts else None

    def _begin(self, at: At) -> Clock:
        """Return the start of a span: `8 to 9pm` begins at 20:00, `9 to 5pm` at 9:00."""
        begin, end = at.clock, at.end
        if end is None or not end.halved or not begin.loose or at.part:
            return begin
        length = {
            hour: (end.hour - hour) * 60 + end.minute - begin.minute
            for hour in (begin.hour % 12, begin.hour % 12 + 12)
        }
        usual = begin.hour if 8 <= begin.hour <= 12 else begin.hour + 12
        if 0 < length[usual] <= LONGEST_STOP.seconds // 60:
            return begin
        return replace(
            begin, hour=min(length, key=lambda hour: (length[hour] - 1) % 1440), loose=False
        )

    # Ends.

    def _stop(self, clauses: Clauses, start: Once | None) -> Stop | None:
        until = self._until(clauses)
        if clauses.last_day:
            day = self.dates(clauses.last_day.day)[0]
            raise self.unclear(f"Until what time on {self.said(day)}?")
        if until and clauses.for_:
            raise self.refused("That says two times to stop.")
        if clauses.for_:
            return self._length(clauses.for_)
        if until is None:
            return None
        return StopAt(self._end(until, start.at if start else self.now))

    def _until(self, clauses: Clauses) -> Until | None:
        """Return the end, from a span (`9 to 10`) or an `until` clause."""
        if clauses.at and clauses.at.end:
            if clauses.until:
                raise self.refused("That says two times to stop.")
            return Until(clauses.at.end)
        return clauses.until

    def _length(self, length: For) -> StopAfter:
        seconds = length.days * 86400 + length.seconds
        if not 0 < seconds <= LONGEST_STOP.total_seconds():
            self.examples = STOP_EXAMPLES
            raise self.refused(f"A recording lasts up to {LONGEST_STOP.seconds // 3600} hours.")
        return StopAfter(seconds)

    def _end(self, until: Until, start: datetime) -> datetime:
        """Return the first such time after the start."""
        on = On(until.day) if until.day else None
        if until.day is None:
            days = [start.date() + timedelta(days=n) for n in (0, 1)]
        elif isinstance(until.day, Relative):
            days = self.dates(until.day)
        else:  # the next such day, seen from the start
            days = Days(now=start, zone=self.zone, purpose=self.purpose).dates(until.day)
        ends = sorted(at.astimezone(UTC) for at in self._instants(days, self._ends(until, on)))
        begin = start.astimezone(UTC)
        found = next((end for end in ends if end > begin), None)
        self.examples = STOP_EXAMPLES
        if found is None:
            raise self.refused(f"{self.moment(ends[-1])} is before the start.")
        if found - begin > LONGEST_STOP:
            hours = LONGEST_STOP.seconds // 3600
            raise self.refused(f"{self.moment(found)} is more than {hours} hours after the start.")
        return found.astimezone(ZoneInfo(self.zone))

    def _ends(self, until: Until, on: On | None) -> list[tuple[time, int]]:
        """Return the times of day that an end may mean."""
        clock = until.clock
        if clock.loose and until.part is None and until.day is None:
            return [(time(clock.hour % 12 + half, clock.minute), 0) for half in (0, 12)]
        return [self.settle(clock, until.part, on=on)]

    def _stop_reading(self, clauses: Clauses) -> When:
        """Read `at 3`, `in 10m`, `until 4` as the time to stop."""
        if (
            clauses.recurrence
            or clauses.for_
            or clauses.starting
            or (clauses.at and clauses.at.end)
        ):
            raise self.refused("That is no time to stop.")
        if clauses.until or clauses.last_day:
            return When(None, self._stop(clauses, None), self.zone)
        if clauses.now and not (clauses.at or clauses.on or clauses.in_):
            return When(None, None, self.zone)
        if clauses.at and not clauses.in_ and not clauses.now:
            day = clauses.on.day if clauses.on else None
            until = Until(clauses.at.clock, day, self._part(clauses))
            self._refuse_passed(until)
            return When(None, StopAt(self._end(until, self.now)), self.zone)
        start = self._start(clauses)
        if not isinstance(start, Once):
            raise self.unclear("At what time?")
        if start.at.astimezone(UTC) - self.now.astimezone(UTC) > LONGEST_STOP:
            raise self.refused(f"A recording lasts up to {LONGEST_STOP.seconds // 3600} hours.")
        return When(None, StopAt(start.at), self.zone)

    def _refuse_passed(self, until: Until) -> None:
        """Refuse `at 14:10`, said at 14:20: the time that has passed is the nearer one."""
        if until.day is not None:
            return
        days = [self.today + timedelta(days=n) for n in (-1, 0, 1)]
        times = self._instants(days, self._ends(until, None))
        now = self.now.astimezone(UTC)
        last = max((at for at in times if at.astimezone(UTC) <= now), key=_in_utc)
        coming = min((at for at in times if at.astimezone(UTC) > now), key=_in_utc)
        since, ahead = now - last.astimezone(UTC), coming.astimezone(UTC) - now
        again = last.replace(tzinfo=None) == coming.replace(tzinfo=None)  # the hour comes twice
        if again or since > min(ahead, JUST_PASSED):
            return
        passed = f"{say_time(last.time())} has passed."
        if ahead > LONGEST_STOP:
            raise self.refused(passed)
        raise self.unclear(passed, f"until {say_time(coming.time())}")

    # Recurrences.

    def _repeat(self, recurrence: Recurrence, clauses: Clauses) -> When:
        if clauses.now or clauses.in_:
            raise self.refused("That says to repeat, and one time to start.")
        begin = self.dates(clauses.starting.day)[0] if clauses.starting else self.today
        recurrence = self._with_days(recurrence, clauses, begin if clauses.starting else None)
        rrule = _rrule(recurrence)
        if clauses.at is None:
            raise self.unclear("At what time?")
        # A daily midnight is unambiguous; that of a Friday may be its start or its end.
        on = None if recurrence.freq == "DAILY" else On(Relative(0))
        wall, later = self.settle(self._begin(clauses.at), self._part(clauses), on=on)
        if later:
            raise self.refused("Write the end of a day as 0:00 of the next day.")
        plain = _rrule(replace(recurrence, interval=1))
        probe = Repeat(datetime.combine(begin, wall), self.zone, plain)
        first = next(occurrences(probe, after=this_minute(self.now)))
        start = meant_wall(first, wall, self.zone)
        if clauses.last_day:
            rrule += self._rule_end(clauses.last_day, start.date())
        repeat = Repeat(start, self.zone, rrule)
        return When(repeat, self._repeated_stop(clauses, start), self.zone)

    def _with_days(
        self, recurrence: Recurrence, clauses: Clauses, begin: date | None
    ) -> Recurrence:
        """Add the days that another clause names to the recurrence."""
        if recurrence.interval > MOST_INTERVAL:
            raise self.refused(f"A recording repeats at intervals of up to {MOST_INTERVAL}.")
        if recurrence.days or recurrence.month_days or recurrence.freq == "DAILY":
            if clauses.on:
                raise self.refused("That says to repeat, and one day to start.")
            return recurrence
        day = clauses.on.day if clauses.on else None
        if recurrence.freq == "WEEKLY":
            if isinstance(day, Weekday) and not day.which:
                return replace(recurrence, days=(day.day,))
            if begin and day is None:
                return replace(recurrence, days=(begin.weekday(),))
            raise self.unclear("On which days of the week?")
        if isinstance(day, MonthDay):
            if not 1 <= day.day <= 31:
                raise self.refused(f"No month has a {ordinal(day.day)}.")
            return replace(recurrence, month_days=(day.day,))
        if begin and day is None:
            return replace(recurrence, month_days=(begin.day,))
        raise self.unclear("On which day of the month?")

    def _rule_end(self, until: LastDay, start: date) -> str:
        last = next((day for day in self.dates(until.day) if day >= start), None)
        if last is None:
            raise self.refused("That ends before it begins.")
        return f";UNTIL={last:%Y%m%d}T235959"

    def _repeated_stop(self, clauses: Clauses, start: datetime) -> Stop | None:
        until = self._until(clauses)
        if until and clauses.for_:
            raise self.refused("That says two times to stop.")
        if clauses.for_:
            if clauses.for_.days:
                raise self.refused("Say on which day to end, like “until 31 dec”.")
            return self._length(clauses.for_)
        if until is None:
            return None
        if until.day:
            raise self.refused("Say on which day to end and at what time to stop apart.")
        # In wall time: the first date may be a day on which the clock changes.
        ends = sorted(
            datetime.combine(start.date() + timedelta(days=n + later), wall)
            for n in (0, 1)
            for wall, later in self._ends(until, None)
        )
        end = next(end for end in ends if end > start)
        if end - start > LONGEST_STOP:
            self.examples = STOP_EXAMPLES
            raise self.refused(
                f"{say_time(end.time())} is more than {LONGEST_STOP.seconds // 3600} hours "
                "after the start."
            )
        return StopAtTime(end.time())


def _in_utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _rrule(recurrence: Recurrence) -> str:
    """Write a recurrence as an RRULE."""
    days = [DAY_CODES[day] for day in recurrence.days]
    if recurrence.nth:
        days = [f"{nth}{day}" for nth in recurrence.nth for day in days]
    parts = {
        "FREQ": recurrence.freq,
        "INTERVAL": str(recurrence.interval) if recurrence.interval > 1 else "",
        "BYDAY": ",".join(days),
        "BYMONTHDAY": ",".join(str(day) for day in recurrence.month_days),
        "BYSETPOS": str(recurrence.position or ""),
    }
    return ";".join(f"{name}={value}" for name, value in parts.items() if value)
