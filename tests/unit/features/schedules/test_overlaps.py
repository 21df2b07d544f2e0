"""Two schedules of a room that cover the same time: where they meet, and which starts first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.when import When
from bot.core.when_grammar import read_when
from bot.features.schedules import model
from bot.features.schedules.model import Schedule
from bot.features.schedules.overlaps import Overlap, first_overlaps
from tests.unit.rows import each_row

T0 = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)


def schedule(text: str, name: str, zone: str = "UTC", made: datetime = T0) -> Schedule:
    when = read_when(text, now=T0, zone=zone)
    assert isinstance(when, When), when
    return model.planned(Schedule(name, "room-1", "standup", "C1", "U1", when, made), T0)


def overlap(one: str | Schedule, other: str | Schedule) -> Overlap | None:
    mine = schedule(one, "new", made=T0 + HOUR) if isinstance(one, str) else one
    theirs = schedule(other, "old") if isinstance(other, str) else other
    found = first_overlaps(mine, [theirs], HOUR)
    return found[0] if found else None


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 29, hour, minute, tzinfo=UTC) + timedelta(days=day)


@each_row(
    ("new", "old", "meets", "old_first"),
    [
        ("every weekday at 9:30 for 20m", "every weekday at 9:30 for 20m", at(1, 9, 30), True),
        ("every weekday at 9:30", "tomorrow at 9 for 1h", at(2, 9, 30), True),
        ("every weekday at 9:30 for 1h", "tomorrow at 10 until 11", at(2, 9, 30), False),
        ("at 9:30 until 10:00", "today at 9:00 until 9:30", None, None),
        ("at 9:30 until 10:00", "at 10:00", None, None),
        ("every tuesday at 9", "every wednesday at 9", None, None),
        ("at 9:00", "at 9:59", at(1, 9), False),
        ("at 9:00", "at 10:00", None, None),
        # Over midnight, and far ahead of the first date of the other.
        ("on 2027-03-06 at 00:30 for 30m", "every day at 23:00 for 2h", at(97, 0, 30), True),
        ("first monday of the month at 9", "every 2 weeks on mon at 9", at(127, 9), True),
    ],
)
def test_where_they_meet(new: str, old: str, meets: datetime | None, old_first: bool) -> None:
    found = overlap(new, old)
    assert (found and found.date) == meets
    if found:
        assert found.starts_first is old_first


def test_zones_are_compared_by_the_clock_of_the_world() -> None:
    berlin = schedule("every day at 9:00 for 30m", "new", "Europe/Berlin")
    assert overlap(berlin, "every day at 8:15 for 5m") is not None
    assert overlap(berlin, "every day at 9:15 for 5m") is None


def test_only_dates_ahead_of_active_schedules_of_the_room_count() -> None:
    one, other = schedule("at 9", "new"), schedule("at 9", "old")
    assert overlap(one, other)
    assert overlap(one, one) is None
    assert overlap(one, replace(other, room_id="room-2")) is None
    assert overlap(one, model.paused(other, "asked")) is None
    daily = schedule("every day at 9", "daily")
    assert overlap(one, daily)
    assert overlap(one, model.skipped(daily, at(1, 9), T0)) is None
    assert overlap(model.skipped(one, at(1, 9), T0), daily) is None
    armed, _ = model.turn(other, at(1, 9), HOUR)
    assert overlap(daily, armed)


def test_the_nearest_comes_first() -> None:
    one = schedule("every day at 9", "new")
    late, soon = schedule("on 2026-12-20 at 9", "late"), schedule("tomorrow at 9", "soon")
    found = first_overlaps(one, [late, soon], HOUR)
    assert [over.schedule.schedule_id for over in found] == ["soon", "late"]
