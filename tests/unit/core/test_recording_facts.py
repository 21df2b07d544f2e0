"""What a recording's facts say by themselves."""

from datetime import timedelta

import pytest

from bot.core import facts as f
from bot.core.derive import derive
from bot.core.forgetting import KEPT_AT_100MS, is_past_keeping
from tests.unit.some import at, requested

BY_A_PERSON = f.StopRequested(at=at(30), by="U2")
BY_THE_TIME = f.StopDue(at=at(60), why="time")


@pytest.mark.parametrize(
    ("stops", "by"),
    [
        ([], None),
        ([BY_A_PERSON], "U2"),
        ([BY_A_PERSON, BY_THE_TIME], None),
        ([f.StopDue(at=at(20), why="empty"), BY_A_PERSON], "U2"),
    ],
)
def test_the_last_request_to_stop_says_who_stopped_it(stops: list[f.Fact], by: str | None) -> None:
    assert derive("k", [requested(), *stops]).stopped_by == by


@pytest.mark.parametrize(("late", "past"), [(-1, False), (0, True), (1, True)])
def test_files_are_kept_for_a_time_after_the_end(late: int, past: bool) -> None:
    recording = derive("k", [requested()])
    now = recording.requested_at + KEPT_AT_100MS + timedelta(seconds=late)
    assert is_past_keeping(recording, now) is past


@pytest.mark.parametrize(
    ("cause", "status", "held"),
    [
        ("limited", None, True),
        ("limited", 429, False),
        ("network", None, False),
        ("error", None, False),
    ],
)
def test_a_call_that_was_not_made_is_held_back(
    cause: f.Cause, status: int | None, held: bool
) -> None:
    failed = f.CallFailed(at=at(1), call="start", cause=cause, status=status)
    assert failed.is_held_back is held
