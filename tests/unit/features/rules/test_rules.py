"""What follows from a look at a room with a rule. Pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.features.rules import model as rules_model
from bot.features.rules.model import Observation, Rule, judge

T0 = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)  # a Monday, 9:00 in Amsterdam
HOUR, MIN = timedelta(hours=1), timedelta(minutes=1)
EMPTY_FOR = timedelta(seconds=60)


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
    assert waits.rule.look_at == T0 + rules_model.SOON
    assert judge(waits.rule, Observation("s2", people=1), T0, EMPTY_FOR).start_part == 1


def test_it_waits_for_enough_people() -> None:
    rule = replace(RULE, least_people=2)
    one = judge(rule, Observation("s1", people=1), T0, EMPTY_FOR)
    assert (one.start_part, one.rule.session_id) == (0, None)
    assert judge(one.rule, Observation("s1", people=2), T0, EMPTY_FOR).start_part == 1


def test_after_the_longest_duration_there_is_one_more_part() -> None:
    rule = replace(RULE, session_id="s1", parts=1)
    ended = Observation("s1", people=2, last_reason=rules_model.MAX_DURATION)
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
