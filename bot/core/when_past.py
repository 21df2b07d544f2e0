"""Reads past times, for lists: `since monday`, `yesterday`, `last week`."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.core.when import Past, instant
from bot.core.when_clauses import (
    DayRef,
    MonthDay,
    NamedMonth,
    Numeric,
    OnDate,
    Relative,
    Since,
    Stretch,
    Weekday,
)
from bot.core.when_days import FURTHEST_DAYS, Days, real_date
from bot.core.when_meaning import Clauses


def read_past(days: Days, clauses: Clauses) -> Past:
    """Return the past period that the clauses name. Raises what Days raises."""
    if clauses.recurrence or clauses.in_ or clauses.until or clauses.last_day or clauses.now:
        raise days.refused("That is no time of the past.")
    midnight = time(0)
    if clauses.since or clauses.starting:
        since = clauses.since or Since(clauses.starting.day if clauses.starting else None, None)
        first = _days(days, since.day)[0] if since.day else days.today
        wall = days.settle(since.clock, None, on=None)[0] if since.clock else midnight
        found = instant(datetime.combine(first, wall), days.zone)
        if found > days.now:
            raise days.refused(f"{days.moment(found)} has not come yet.")
        return Past(found, None)
    if clauses.on is None or clauses.at or clauses.for_ or clauses.part or clauses.on.part:
        raise days.refused("Say a day of the past.")
    first, last = _days(days, clauses.on.day)
    until = instant(datetime.combine(last, midnight), days.zone)
    since_day = instant(datetime.combine(first, midnight), days.zone)
    return Past(since_day, until if until < days.now else None)


def _days(days: Days, ref: DayRef) -> tuple[date, date]:
    """Return the first day of a past period, and the day after its last."""
    match ref:
        case Relative(days=ahead):
            first = days.today + timedelta(days=ahead)
        case Weekday(day=day, which=which):
            ago = (days.today.weekday() - day) % 7 or (7 if which == "last" else 0)
            first = days.today - timedelta(days=ago)
        case MonthDay(day=day):
            back = (days.today - timedelta(days=n) for n in range(63))
            found = next((at for at in back if at.day == day), None)
            first = found or days.dates(ref)[0]
        case OnDate(year=None):
            today = real_date(days.today.year, ref.month, ref.day) == days.today
            last = days.today if today else days.last_time(ref)
            first = last or days.date_of(ref)
        case OnDate(year=year):
            real = real_date(year or 0, ref.month, ref.day)
            first = real or days.date_of(ref)
        case Numeric():
            return _days(days, days.numeric(ref))
        case Stretch():
            return _stretch(days, ref)
        case NamedMonth():
            return _month(days, ref)
    if first > days.today:
        raise days.refused(f"{days.said(first)} has not come yet.")
    return first, first + timedelta(days=1)


def _month(days: Days, ref: NamedMonth) -> tuple[date, date]:
    """Return the bounds of a month, without a year the last one of that name."""
    year = ref.year or days.today.year - (ref.month > days.today.month)
    first = date(year, ref.month, 1)
    if first > days.today:
        raise days.refused("That month has not come yet.")
    return first, (first + timedelta(days=31)).replace(day=1)


def _stretch(days: Days, ref: Stretch) -> tuple[date, date]:
    if ref.back > FURTHEST_DAYS:
        raise days.refused("That is more than a year ago.")
    tomorrow = days.today + timedelta(days=1)
    if ref.rolling:
        back = ref.back * {"day": 1, "week": 7, "month": 30}[ref.unit]
        return days.today - timedelta(days=back), tomorrow
    if ref.unit == "week":
        monday = days.today - timedelta(days=days.today.weekday())
        return (monday - timedelta(days=7), monday) if ref.back else (monday, tomorrow)
    first = days.today.replace(day=1)
    return ((first - timedelta(days=1)).replace(day=1), first) if ref.back else (first, tomorrow)
