"""Generated extremes for the tests of the views: nasty words, any facts in any order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import get_args

from hypothesis import strategies as st

from bot.core import facts as f
from bot.core.assets import VIDEO_TYPES, SummarySection
from bot.core.derive import derive
from bot.core.options import RecordingOptions, Section
from bot.core.recording import Phase, Recording
from bot.features.history.model import Row
from bot.ui.words import MARKS, PHASES
from tests.unit.views_samples import OPTIONS, at, requested

NASTY = st.sampled_from(
    [
        "",
        " \u200b\ufeff ",
        "<!channel> <@U1> <https://evil.example|x> &amp; &",
        "*a* _b_ ~c~ `d` :fire: > q",
        "> quoted\n> lines",
        "@here @everyone user@evil.example https://evil.example",
        "\u202eevil\u2066 \ud800 \x00\x1b[31m",
        "&" * 400,
        "👩‍👩‍👧‍👦" * 200,
        "a" + "\u0301" * 500,
        "שלום " * 300,
        "!" * 30 + "x" * 9000,
    ]
)
TEXTS = NASTY | st.text(max_size=60) | st.text("<>&*_~`@:|!/ \nab", max_size=200)
TIMES = st.integers(0, 400_000).map(at) | st.just(datetime(1960, 1, 1, tzinfo=UTC))
USERS = st.sampled_from(["U1", "W2", "", "<!channel>", "U1>"])
CHANNELS = st.sampled_from(["C1", "G2", "D3", "", "<!here>"])
SECONDS = st.none() | st.sampled_from([0.0, 59.6, 4001.0, 1e12, float("inf"), float("nan"), -1.0])
OPTIONS_OF_ALL_KINDS = st.sampled_from(
    [
        RecordingOptions(),
        OPTIONS,
        RecordingOptions(audio_only=True, transcription=False),
        RecordingOptions(
            summary=True,
            destination="<" * 255,
            meeting_url="https://a.example/" + "b" * 1900 + "?auth_token=secret",
            vocabulary=("&" * 80,) * 500,
            context="*" * 300,
            temperature=0.5,
            sections=tuple(Section(title="<" * 100, format="bullets") for _ in range(6)),
        ),
    ]
)


STATUS = st.sampled_from([400, 401, 403, 404, 409, 422, 500])
FLAG = st.booleans()


def facts_of_ours() -> st.SearchStrategy[f.Fact]:
    b, who, time = st.builds, USERS, TIMES
    errors = st.sampled_from(["not_in_channel", "is_archived", "<odd>" * 99, "channel_not_found"])
    return st.one_of(
        b(f.Followed, at=time, by=who, channel_id=CHANNELS),
        b(f.StopRequested, at=time, by=who),
        b(f.EndSet, at=time, by=who, after_s=st.none(), until=st.none() | time),
        b(f.StopDue, at=time, why=st.sampled_from(["time", "empty"])),
        b(f.StopSuggested, at=time, by=who),
        b(f.PauseRequested, at=time, by=who, pause=FLAG),
        b(f.StartAttempted, at=time),
        b(f.StartNotDone, at=time, attempted_at=time),
        b(f.StartAccepted, at=time, hms_id=TEXTS),
        b(f.Adopted, at=time, hms_id=TEXTS, elsewhere=FLAG),
        b(f.PointsTo, at=time, key=st.just("key-2")),
        b(f.StartRefused, at=time, status=STATUS, message=TEXTS),
        b(
            f.CallFailed,
            at=time,
            call=st.sampled_from(["start", "stop"]),
            cause=st.sampled_from(get_args(f.Cause)),
            status=st.none() | STATUS,
            message=TEXTS,
        ),
        b(f.StartExpired, at=time),
        b(f.CannotPost, at=time, channel_id=st.sampled_from(["C1", "D3"]), error=errors),
        b(f.StopSent, at=time),
        b(f.StopRefused, at=time, status=STATUS, message=TEXTS),
        b(f.PauseSent, at=time, asked_at=time, pause=FLAG),
        b(f.PauseDropped, at=time, asked_at=time, pause=FLAG, why=st.just("late")),
        b(f.GaveUp, at=time, on=st.sampled_from(["recording", "transcript", "results"])),
    )


def facts_of_100ms() -> st.SearchStrategy[f.Fact]:
    b, time = st.builds, TIMES
    return st.one_of(
        b(f.Observed, at=time, status=st.sampled_from(HMS_STATES), session_id=TEXTS),
        b(
            f.AssetSeen,
            at=time,
            asset_id=TEXTS,
            type=st.sampled_from(FILE_TYPES),
            status=st.sampled_from(["processing", "completed", "failed"]),
            mode=st.sampled_from([None, "txt", "srt", "json"]),
            size=st.sampled_from([None, -1, 0, 999_999, 10**15]),
            duration_s=SECONDS,
        ),
        b(f.Vanished, at=time, status=STATUS),
        b(f.BeamStarted, at=time),
        b(f.BeamStopped, at=time, reason=st.sampled_from(REASONS), duration_s=SECONDS),
        b(f.RecordingUploaded, at=time, duration_s=SECONDS),
        b(f.BeamFailed, at=time, error_type=st.sampled_from(FAILURES), message=TEXTS),
        b(f.TranscriptionReported, at=time, outcome=st.sampled_from(OUTCOMES)),
        b(f.ResultsChecked, at=time, words=st.sampled_from(WORDS), has_summary=FLAG),
    )


HMS_STATES = ["starting", "running", "stopping", "post_processing", "completed", "failed"]
FILE_TYPES = [*sorted(VIDEO_TYPES), "transcript", "summary", "chat", "<odd>&" * 99]
REASONS = ["client request", "room ended", "last peer left", "failure: UPLOAD_ERROR", "other"]
FAILURES = ["INTERNAL_ERROR", "MAX_RETRIES_REACHED", "UPLOAD_ERROR", "BEAM_STOPPED", "other"]
OUTCOMES = ["started", "success", "failure"]
WORDS = [None, 0, 1, 10**6]


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    """Any facts at all, in any order: what nobody would expect as well."""
    facts: Sequence[f.Fact] = draw(st.lists(facts_of_ours() | facts_of_100ms(), max_size=14))
    request = requested(
        room_name=draw(TEXTS),
        by=draw(USERS),
        channel_id=draw(st.sampled_from(["C1", "D3"])),
        options=draw(OPTIONS_OF_ALL_KINDS),
    )
    return derive("key-1", [request, *facts])


ROWS = st.builds(
    Row,
    key=st.just("key-1"),
    name=TEXTS,
    phase=st.sampled_from(Phase),
    starter=st.none() | USERS,
    requested_at=TIMES,
    started_at=st.none() | TIMES,
    duration_s=SECONDS,
    channel=CHANNELS,
    permalink=st.sampled_from([None, "https://a.example/?a=1&b=2", "javascript:x", "x" * 5000]),
    has_video=st.booleans(),
    has_transcript=st.booleans(),
    audio_only=st.booleans(),
    opens=st.booleans(),
    state=st.sampled_from(sorted(PHASES.values())),
    mark=st.sampled_from(sorted(MARKS.values())),
    stops=st.booleans(),
)
SECTIONS = st.builds(
    SummarySection,
    title=TEXTS,
    format=st.sampled_from(["bullets", "paragraph"]),
    bullets=st.lists(TEXTS, max_size=40).map(tuple),
    paragraph=TEXTS | st.just("Long paragraph. " * 2000),
)
