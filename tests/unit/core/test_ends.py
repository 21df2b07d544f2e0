"""Recordings that stop by themselves: when, what is said before, and what is done."""

from datetime import timedelta

from bot.core import facts as f
from bot.core.deliveries import Delivery, DeliveryState, Kind, Wanted, Work
from bot.core.derive import derive
from bot.core.plan import next_step, plan
from bot.core.policy import Policy, start_by
from bot.core.recording import Phase, Recording
from bot.core.steps import SayItEnds, Stop, end_name
from tests.unit.some import T0, at, derive_of

POLICY = Policy()
CARD = Delivery(Kind.CARD, "C1", DeliveryState.SENT, posted_in="C1", ts="1.0", hash="h")
RUNS: list[f.Fact] = [
    f.StartAccepted(at=at(1), hms_id="h"),
    f.Observed(at=at(10), status="running", started_at=at(10)),
]


def told(*facts: f.Fact) -> Recording:
    return derive_of("C1", *RUNS, *facts)


def step(recording: Recording, seconds: float, *deliveries: Delivery) -> object:
    work = Work(deliveries=(CARD, *deliveries))
    return next_step(recording, work, Wanted("h"), POLICY, at(seconds))


def test_a_length_counts_from_the_real_start() -> None:
    assert told(f.EndSet(at=at(0), after_s=1800)).ends_at == at(1810)
    early = derive_of("C1", f.EndSet(at=at(0), after_s=1800))
    assert (early.ends_at, early.end is not None) == (None, True)


def test_the_last_end_counts_and_may_be_none() -> None:
    first = f.EndSet(at=at(0), after_s=1800)
    later = f.EndSet(at=at(60), by="U2", until=at(2700))
    assert told(first, later).ends_at == at(2700)
    assert told(later, first).ends_at == at(2700)
    assert told(first, later, f.EndSet(at=at(90), by="U2")).ends_at is None


def test_it_is_stopped_at_its_end_and_says_why() -> None:
    recording = told(f.EndSet(at=at(0), until=at(600)))
    assert not isinstance(step(recording, 599), Stop)
    assert isinstance(step(recording, 600), Stop)
    assert isinstance(step(recording, 90_000), Stop)  # however late the bot is back
    over = told(
        f.EndSet(at=at(0), until=at(600)),
        f.StopDue(at=at(601), why="time"),
        f.StopSent(at=at(601)),
    )
    assert (over.phase, over.stop_pending) == (Phase.STOPPING, False)


def test_a_moved_end_is_the_end_even_if_a_stop_is_tried_again() -> None:
    recording = told(f.EndSet(at=at(0), until=at(600)), f.EndSet(at=at(605), by="U1"))
    assert not isinstance(step(recording, 610), Stop)


def test_everybody_left_is_a_stop_until_100ms_has_taken_it() -> None:
    empty = told(f.StopDue(at=at(300), why="empty"))
    assert empty.stop_pending
    assert isinstance(step(empty, 301), Stop)
    assert not told(f.StopDue(at=at(300), why="empty"), f.StopSent(at=at(302))).stop_pending


def test_it_is_said_two_minutes_before_once_for_each_end() -> None:
    recording = told(f.EndSet(at=at(0), until=at(1800)))
    said = Delivery(Kind.ENDING, end_name(at(1800)), DeliveryState.SENT, posted_in="C1", ts="2.0")
    assert not isinstance(step(recording, 1679), SayItEnds)
    assert step(recording, 1680) == SayItEnds(end_name(at(1800)))
    assert not isinstance(step(recording, 1700, said), SayItEnds)
    moved = told(f.EndSet(at=at(0), until=at(1800)), f.EndSet(at=at(1700), until=at(2700)))
    assert step(moved, 2600, said) == SayItEnds(end_name(at(2700)))


def test_a_short_recording_is_not_warned_of() -> None:
    recording = told(f.EndSet(at=at(0), after_s=200))
    due = plan(recording, Work(deliveries=(CARD,)), Wanted("h"), POLICY, at(100))
    assert not [d for d in due if isinstance(d.step, SayItEnds)]


def test_what_the_clock_starts_may_start_late_but_not_after_its_end() -> None:
    by_hand = derive_of("C1")
    assert start_by(by_hand, POLICY) == T0 + POLICY.start_within
    first = by_hand.log[0]
    assert isinstance(first, f.StartRequested)
    by_clock = first.model_copy(update={"via": "schedule"})
    ends = f.EndSet(at=T0, until=at(900))
    assert start_by(derive("k", [by_clock]), POLICY) == T0 + timedelta(minutes=60)
    assert start_by(derive("k", [by_clock, ends]), POLICY) == at(900)
    assert start_by(derive_of("C1", f.EndSet(at=T0, until=at(30))), POLICY) == at(30)
