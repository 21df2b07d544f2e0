"""Puts times into words, which `read_when` reads back as the same values.

English day and month names, 24-hour times. Hours before 8 are padded (07:30), because without the
zero they would be read as the afternoon. Ends are always padded, because without the zero they
would be read as the next such hour of either half of the day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.when import (
    DAY_CODES,
    Once,
    Refused,
    Repeat,
    Stop,
    StopAfter,
    StopAt,
    StopAtTime,
    Unclear,
    When,
    next_occurrences,
    rule_parts,
    this_minute,
)

DAY_TITLES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_TITLES = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}


def say_when(when: When, *, now: datetime) -> str:
    """Say when a recording starts and stops, with the zone: `Thu 3 Dec, 14:00 – 15:00 (UTC)`."""
    zone = f" ({when.zone})"
    today = now.astimezone(ZoneInfo(when.zone)).date()
    match when.start:
        case None:
            said = _stop(when.stop, day=today, today=today, dash=" until ")
            return f"now{said}{zone if isinstance(when.stop, StopAt) else ''}"
        case Once(at=at):
            stop = _stop(when.stop, day=at.date(), today=today)
            return f"{say_moment(at, today=today)}{stop}{zone}"
        case Repeat() as repeat:
            return f"{say_repeat(repeat, now=now, stop=when.stop)}{zone}"


def say_length_of(when: When | None, *, now: datetime) -> str:
    """Say the end of a start at once, to follow `recorded`: ` for 30 min`; empty if it has none."""
    if when is None or when.start is not None:
        return ""
    return say_when(when, now=now).removeprefix("now")


def say_due(when: When, *, now: datetime) -> str:
    """Say a time to follow `will be recorded`: `: Thu 3 Dec, 14:00 (UTC)`.

    A start within the hour also has its distance: ` in 10 minutes, at 14:30 (UTC)`. `read_when`
    does not read that form, nor the offset from UTC near a change of the clock.
    """
    if not isinstance(when.start, Once):
        return f": {say_when(when, now=now)}"
    at, zone = when.start.at, f"{when.zone}{say_offset(when.start.at, before=', ')}"
    stop = _stop(when.stop, day=at.date(), today=at.date())
    ahead = at.astimezone(UTC) - now.astimezone(UTC)
    if timedelta(0) < ahead <= timedelta(hours=1):
        minutes = max(1, round(ahead.total_seconds() / 60))
        many = "s" if minutes > 1 else ""
        return f" in {minutes} minute{many}, at {say_time(at.time())}{stop} ({zone})"
    return f": {say_when(when, now=now)}".removesuffix(f"({when.zone})") + f"({zone})"


def say_moment(at: datetime, *, today: date) -> str:
    """Say a point in time in its own zone: `Thu 3 Dec, 9:30`."""
    return f"{say_date(at.date(), today=today)}, {say_time(at.time())}"


def say_offset(at: datetime, *, before: str = " ") -> str:
    """Say the offset from UTC near a change of the clock: ` UTC+2`; else nothing.

    There, a time of day may occur twice, or not as it was said.
    """
    hour = timedelta(hours=1)
    near = (at.astimezone(UTC) - hour, at.astimezone(UTC) + hour)
    offsets = {one.astimezone(at.tzinfo).utcoffset() for one in near}
    return f"{before}{_utc(at)}" if len(offsets) > 1 else ""


def _utc(at: datetime) -> str:
    minutes = round((at.utcoffset() or timedelta(0)).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def say_date(day: date, *, today: date) -> str:
    """Say a date: `Thu 3 Dec`; with the year if it is another one, or eleven months ahead."""
    said = f"{DAY_TITLES[day.weekday()]} {day.day} {MONTH_TITLES[day.month - 1]}"
    return said if day.year == today.year and (day - today).days < 330 else f"{said} {day.year}"


def say_time(at: time, *, padded: bool = False) -> str:
    """Say a time of day: 9:30, 15:00, and 07:30."""
    return f"{at.hour:02}:{at.minute:02}" if padded or at.hour < 8 else f"{at.hour}:{at.minute:02}"


def say_length(seconds: int) -> str:
    """Say a length: `1 h 30 min`."""
    units = ((seconds // 3600, "h"), (seconds % 3600 // 60, "min"), (seconds % 60, "s"))
    return " ".join(f"{n} {unit}" for n, unit in units if n) or "0 s"


def say_repeat(repeat: Repeat, *, now: datetime, stop: Stop | None = None) -> str:
    """Say a recurrence: `every weekday at 9:30`, with its first and last day if needed."""
    today = now.astimezone(ZoneInfo(repeat.zone)).date()
    parts = rule_parts(repeat.rrule)
    at = repeat.start.time()
    said = say_rhythm(repeat.rrule)
    match stop:
        case StopAtTime(wall=wall):
            said += f", {say_time(at)} – {say_time(wall, padded=True)}"
        case _:
            said += f" at {say_time(at)}{_stop(stop, day=today, today=today)}"
    begins = _unexpected_start(repeat, parts, now)
    if begins:
        said += f", starting {say_date(begins, today=today)}"
    if "UNTIL" in parts:
        ends = datetime.strptime(parts["UNTIL"][:8], "%Y%m%d").date()  # noqa: DTZ007 (a date)
        said += f", until {say_date(ends, today=today)}"
    return said


def say_cycle(repeat: Repeat) -> str:
    """Say a recurrence in a few words: `every weekday at 9:30`."""
    return f"{say_rhythm(repeat.rrule)} at {say_time(repeat.start.time())}"


def say_rhythm(rrule: str) -> str:
    """Say an RRULE that the grammar made, without its time: `every 2 weeks on Tue`."""
    parts = rule_parts(rrule)
    interval = int(parts.get("INTERVAL", "1"))
    days = parts.get("BYDAY", "")
    match parts["FREQ"]:
        case "DAILY":
            return "every day" if interval == 1 else f"every {interval} days"
        case "WEEKLY":
            named = [DAY_TITLES[DAY_CODES.index(code)] for code in days.split(",")]
            if interval > 1:
                return f"every {interval} weeks on {listed(named)}"
            if days == "MO,TU,WE,TH,FR":
                return "every weekday"
            return f"every {listed(named if len(named) > 1 else [_full(days)])}"
    months = "month" if interval == 1 else f"{interval} months"
    if "BYSETPOS" in parts:
        which = f"{_ORDINALS[int(parts['BYSETPOS'])]} weekday"
    elif days:
        codes = days.split(",")
        nth = dict.fromkeys(_ORDINALS[int(code[:-2])] for code in codes)
        names = dict.fromkeys(_full(code[-2:]) for code in codes)
        which = f"{listed(list(nth))} {listed(list(names))}"
    elif parts["BYMONTHDAY"] == "-1":
        which = "last day"
    else:
        which = listed([ordinal(int(day)) for day in parts["BYMONTHDAY"].split(",")])
    return f"on the {which} of every {months}"


def say_problem(problem: Unclear | Refused) -> str:
    """Say why a text was not understood, with examples or a correction."""
    quoted = [f"“{example}”" for example in problem.examples]
    match problem:
        case Unclear(question=question, choices=()):
            return f"{question} For example {' or '.join(quoted)}."
        case Unclear(question=question, choices=choices):
            return f"{question} Write {' or '.join(f'“{choice}”' for choice in choices)}."
        case Refused(reason=reason, suggestion=None):
            return f"{reason} For example {' or '.join(quoted)}."
        case Refused(reason=reason, suggestion=suggestion):
            return f"{reason} Did you mean “{suggestion}”?"


def ordinal(number: int) -> str:
    """Say 1st, 2nd, 3rd, 4th."""
    last = 0 if 10 < number % 100 < 14 else number % 10
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"


def listed(names: Sequence[str]) -> str:
    """Join names: `Mon, Wed and Fri`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _full(code: str) -> str:
    return DAY_NAMES[DAY_CODES.index(code)]


