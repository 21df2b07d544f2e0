"""Sample facts, and strategies that make any."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from bot.core import facts as f
from bot.core.derive import derive
from bot.core.options import RecordingOptions
from bot.core.recording import Recording

T0 = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def requested(
    *, options: RecordingOptions | None = None, room_name: str = "standup", channel: str = "C1"
) -> f.StartRequested:
    return f.StartRequested(
        at=T0,
        request_id="r1",
        room_id="507f1f77bcf86cd799439011",
        room_name=room_name,
        options=options or RecordingOptions(),
        by="U1",
        channel_id=channel,
        via="command",
    )


def discovered(*channels: str) -> f.Discovered:
    return f.Discovered(
        at=T0,
        hms_id="d",
        room_id="507f1f77bcf86cd799439011",
        room_name="standup",
        channels=channels or ("C1",),
    )


OPTIONS = st.sampled_from(
    [
        RecordingOptions(),
        RecordingOptions(transcription=False),
        RecordingOptions(transcription=True),
        RecordingOptions(transcription=True, summary=True),
    ]
)
_TIME = st.integers(0, 3000).map(at)
_ID = st.sampled_from(["a", "b"])


def _asset(kind: str, mode: str | None) -> st.SearchStrategy[f.Fact]:
    return st.builds(
        f.AssetSeen,
        at=_TIME,
        asset_id=st.just(f"{kind}-{mode}"),
        type=st.just(kind),
        status=st.sampled_from(["processing", "completed", "failed"]),
        mode=st.just(mode),
        size=st.none() | st.integers(0, 9999),
        duration_s=st.none() | st.floats(0, 20000),
    )


SINGLE: st.SearchStrategy[f.Fact] = st.one_of(
    st.builds(f.Followed, at=_TIME, channel_id=st.sampled_from(["C1", "C2"]), by=st.just("U2")),
    st.builds(f.StopRequested, at=_TIME, by=st.just("U2")),
    st.builds(
        f.EndSet,
        at=_TIME,
        by=st.just("U2"),
        after_s=st.none() | st.integers(1, 900),
        until=st.none() | _TIME,
    ),
    st.builds(f.StopDue, at=_TIME, why=st.sampled_from(["time", "empty"])),
    st.builds(f.StopSuggested, at=_TIME, by=st.sampled_from(["U1", "U4"])),
    st.builds(f.PauseRequested, at=_TIME, by=st.just("U2"), pause=st.booleans()),
    st.builds(f.ForgetRequested, at=_TIME, by=st.just("U2")),
    st.builds(f.StartAttempted, at=_TIME),
    st.builds(f.StartNotDone, at=_TIME, attempted_at=_TIME),
    st.builds(f.StartAccepted, at=_TIME, hms_id=_ID),
    st.builds(f.Adopted, at=_TIME, hms_id=_ID, elsewhere=st.booleans()),
    st.builds(f.PointsTo, at=_TIME, key=_ID),
    st.builds(f.StartRefused, at=_TIME, status=st.sampled_from([400, 403, 404]), message=_ID),
    st.builds(
        f.CallFailed,
        at=_TIME,
        call=st.sampled_from(["start", "stop"]),
        cause=st.sampled_from(["refused", "error", "timeout"]),
    ),
    st.builds(f.StartExpired, at=_TIME),
    st.builds(
        f.CannotPost,
        at=_TIME,
        channel_id=st.sampled_from(["C1", "C2"]),
        error=st.just("not_in_channel"),
    ),
    st.builds(f.StopSent, at=_TIME),
    st.builds(f.StopRefused, at=_TIME, status=st.just(404), message=_ID),
    st.builds(f.PauseSent, at=_TIME, asked_at=_TIME, pause=st.booleans()),
    st.builds(f.PauseDropped, at=_TIME, asked_at=_TIME, pause=st.booleans(), why=st.just("late")),
    st.builds(
        f.Observed,
        at=_TIME,
        status=st.sampled_from(
            ["starting", "running", "stopping", "post_processing", "completed", "failed"]
        ),
        session_id=st.none() | _ID,
        started_at=st.none() | _TIME,
        stopped_at=st.none() | _TIME,
    ),
    _asset("room-composite", None),
    _asset("transcript", "txt"),
    _asset("transcript", "srt"),
    _asset("summary", "json"),
    _asset("chat", None),
    st.builds(f.Vanished, at=_TIME, status=st.just(404)),
    st.builds(f.BeamStarted, at=_TIME, session_id=st.none() | _ID, started_at=st.none() | _TIME),
    st.builds(
        f.BeamStopped,
        at=_TIME,
        reason=st.sampled_from(["client request", "failure: UPLOAD_ERROR"]),
        duration_s=st.none() | st.floats(0, 20000),
    ),
    st.builds(f.RecordingUploaded, at=_TIME, duration_s=st.none() | st.floats(0, 20000)),
    st.builds(f.BeamFailed, at=_TIME, error_type=st.sampled_from(["INTERNAL_ERROR", "NEW"])),
    st.builds(
        f.TranscriptionReported,
        at=_TIME,
        outcome=st.sampled_from(["started", "success", "failure"]),
    ),
    st.builds(
        f.ResultsChecked, at=_TIME, words=st.none() | st.integers(0, 9), has_summary=st.booleans()
    ),
    st.builds(f.GaveUp, at=_TIME, on=st.sampled_from(["recording", "transcript", "results"])),
)


@st.composite
def any_facts(draw: st.DrawFn) -> list[f.Fact]:
    """A beginning and any other facts, in any order: also such as make no sense together."""
    beginnings: list[f.Fact] = [requested(options=draw(OPTIONS)), discovered()]
    first = draw(st.sampled_from(beginnings))
    return [first, *draw(st.lists(SINGLE, max_size=14, unique_by=lambda x: x.identity))]


def derive_of(channel: str, *facts: f.Fact) -> Recording:
    """A recording that was asked for in this channel."""
    return derive("key-1", [requested(channel=channel), *facts])
