"""Whatever numbers and times 100ms tells: nothing overflows, and nobody waits for years."""

import json
from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from bot.core import facts as f
from bot.core import plan as p
from bot.core.deliveries import Delivery, DeliveryState, Kind, Polled, Wanted, Work
from bot.core.derive import derive
from bot.core.policy import Policy, is_late, transcript_expected_at
from bot.core.steps import Wait
from bot.features.card.views import recording_card
from bot.hms.models import HmsRecording, facts_of_recording
from bot.hms.webhook import fact_of, parse
from tests.unit.some import at, requested

POLICY = Policy()
LONGEST = timedelta(days=10)  # a fifth of a month, and what is added to it
CARD = Delivery(Kind.CARD, "C1", DeliveryState.SENT, posted_in="C1", ts="1.0", hash="h")
TOLD = at(900)
AGES = ("9999-12-31T23:59:59Z", "2999-01-01T00:00:00Z", "2000-01-01T00:00:00Z", "never", "")
times = st.sampled_from(AGES) | st.datetimes().map(lambda t: f"{t.isoformat()}Z")
numbers = st.sampled_from([1e300, 1e12, 10**400, -1, "1e308", None]) | st.floats(
    allow_nan=False, allow_infinity=False
)


def looked_at(*told: f.Fact) -> None:
    log = [requested(), f.StartAccepted(at=at(2), hms_id="j"), *told]
    recording = derive("k", log)
    work = Work(deliveries=(CARD,), polled=Polled(TOLD))
    step = p.next_step(recording, work, Wanted(card="h"), POLICY, TOLD)
    if isinstance(step, Wait):
        assert step.until - TOLD < LONGEST
    recording_card(
        recording,
        late=is_late(recording, POLICY, TOLD),
        transcript_expected_at=transcript_expected_at(recording, POLICY),
        permalink_of_pointer=None,
        bot="record",
    )


@given(numbers, times, times, st.sampled_from(["beam.recording.success", "beam.stopped.success"]))
@example(1e300, "", "", "beam.recording.success")
@example(1e12, "", "", "beam.recording.success")
@example(60, "", "9999-12-31T23:59:59Z", "beam.recording.success")
@example(60, "", "2999-01-01T00:00:00Z", "beam.recording.success")
def test_a_webhook_of_any_numbers(
    duration: object, started_at: str, stopped_at: str, type_: str
) -> None:
    data = {"duration": duration, "started_at": started_at, "stopped_at": stopped_at}
    fact = fact_of(parse(json.dumps({"type": type_, "data": data}).encode()), at(600))
    assert fact is not None
    begun = f.TranscriptionReported(at=at(700), outcome="started", txt_asset_id="a")
    looked_at(fact, begun)


@given(numbers, times, times, st.sampled_from(["running", "stopping", "completed", "failed"]))
@example(60, "", "9999-12-31T23:59:59Z", "stopping")
@example(60, "", "2999-01-01T00:00:00Z", "completed")
def test_an_answer_of_any_numbers(
    duration: object, started_at: str, stopped_at: str, status: str
) -> None:
    video = {"id": "v", "type": "room-composite", "status": "completed", "duration": duration}
    text = {"id": "t", "type": "transcript", "status": "processing", "duration": duration}
    answer = {
        "id": "j",
        "status": status,
        "started_at": started_at,
        "stopped_at": stopped_at,
        "recording_assets": [video, text],
    }
    looked_at(*facts_of_recording(HmsRecording.model_validate(answer), at(600)))
