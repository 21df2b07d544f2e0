"""Always on, never in a frenzy."""

from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from bot.core import facts as f
from bot.core.deliveries import Delivery, DeliveryState, Kind, Polled, Wanted, Work
from bot.core.derive import derive
from bot.core.plan import next_step
from bot.core.policy import Policy, transcript_expected_at
from bot.core.recording import ENDED
from bot.core.retry import Retry
from bot.core.steps import POLL, Done, Wait
from bot.engine.context import next_retry
from tests.integration.laws.drill import Drill
from tests.integration.laws.judge import steps
from tests.integration.laws.replies import ANY_BUT_DEATH, Reply
from tests.integration.laws.script import Act, Script
from tests.integration.laws.scripts import OPTIONS, examples, late
from tests.unit.some import any_facts, at, requested

POLICY = Policy()
STEPS_MOST = 30
PER_MINUTE = 120
"""Calls and writes of one recording: 72 at most in 120 storms, in the minute of its start."""


NEVER_BEGUN = [requested(), f.StopDue(at=at(0), why="time")]


@given(any_facts(), st.sampled_from([0, 60, 700, 4000, 100_000]))
@example(NEVER_BEGUN, 0)
@examples(30)
def test_next_step_always_makes_progress(facts: list[f.Fact], at_s: int) -> None:
    """From any facts, however senseless, with both sides answering: no step is taken in vain."""
    drill = Drill(Script(acts=(), lasts_s=at_s + 300.0))
    before = steps()
    drill.suppose(facts, at_s)
    assert steps() - before <= STEPS_MOST


@given(
    facts=any_facts(),
    now_s=st.integers(0, 200_000),
    ago_s=st.none() | st.integers(0, 4000),
    asks=st.integers(0, 50),
    failures=st.integers(0, 50),
    states=st.lists(st.sampled_from(DeliveryState), min_size=3, max_size=3),
    hold=st.integers(1, 360),
    held=st.sets(st.sampled_from(["Stop", "Start", "FetchTranscript", "PostCard:C1"])),
    webhooks=st.booleans(),
)
@examples(250)
def test_waits_are_bounded(
    facts: list[f.Fact],
    now_s: int,
    ago_s: int | None,
    asks: int,
    failures: int,
    states: list[DeliveryState],
    hold: int,
    held: set[str],
    webhooks: bool,
) -> None:
    """Nothing open is ever forgotten, nor left alone for longer than the transcript may take."""
    now = at(now_s)
    known = [fact for fact in facts if fact.at <= now]
    recording = derive("k", known)
    deliveries = tuple(
        Delivery(kind, "C1", state, posted_in="C1", ts="1", hash="h")
        for kind, state in zip((Kind.CARD, Kind.RESULTS, Kind.TRANSCRIPT), states, strict=True)
    )
    asked_at = None if ago_s is None else now - timedelta(seconds=ago_s)
    retries = {name: Retry(3, now + timedelta(seconds=hold)) for name in held}
    policy = Policy(webhooks=webhooks)
    if failures and asked_at:
        first, cap = policy.poll_failed, policy.poll_failed_cap
        retries[POLL] = next_retry(policy, asked_at, Retry(failures - 1), first=first, cap=cap)
    work = Work(deliveries, retries, Polled(asked_at, asks))
    step = next_step(recording, work, Wanted("h"), policy, now)
    if isinstance(step, Done):
        assert recording.phase in ENDED
        assert not recording.stop_pending or recording.hms_id is None or recording.phase in ENDED
    if isinstance(step, Wait):
        expected = transcript_expected_at(recording, policy) or now
        least = timedelta(minutes=11)  # how seldom a running recording is asked for
        assert step.until - now <= max(least, expected - now)


@given(
    st.lists(st.sampled_from(ANY_BUT_DEATH), min_size=1, max_size=6).map(tuple),
    late(),
    st.lists(st.sampled_from(["stop", "pause", "resume", "follow", "kick"]), max_size=3),
    st.sampled_from(OPTIONS),
)
@examples(12)
def test_it_never_spins(
    forever: tuple[Reply, ...],
    webhooks: tuple[tuple[float, ...], ...],
    clicks: list[str],
    options: object,
) -> None:
    """Whatever both sides do, and for however long, a minute sees so many calls and no more."""
    clicked = tuple(Act(20.0 + 0.5 * i, what) for i, what in enumerate(clicks))  # type: ignore[arg-type]
    script = Script(
        acts=(Act(0, "request"), *clicked, Act(20.2, "stop"), Act(600, "end")),
        options=options,  # type: ignore[arg-type]
        forever=forever,
        heals_at_s=float("inf"),
        webhooks=webhooks,
        lasts_s=1800.0,
        most_per_minute=PER_MINUTE,
    )
    Drill(script).play()


@given(st.integers(1, 5))
@examples(3)
def test_a_crash_loop_does_not_hammer_either(deaths: int) -> None:
    script = Script(slack=(Reply.DIES_AFTER,) * deaths, hms=(Reply.DIES_AFTER,) * deaths)
    drill = Drill(script).play()
    assert len(drill.hms.jobs) == 1
