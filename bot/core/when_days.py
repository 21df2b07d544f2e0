"""Resolves days and times of day, typed now by a person in a zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

from bot.core.when import (
    Reading,
    Refused,
    Unclear,
)
from bot.core.when_clauses import (
    Clock,
    DayRef,
    MonthDay,
    NamedMonth,
    Numeric,
    On,
    OnDate,
    Part,
    Relative,
    Stretch,
    Weekday,
)
from bot.core.when_words import (
    DAY_NAMES,
    MONTH_TITLES,
    ordinal,
    say_date,
    say_moment,
    say_time,
)

FURTHEST_YEARS = 5
FURTHEST_DAYS = 366  # for `in 90 days`


class Purpose(StrEnum):
    """The purpose of a time."""

    START = "start"  # a start, its recurrence, and its end
    STOP = "stop"  # `at 3` is the time to stop
    DAY = "day"  # `skip … on friday`: a day is enough
    PAST = "past"  # lists: `friday` is the last one


EXAMPLES = {
    Purpose.START: ("tomorrow 9:30", "every weekday at 9:30 for 20m"),
    Purpose.STOP: ("in 10m", "at 16:00"),
    Purpose.DAY: ("on friday", "on 5 dec"),
    Purpose.PAST: ("since monday", "yesterday"),
}
RULE_EXAMPLES = ("every weekday at 9:30", "first monday of the month at 9 for 30m")
STOP_EXAMPLES = ("for 30m", "until 16:00")


class FinalReading(Exception):
    """The reading is final: a refusal or a question."""

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self.reading = reading


class Choose(Exception):
    """A part of the text is ambiguous. `instead` has the replacement text for each meaning."""

    def __init__(self, question: str, pattern: str, instead: tuple[str, ...]) -> None:
        """`pattern` matches the part of the text to replace."""
        super().__init__()
        self.question, self.pattern, self.instead = question, pattern, instead


class Days:
    """Resolves days and times of day.

    Raises FinalReading for a question or a refusal, Choose for a choice.
    """

    def __init__(self, *, now: datetime, zone: str, purpose: Purpose) -> None:
        """`now` is aware; `zone` is the IANA name of the zone of the times in the text."""
        self.zone = zone
        self.now = now.astimezone(ZoneInfo(zone))
        self.today = self.now.date()
        self.purpose = purpose
        self.examples = EXAMPLES[purpose]

    def refused(self, reason: str) -> FinalReading:
        """Return a refusal, to raise."""
        return FinalReading(Refused(reason, self.examples))

    def unclear(self, question: str, *choices: str) -> FinalReading:
        """Return a question, to raise."""
        return FinalReading(Unclear(question, choices, self.examples))

    def said(self, day: date, *, year: bool = False) -> str:
        """Say a date."""
        return say_date(day, today=date.min if year else self.today)

    def moment(self, at: datetime) -> str:
        return say_moment(at.astimezone(ZoneInfo(self.zone)), today=self.today)

    def dates(self, ref: DayRef) -> list[date]:
        """Return the dates that a day may mean, the next one first. Never empty."""
        match ref:
            case Relative(days=days):
                if days < 0:
                    raise self.refused(
                        f"{self.said(self.today + timedelta(days=days))} has passed."
                    )
                return [self.today + timedelta(days=days)]
            case Weekday():
                return self._weekday(ref)
            case OnDate():
                return [self.date_of(ref)]
            case MonthDay(day=day, weekday=weekday):
                found = list(islice(self._month_days(day), 2))
                if not found:
                    raise self.refused(f"No month has a {ordinal(day)}.")
                if weekday not in (None, found[0].weekday()):
                    raise self.refused(
                        f"{self.said(found[0])} is a {DAY_NAMES[found[0].weekday()]}."
                    )
                return found
            case Numeric():
                return [self.date_of(self.numeric(ref))]
            case NamedMonth():
                raise self.unclear("On which day?")
            case Stretch(back=back):
                if back:
                    raise self.refused("That has passed.")
                raise self.unclear("On which day?")

    def _weekday(self, ref: Weekday) -> list[date]:
        ahead = (ref.day - self.today.weekday()) % 7
        coming = self.today + timedelta(days=ahead)
        week = timedelta(days=7)
        in_next_week = self.today + timedelta(days=7 - self.today.weekday() + ref.day)
        match ref.which:
            case "last":
                raise self.refused("That day has passed.")
            case "week":
                return [in_next_week]
            case "this":  # not the one after, if its time has passed
                return [coming]
            case "next":
                nearest = coming if ahead else coming + week
                if nearest == in_next_week:
                    return [nearest]
                raise Choose(
                    f"Which {DAY_NAMES[ref.day]}: {self.said(nearest)}, or the week after?",
                    r"next\s+" + DAY_NAMES[ref.day][:3] + r"[a-z]*",
                    (f"on {self.said(nearest)}", f"on {self.said(in_next_week)}"),
                )
        return [coming, coming + week]

    def date_of(self, ref: OnDate) -> date:
        """Return a date; without a year the next one.

        Refuses one without a year that passed within the last month.
        """
        years = [ref.year] if ref.year else range(self.today.year, self.today.year + 9)
        found = [day for year in years if (day := real_date(year, ref.month, ref.day))]
        if not found:
            month = MONTH_TITLES[ref.month - 1] if 1 <= ref.month <= 12 else None
            year = f" in {ref.year}" if ref.year else ""
            raise self.refused(
                f"There is no {ref.day} {month}{year}."
                if month
                else f"There is no month {ref.month}."
            )
        last = self.last_time(ref) if ref.year is None else None
        if last and last >= self.today - timedelta(days=31) and self.purpose is not Purpose.PAST:
            raise self.refused(f"{self.said(last)} has passed.")
        day = next((day for day in found if day >= self.today), None)
        if day is None:
            raise self.refused(f"{self.said(found[-1])} has passed.")
        self.near_enough(day)
        if ref.weekday is not None and day.weekday() != ref.weekday:
            raise self.refused(f"{self.said(day, year=True)} is a {DAY_NAMES[day.weekday()]}.")
        return day

    def last_time(self, ref: OnDate) -> date | None:
        """Return the last such date before today."""
        years = range(self.today.year, self.today.year - 9, -1)
        days = (real_date(year, ref.month, ref.day) for year in years)
        return next((day for day in days if day and day < self.today), None)

    def near_enough(self, day: date) -> None:
        if day.year > self.today.year + FURTHEST_YEARS:
            raise self.refused(f"{self.said(day)} is more than {FURTHEST_YEARS} years away.")

    def _month_days(self, day: int) -> Iterator[date]:
        for months in range(13):
            month = self.today.month - 1 + months
            found = real_date(self.today.year + month // 12, month % 12 + 1, day)
            if found and found >= self.today:
                yield found

    def numeric(self, ref: Numeric) -> OnDate:
        """Read 13.12. and 12/13; ask about 1.2. and 2/1."""
        year = ref.year or 2000  # a leap year
        orders = {(ref.first, ref.second), (ref.second, ref.first)}
        real = sorted((m, d) for d, m in orders if 1 <= m <= 12 and real_date(year, m, d))
        if not real:
            raise self.refused(f"There is no date with the numbers {ref.first} and {ref.second}.")
        if len(real) == 1:
            return OnDate(*real[0], ref.year)
        after = f" {ref.year}" if ref.year else ""
        day_first = f"{ref.first} {MONTH_TITLES[ref.second - 1]}{after}"
        month_first = f"{ref.second} {MONTH_TITLES[ref.first - 1]}{after}"
        raise Choose(
            f"Is that {day_first}, or {month_first}?",
            rf"0?{ref.first}[./-]0?{ref.second}(?:[./-](?:[0-9]{{4}}|[0-9]{{2}})?)?",
            (day_first, month_first),
        )

    def settle(self, clock: Clock, part: Part | None, *, on: On | None) -> tuple[time, int]:
        """Return the time of day, and the days to add: 1 for 24:00 and tonight at 12, else 0."""
        if clock.midnight:
            if part == "night" or (part == "evening" and on):
                return time(0), 1
            if on is not None:
                raise Choose(
                    "Midnight at the start of that day, or at its end?",
                    r"(12\s+)?midnight",
                    ("00:00", "24:00"),
                )
            return time(0), 0
        if clock.hour == 24:
            return time(0), 1
        hour = clock.hour
        if not clock.loose:
            low, high = _HOURS[part]
            if not low <= hour < high:
                raise self.refused(f"{say_time(time(hour, clock.minute))} is not in the {part}.")
            return time(hour, clock.minute), 0
        low, high = _LOOSE_HOURS[part]
        for candidate in (hour % 12, hour % 12 + 12, 24 + hour % 12):
            if low <= candidate < high:
                return time(candidate % 24, clock.minute), candidate // 24
        raise self.refused(
            f"{hour}:{clock.minute:02} is not in the {part}. Write the time as 0:00 to 23:59."
        )


# The first hour of each part of a day, and the hour at which it is over.
_HOURS: dict[Part | None, tuple[int, int]] = {
    None: (0, 24),
    "morning": (0, 12),
    "afternoon": (12, 19),
    "evening": (16, 24),
    "night": (18, 24),
}
# The same for hours of a 12-hour clock; without a part, 8 to 12 are as written.
_LOOSE_HOURS: dict[Part | None, tuple[int, int]] = {
    None: (8, 20),
    "morning": (1, 12),
    "afternoon": (12, 19),
    "evening": (16, 25),
    "night": (18, 25),
}


def real_date(year: int, month: int, day: int) -> date | None:
    """Return the date; None if there is none, or not in every zone (the first and last year)."""
    if not date.min.year < year < date.max.year:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
