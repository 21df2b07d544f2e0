"""A transcript that 100ms calls ready, and that nobody can read: tried first, given up at last."""

from datetime import datetime, timedelta

import pytest

from bot.core import facts as f
from bot.core import plan as p
from bot.core import steps as s
from bot.core.assets import Transcription
from bot.core.deliveries import Delivery, DeliveryState, Kind, Polled, Wanted, Work
from bot.core.derive import derive
from bot.core.policy import Policy, is_late
from bot.core.retry import Retry
from tests.unit.some import at, requested

POLICY = Policy()
DAY = 24 * 3600
FACTS: list[f.Fact] = [
    requested(),
    f.StartAccepted(at=at(2), hms_id="j"),
    f.RecordingUploaded(at=at(620), duration_s=594),
    f.TranscriptionReported(at=at(1000), outcome="success", txt_asset_id="a"),
]
CARD = Delivery(Kind.CARD, "C1", DeliveryState.SENT, posted_in="C1", ts="1.0", hash="h")
GIVE_UP = s.GiveUp(on_recording=False)


def step(now: datetime, attempts: int, *, more: tuple[f.Fact, ...] = ()) -> s.Step:
    tried = Retry(attempts, now - timedelta(seconds=1))
    retries = {s.retry_name(s.FetchTranscript()): tried} if attempts else {}
    work = Work(deliveries=(CARD,), retries=retries, polled=Polled(at(1001)))
    return p.next_step(derive("k", [*FACTS, *more]), work, Wanted(card="h"), POLICY, now)


@pytest.mark.parametrize(
    ("after_s", "attempts", "expected"),
    [
        (1, 0, s.FetchTranscript()),
        (DAY - 1, 300, s.FetchTranscript()),
        (DAY, 9, s.FetchTranscript()),
        (DAY, 10, GIVE_UP),
        (9 * DAY, 0, s.FetchTranscript()),  # told late, as by a replay: looked at all the same
    ],
)
def test_long_enough_and_often_enough(after_s: int, attempts: int, expected: s.Step) -> None:
    assert step(at(1000 + after_s), attempts) == expected


def test_it_is_late_ten_minutes_after_it_was_called_ready() -> None:
    recording = derive("k", FACTS)
    assert not is_late(recording, POLICY, at(1000 + 599))
    assert is_late(recording, POLICY, at(1000 + 600))


def test_then_the_results_come_without_it() -> None:
    gave_up = f.GaveUp(at=at(1000 + DAY), on="results")
    assert derive("k", [*FACTS, gave_up]).transcription is Transcription.GIVEN_UP
    assert step(at(1001 + DAY), 0, more=(gave_up,)) == s.PostSummary("C1")


def test_what_was_read_before_all_that_counts() -> None:
    read = f.ResultsChecked(at=at(1001), words=3, has_summary=False)
    gave_up = f.GaveUp(at=at(1000 + DAY), on="results")
    assert derive("k", [*FACTS, read, gave_up]).transcription is Transcription.READY
