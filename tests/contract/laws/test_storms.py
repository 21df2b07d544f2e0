"""Slack and 100ms answer, refuse, stay silent and our process dies, in any pattern."""

from hypothesis import given

from tests.contract.laws.drill import Drill
from tests.contract.laws.judge import (
    assert_converged,
    assert_nothing_unwanted,
    assert_stopped,
    doubles,
)
from tests.contract.laws.script import Script
from tests.contract.laws.scripts import examples, storms


@given(storms("pause", "resume", "follow", "delete"))
@examples(13)
def test_any_storm_converges_to_one_card_one_summary_one_transcript_per_channel(
    script: Script,
) -> None:
    before = doubles()
    assert_converged(Drill(script).play(), before)


@given(storms("follow", "kick", "invite", "stop", "request", "elsewhere", "elsewhere stops"))
@examples(12)
def test_moving_channels_and_second_thoughts_converge_too(script: Script) -> None:
    before = doubles()
    assert_converged(Drill(script).play(), before)


@given(storms("stop", "request", "elsewhere", "elsewhere stops", "pause"))
@examples(13)
def test_no_meeting_is_recorded_that_nobody_asks_for_any_more(script: Script) -> None:
    assert_nothing_unwanted(Drill(script).play())


@given(storms("stop", "stop", "pause", "follow", ends=False))
@examples(13)
def test_a_stop_is_never_lost(script: Script) -> None:
    assert_stopped(Drill(script).play())