def _stop(stop: Stop | None, *, day: date, today: date, dash: str = " – ") -> str:
    """Say the end of a recording that starts on `day`."""
    match stop:
        case StopAfter(seconds=seconds):
            return f" for {say_length(seconds)}"
        case StopAt(at=at) if at.date() == day:
            return f"{dash}{say_time(at.time(), padded=True)}"
        case StopAt(at=at):
            there = say_time(at.time(), padded=True)
            return f", until {say_date(at.date(), today=today)}, {there}"
        case StopAtTime(wall=wall):
            return f" until {say_time(wall, padded=True)}"
        case None:
            return ""


def _unexpected_start(repeat: Repeat, parts: dict[str, str], now: datetime) -> date | None:
    """Return the next date of a rule if an earlier day fits its pattern; else None."""
    after = this_minute(now)
    upcoming = next_occurrences(repeat, after=after, count=1)
    if not upcoming:
        return None
    every = ";".join(f"{k}={v}" for k, v in parts.items() if k not in ("INTERVAL", "UNTIL"))
    today = now.astimezone(ZoneInfo(repeat.zone)).date()
    plain = Repeat(datetime.combine(today, repeat.start.time()), repeat.zone, every)
    first = next_occurrences(plain, after=after, count=1)[0]
    return None if first == upcoming[0] else upcoming[0].date()
