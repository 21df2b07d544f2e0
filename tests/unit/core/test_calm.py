"""Which recordings a list of 100ms may poll, and what it changes for them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import facts as f
from bot.core.calm import Calm, after_list, calm_of
from bot.core.deliveries import Delivery, DeliveryState, Kind, Polled, Wanted, Work
from bot.core.derive import derive
from bot.core.note import Loaded
from bot.core.plan import next_step
from bot.core.policy import Policy
from bot.core.retry import Retry
from bot.core.steps import POLL, Wait
from tests.unit.some import any_facts, at, requested

POLICY = Policy()
WANTED = Wanted(card="h")
SEEN = f.Observed(at=at(10), status="running", session_id="s")
RUNNING: list[f.Fact] = [
    f.StartAttempted(at=at(1)),
    f.StartAccepted(at=at(2), hms_id="j"),
    f.BeamStarted(at=at(6)),
    SEEN,
]
CARD = Delivery(Kind.CARD, "C1", DeliveryState.SENT, posted_in="C1", ts="1.0", hash="h")
NOW = at(100)


def _loaded(*more: f.Fact, work: Work | None = None) -> Loaded:
    recording = derive("k", [requested(), *RUNNING, *more])
    return Loaded(recording, work or Work((CARD,), polled=Polled(NOW, 3)), {}, wakes=7)


def _calm(state: Loaded) -> Calm | None:
    step = next_step(state.recording, state.work, WANTED, POLICY, NOW)
    assert isinstance(step, Wait)
    return calm_of(state, WANTED, POLICY, NOW, step.until)


def test_a_running_recording_without_anything_to_do_is_calm() -> None:
    calm = _calm(_loaded())
    assert calm
    assert (calm.key, calm.hms_id, calm.wakes) == ("k", "j", 7)
    assert calm.known == {SEEN.identity}
    assert calm.due_at == NOW + calm.interval
    assert calm.until == NOW + POLICY.look_every


def test_its_end_is_waited_for_and_no_longer() -> None:
    calm = _calm(_loaded(f.EndSet(at=at(50), by="U1", until=at(3000))))
    assert calm
    assert calm.until == at(3000) - POLICY.end_soon


@pytest.mark.parametrize(
    ("more", "work"),
    [
        ([f.BeamStopped(at=at(90), reason="room ended", duration_s=80)], Work((CARD,))),
        ([], Work((CARD,))),  # not polled yet
        ([], Work((CARD,), {POLL: Retry(1, at(200))}, Polled(NOW))),
        ([], Work((CARD,), {"Tell:C1": Retry(1, at(200))}, Polled(NOW))),
    ],
)
def test_others_are_polled_by_themselves(more: list[f.Fact], work: Work) -> None:
    assert calm_of(_loaded(*more, work=work), WANTED, POLICY, NOW, at(200)) is None


def test_a_list_without_news_is_a_poll() -> None:
    calm = _calm(_loaded())
    assert calm
    later = after_list(calm, {SEEN.identity}, at(500))
    assert later == replace(calm, polled=Polled(at(500), 4), due_at=at(500) + calm.interval)
    last = after_list(calm, {SEEN.identity}, calm.until - timedelta(seconds=1))
    assert last
    assert last.due_at == calm.until


@pytest.mark.parametrize(
    ("said", "at_s"),
    [
        ([], 500),  # a status that we do not know
        ([f.Observed(at=at(500), status="stopping", session_id="s")], 500),
        ([SEEN, f.Observed(at=at(500), status="running", session_id="other")], 500),
        ([SEEN], 100),  # no later than its last poll
        ([SEEN], -500),  # the clock was set back
    ],
)
def test_a_list_with_news_or_of_no_use_changes_nothing(said: list[f.Fact], at_s: int) -> None:
    calm = _calm(_loaded())
    assert calm
    assert after_list(calm, [fact.identity for fact in said], at(at_s)) is None


@given(
    facts=any_facts(),
    now_s=st.integers(100, 4000),
    ago_s=st.integers(0, 600),
    listed_s=st.integers(1, 4000),
    then=st.floats(0, 1),
    states=st.lists(st.sampled_from(DeliveryState), min_size=3, max_size=3),
    put_off_s=st.integers(1, 4000),
)
def test_nothing_is_due_before_the_time_that_a_list_sets(
    facts: list[f.Fact],
    now_s: int,
    ago_s: int,
    listed_s: int,
    then: float,
    states: list[DeliveryState],
    put_off_s: int,
) -> None:
    """As if it had been polled by itself when the list was made, and asked again at any time."""
    now = at(now_s)
    known = [fact for fact in [requested(), *RUNNING, *facts] if fact.at <= now]
    held = Retry(1, at(now_s + put_off_s))
    kinds = (Kind.CARD, Kind.ROOM, Kind.OUTCOME)
    deliveries = tuple(
        Delivery(kind, "C1", state, posted_in="C1", ts="1", hash="h", retry=held)
        for kind, state in zip(kinds, states, strict=True)
    )
    work = Work(deliveries, polled=Polled(now - timedelta(seconds=ago_s), 1))
    state = Loaded(derive("k", known), work, {})
    step = next_step(state.recording, work, WANTED, POLICY, now)
    if not isinstance(step, Wait):
        return
    calm = calm_of(state, WANTED, POLICY, now, step.until)
    listed_at = at(now_s + listed_s)
    if calm is None or listed_at > calm.due_at:
        return
    later = after_list(calm, calm.known, listed_at)
    if later is None:
        return
    work = replace(work, polled=later.polled)
    moment = listed_at + then * (later.due_at - listed_at)
    if moment < later.due_at:
        step = next_step(state.recording, work, WANTED, POLICY, moment)
        assert isinstance(step, Wait)
        assert step.until >= min(later.due_at, calm.until)
