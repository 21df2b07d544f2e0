"""What comes next of a schedule, and what follows from a look at a room with a rule. Pure."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.when import When
from bot.core.when_grammar import read_when
from bot.features.schedules import model
from bot.features.schedules.model import (
    Observation,
    PassedDate,
    Rule,
    Schedule,
    Subject,
    judge,
    next_dates,
    subject_of,
    turn,
)
from tests.unit.examples import examples

T0 = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)  # a Monday, 9:00 in Amsterdam
HOUR, MIN = timedelta(hours=1), timedelta(minutes=1)
EMPTY_FOR = timedelta(seconds=60)


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


# ---- rules -----------------------------------------------------------------------------------

RULE = Rule("room-1", "standup", "C1", "U1", T0)


def test_one_start_per_session_and_a_stop_by_hand_holds() -> None:
    first = judge(RULE, Observation("s1", people=1), T0, EMPTY_FOR)
    assert first.start_part == 1
    recorded = judge(first.rule, Observation("s1", 1, recording="k", running=True), T0, EMPTY_FOR)
    stopped = judge(recorded.rule, Observation("s1", people=3), T0, EMPTY_FOR)
    assert (stopped.start_part, stopped.stop) == (0, False)
    assert judge(stopped.rule, Observation("s2", people=1), T0, EMPTY_FOR).start_part == 1


def test_what_was_started_by_hand_counts_for_the_session() -> None:
    by_hand = judge(RULE, Observation("s1", 1, recording="k", running=True), T0, EMPTY_FOR)
    assert by_hand.start_part == 0
    assert judge(by_hand.rule, Observation("s1", people=2), T0, EMPTY_FOR).start_part == 0


def test_a_recording_of_an_earlier_session_does_not_count_for_this_one() -> None:
    """Its end is not known yet, as when the webhook is lost."""
    rule = replace(RULE, session_id="s1", parts=1)
    ending = Observation("s2", people=1, recording="k", running=True, earlier=True)
    waits = judge(rule, ending, T0, EMPTY_FOR)
    assert (waits.start_part, waits.rule.session_id) == (0, "s1")
    assert waits.rule.look_at == T0 + model.SOON
    assert judge(waits.rule, Observation("s2", people=1), T0, EMPTY_FOR).start_part == 1


def test_it_waits_for_enough_people() -> None:
    rule = replace(RULE, least_people=2)
    one = judge(rule, Observation("s1", people=1), T0, EMPTY_FOR)
    assert (one.start_part, one.rule.session_id) == (0, None)
    assert judge(one.rule, Observation("s1", people=2), T0, EMPTY_FOR).start_part == 1


def test_after_the_longest_duration_there_is_one_more_part() -> None:
    rule = replace(RULE, session_id="s1", parts=1)
    ended = Observation("s1", people=2, last_reason=model.MAX_DURATION)
    second = judge(rule, ended, T0, EMPTY_FOR)
    assert second.start_part == 2
    assert rule.request_id("s1", 2) == "rule:room-1:s1:2"
    assert judge(second.rule, ended, T0, EMPTY_FOR).start_part == 0
    assert judge(rule, replace(ended, last_reason="client request"), T0, EMPTY_FOR).start_part == 0
    assert judge(rule, replace(ended, people=0), T0, EMPTY_FOR).start_part == 0


def test_who_comes_back_after_all_had_left_is_recorded_again() -> None:
    """100ms keeps the session open for a while."""
    rule = replace(RULE, session_id="s1", parts=1)
    back = Observation("s1", people=1, last_reason="client request", all_had_left=True)
    second = judge(rule, back, T0, EMPTY_FOR)
    assert (second.start_part, second.rule.parts) == (2, 2)
    third = judge(second.rule, back, T0, EMPTY_FOR)
    assert third.start_part == 3
    assert judge(rule, replace(back, people=0), T0, EMPTY_FOR).start_part == 0
    assert judge(replace(rule, every_session=False), back, T0, EMPTY_FOR).start_part == 0


def test_two_looks_that_find_nobody_stop_it() -> None:
    runs = Observation("s1", people=0, recording="k", running=True)
    rule = replace(RULE, session_id="s1", seen_in="k")
    first = judge(rule, runs, T0, EMPTY_FOR)
    assert (first.stop, first.rule.look_at) == (False, T0 + EMPTY_FOR)
    early = judge(first.rule, runs, T0 + EMPTY_FOR / 2, EMPTY_FOR)
    assert (early.stop, early.rule.look_at) == (False, T0 + EMPTY_FOR)
    assert judge(first.rule, runs, T0 + EMPTY_FOR, EMPTY_FOR).stop
    back = judge(first.rule, replace(runs, people=1), T0 + EMPTY_FOR, EMPTY_FOR)
    assert (back.stop, back.rule.empty_since) == (False, None)


def test_a_clock_that_is_set_back_begins_the_two_looks_anew() -> None:
    runs = Observation("s1", people=0, recording="k", running=True, came=True)
    ahead = replace(RULE, session_id="s1", empty_since=T0 + HOUR)
    again = judge(ahead, runs, T0, EMPTY_FOR)
    assert (again.stop, again.rule.look_at) == (False, T0 + EMPTY_FOR)
    assert judge(again.rule, runs, T0 + EMPTY_FOR, EMPTY_FOR).stop


def test_nobody_has_left_where_nobody_was_seen() -> None:
    """A recording that was started early, by hand, waits for the people."""
    runs = Observation(None, people=0, recording="k", running=True)
    rule = replace(RULE, seen_in="of an earlier one", empty_since=T0 - HOUR)
    assert not judge(rule, runs, T0, EMPTY_FOR).stop
    assert judge(replace(rule, seen_in="k"), runs, T0, EMPTY_FOR).stop
    assert judge(rule, replace(runs, came=True), T0, EMPTY_FOR).stop


def test_what_a_rule_does_not_say_is_not_done() -> None:
    only_stops = replace(RULE, every_session=False)
    assert judge(only_stops, Observation("s1", people=1), T0, EMPTY_FOR).start_part == 0
    only_starts = replace(RULE, until_empty=False, seen_in="k", empty_since=T0 - HOUR)
    assert not judge(
        only_starts, Observation(None, 0, recording="k", running=True), T0, EMPTY_FOR
    ).stop
    off = replace(RULE, state="paused")
    assert judge(off, Observation("s1", people=1), T0, EMPTY_FOR).start_part == 0
