"""What comes next of a schedule. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.when import When
from bot.core.when_grammar import read_when
from bot.features.schedules import model
from bot.features.schedules.model import PassedDate, Schedule, Subject, next_dates, subject_of, turn
from tests.unit.examples import examples

T0 = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)  # a Monday, 9:00 in Amsterdam
HOUR, MIN = timedelta(hours=1), timedelta(minutes=1)


def schedule(text: str, now: datetime = T0) -> Schedule:
    when = read_when(text, now=now, zone="Europe/Amsterdam")
    assert isinstance(when, When), when
    one = Schedule("s1", "room-1", "standup", "C1", "U1", when, now)
    return model.planned(one, now)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """UTC, in an Amsterdam winter one hour behind the wall."""
    return datetime(2026, 11, 29, hour - 1, minute, tzinfo=UTC) + timedelta(days=day)


def test_a_date_is_armed_at_its_time_and_the_next_one_is_due() -> None:
    one = schedule("every weekday at 9:30 for 20m")
    assert one.due_at == one.wake_at == at(1, 9, 30)
    assert turn(one, at(1, 9, 29), HOUR) == (one, [])
    armed, told = turn(one, at(1, 9, 30), HOUR)
    assert told == []
    assert (armed.armed_for, armed.armed_until) == (at(1, 9, 30), at(1, 10, 30))
    assert (armed.due_at, armed.wake_at) == (at(2, 9, 30), at(1, 10, 30))
    assert next_dates(armed) == (at(1, 9, 30), at(2, 9, 30), at(3, 9, 30))
    assert model.started(armed).wake_at == at(2, 9, 30)


def test_a_date_that_ends_by_the_clock_waits_until_then() -> None:
    armed, _ = turn(schedule("at 9:30 until 9:50"), at(1, 9, 31), HOUR)
    assert armed.armed_until == at(1, 9, 50)
    over, told = turn(armed, at(1, 9, 50), HOUR)
    assert told == [PassedDate("nobody", at(1, 9, 30), at(1, 9, 50))]
    assert (over.state, over.wake_at, over.armed_for) == ("over", None, None)


def test_missed_by_downtime_it_is_armed_while_its_time_is_not_over_else_told() -> None:
    one = schedule("every weekday at 9:30 until 10:00")
    late, told = turn(one, at(1, 9, 55), HOUR)
    assert (late.armed_for, told) == (at(1, 9, 30), [])
    missed, told = turn(one, at(1, 10, 0), HOUR)
    assert (missed.armed_for, missed.due_at) == (None, at(2, 9, 30))
    assert told == [PassedDate("missed", at(1, 9, 30), at(1, 10, 0))]
    _, told = turn(one, at(4, 12), HOUR)
    assert told == [PassedDate("missed", at(4, 9, 30), at(4, 10, 0), count=4)]


def test_the_last_of_several_missed_dates_may_still_be_armed() -> None:
    one, told = turn(schedule("every day at 9:30"), at(3, 9, 45), HOUR)
    assert one.armed_for == at(3, 9, 30)
    assert told == [PassedDate("missed", at(2, 9, 30), at(2, 10, 30), count=2)]


def test_what_is_still_armed_when_the_next_date_comes_is_told_of() -> None:
    long = timedelta(days=3)
    armed, _ = turn(schedule("every day at 9:30"), at(1, 9, 30), long)
    again, told = turn(armed, at(2, 9, 30), long)
    assert again.armed_for == at(2, 9, 30)
    assert told == [PassedDate("nobody", at(1, 9, 30), at(2, 9, 30))]


def test_skip_pause_and_resume() -> None:
    one = schedule("every day at 9:30")
    assert model.skipped(one, at(1, 9, 30), T0).due_at == at(2, 9, 30)
    armed, _ = turn(one, at(1, 9, 30), HOUR)
    without = model.skipped(armed, at(1, 9, 30), T0)
    assert (without.armed_for, without.due_at) == (None, at(2, 9, 30))
    off = model.paused(armed, "asked")
    assert (off.wake_at, off.armed_for) == (None, None)
    assert turn(off, at(9, 9), HOUR) == (off, [])
    again = model.resumed(off, at(3, 12), "U2")
    assert (again.by, again.due_at, again.why) == ("U2", at(4, 9, 30), None)
    once = schedule("tomorrow 9:30")
    assert model.skipped(once, at(2, 9, 30), T0).state == "over"
    assert model.resumed(model.paused(once, "left"), at(5, 9), "U2").state == "over"


def test_a_date_ahead_is_skipped_and_taken_back_in() -> None:
    one = schedule("every day at 9:30")
    later = model.skipped(one, at(3, 9, 30), T0)
    assert later.due_at == at(1, 9, 30)
    assert next_dates(later) == (at(1, 9, 30), at(2, 9, 30), at(4, 9, 30))
    assert model.date_at(later, at(3, 9, 30)) is None
    assert model.date_at(later, at(4, 9, 30)) == at(4, 9, 30)
    second, _ = turn(later, at(2, 9, 30), HOUR)
    assert (second.armed_for, second.due_at) == (at(2, 9, 30), at(4, 9, 30))
    assert next_dates(model.unskipped(later, at(3, 9, 30)))[2] == at(3, 9, 30)
    first = model.skipped(later, at(1, 9, 30), T0)
    assert first.skips == {at(1, 9, 30), at(3, 9, 30)}
    assert model.unskipped(first, at(1, 9, 30)) == later
    assert model.skipped(first, at(6, 9, 30), at(3, 10)).skips == {at(6, 9, 30)}


def test_a_deletion_is_taken_back() -> None:
    one = schedule("every day at 9:30")
    gone = model.deleted(one, at(1, 8))
    assert (gone.state, gone.wake_at, gone.deleted_at) == ("over", None, at(1, 8))
    assert model.restored(gone, at(1, 9), HOUR) == one
    waits = model.restored(gone, at(1, 10), HOUR)
    assert (waits.armed_for, waits.due_at) == (at(1, 9, 30), at(2, 9, 30))
    assert model.restored(gone, at(1, 11), HOUR).armed_for is None
    off = model.paused(one, "asked")
    assert model.restored(model.deleted(off, at(1, 8)), at(1, 9), HOUR) == off
    once = model.deleted(schedule("tomorrow 9:30"), at(1, 8))
    assert model.restored(once, at(5, 9), HOUR).state == "over"


@pytest.mark.parametrize(
    ("text", "after_s", "until"),
    [
        ("at 9:30 for 20m", 1200, None),
        ("at 9:30 until 9:50", None, at(1, 9, 50)),
        ("at 9:30", None, None),
    ],
)
def test_for_counts_from_the_real_start_and_until_does_not(
    text: str, after_s: int | None, until: datetime | None
) -> None:
    end = model.end_set(schedule(text).when, at(1, 9, 30), at=at(1, 9, 45), by=None)
    found = (end.after_s, end.until) if end else (None, None)
    assert found == (after_s, until)


# Ends between 9:30 of a summer's day by the wall and 9:30 by the winter's offset.
INTO_SUMMER = [1, 1, 56, 155, 186, 211, 304, 423, 1607, 2101, 1, 2, 2133, 1, 12788, *[40000] * 4]


@given(st.lists(st.integers(1, 40_000), min_size=1, max_size=40))
@example(INTO_SUMMER)
@examples(150)
def test_every_date_is_armed_or_told_of_exactly_once(pauses: list[int]) -> None:
    """However often and however late anybody looks: none lost, none twice."""
    one = schedule("every day at 9:30 until 10:00")
    now, armed, told = T0, [], 0
    for minutes in pauses:
        now += minutes * MIN
        before = one
        one, news = turn(one, now, HOUR)
        told += sum(t.count for t in news)
        if one.armed_for and one.armed_for != before.armed_for:
            armed.append(one.armed_for)
            one = model.started(one)
    assert len(set(armed)) == len(armed)
    assert len(armed) + told == days_at_half_past_nine(now)


def days_at_half_past_nine(until: datetime) -> int:
    """How often the wall has shown that time since `T0`."""
    wall = until.astimezone(ZoneInfo("Europe/Amsterdam"))
    days = (wall.date() - date(2026, 11, 30)).days
    return days + (wall.time() >= time(9, 30))


def test_a_notice_knows_the_schedule_that_its_buttons_are_for() -> None:
    one = schedule("every day at 9:30")
    for subject in (
        Subject("moved", "s1"),
        Subject("deleted", "s1"),
        Subject("skipped", "s1", at(2, 9, 30)),
    ):
        assert subject_of(subject.identity("id")) == subject
    assert subject_of(one.paused_identity("room")) == Subject("paused", "s1")
    armed, _ = turn(one, at(1, 9, 30), HOUR)
    assert subject_of(armed.paused_identity("room")) == Subject("paused", "s1")
    for other in ("owner:id", f"nobody:{armed.request_id}", "rule-paused:room-1:s:left"):
        assert subject_of(other) is None
