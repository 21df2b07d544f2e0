"""What a typed time means, said Wed 2 Dec 2026 14:20 in Berlin unless it says otherwise."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.when import Day, Once, Past, Reading, Refused, Repeat, StopAt, Unclear, When
from bot.core.when_days import EXAMPLES, RULE_EXAMPLES, STOP_EXAMPLES, Purpose
from bot.core.when_grammar import LONGEST_TEXT, TimesFound, find_times, read_when
from bot.core.when_words import say_due, say_offset, say_problem, say_when
from tests.patience import ENDS
from tests.score import times
from tests.unit.examples import examples
from tests.unit.rows import each_row

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 12, 2, 14, 20, 35, tzinfo=ZoneInfo(BERLIN))


def read(text: str, purpose: Purpose = Purpose.START, now: datetime = NOW) -> Reading:
    return read_when(text, now=now, zone=BERLIN, purpose=purpose)


def said(text: str, purpose: Purpose = Purpose.START, now: datetime = NOW) -> str:
    """Return the words for what was read, without the zone."""
    reading = read(text, purpose, now)
    assert isinstance(reading, When), reading
    return say_when(reading, now=now).removesuffix(f" ({BERLIN})")


@each_row(
    ("text", "expected"),
    [
        # in
        ("in 10m", "Wed 2 Dec, 14:30"),
        ("in ten minutes", "Wed 2 Dec, 14:30"),
        ("in a minute", "Wed 2 Dec, 14:21"),
        ("in half an hour", "Wed 2 Dec, 14:50"),
        ("in half an hr", "Wed 2 Dec, 14:50"),
        ("in 1,5 hours", "Wed 2 Dec, 15:50"),
        ("tonite at 8", "Wed 2 Dec, 20:00"),
        ("tomorrow at 10, one hour", "Thu 3 Dec, 10:00 for 1 h"),
        ("in a half hour", "Wed 2 Dec, 14:50"),
        ("in an hour and a half", "Wed 2 Dec, 15:50"),
        ("in one and a half hours", "Wed 2 Dec, 15:50"),
        ("in a quarter of an hour", "Wed 2 Dec, 14:35"),
        ("in 1h30", "Wed 2 Dec, 15:50"),
        ("in 1 hour and 30 minutes", "Wed 2 Dec, 15:50"),
        ("in 1.5h", "Wed 2 Dec, 15:50"),
        ("in forty-five minutes", "Wed 2 Dec, 15:05"),
        ("in seventy minutes", "Wed 2 Dec, 15:30"),
        ("in eighty-five minutes", "Wed 2 Dec, 15:45"),
        ("10 minutes from now", "Wed 2 Dec, 14:30"),
        ("a week from today at 10", "Wed 9 Dec, 10:00"),
        ("two weeks from tomorrow at 10am", "Thu 17 Dec, 10:00"),
        ("in 2 days", "Fri 4 Dec, 14:20"),
        ("in 2 days at 9", "Fri 4 Dec, 9:00"),
        ("in a week", "Wed 9 Dec, 14:20"),
        # times of day
        ("at 15:00", "Wed 2 Dec, 15:00"),
        ("15:00", "Wed 2 Dec, 15:00"),
        ("at 3", "Wed 2 Dec, 15:00"),
        ("at three", "Wed 2 Dec, 15:00"),
        ("at 3 o'clock", "Wed 2 Dec, 15:00"),
        ("at 3:30", "Wed 2 Dec, 15:30"),
        ("at 03:30", "Thu 3 Dec, 03:30"),
        ("at 3.30.", "Wed 2 Dec, 15:30"),
        ("at 3.30", "Wed 2 Dec, 15:30"),
        ("at 03.30", "Thu 3 Dec, 03:30"),
        ("3pm", "Wed 2 Dec, 15:00"),
        ("3 PM", "Wed 2 Dec, 15:00"),
        ("3 p.m.", "Wed 2 Dec, 15:00"),
        ("at 3am", "Thu 3 Dec, 03:00"),
        ("15h", "Wed 2 Dec, 15:00"),
        ("at 15h30", "Wed 2 Dec, 15:30"),
        ("at 1530", "Wed 2 Dec, 15:30"),
        ("at 930", "Thu 3 Dec, 9:30"),
        ("@ 15:00", "Wed 2 Dec, 15:00"),
        ("half past 3", "Wed 2 Dec, 15:30"),
        ("at quarter to four", "Wed 2 Dec, 15:45"),
        ("at quarter to 12 am", "Wed 2 Dec, 23:45"),
        ("ten past 3", "Wed 2 Dec, 15:10"),
        ("noon", "Thu 3 Dec, 12:00"),
        ("at 12", "Thu 3 Dec, 12:00"),
        ("at 12am", "Thu 3 Dec, 00:00"),
        ("midnight", "Thu 3 Dec, 00:00"),
        ("at 24:00", "Thu 3 Dec, 00:00"),
        ("tonight at 8", "Wed 2 Dec, 20:00"),
        ("tonight at midnight", "Thu 3 Dec, 00:00"),
        ("tonight at 12", "Thu 3 Dec, 00:00"),
        ("at 9 in the evening", "Wed 2 Dec, 21:00"),
        ("this afternoon at 4", "Wed 2 Dec, 16:00"),
        ("at 7 in the morning", "Thu 3 Dec, 07:00"),
        # a bare hour from 8 to 12 is as written, from 1 to 7 it is the afternoon
        *((f"tomorrow at {n}", f"Thu 3 Dec, {n}:00") for n in range(8, 13)),
        *((f"tomorrow at {n}", f"Thu 3 Dec, {n + 12}:00") for n in range(1, 8)),
        # what has passed today is tomorrow, but not within its own minute
        ("at 9", "Thu 3 Dec, 9:00"),
        ("at 2", "Thu 3 Dec, 14:00"),
        ("at 14:20", "Wed 2 Dec, 14:20"),
        ("at 14:19", "Thu 3 Dec, 14:19"),
        # days
        ("today at 3", "Wed 2 Dec, 15:00"),
        ("tomorrow 9:30", "Thu 3 Dec, 9:30"),
        ("tmrw 9:30", "Thu 3 Dec, 9:30"),
        ("at 9:30 tomorrow", "Thu 3 Dec, 9:30"),
        ("tomorrow morning at 9", "Thu 3 Dec, 9:00"),
        ("day after tomorrow 8am", "Fri 4 Dec, 8:00"),
        ("monday 14:00", "Mon 7 Dec, 14:00"),
        ("on fri @ 10", "Fri 4 Dec, 10:00"),
        ("Weds at 3", "Wed 2 Dec, 15:00"),
        ("wed at 9", "Wed 9 Dec, 9:00"),  # 9:00 of this Wednesday has passed
        ("this friday at 10", "Fri 4 Dec, 10:00"),
        ("this wed at 16", "Wed 2 Dec, 16:00"),
        ("9 in the morning", "Thu 3 Dec, 9:00"),
        ("friday 7 in the morning", "Fri 4 Dec, 07:00"),
        ("9 at night", "Wed 2 Dec, 21:00"),
        ("next monday at 10", "Mon 7 Dec, 10:00"),
        ("next week on tue at 9", "Tue 8 Dec, 9:00"),
        ("friday next week at 9", "Fri 11 Dec, 9:00"),
        ("on 2026-12-05 at 9", "Sat 5 Dec, 9:00"),
        ("2026-12-05T09:00", "Sat 5 Dec, 9:00"),
        ("5 dec at 9", "Sat 5 Dec, 9:00"),
        ("dec 5th 9am", "Sat 5 Dec, 9:00"),
        ("on the 5th of December, 2026 at 9", "Sat 5 Dec, 9:00"),
        ("Sat, 5 Dec, 9:00", "Sat 5 Dec, 9:00"),
        ("on the 5th at 9", "Sat 5 Dec, 9:00"),
        ("on the 1st at 9", "Fri 1 Jan 2027, 9:00"),
        ("15 jan at 9", "Fri 15 Jan 2027, 9:00"),
        ("29 feb at 9", "Tue 29 Feb 2028, 9:00"),
        ("13.12. at 9", "Sun 13 Dec, 9:00"),
        ("on 12/13 at 3pm", "Sun 13 Dec, 15:00"),
        ("12.12.2026 9:00", "Sat 12 Dec, 9:00"),
        ("friday at 24:00", "Sat 5 Dec, 00:00"),
        # ends
        ("now", "now"),
        ("for 30m", "now for 30 min"),
        ("for half an hour", "now for 30 min"),
        ("for 90 minutes", "now for 1 h 30 min"),
        ("for the next 20 minutes", "now for 20 min"),
        ("until 16:00", "now until 16:00"),
        ("till 4", "now until 16:00"),
        ("until 9", "now until 21:00"),  # the next 9 o'clock
        ("until half past 3", "now until 15:30"),
        ("20 dec 22:30 until mon 01:00", "Sun 20 Dec, 22:30, until Mon 21 Dec, 01:00"),
        ("1 oct 22:30 until 2 oct 9:00", "Fri 1 Oct 2027, 22:30, until Sat 2 Oct 2027, 09:00"),
        ("until tomorrow at 01:00", "now, until Thu 3 Dec, 01:00"),
        ("tonight at 11:30 until 11 tomorrow", "Wed 2 Dec, 23:30, until Thu 3 Dec, 11:00"),
        ("until 1am", "now, until Thu 3 Dec, 01:00"),
        ("tmrw 2pm til 3pm", "Thu 3 Dec, 14:00 – 15:00"),
        ("from 2 to 3pm", "Thu 3 Dec, 14:00 – 15:00"),
        ("2-3pm", "Thu 3 Dec, 14:00 – 15:00"),
        ("11 to 1pm", "Thu 3 Dec, 11:00 – 13:00"),
        ("from 10 to 12", "Thu 3 Dec, 10:00 – 12:00"),
        ("tomorrow 9-5pm", "Thu 3 Dec, 9:00 – 17:00"),
        ("8 to 9pm", "Wed 2 Dec, 20:00 – 21:00"),
        ("7 to 9am", "Thu 3 Dec, 07:00 – 09:00"),
        ("11pm to 1am", "Wed 2 Dec, 23:00, until Thu 3 Dec, 01:00"),
        ("tomorrow 12 to 1am", "Thu 3 Dec, 00:00 – 01:00"),
        ("at 9 my time for 5 min", "Thu 3 Dec, 9:00 for 5 min"),
        ("between 3 and 4", "Wed 2 Dec, 15:00 – 16:00"),
        ("at 9 till 4", "Thu 3 Dec, 9:00 – 16:00"),
        ("fri 14:00 – 15:30", "Fri 4 Dec, 14:00 – 15:30"),
        ("at 11pm until 1am", "Wed 2 Dec, 23:00, until Thu 3 Dec, 01:00"),
        ("at 3 for 30m please", "Wed 2 Dec, 15:00 for 30 min"),
        # recurrences
        ("every weekday 9:30", "every weekday at 9:30"),
        ("every weekday 9:30 for 20m", "every weekday at 9:30 for 20 min"),
        ("weekdays at 9:30", "every weekday at 9:30"),
        ("every mon-fri at 9", "every weekday at 9:00"),
        ("every day at 9", "every day at 9:00"),
        ("daily at 9", "every day at 9:00"),
        ("everyday at 9", "every day at 9:00"),
        ("every morning at 9", "every day at 9:00"),
        ("every evening at 8", "every day at 20:00"),
        ("every other day at 9", "every 2 days at 9:00"),
        ("every mon, wed at 9", "every Mon and Wed at 9:00"),
        ("every mon, wed and fri at 9", "every Mon, Wed and Fri at 9:00"),
        ("every tue/thu 16:00", "every Tue and Thu at 16:00"),
        ("mondays at 9", "every Monday at 9:00"),
        ("on Mondays and Wednesdays at 9", "every Mon and Wed at 9:00"),
        ("every weekend at 10", "every Sat and Sun at 10:00"),
        ("every weekday except friday at 9", "every Mon, Tue, Wed and Thu at 9:00"),
        ("every day except sunday at 9", "every Mon, Tue, Wed, Thu, Fri and Sat at 9:00"),
        ("every day except on weekends at 9", "every weekday at 9:00"),
        ("every last friday at 15h", "on the last Friday of every month at 15:00"),
        ("every monday (9:30)", "every Monday at 9:30"),
        ("every monday at 9 a.m. for 20m", "every Monday at 9:00 for 20 min"),
        ("weekly on tue at 9", "every Tuesday at 9:00"),
        ("every week on tue and thu at 4", "every Tue and Thu at 16:00"),
        ("every 2 weeks on tue at 16:00", "every 2 weeks on Tue at 16:00"),
        ("tuesdays every 2 weeks at 16:00", "every 2 weeks on Tue at 16:00"),
        ("every other thursday at 11am", "every 2 weeks on Thu at 11:00"),
        ("fortnightly on fri at 10", "every 2 weeks on Fri at 10:00"),
        ("every first monday at 9", "on the first Monday of every month at 9:00"),
        ("first monday of the month at 9", "on the first Monday of every month at 9:00"),
        ("on the last friday of every month at 15h", "on the last Friday of every month at 15:00"),
        ("every third thursday of the month at 9", "on the third Thursday of every month at 9:00"),
        ("monthly on the 2nd tue at 9", "on the second Tuesday of every month at 9:00"),
        ("on the 1st of every month at 9am", "on the 1st of every month at 9:00"),
        ("the 1st and 15th of every month at 9", "on the 1st and 15th of every month at 9:00"),
        ("every month on the 15th at 9", "on the 15th of every month at 9:00"),
        ("last day of the month at 5pm", "on the last day of every month at 17:00"),
        ("first weekday of the month at 9", "on the first weekday of every month at 9:00"),
        ("every weekday 9:30-10", "every weekday, 9:30 – 10:00"),
        ("at 10 until 11 on friday", "Fri 4 Dec, 10:00 – 11:00"),
        ("from 11 till 1 on monday", "Mon 7 Dec, 11:00 – 13:00"),
        ("every weekday at 9:30 until 10:00", "every weekday, 9:30 – 10:00"),
        ("every day at 23:00 until midnight", "every day, 23:00 – 00:00"),
        ("every day at 22:00 until 24:00", "every day, 22:00 – 00:00"),
        ("every day at 9 until 31 dec", "every day at 9:00, until Thu 31 Dec"),
        ("every day at 9 until 31.12.", "every day at 9:00, until Thu 31 Dec"),
        ("every day at 9 starting on Mon. 7 Dec.", "every day at 9:00, starting Mon 7 Dec"),
        ("every day at 9 starting monday", "every day at 9:00, starting Mon 7 Dec"),
        ("every 2 weeks on tue at 9 from 15 dec", "every 2 weeks on Tue at 9:00, starting Tue 15 Dec"),
    ],
)  # fmt: skip
def test_what_people_type_reads_as_they_mean_it(text: str, expected: str) -> None:
    assert said(text) == expected


@each_row(
    ("text", "rrule", "first"),
    [
        ("every weekday 9:30", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-12-03T09:30"),
        ("every weekday 15:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-12-02T15:00"),
        ("daily at 9", "FREQ=DAILY", "2026-12-03T09:00"),
        ("every 3 days at 9", "FREQ=DAILY;INTERVAL=3", "2026-12-03T09:00"),
        ("every 2 weeks on wed at 9", "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", "2026-12-09T09:00"),
        ("every 2 weeks on wed at 3", "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", "2026-12-02T15:00"),
        ("every 2 weeks on thu at 9", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "2026-12-03T09:00"),
        ("first monday of the month at 9", "FREQ=MONTHLY;BYDAY=1MO", "2026-12-07T09:00"),
        ("last fri of the month at 9", "FREQ=MONTHLY;BYDAY=-1FR", "2026-12-25T09:00"),
        ("1st and 3rd mon of the month at 9", "FREQ=MONTHLY;BYDAY=1MO,3MO", "2026-12-07T09:00"),
        ("the 1st of every month at 9", "FREQ=MONTHLY;BYMONTHDAY=1", "2027-01-01T09:00"),
        ("the 1st of every 2 months at 9", "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1", "2027-01-01T09:00"),
        ("last day of the month at 9", "FREQ=MONTHLY;BYMONTHDAY=-1", "2026-12-31T09:00"),
        ("last workday of the month at 9", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-12-31T09:00"),
        ("mondays at 9 until 1 mar", "FREQ=WEEKLY;BYDAY=MO;UNTIL=20270301T235959", "2026-12-07T09:00"),
    ],
)  # fmt: skip
def test_a_recurrence_begins_at_the_next_such_day(text: str, rrule: str, first: str) -> None:
    reading = read(text)
    assert isinstance(reading, When)
    assert reading.start == Repeat(datetime.fromisoformat(first), BERLIN, rrule)


@pytest.mark.parametrize(
    ("now", "text", "stops"),
    [
        ("2026-10-25T01:50+02:00", "at 2:45", "02:45 UTC+2"),
        ("2026-10-25T02:50+02:00", "at 2:45", "02:45 UTC+1"),
        ("2026-10-25T02:30+01:00", "until 2:45", "02:45 UTC+1"),
        ("2026-10-24T23:00+02:00", "at 2:45", "02:45 UTC+2"),
        ("2027-03-28T01:50+01:00", "at 2:45", "03:45 UTC+2"),
        ("2027-03-28T01:50+01:00", "at 6:45", "06:45"),
    ],
)
def test_a_stop_in_the_hour_that_a_change_repeats_or_skips(now: str, text: str, stops: str) -> None:
    moment = datetime.fromisoformat(now)
    reading = read_when(text, now=moment, zone="Europe/Berlin", purpose=Purpose.STOP)
    assert isinstance(reading, When)
    assert isinstance(reading.stop, StopAt)
    assert f"{reading.stop.at:%H:%M}{say_offset(reading.stop.at)}" == stops


@pytest.mark.parametrize(
    ("zone", "at", "says"),
    [
        ("Europe/London", "2026-10-25T01:30+01:00", " UTC+1"),
        ("Europe/London", "2026-10-25T01:30+00:00", " UTC+0"),
        ("America/St_Johns", "2026-11-01T01:30-02:30", " UTC-2:30"),
        ("America/St_Johns", "2026-11-01T01:30-03:30", " UTC-3:30"),
        ("Europe/London", "2026-10-25T03:30+00:00", ""),
    ],
)
def test_the_offset_is_said_in_an_hour_that_occurs_twice(zone: str, at: str, says: str) -> None:
    assert say_offset(datetime.fromisoformat(at).astimezone(ZoneInfo(zone))) == says


def test_a_start_in_the_hour_that_occurs_twice_is_ahead() -> None:
    now = datetime.fromisoformat("2026-10-25T02:30+01:00")
    reading = read_when("at 02:45", now=now, zone="Europe/Berlin")
    assert isinstance(reading, When)
    assert say_due(reading, now=now.astimezone(ZoneInfo("Europe/Berlin"))) == (
        " in 15 minutes, at 02:45 (Europe/Berlin, UTC+1)"
    )


def test_a_recurrence_that_begins_in_a_gap_keeps_the_wall_time_that_was_said() -> None:
    now = datetime(2018, 11, 3, 12, 0, tzinfo=ZoneInfo("America/Sao_Paulo"))
    reading = read_when("every day at 00:30", now=now, zone="America/Sao_Paulo")
    assert isinstance(reading, When)
    assert isinstance(reading.start, Repeat)
    assert reading.start.start == datetime.fromisoformat("2018-11-04T00:30")


@each_row(
    ("text", "reason"),
    [
        ("25:00", "25:00 is not a time."),
        ("at 25", "25:00 is not a time."),
        ("at 9:75", "There is no minute 75."),
        ("13pm", "13:00 does not go with pm."),
        ("30 feb at 9", "There is no 30 Feb."),
        ("2027-02-29 at 9", "There is no 29 Feb in 2027."),
        ("2026-13-01 at 9", "There is no month 13."),
        ("on 2026-12-01 at 9", "Tue 1 Dec has passed."),
        ("1 dec at 9", "Tue 1 Dec has passed."),
        ("today at 9", "Wed 2 Dec, 9:00 has passed."),
        ("this wed at 9", "Wed 2 Dec, 9:00 has passed."),
        ("this morning at 9", "Wed 2 Dec, 9:00 has passed."),
        ("yesterday at 9", "Tue 1 Dec has passed."),
        ("last monday at 9", "That day has passed."),
        ("Thu 4 Dec at 9", "Fri 4 Dec 2026 is a Friday."),
        ("2050-01-01 at 9", "Sat 1 Jan 2050 is more than 5 years away."),
        ("in 400 days", "That is more than a year away."),
        ("tomorrow morning at 15:00", "15:00 is not in the morning."),
        ("until 14:00", "Thu 3 Dec, 14:00 is more than 12 hours after the start."),
        ("at 15:00 until 14:00", "Thu 3 Dec, 14:00 is more than 12 hours after the start."),
        ("for 13h", "A recording lasts up to 12 hours."),
        ("for 0 minutes", "A recording lasts up to 12 hours."),
        ("at 3 at 4", "That says two times to start."),
        ("at 3 until 4 for 10m", "That says two times to stop."),
        ("now at 3", "That says now and another time."),
        ("every day at 9 tomorrow", "That says to repeat, and one day to start."),
        ("every hour", "A recording repeats once a day at most."),
        (
            "every weekday at 9 but not on 25 december",
            "A single date cannot be left out here. Schedule all dates, then skip that one.",
        ),
        ("yearly at 9", "A recording repeats once a month at least."),
        ("every day at 9 until 1 dec 2025", "Mon 1 Dec 2025 has passed."),
        ("at 9 Mars/Base", "I do not know the time zone Mars/Base."),
        ("every monday 9:00-08:00", "8:00 is more than 12 hours after the start."),
        ("hello", "I cannot read “hello” as a time."),
        ("at 9 in the board room", "I cannot read “in the board room” as a time."),
        ("0 9 * * 1-5", "I cannot read “0 9 * * 1-5” as a time."),
        ("", "There is no time in that."),
        ("please", "There is no time in that."),
        ("UTC", "There is no time in that."),
        ("9 " * LONGEST_TEXT, "That is too long for a time."),
    ],
)
def test_what_is_no_time_is_refused_with_the_reason(text: str, reason: str) -> None:
    reading = read(text)
    assert isinstance(reading, Refused), reading
    assert reading.reason == reason
    assert reading.suggestion is None


@pytest.mark.parametrize("zone", ["PST", "CET", "ist", "Springfield time"])
def test_a_zone_is_named_in_full(zone: str) -> None:
    reading = read(f"tomorrow at 9 {zone}")
    assert isinstance(reading, Refused)
    assert "like America/New_York" in reading.reason
    assert said("tomorrow at 9 my time") == "Thu 3 Dec, 9:00"
    assert read("tomorrow at 9 America/New_York") == When(
        Once(datetime(2026, 12, 3, 9, tzinfo=ZoneInfo("America/New_York")), "America/New_York"),
        None,
        "America/New_York",
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("on firday at 10", "on friday at 10"),
        ("wendesday 9:30", "wednesday 9:30"),
        ("every thrusday at 9", "every thursday at 9"),
        ("tomorrwo at 9", "tomorrow at 9"),
        ("every weekdya 9:30", "every weekday 9:30"),
        ("5 decmeber at 9", "5 december at 9"),
    ],
)
def test_a_misspelling_is_refused_with_a_suggestion(typed: str, meant: str) -> None:
    reading = read(typed)
    assert isinstance(reading, Refused)
    assert reading.suggestion == meant
    assert say_problem(reading).endswith(f"Did you mean “{meant}”?")
    found = find_times(f"record the board room {typed}", now=NOW, zone=BERLIN)
    assert isinstance(found.reading, Refused)
    assert found.reading.suggestion == meant


@each_row(
    ("text", "choices"),
    [
        ("1.2. at 9", ("1 Feb at 9", "2 Jan at 9")),
        ("2/1 at 9", ("2 Jan at 9", "1 Feb at 9")),
        ("on 01/02/2027 at 9", ("on 1 Feb 2027 at 9", "on 2 Jan 2027 at 9")),
        ("next friday at 10", ("on Fri 4 Dec at 10", "on Fri 11 Dec at 10")),
        ("friday at midnight", ("friday at 00:00", "friday at 24:00")),
        ("biweekly", ("every 2 weeks", "every mon and thu")),
        ("biweekly on tue at 9", ("every 2 weeks on tue at 9",)),
        ("every third thu at 9", ("every 3 weeks on Thu at 9", "every third thu of the month at 9")),
        ("mon and wed at 9", ("every mon and wed at 9", "on Mon at 9")),
        ("30m", ("for 30m", "in 30m")),
        ("for 1:30", ("for 1h 30m", "at 1:30")),
        ("2h", ("for 2h", "in 2h", "at 2h")),
        ("at 3 30m", ("at 3 for 30m",)),
    ],
)  # fmt: skip
def test_what_reads_in_several_ways_is_asked_about(text: str, choices: tuple[str, ...]) -> None:
    reading = read(text)
    assert isinstance(reading, Unclear)
    assert reading.choices == choices
    readings = [read(choice) for choice in choices]
    assert not any(isinstance(one, Refused) for one in readings)
    assert len({repr(one) for one in readings}) == len(choices)


@each_row(
    ("text", "question", "example"),
    [
        ("tomorrow", "At what time on Thu 3 Dec?", "tomorrow at 9:30"),
        ("this afternoon", "At what time on Wed 2 Dec?", "this afternoon at 5"),
        ("tonight", "At what time on Wed 2 Dec?", "tonight at 8"),
        ("on the 5th", "At what time on Sat 5 Dec?", "on the 5th at 9:30"),
        ("every day", "At what time?", "every day at 9:30"),
        ("last friday of every month", "At what time?", "last friday of every month at 9:30"),
        ("weekly at 9", "On which days of the week?", RULE_EXAMPLES[0]),
        ("monthly at 9", "On which day of the month?", RULE_EXAMPLES[0]),
    ],
)
def test_what_lacks_a_time_or_a_day_is_asked_about(text: str, question: str, example: str) -> None:
    reading = read(text)
    assert isinstance(reading, Unclear)
    assert (reading.question, reading.choices) == (question, ())
    assert reading.examples[0] == example


@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_example_is_understood(purpose: Purpose) -> None:
    for example in (*EXAMPLES[purpose], *(RULE_EXAMPLES if purpose is Purpose.START else ())):
        assert not isinstance(read(example, purpose), Refused | Unclear)
    assert all(isinstance(read(example), When) for example in STOP_EXAMPLES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at 3", "now until 15:00"),
        ("at 8", "now until 20:00"),
        ("in 10m", "now until 14:30"),
        ("until 16:00", "now until 16:00"),
        ("now", "now"),
    ],
)
def test_a_time_to_stop(text: str, expected: str) -> None:
    assert said(text, Purpose.STOP) == expected


@pytest.mark.parametrize(
    ("text", "question", "choices"),
    [
        ("at 14:10", "14:10 has passed.", None),
        ("at 14:20", "14:20 has passed.", None),
        ("at 2:10pm", "14:10 has passed.", None),
        ("at 10:00", "10:00 has passed.", ("until 22:00",)),
        ("at 2:15", "14:15 has passed.", ("until 02:15",)),
        ("at 08:19", "8:19 is more than 12 hours", None),
    ],
)
def test_a_stop_at_a_time_that_has_just_passed(
    text: str, question: str, choices: tuple[str, ...] | None
) -> None:
    reading = read(text, Purpose.STOP)
    if choices is None:
        assert isinstance(reading, Refused)
        assert question in reading.reason
    else:
        assert isinstance(reading, Unclear)
        assert (reading.question, reading.choices) == (question, choices)


def test_examples_do_not_repeat_a_misspelling() -> None:
    reading = read("tomorow")
    assert isinstance(reading, Unclear)
    assert reading.examples == ("tomorrow at 9:30", "tomorrow at 15:00")


def test_a_day_will_do_for_what_is_skipped() -> None:
    assert read("on friday", Purpose.DAY) == Day(date(2026, 12, 4), BERLIN)
    assert read("in 2 days", Purpose.DAY) == Day(date(2026, 12, 4), BERLIN)
    assert said("on friday at 10", Purpose.DAY) == "Fri 4 Dec, 10:00"


@each_row(
    ("text", "since", "until"),
    [
        ("since monday", "2026-11-30T00:00", None),
        ("since wednesday", "2026-12-02T00:00", None),
        ("since yesterday at 9", "2026-12-01T09:00", None),
        ("since 9", "2026-12-02T09:00", None),
        ("since 2026-11-01", "2026-11-01T00:00", None),
        ("since 5 dec", "2025-12-05T00:00", None),
        ("on monday", "2026-11-30T00:00", "2026-12-01T00:00"),
        ("monday", "2026-11-30T00:00", "2026-12-01T00:00"),
        ("last wednesday", "2026-11-25T00:00", "2026-11-26T00:00"),
        ("yesterday", "2026-12-01T00:00", "2026-12-02T00:00"),
        ("today", "2026-12-02T00:00", None),
        ("last week", "2026-11-23T00:00", "2026-11-30T00:00"),
        ("this week", "2026-11-30T00:00", None),
        ("last 3 days", "2026-11-29T00:00", None),
        ("last month", "2026-11-01T00:00", "2026-12-01T00:00"),
        ("in november", "2026-11-01T00:00", "2026-12-01T00:00"),
        ("in december", "2026-12-01T00:00", None),
        ("in Jan 2026", "2026-01-01T00:00", "2026-02-01T00:00"),
        ("since october", "2026-10-01T00:00", None),
        ("from november", "2026-11-01T00:00", "2026-12-01T00:00"),
        ("since dec 2025", "2025-12-01T00:00", None),
        ("on the 30th", "2026-11-30T00:00", "2026-12-01T00:00"),
        ("from monday", "2026-11-30T00:00", None),
        ("30.11.", "2026-11-30T00:00", "2026-12-01T00:00"),
    ],
)
def test_times_of_the_past_for_lists(text: str, since: str, until: str | None) -> None:
    there = ZoneInfo(BERLIN)
    assert read(text, Purpose.PAST) == Past(
        datetime.fromisoformat(since).replace(tzinfo=there),
        datetime.fromisoformat(until).replace(tzinfo=there) if until else None,
    )


@pytest.mark.parametrize(
    "text",
    [
        *("since 15:00", "tomorrow", "in 10m", "every monday", "for 10m"),
        *("in january 2027", "since december 2027"),
    ],
)
def test_the_future_is_no_time_of_the_past(text: str) -> None:
    assert isinstance(read(text, Purpose.PAST), Refused)


# Times in a sentence.


@each_row(
    ("text", "spans", "loose"),
    [
        ("record the town hall 10 to 11 tomorrow", ["10 to 11 tomorrow"], []),
        ("record all hands 10-11 on friday please", ["10-11 on friday"], []),
        ("extend it 5-10 minutes tomorrow", ["tomorrow"], []),
        ("record the board room on friday at 10 please", ["on friday at 10"], []),
        ("tomorrow record standup at 9 for 30m", ["tomorrow", "at 9 for 30m"], []),
        ("every mon and wed at 9 record the emea sync", ["every mon and wed at 9"], []),
        ("start town hall 720p at 3", ["at 3"], []),
        ("start room 9 at 10 till 11", ["at 10 till 11"], []),
        ("record *tomorrow* at `9:30`, ok?", ["tomorrow* at `9:30"], []),
        ("record version 1.2.3 at 5", ["at 5"], []),
        ("record standup at half past with transcript", ["at half past"], []),
        ("record standup now", ["now"], []),
        ("start sales weekly", [], ["weekly"]),
        ("record the monday sync", [], ["monday"]),
        ("start one hour standup", [], ["one hour"]),
        ("start q3 12/3 review", [], ["12/3"]),
        ("record my 1:1 with Ana", [], []),
        ("start 9:30sync in room5 p95", [], []),
        ("record it for me in the board room from the start", [], []),
        ("start sales-weekly abc-defg-hij", [], []),
    ],
)
def test_times_are_found_in_a_sentence(text: str, spans: list[str], loose: list[str]) -> None:
    found = find_times(text, now=NOW, zone=BERLIN)
    assert [text[start:end] for start, end in found.spans] == spans
    assert [text[start:end] for start, end in found.loose] == loose
    assert (found.reading is None) == (not spans)
    assert not isinstance(found.reading, Refused)


@pytest.mark.parametrize("room", ["9:30 sync", "monday 9", "now", "at noon", "every day"])
def test_a_room_typed_by_its_name_is_no_time(room: str) -> None:
    text = f"start {room} tomorrow at 10"
    found = find_times(text, now=NOW, zone=BERLIN, protected=[(6, 6 + len(room))])
    assert [text[start:end] for start, end in found.spans] == ["tomorrow at 10"]
    assert found.reading == read("tomorrow at 10")
    alone = find_times(room, now=NOW, zone=BERLIN, protected=[(0, len(room))])
    assert alone == TimesFound((), None, ())


WORLD = json.loads((Path(__file__).parents[2] / "data/phrases/world.json").read_text("utf-8"))
_LINES = (Path(__file__).parents[2] / "data/phrases/phrases.tsv").read_text("utf-8").splitlines()
PHRASES = [line.split("\t") for line in _LINES[1:]]
PURPOSES = {
    "stop": Purpose.STOP,
    "unschedule": Purpose.DAY,
    "list": Purpose.PAST,
    "find": Purpose.PAST,
    "status": Purpose.PAST,
}


def rooms_in(text: str) -> list[tuple[int, int]]:
    """Return where a room is typed by its name; a space does for a hyphen."""
    plain = text.lower().replace("-", " ")
    names = (room["name"].lower().replace("-", " ") for room in WORLD["rooms"])
    return [(plain.find(name), plain.find(name) + len(name)) for name in names if name in plain]


@each_row("zone", [BERLIN, "America/New_York", "Asia/Kolkata"])
@each_row("phrase", PHRASES, ids=lambda phrase: phrase[0])
def test_the_labelled_phrases_hold_in_three_zones(phrase: list[str], zone: str) -> None:
    _, _, text, intent, _, labels, *_ = phrase
    text = text.replace("\\n", "\n")
    head, _, rrule = labels.partition("rrule=")
    wanted = dict(pair.split("=", 1) for pair in head.strip(";").split(";") if pair)
    now = datetime.fromisoformat(WORLD["now"]).replace(tzinfo=ZoneInfo(zone))
    purpose = PURPOSES.get(intent.split("|")[0], Purpose.START)
    found = find_times(text, now=now, zone=zone, purpose=purpose, protected=rooms_in(text))
    if not (wanted.keys() & {"at", "until", "for_s", "since"}):
        assert found == TimesFound((), None, found.loose)
        return
    if isinstance(found.reading, Day):  # the labels add the time of the schedule
        assert found.reading.date.isoformat() == wanted["at"][:10]
        return
    assert isinstance(found.reading, When | Past), found
    row = times.as_row(found.reading, now=now)
    for name in ("at", "until", "since"):
        got = row.get(name)
        if name == "until" and "since" in wanted:
            continue  # the end of the day that the label names
        if name not in wanted:
            assert got is None
            continue
        label = datetime.fromisoformat(wanted[name])
        assert datetime.fromisoformat(str(got)).replace(tzinfo=None) == label.replace(tzinfo=None)
        assert datetime.fromisoformat(str(got)).tzinfo is not None
    assert row["for_s"] == (int(wanted["for_s"]) if "for_s" in wanted else None)
    assert row["rrule"] == (rrule or None)


# Laws.

WORDS = [
    "in",
    "at",
    "on",
    "every",
    "for",
    "until",
    "from",
    "to",
    "since",
    "the",
    "of",
    "and",
    ",",
    "-",
    "–",
    ".",
    ":",
    "/",
    "(",
    ")",
    "9",
    "3",
    "10",
    "12",
    "30",
    "1st",
    "15th",
    "first",
    "last",
    "other",
    "2",
    "weeks",
    "week",
    "month",
    "months",
    "day",
    "days",
    "monday",
    "tue",
    "wed,",
    "fridays",
    "weekday",
    "weekdays",
    "weekend",
    "noon",
    "midnight",
    "tomorrow",
    "today",
    "tonight",
    "yesterday",
    "next",
    "this",
    "9:30",
    "02:30",
    "15:00",
    "25:00",
    "3pm",
    "3",
    "am",
    "10m",
    "2h",
    "1h30",
    "half",
    "an",
    "hour",
    "quarter",
    "past",
    "daily",
    "weekly",
    "monthly",
    "biweekly",
    "now",
    "dec",
    "5",
    "2026",
    "2026-12-05",
    "1.2.",
    "2/1",
    "31.12.",
    "please",
    "standup",
    "record",
    "firday",
    "pst",
    "Europe/Berlin",
    "UTC",
    "except",
    "starting",
    "morning",
    "evening",
]
sentences = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
starts = st.sampled_from(
    ("", "at 3", "at 9:30", "at 03:15", "tomorrow 22:30", "fri at 12", "15 jan 2028 at 00:15",
     "every weekday 9:30", "every 2 weeks on tue and thu at 16:00", "first and last mon of the month at 7",
     "the 1st and 31st of every 3 months at 05:45", "every 5 days at 23:59", "last weekday of the month at 12",
     "every tue at 9 starting 1 feb", "every 2 weeks on wed at 9 starting 16 dec until 1 june")
)  # fmt: skip
stops = st.sampled_from(
    ("", "for 30m", "for 1h1m1s", "for 12h", "until noon", "until 1am", "till 4", "until 10:15")
)
moments = st.datetimes(
    datetime.fromisoformat("2026-01-01"),
    datetime.fromisoformat("2027-12-31"),
    timezones=st.sampled_from([ZoneInfo(BERLIN), ZoneInfo("America/New_York")]),
)


@given(
    text=st.text() | sentences,
    purpose=st.sampled_from(Purpose),
    now=moments,
    protected=st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60)), max_size=3),
)
@examples(750)
def test_no_text_raises_and_what_is_found_lies_in_the_text(
    text: str, purpose: Purpose, now: datetime, protected: list[tuple[int, int]]
) -> None:
    reading = read_when(text, now=now, zone=BERLIN, purpose=purpose)
    assert isinstance(reading, get_args(Reading))
    if isinstance(reading, Unclear | Refused):
        assert say_problem(reading)
    found = find_times(text, now=now, zone=BERLIN, purpose=purpose, protected=protected)
    edge = 0
    for start, end in sorted(found.spans + found.loose):
        assert edge <= start < end <= len(text)
        edge = end
        names = [(a, b) for a, b in protected if text[a:b].strip()]  # a name is never blank
        assert not any(a < end and start < b for a, b in names)


@given(start=starts, stop=stops, now=moments)
@examples(300)
def test_what_is_said_reads_as_the_same(start: str, stop: str, now: datetime) -> None:
    zone = str(now.tzinfo)
    reading = read_when(f"{start} {stop}", now=now, zone=zone)
    if isinstance(reading, When):
        assert reading != When(None, None, zone) or not (start or stop)
        again = read_when(say_when(reading, now=now), now=now, zone=zone)
        assert again == reading


@given(text=sentences, now=moments)
@examples(450)
def test_a_start_that_is_read_lies_ahead_and_before_its_end(text: str, now: datetime) -> None:
    reading = read_when(text, now=now, zone=BERLIN)
    if not isinstance(reading, When):
        return
    row = times.as_row(reading, now=now)
    at = datetime.fromisoformat(str(row["at"])) if row["at"] else now
    assert at > now - timedelta(minutes=1)
    if row["until"]:
        assert timedelta(0) < datetime.fromisoformat(str(row["until"])) - at


@each_row("unit", [*(word + " " for word in WORDS), "(", "9:", "mon,", "1h", "a", "\u0130"])
@ENDS
def test_a_long_text_is_not_read_for_ever(unit: str) -> None:
    text = (unit * 8000)[:8000]
    assert not isinstance(read(text), When)
    assert find_times(text, now=NOW, zone=BERLIN) is not None


def test_the_score_prints_a_json_object_for_each_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        "every weekday 9:30 for 20m\tAsia/Kolkata\t2026-12-02T14:20:00+05:30",
        "tmrw 2pm til 3pm\tEurope/Berlin\t2026-12-02T14:20:00+01:00",
        "1.2. at 9\tEurope/Berlin\t2026-12-02T14:20:00+01:00",
        "25:00\tEurope/Berlin\t2026-12-02T14:20:00+01:00",
    ]
    file = tmp_path / "times.tsv"
    file.write_text("\n".join(["text\tzone\tnow", *rows]), "utf-8")
    times.main(file)
    repeat, span, asked, refused = map(json.loads, capsys.readouterr().out.splitlines())
    assert repeat == {
        "at": "2026-12-03T09:30:00+05:30",
        "until": None,
        "for_s": 1200,
        "rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        "next": [f"2026-12-{day:02}T09:30:00+05:30" for day in (3, 4, 7)],
    }
    assert (span["at"], span["until"]) == ("2026-12-03T14:00:00+01:00", "2026-12-03T15:00:00+01:00")
    assert asked["choices"] == ["1 Feb at 9", "2 Jan at 9"]
    assert refused.keys() == {"refused"}


@each_row(
    ("text", "same"),
    [
        ("at four thirty", "at 4:30"),
        ("tomorrow nine fifteen", "tomorrow 9:15"),
        ("at five forty five", "at 5:45"),
        ("at 3pm max 2h", "at 3pm for 2h"),
        ("at 3pm for up to 2 hours", "at 3pm for 2 hours"),
        ("after 10 minutes", "in 10 minutes"),
        ("on the first of january at 9", "on 1 jan at 9"),
        ("on thursday the 10th at 9", "on 10 dec at 9"),
    ],
)
def test_spoken_times_are_those_in_digits(text: str, same: str) -> None:
    assert read(text) == read(same)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("tomorrow at 9 UK time", "Europe/London"),
        ("tomorrow at 9 New York time", "America/New_York"),
        ("tomorrow 9:00 us pacific time", "America/Los_Angeles"),
    ],
)
def test_a_place_names_its_zone(text: str, zone: str) -> None:
    at = datetime(2026, 12, 3, 9, tzinfo=ZoneInfo(zone))
    assert read(text) == When(Once(at, zone), None, zone)


def test_a_recurrence_may_start_next_week() -> None:
    reading = read("starting next week every other friday at 13:00")
    assert isinstance(reading, When)
    assert isinstance(reading.start, Repeat)
    assert reading.start.start.isoformat() == "2026-12-11T13:00:00"
