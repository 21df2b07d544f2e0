"""`derive` reads a set: whatever the order and the repetition, the same recording."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import facts as f
from bot.core.assets import Transcription
from bot.core.derive import NoBeginning, derive
from bot.core.options import RecordingOptions
from bot.core.recording import FailureReason, Phase
from tests.unit.some import T0, any_facts, at, discovered, requested


def test_without_a_request_there_is_no_recording() -> None:
    with pytest.raises(NoBeginning):
        derive("k", [f.StopSent(at=T0)])


PHASES: list[tuple[str, list[f.Fact], Phase, FailureReason | None]] = [
    ("asked for", [], Phase.REQUESTED, None),
    ("attempted", [f.StartAttempted(at=at(1))], Phase.REQUESTED, None),
    ("accepted", [f.StartAccepted(at=at(2), hms_id="j")], Phase.STARTING, None),
    (
        "refused",
        [f.StartAttempted(at=at(1)), f.StartRefused(at=at(2), status=403, message="no")],
        Phase.NOT_STARTED,
        FailureReason.REFUSED,
    ),
    (
        "stopped before",
        [f.StopRequested(at=at(1), by="U2")],
        Phase.NOT_STARTED,
        FailureReason.CANCELLED,
    ),
    (
        "no place to post",
        [f.CannotPost(at=at(1), channel_id="C1", error="not_in_channel")],
        Phase.NOT_STARTED,
        FailureReason.CANNOT_POST,
    ),
    (
        "no place to post, but started already",
        [
            f.StartAttempted(at=at(1)),
            f.CannotPost(at=at(2), channel_id="C1", error="not_in_channel"),
        ],
        Phase.REQUESTED,
        None,
    ),
    (
        "a follower's channel is closed",
        [f.CannotPost(at=at(1), channel_id="C9", error="is_archived")],
        Phase.REQUESTED,
        None,
    ),
    ("too late", [f.StartExpired(at=at(200))], Phase.NOT_STARTED, FailureReason.EXPIRED),
    ("pointer", [f.PointsTo(at=at(2), key="other")], Phase.POINTER, None),
]

RUNNING: list[f.Fact] = [
    f.StartAccepted(at=at(2), hms_id="j"),
    f.BeamStarted(at=at(6), session_id="s"),
]
AT_100MS: list[tuple[str, list[f.Fact], Phase, FailureReason | None]] = [
    ("running", [], Phase.RUNNING, None),
    ("paused", [f.PauseSent(at=at(9), asked_at=at(8), pause=True)], Phase.PAUSED, None),
    (
        "paused, and 100ms says running as it does",
        [
            f.PauseSent(at=at(9), asked_at=at(8), pause=True),
            f.Observed(at=at(20), status="running"),
        ],
        Phase.PAUSED,
        None,
    ),
    (
        "resumed",
        [
            f.PauseSent(at=at(9), asked_at=at(8), pause=True),
            f.PauseSent(at=at(12), asked_at=at(11), pause=False),
        ],
        Phase.RUNNING,
        None,
    ),
    ("stop sent", [f.StopSent(at=at(30))], Phase.STOPPING, None),
    ("stopped", [f.BeamStopped(at=at(31), reason="client request")], Phase.PROCESSING, None),
    (
        "transcript first",
        [f.TranscriptionReported(at=at(9), outcome="success")],
        Phase.PROCESSING,
        None,
    ),
    ("uploaded, stop never heard", [f.RecordingUploaded(at=at(40))], Phase.COMPLETED, None),
    (
        "failed",
        [f.BeamFailed(at=at(9), error_type="MAX_RETRIES_REACHED")],
        Phase.FAILED,
        FailureReason.MAX_RETRIES_REACHED,
    ),
    (
        "failed newly",
        [f.BeamFailed(at=at(9), error_type="NEW_KIND")],
        Phase.FAILED,
        FailureReason.UNKNOWN,
    ),
    (
        "failed, in our words",
        [f.BeamFailed(at=at(9), error_type="PARKED")],
        Phase.FAILED,
        FailureReason.UNKNOWN,
    ),
    (
        "stopped by a failure",
        [f.BeamStopped(at=at(9), reason="failure: INTERNAL_ERROR")],
        Phase.FAILED,
        FailureReason.INTERNAL_ERROR,
    ),
    (
        "failed by asking, reason by webhook",
        [
            f.Observed(at=at(9), status="failed"),
            f.BeamStopped(at=at(9), reason="failure: UPLOAD_ERROR"),
        ],
        Phase.FAILED,
        FailureReason.UPLOAD_ERROR,
    ),
    (
        "a failure is told, but the file is there",
        [f.BeamFailed(at=at(9), error_type="INTERNAL_ERROR"), f.RecordingUploaded(at=at(40))],
        Phase.COMPLETED,
        None,
    ),
    ("gone at 100ms", [f.Vanished(at=at(99), status=404)], Phase.FAILED, FailureReason.VANISHED),
    ("given up", [f.GaveUp(at=at(99), on="recording")], Phase.FAILED, FailureReason.GIVEN_UP),
]


@pytest.mark.parametrize(
    ("more", "phase", "why"),
    [pytest.param(m, p, w, id=n) for n, m, p, w in PHASES]
    + [pytest.param([*RUNNING, *m], p, w, id=n) for n, m, p, w in AT_100MS],
)
def test_phase(more: list[f.Fact], phase: Phase, why: FailureReason | None) -> None:
    recording = derive("k", [requested(), *more])
    assert recording.phase is phase
    assert (recording.problem.why if recording.problem else None) is why


@given(facts=any_facts(), seed=st.integers())
def test_order_and_repetition_cannot_matter(facts: list[f.Fact], seed: int) -> None:
    shuffled = facts * 2
    random.Random(seed).shuffle(shuffled)
    assert derive("k", shuffled) == derive("k", facts)


@given(facts=any_facts())
def test_facts_survive_storage(facts: list[f.Fact]) -> None:
    stored = [f.FACT.dump_json(fact) for fact in facts]
    assert [f.FACT.validate_json(s) for s in stored] == facts


@given(facts=any_facts(), later=st.timedeltas(timedelta(seconds=1), timedelta(days=1)))
def test_hearing_everything_again_later_changes_nothing_but_repeated_wishes(
    facts: list[f.Fact], later: timedelta
) -> None:
    told = [x for x in facts if not type(x).each_time_counts and x.kind != "requested"]
    again = [x.model_copy(update={"at": x.at + later}) for x in told]
    assert derive("k", [*facts, *again]) == derive("k", facts)


def test_identity_ignores_when_it_was_heard_except_for_wishes() -> None:
    one = f.BeamStopped(at=at(1), reason="room ended")
    assert one.identity == one.model_copy(update={"at": at(5)}).identity
    stop = f.StopRequested(at=at(1), by="U1")
    assert stop.identity != stop.model_copy(update={"at": at(5)}).identity


def test_the_last_pause_wins_and_only_if_it_is_not_settled() -> None:
    pause = f.PauseRequested(at=at(8), by="U1", pause=True)
    resume = f.PauseRequested(at=at(9), by="U1", pause=False)
    asked = derive("k", [requested(), *RUNNING, pause, resume])
    assert asked.pause_pending == resume
    dropped = f.PauseDropped(at=at(30), asked_at=at(9), pause=False, why="late")
    assert derive("k", [requested(), *RUNNING, pause, resume, dropped]).pause_pending is None


def test_a_second_stop_is_pending_again() -> None:
    facts: list[f.Fact] = [requested(), *RUNNING, f.StopRequested(at=at(9), by="U1")]
    assert derive("k", facts).stop_pending
    facts.append(f.StopSent(at=at(10)))
    assert not derive("k", facts).stop_pending
    facts.append(f.StopRequested(at=at(60), by="U1"))
    assert derive("k", facts).stop_pending


def test_an_attempt_is_unknown_until_something_settles_it() -> None:
    tried: list[f.Fact] = [requested(), f.StartAttempted(at=at(1))]
    assert derive("k", tried).attempted_at == at(1)
    not_done = [*tried, f.StartNotDone(at=at(2), attempted_at=at(1))]
    assert derive("k", not_done).attempted_at is None
    again = [*not_done, f.StartAttempted(at=at(5))]
    assert derive("k", again).attempted_at == at(5)
    assert derive("k", [*again, f.StartAccepted(at=at(6), hms_id="j")]).attempted_at is None


def _asset(kind: str, status: str, mode: str | None = None) -> f.AssetSeen:
    return f.AssetSeen.model_validate(
        {"at": at(50), "asset_id": f"{kind}{mode}", "type": kind, "status": status, "mode": mode}
    )


TRANSCRIPTION: list[tuple[str, dict[str, object], list[f.Fact], Transcription]] = [
    ("off", {"transcription": False}, [], Transcription.OFF),
    ("the template decides", {}, [], Transcription.MAYBE),
    ("asked for", {"transcription": True}, [], Transcription.EXPECTED),
    ("being made", {}, [_asset("transcript", "processing", "txt")], Transcription.PROCESSING),
    ("made, by asking", {}, [_asset("transcript", "completed", "txt")], Transcription.READY),
    (
        "made, summary still to come",
        {"summary": True},
        [_asset("transcript", "completed", "txt")],
        Transcription.PROCESSING,
    ),
    (
        "made, one format still to come",
        {},
        [_asset("transcript", "completed", "txt"), _asset("transcript", "processing", "srt")],
        Transcription.PROCESSING,
    ),
    ("all failed", {}, [_asset("transcript", "failed", "txt")], Transcription.FAILED),
    (
        "told ready",
        {},
        [f.TranscriptionReported(at=at(60), outcome="success")],
        Transcription.READY,
    ),
    (
        "told failed",
        {},
        [f.TranscriptionReported(at=at(60), outcome="failure")],
        Transcription.FAILED,
    ),
    (
        "never came",
        {"transcription": True},
        [f.GaveUp(at=at(99), on="transcript")],
        Transcription.GIVEN_UP,
    ),
    (
        "given up for the recording alone",
        {"transcription": True},
        [f.GaveUp(at=at(99), on="recording")],
        Transcription.EXPECTED,
    ),
    (
        "there, but not to be read",
        {"transcription": True},
        [f.GaveUp(at=at(99), on="results")],
        Transcription.GIVEN_UP,
    ),
    ("none was wanted after all", {}, [f.GaveUp(at=at(99), on="transcript")], Transcription.OFF),
]


@pytest.mark.parametrize(
    ("options", "more", "state"), [pytest.param(o, m, s, id=n) for n, o, m, s in TRANSCRIPTION]
)
def test_transcription(
    options: dict[str, object], more: list[f.Fact], state: Transcription
) -> None:
    request = requested(options=RecordingOptions.model_validate(options))
    assert derive("k", [request, *RUNNING, *more]).transcription is state


def test_times_and_channels() -> None:
    began = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    recording = derive(
        "k",
        [
            requested(),
            *RUNNING,
            f.Observed(
                at=at(20),
                status="completed",
                started_at=began,
                stopped_at=began + timedelta(minutes=3),
            ),
            f.PlaceSeen(at=at(9), channel_id="C1", place="public"),
            f.Followed(at=at(10), channel_id="C2", by="U2"),
            f.Followed(at=at(11), channel_id="C1", by="U2"),
        ],
    )
    assert recording.channels == ("C1", "C2")
    assert recording.origin == "C1"
    assert recording.duration_s == 180


def test_what_nobody_asked_us_for_has_no_starter_and_is_at_100ms_already() -> None:
    found = derive("k", [discovered("C1", "C2"), f.Followed(at=at(5), channel_id="C3")])
    assert found.starter is None
    assert (found.phase, found.hms_id, found.elsewhere) == (Phase.STARTING, "d", True)
    assert found.channels == ("C1", "C2", "C3")
    assert found.request_id == "discovered:d"
    assert derive("k", [discovered(), f.BeamStarted(at=at(1))]).phase is Phase.RUNNING


def test_within_a_second_causes_are_told_before_effects() -> None:
    told: list[f.Fact] = [
        f.BeamStopped(at=at(30), reason="client request"),
        f.Observed(at=at(30), status="post_processing"),
        f.StopRequested(at=at(30.4), by="U1"),
        f.BeamStarted(at=at(0)),
        f.StartAccepted(at=at(0.2), hms_id="j"),
        requested(),
    ]
    kinds = [fact.kind for fact in derive("k", told).log]
    assert kinds[:3] == ["requested", "start_accepted", "beam_started"]
    assert kinds[3] == "stop_requested"
    assert set(kinds[4:]) == {"beam_stopped", "observed"}
