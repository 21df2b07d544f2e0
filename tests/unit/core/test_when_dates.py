"""The dates of a recurrence: ten years of daylight saving in six zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.when import (
    Repeat,
    StopAfter,
    StopAt,
    StopAtTime,
    When,
    instant,
    known_zone,
    next_occurrences,
    occurrences,
    stop_time,
)
from tests.unit.examples import examples
from tests.unit.rows import each_row

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",  # until 2019 its clocks changed at midnight
    "Asia/Kolkata",
    "Australia/Lord_Howe",  # by half an hour
    "Africa/Casablanca",  # around Ramadan
)
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def exists(wall: datetime, zone: str) -> bool:
    """Say whether the clocks of a zone ever show this time; told apart by going through UTC."""
    there = ZoneInfo(zone)
    return wall.replace(tzinfo=there).astimezone(UTC).astimezone(there).replace(tzinfo=None) == wall


def first_instant(wall: datetime, zone: str) -> datetime:
    """Return the earliest minute (UTC) at which the clocks of a zone show this time."""
    around = wall.replace(tzinfo=UTC)
    minutes = (around + timedelta(minutes=15 * n) for n in range(-14 * 4, 14 * 4))
    there = ZoneInfo(zone)
    return next(at for at in minutes if at.astimezone(there).replace(tzinfo=None) == wall)


quarter_hours = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 45)))


@pytest.mark.parametrize("zone", ZONES)
@given(
    wall=quarter_hours,
    begin=st.dates(date(2010, 1, 1), date(2030, 1, 1)),
    days=st.sets(st.integers(0, 6), min_size=1),
    interval=st.sampled_from((1, 1, 2, 3)),
)
@examples(8)
@example(wall=time(2, 30), begin=date(2026, 3, 1), days=set(range(7)), interval=1)
@example(wall=time(0, 0), begin=date(2012, 1, 1), days=set(range(7)), interval=1)
@example(wall=time(0, 30), begin=date(2012, 1, 1), days={5, 6}, interval=1)
def test_a_recurrence_keeps_the_wall_time_and_loses_and_doubles_no_date_in_ten_years(
    zone: str, wall: time, begin: date, days: set[int], interval: int
) -> None:
    while begin.weekday() not in days:
        begin += timedelta(days=1)
    monday = begin - timedelta(days=begin.weekday())
    end = begin + timedelta(days=3653)
    meant = [
        day
        for n in range(3653)
        if (day := begin + timedelta(days=n)).weekday() in days
        and (day - monday).days // 7 % interval == 0
    ]

    def offset(at: datetime) -> timedelta:
        return at.replace(tzinfo=ZoneInfo(zone)).utcoffset() or timedelta(0)

    codes = ",".join(CODES[day] for day in sorted(days))
    rrule = f"FREQ=WEEKLY;INTERVAL={interval};BYDAY={codes}"
    repeat = Repeat(datetime.combine(begin, wall), zone, rrule)
    before = datetime.combine(begin, time(0), UTC) - timedelta(days=2)
    stop = datetime.combine(end, time(0), UTC) + timedelta(days=20)
    found = list(takewhile(lambda at: at < stop, occurrences(repeat, after=before)))[: len(meant)]

    assert len(found) == len(meant)
    assert all(one.astimezone(UTC) < other.astimezone(UTC) for one, other in pairwise(found))
    for at, day in zip(found, meant, strict=True):
        intended = datetime.combine(day, wall)
        if exists(intended, zone):
            assert at.replace(tzinfo=None) == intended
        else:
            gap = at.replace(tzinfo=None) - intended
            assert gap == offset(intended + timedelta(hours=6)) - offset(
                intended - timedelta(hours=6)
            )
            assert gap > timedelta(0)


@pytest.mark.parametrize("zone", ZONES)
@given(wall=quarter_hours, start=st.dates(date(2010, 1, 1), date(2036, 1, 1)))
@examples(25)
def test_of_two_instants_with_the_same_wall_time_the_first_counts(
    zone: str, wall: time, start: date
) -> None:
    meant = datetime.combine(start, wall)
    if exists(meant, zone):
        assert instant(meant, zone).astimezone(UTC) == first_instant(meant, zone)


@each_row(
    ("zone", "wall", "utc"),
    [
        ("Europe/Berlin", "2027-03-28T02:30", "2027-03-28T01:30"),  # gap: 03:30
        ("Europe/Berlin", "2027-10-31T02:30", "2027-10-31T00:30"),  # twice: the first
        ("America/New_York", "2027-03-14T02:30", "2027-03-14T07:30"),
        ("America/New_York", "2027-11-07T01:30", "2027-11-07T05:30"),
        ("America/Sao_Paulo", "2018-11-04T00:00", "2018-11-04T03:00"),  # gap: 01:00
        ("Australia/Lord_Howe", "2027-10-03T02:15", "2027-10-02T15:45"),  # gap: 02:45
        ("Africa/Casablanca", "2027-03-14T02:30", "2027-03-14T02:30"),
        ("Asia/Kolkata", "2027-03-28T02:30", "2027-03-27T21:00"),
    ],
)
def test_a_gap_moves_a_time_by_the_gap(zone: str, wall: str, utc: str) -> None:
    at = instant(datetime.fromisoformat(wall), zone)
    assert at.astimezone(UTC) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_day_that_a_zone_never_had_gives_no_second_recording() -> None:
    """Samoa had no 30 December 2011: its 10:00 would be the 10:00 of the 31st, too."""
    repeat = Repeat(datetime.fromisoformat("2011-12-28T10:00"), "Pacific/Apia", "FREQ=DAILY")
    found = next_occurrences(repeat, after=datetime(2011, 12, 28, tzinfo=UTC), count=4)
    assert [at.day for at in found] == [28, 29, 31, 1]


@given(
    rrule=st.sampled_from(
        (
            "FREQ=DAILY",
            "FREQ=DAILY;INTERVAL=3",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE",
            "FREQ=MONTHLY;BYDAY=-1FR",
            "FREQ=MONTHLY;BYMONTHDAY=31",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
            "FREQ=WEEKLY;BYDAY=SU;UNTIL=20271231T235959",
        )
    ),
    zone=st.sampled_from(ZONES),
    wall=quarter_hours,
    skipped=st.integers(0, 1500),
)
@examples(60)
def test_a_recurrence_goes_on_where_it_was_left(
    rrule: str, zone: str, wall: time, skipped: int
) -> None:
    repeat = Repeat(datetime.combine(date(2026, 11, 30), wall), zone, rrule)
    start = datetime(2026, 11, 29, tzinfo=UTC)
    at_once = next_occurrences(repeat, after=start, count=400)
    after = start + timedelta(days=skipped)
    resumed = next_occurrences(repeat, after=after, count=3)
    expected = [at for at in at_once if at.astimezone(UTC) > after]
    assert list(resumed[: len(expected)]) == expected[:3]
    one_by_one: list[datetime] = []
    for _ in range(5):
        one_by_one += next_occurrences(repeat, after=start, count=1)
        start = one_by_one[-1]
    assert one_by_one == list(at_once[:5])


def test_a_rule_that_has_ended_has_no_next_date() -> None:
    ended = Repeat(
        datetime.fromisoformat("2026-12-01T09:00"),
        "Europe/Berlin",
        "FREQ=DAILY;UNTIL=20261203T235959",
    )
    assert next_occurrences(ended, after=datetime(2026, 12, 3, 8, tzinfo=UTC)) == ()
    assert len(next_occurrences(ended, after=datetime(2026, 12, 2, 8, tzinfo=UTC))) == 1


@pytest.mark.parametrize(
    ("stop", "ends"),
    [
        (None, None),
        (StopAfter(5400), "2027-03-27T10:35"),  # counts from the real start
        (StopAt(datetime(2027, 3, 27, 9, tzinfo=UTC)), "2027-03-27T09:00"),
        (StopAtTime(time(10, 0)), "2027-03-27T09:00"),  # however late the start was
        (StopAtTime(time(9, 0)), "2027-03-28T07:00"),  # the next day, after the gap
    ],
)
def test_when_a_recording_stops(
    stop: StopAfter | StopAt | StopAtTime | None, ends: str | None
) -> None:
    daily = Repeat(datetime.fromisoformat("2026-12-01T09:30"), "Europe/Berlin", "FREQ=DAILY")
    due = datetime(2027, 3, 27, 8, 30, tzinfo=UTC)
    late = due + timedelta(minutes=35)
    found = stop_time(When(daily, stop, "Europe/Berlin"), due=due, started=late)
    expected = datetime.fromisoformat(ends).replace(tzinfo=UTC) if ends else None
    assert (found.astimezone(UTC) if found else None) == expected


@pytest.mark.parametrize(
    ("begin", "end", "minutes"),
    [
        ("02:15", "03:15", 60),  # both at 03:15 by the clock: the length is kept
        ("01:45", "02:15", 30),  # 02:15 becomes 03:15, half an hour later
        ("02:30", "03:45", 15),
        ("01:00", "04:00", 120),
    ],
)
def test_a_recording_in_a_gap_has_an_end_after_its_start(
    begin: str, end: str, minutes: int
) -> None:
    start = datetime.fromisoformat(f"2027-03-27T{begin}")
    repeat = Repeat(start, "Europe/Berlin", "FREQ=DAILY")
    due = next_occurrences(repeat, after=datetime(2027, 3, 27, 12, tzinfo=UTC), count=1)[0]
    when = When(repeat, StopAtTime(time.fromisoformat(end)), "Europe/Berlin")
    found = stop_time(when, due=due, started=due)
    assert found
    assert found.astimezone(UTC) - due.astimezone(UTC) == timedelta(minutes=minutes)


@pytest.mark.parametrize("name", [None, "", "Mars/Base", "../etc/passwd", "/etc", "Europe", "\0"])
def test_a_zone_that_nobody_knows_is_utc(name: str | None) -> None:
    assert known_zone(name) == "UTC"
    assert known_zone("Asia/Kolkata") == "Asia/Kolkata"
