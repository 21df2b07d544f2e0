"""Slack and 100ms answer, refuse, stay silent and our process dies, in any pattern."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.integration.laws.drill import Drill
from tests.integration.laws.judge import (
    assert_converged,
    assert_nothing_unwanted,
    assert_stopped,
    doubles,
    recordings,
)
from tests.integration.laws.replies import Reply
from tests.integration.laws.script import Act, Script
from tests.integration.laws.scripts import examples, storms

MOVES = (
    *("follow", "kick", "invite", "invite unheard", "stop", "request"),
    *("elsewhere", "elsewhere stops"),
)


@given(storms("pause", "resume", "follow", "delete"))
@examples(13)
def test_any_storm_converges_to_one_card_one_summary_one_transcript_per_channel(
    script: Script,
) -> None:
    before = doubles()
    assert_converged(Drill(script).play(), before)


@given(storms(*MOVES))
@examples(12)
def test_moving_channels_and_second_thoughts_converge_too(script: Script) -> None:
    before = doubles()
    assert_converged(Drill(script).play(), before)


def test_an_invitation_that_overtakes_the_refusal_is_not_lost() -> None:
    """Slack says `not_in_channel`, the bot is invited, and only then is the refusal noted."""
    moves = (Act(100, "kick"), Act(100, "pause"), Act(103, "invite"))
    script = Script((Act(0, "request"), *moves, Act(600, "end")), no_takes_s=5.0)
    before = doubles()
    assert_converged(Drill(script).play(), before)


@pytest.mark.parametrize("back_at_s", [130, 900, 20 * 3600])
def test_nobody_need_tell_us_that_we_are_back(back_at_s: float) -> None:
    """While it runs, after its end, and much later: the event of the invitation gets lost."""
    moves = (Act(100, "kick"), Act(100, "pause"), Act(back_at_s, "invite unheard"))
    script = Script((Act(0, "request"), *moves, Act(600, "end")))
    before = doubles()
    assert_converged(Drill(script).play(), before)


@pytest.mark.parametrize("reply", [Reply.DIES_AFTER, Reply.DONE_THEN_FAILED])
def test_a_start_whose_answer_is_lost_is_known_again_as_ours(reply: Reply) -> None:
    before = doubles()
    drill = Drill(Script(hms=(reply,))).play()
    assert_converged(drill, before)
    assert len(drill.hms.jobs) == 1


def test_what_was_recorded_before_anybody_asked_is_never_taken_for_ours() -> None:
    """The answer to our start is lost, and all that 100ms lists is an older one of somebody's."""
    older = (Act(0, "elsewhere"), Act(60, "elsewhere stops"))
    before = doubles()
    drill = Drill(Script((*older, Act(300, "request"), Act(900, "end")), hms=(Reply.FAILED,)))
    assert_converged(drill.play(), before)
    (one,) = recordings(drill)
    assert drill.hms.jobs[one.recording.hms_id or ""].ours


def test_what_slack_turned_away_is_no_possible_double() -> None:
    before = doubles()
    assert_converged(Drill(Script(slack=(Reply.TURNED_AWAY,) * 8)).play(), before)
    assert doubles() == before


@given(st.integers(0, 70))
@examples(25)
def test_a_database_gone_for_longer_than_a_lease_makes_no_doubles(after: int) -> None:
    """Whoever waited for it notes what he did before his own process takes it up again."""
    gone = (Reply.OK,) * after + (Reply.FAILED,) * 250
    before = doubles()
    # Each look at the database is one of those replies: with few looks it would be gone for days.
    drill = Drill(Script(database=gone, looks_every_s=60.0)).play()
    assert drill.slack.most_at_once == 1
    assert_converged(drill, before)
    assert doubles() == before


@pytest.mark.parametrize("reply", [Reply.DIES_AFTER, Reply.DONE_THEN_SILENT])
def test_a_private_answer_is_announced_and_counted_like_any_post(reply: Reply) -> None:
    """The channel is closed, the response_url fails: the person is told directly, and the answer
    to that gets lost."""
    away = Reply.TURNED_AWAY
    script = Script(
        (Act(0, "kick"), Act(1, "request")),
        # place, card, may they start again, response_url, ephemeral, direct
        slack=(*[Reply.OK] * 3, away, away, reply),
    )
    before = doubles()
    drill = Drill(script).play()
    told = [m for m in drill.slack.messages if m.channel == "DU1"]
    assert len(told) == 2
    assert doubles() - before == 1


@given(storms("stop", "request", "elsewhere", "elsewhere stops", "pause"))
@examples(13)
def test_no_meeting_is_recorded_that_nobody_asks_for_any_more(script: Script) -> None:
    assert_nothing_unwanted(Drill(script).play())


@given(storms("stop", "pause", "follow", ends=False, stops=True))
@examples(25)
def test_a_stop_is_never_lost(script: Script) -> None:
    assert_stopped(Drill(script).play())
