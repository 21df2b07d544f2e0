"""When a recording began and ended, learnt from whatever 100ms told, and from polling alone."""

from datetime import datetime

import pytest

from bot.core import facts as f
from bot.core.derive import derive
from bot.core.recording import Phase, Recording
from tests.unit.some import at, requested

ACCEPTED: list[f.Fact] = [
    f.StartAttempted(at=at(1)),
    f.StartAccepted(at=at(2), hms_id="j"),
]


def _recording(*more: f.Fact) -> Recording:
    return derive("k", [requested(), *ACCEPTED, *more])


STARTED: list[tuple[str, list[f.Fact], datetime | None]] = [
    ("accepted only", [], None),
    ("seen running, without a time", [f.Observed(at=at(20), status="running")], None),
    ("seen running", [f.Observed(at=at(20), status="running", started_at=at(7))], at(7)),
    ("seen completed", [f.Observed(at=at(90), status="completed", started_at=at(7))], at(7)),
    ("the webhook's time", [f.BeamStarted(at=at(9), started_at=at(8))], at(8)),
    ("when the webhook came", [f.BeamStarted(at=at(9))], at(9)),
    (
        "a time that was said beats when the webhook came",
        [f.BeamStarted(at=at(9)), f.Observed(at=at(20), status="running", started_at=at(7))],
        at(7),
    ),
    ("uploaded", [f.RecordingUploaded(at=at(90), started_at=at(7))], at(7)),
]


@pytest.mark.parametrize(
    ("more", "started_at"), [pytest.param(m, t, id=name) for name, m, t in STARTED]
)
def test_when_it_began(more: list[f.Fact], started_at: datetime | None) -> None:
    assert _recording(*more).started_at == started_at


RUNS = f.Observed(at=at(20), status="running", started_at=at(7))
STOPPED: list[tuple[str, list[f.Fact], datetime | None]] = [
    (
        "running, whatever it says",
        [f.Observed(at=at(20), status="running", stopped_at=at(5))],
        None,
    ),
    ("seen stopping", [RUNS, f.Observed(at=at(60), status="stopping")], at(60)),
    ("seen processing", [RUNS, f.Observed(at=at(60), status="post_processing")], at(60)),
    ("seen failed", [RUNS, f.Observed(at=at(60), status="failed")], at(60)),
    ("seen completed", [RUNS, f.Observed(at=at(60), status="completed")], at(60)),
    (
        "the time it says",
        [RUNS, f.Observed(at=at(60), status="completed", stopped_at=at(55))],
        at(55),
    ),
    (
        "the first time it was seen",
        [
            RUNS,
            f.Observed(at=at(60), status="post_processing"),
            f.Observed(at=at(80), status="completed"),
        ],
        at(60),
    ),
    ("our stop", [RUNS, f.StopSent(at=at(50))], at(50)),
    (
        "our stop, though it was seen later",
        [RUNS, f.StopSent(at=at(50)), f.Observed(at=at(60), status="post_processing")],
        at(50),
    ),
    (
        "the webhook, though it was seen earlier",
        [
            RUNS,
            f.Observed(at=at(60), status="post_processing"),
            f.BeamStopped(at=at(61), reason="room ended"),
        ],
        at(61),
    ),
    ("the failure", [RUNS, f.BeamFailed(at=at(40), error_type="UPLOAD_ERROR")], at(40)),
    ("the upload", [RUNS, f.RecordingUploaded(at=at(70))], at(70)),
    ("the upload's time", [RUNS, f.RecordingUploaded(at=at(70), stopped_at=at(55))], at(55)),
]


@pytest.mark.parametrize(
    ("more", "stopped_at"), [pytest.param(m, t, id=name) for name, m, t in STOPPED]
)
def test_when_it_ended(more: list[f.Fact], stopped_at: datetime | None) -> None:
    assert _recording(*more).stopped_at == stopped_at


def test_polling_alone_gives_both_times_and_the_length() -> None:
    seen = _recording(
        f.Observed(at=at(20), status="running", session_id="s", started_at=at(7)),
        f.Observed(at=at(90), status="completed", started_at=at(7), stopped_at=at(67)),
    )
    assert (seen.phase, seen.session_id) == (Phase.COMPLETED, "s")
    assert (seen.started_at, seen.stopped_at, seen.duration_s) == (at(7), at(67), 60)


def test_a_length_that_was_said_beats_the_difference_of_the_times() -> None:
    told = f.BeamStopped(at=at(67), reason="room ended", duration_s=58.5)
    assert _recording(RUNS, told).duration_s == 58.5
    video = f.AssetSeen(
        at=at(90), asset_id="v", type="room-composite", status="completed", duration_s=57.0
    )
    seen = f.Observed(at=at(90), status="completed", stopped_at=at(67))
    assert _recording(RUNS, seen, video).duration_s == 57
    assert _recording(RUNS, seen).duration_s == 60


def test_clocks_that_differ_give_no_negative_length() -> None:
    odd = f.Observed(at=at(90), status="completed", started_at=at(67), stopped_at=at(7))
    assert _recording(odd).duration_s == 0
