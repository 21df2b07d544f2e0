"""The facts, read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import pytest
from hypothesis import given
from inline_snapshot import snapshot

from bot.core import facts as f
from bot.core.options import RecordingOptions
from bot.core.recording import Recording
from bot.features.card.log import card_lines, line_of, log_lines, written
from bot.ui.text import mention, size
from tests.unit.examples import examples
from tests.unit.rows import each_row
from tests.unit.some import discovered
from tests.unit.views_extremes import recordings
from tests.unit.views_samples import READ, RUNS, assert_only_our_markup, at, dates, recording


def told(*facts: f.Fact) -> list[str]:
    return [line.text for line in log_lines(recording(*facts).log)]


def test_a_whole_recording() -> None:
    log = recording(*READ).log
    assert "\n".join(map(dates, written(log_lines(log), at(0)))) == snapshot("""\
14:03 UTC  <@U1> asked to record
14:03 UTC  100ms accepted the start
14:03 UTC  Recording started
15:09 UTC  <@U2> asked to stop
15:09 UTC  Stopped after 1 h 7 min
15:11 UTC  Video ready
15:26 UTC  Transcript ready
15:26 UTC  Summary ready\
""")


def test_what_is_ready_is_called_as_on_the_card() -> None:
    done = f.RecordingUploaded(at=at(4100))
    sound = RecordingOptions(audio_only=True)
    adopted = f.Adopted(at=at(1), hms_id="hms-1", elsewhere=True)
    assert told(done)[-1] == "Video ready"
    assert log_lines(recording(done, options=sound).log)[-1].text == "Audio ready"
    assert log_lines(recording(adopted, done, options=sound).log)[-1].text == "Video ready"


def test_what_several_say_is_told_once() -> None:
    started: list[f.Fact] = [
        f.Observed(at=at(3), status="starting"),
        f.BeamStarted(at=at(9)),
        f.Observed(at=at(10), status="running"),
        f.Observed(at=at(20), status="running", session_id="s"),
    ]
    assert told(*started) == ["<@U1> asked to record", "Recording started"]


@pytest.mark.parametrize("runs", [f.BeamStarted(at=at(3)), f.Observed(at=at(3), status="running")])
def test_what_runs_was_accepted_before_however_slow_the_answer(runs: f.Fact) -> None:
    slow = f.StartAccepted(at=at(70), hms_id="hms-1")
    lines = log_lines(recording(f.StartAttempted(at=at(1)), runs, slow).log)
    assert [(line.at, line.text) for line in lines] == [
        (at(0), "<@U1> asked to record"),
        (at(3), "100ms accepted the start"),
        (at(3), "Recording started"),
    ]


def test_a_pause_is_told_when_it_is_done_and_each_time() -> None:
    pauses: list[f.Fact] = [
        f.PauseRequested(at=at(1), by="U2", pause=True),
        f.PauseSent(at=at(2), asked_at=at(1), pause=True),
        f.PauseRequested(at=at(3), by="U2", pause=False),
        f.PauseSent(at=at(4), asked_at=at(3), pause=False),
        f.PauseRequested(at=at(5), by="U2", pause=True),
        f.PauseSent(at=at(6), asked_at=at(5), pause=True),
        f.PauseRequested(at=at(7), by="U3", pause=False),
    ]
    assert told(*pauses)[1:] == snapshot(
        ["Paused by <@U2>", "Resumed by <@U2>", "Paused by <@U2>", "<@U3> asked to resume"]
    )


def test_each_new_end_is_told() -> None:
    ends: list[f.Fact] = [
        f.EndSet(at=at(1), by="U2", until=at(3600)),
        f.EndSet(at=at(2), by="U2"),
        f.EndSet(at=at(3), by="U2", until=at(3600)),
        f.EndSet(at=at(4), by="U2"),
    ]
    assert [text.split(" to ")[0] for text in told(*ends)[1:]] == [
        "<@U2> set the end",
        "<@U2> removed the end",
        "<@U2> set the end",
        "<@U2> removed the end",
    ]


LINES: list[tuple[f.Fact, str | None]] = [
    (discovered(), "Noticed: started elsewhere"),
    (f.Followed(at=at(1), channel_id="C2"), None),
    (f.ForgetRequested(at=at(1), by="U2"), "<@U2> asked to forget it"),
    (f.Followed(at=at(1), channel_id="C2", by="U2"), "<@U2> follows it in another channel"),
    (f.StartAttempted(at=at(1)), None),
    (f.StopSent(at=at(1)), None),
    (f.StartNotDone(at=at(2), attempted_at=at(1)), None),
    *(
        (
            f.CallFailed(at=at(2), call="start", cause=cause, status=status),
            "100ms did not accept the start; trying again",
        )
        for cause, status in (("limited", 429), ("refused", 409))
    ),
    *(
        (
            f.CallFailed(at=at(2), call="start", cause=cause, status=status),
            "100ms did not confirm the start; trying again",
        )
        for cause, status in (
            ("error", 503),
            ("timeout", None),
            ("network", None),
            ("unreadable", 200),
        )
    ),
    (
        f.CallFailed(at=at(2), call="start", cause="limited"),
        "The start waits for 100ms' rate limit",
    ),
    (f.CallFailed(at=at(2), call="stop", cause="limited"), None),
    (f.Adopted(at=at(1), hms_id="h", elsewhere=True), "It was already running, started elsewhere"),
    (f.Adopted(at=at(1), hms_id="h", elsewhere=False), "It was already running"),
    (f.StopRefused(at=at(1), status=404, message="beam not found"), "It was no longer running"),
    (
        f.StopRefused(at=at(1), status=403, message="<no>"),
        "100ms refused the stop: &lt;no&gt;",
    ),
    (f.EndSet(at=at(1), by="U4", until=at(60)), None),  # as it was asked for
    (f.StopDue(at=at(1), why="time"), "Its time is over"),
    (f.StopDue(at=at(1), why="empty"), "Everybody has left the room"),
    (f.Renamed(at=at(1), by="U4", title="<Q4> plan"), "<@U4> called it “&lt;Q4&gt; plan”"),
    (f.Renamed(at=at(1), by="U4", title=""), "<@U4> removed its title"),
    (f.StopSuggested(at=at(1), by="U4"), "<@U4> asked for it to be stopped"),
    (f.StartRefused(at=at(1), status=400, message=""), "100ms refused the start"),
    (f.CallFailed(at=at(1), call="stop", cause="error", status=503), None),
    (f.StartExpired(at=at(1)), "Not started: the request expired"),
    (
        f.CannotPost(at=at(1), channel_id="C1", error="is_archived"),
        "Slack refused a post: is_archived",
    ),
    (f.PointsTo(at=at(1), key="k"), None),
    (
        f.PauseDropped(at=at(2), asked_at=at(1), pause=True, why="not_running"),
        "Pause not done: it was not running",
    ),
    (
        f.BeamStopped(at=at(1), reason="last peer left", duration_s=720),
        "Stopped after 12 min: nobody was in the room",
    ),
    (f.BeamStopped(at=at(1), reason="failure: UPLOAD_ERROR"), None),
    (f.BeamFailed(at=at(1), error_type="UPLOAD_ERROR"), "Recording failed"),
    (f.Vanished(at=at(1), status=404), "100ms no longer shows the recording"),
    (f.GaveUp(at=at(1), on="transcript"), None),  # the template made none
    (
        f.ResultsChecked(at=at(1), words=None, has_summary=False, transcript="unreadable"),
        "Transcript not readable",
    ),
    (
        f.ResultsChecked(at=at(1), words=None, has_summary=False, transcript="refused", status=403),
        "100ms did not release the transcript",
    ),
    (f.GaveUp(at=at(1), on="recording"), "Gave up waiting for 100ms"),
    (f.ResultsChecked(at=at(1), words=0, has_summary=False), "Transcript empty"),
    (f.ResultsChecked(at=at(1), words=None, has_summary=False), "No transcript found"),
    (f.ResultsChecked(at=at(1), words=1, has_summary=False), None),
    (f.AssetSeen(at=at(1), asset_id="a", type="chat", status="completed"), "Chat ready"),
    (f.AssetSeen(at=at(1), asset_id="a", type="summary", status="failed"), "Summary failed"),
    (f.AssetSeen(at=at(1), asset_id="a", type="track", status="completed"), None),
    (f.Shared(at=at(1), channel_id="C2", by="U2"), "<@U2> shared it to another channel"),
    (
        f.MomentShared(at=at(1), channel_id="C2", by="U2", sentence=3),
        "<@U2> shared a moment of it to another channel",
    ),
    (f.PlaceSeen(at=at(1), channel_id="C1", place="private"), None),
    (
        f.PlaceSeen(at=at(1), channel_id="C1", place="unknown"),
        "Slack did not say whether the channel is private; other channels do not get it",
    ),
    (f.AttendeesListed(at=at(1), people=(f.Attendee(name="Ana"),)), None),  # the card names them
]


@each_row(("fact", "line"), LINES)
def test_line(fact: f.Fact, line: str | None) -> None:
    assert line_of(fact) == line


@given(recordings())
@examples(80)
def test_every_fact_is_told_briefly_or_not_at_all(recording: Recording) -> None:
    log: Sequence[f.Fact] = recording.log
    for line in log_lines(log):
        assert_only_our_markup(line.text)
        assert "\n" not in line.text
        assert size(line.text) <= 180


def test_the_samples_know_every_kind_of_fact() -> None:
    kinds = {kind.__name__ for kind in get_args(get_args(f.Fact)[0])}
    tried = {type(fact).__name__ for fact in [*READ, *(fact for fact, _ in LINES)]}
    elsewhere = {"StartRequested", "PauseRequested", "PauseSent", "Observed"}
    assert kinds - tried == elsewhere, "a new fact needs a row in LINES"


def test_another_day_is_named() -> None:
    lines = log_lines(recording(f.StopRequested(at=at(90_000), by="U1")).log)
    first, last = map(dates, written(lines, at(0)))
    assert first.startswith("14:03 UTC")
    assert last.startswith("23 Nov 2026, 15:03 UTC")


def test_the_card_of_a_running_recording_says_that_its_end_was_moved() -> None:
    """The request that the line is compared with has no line of its own on that card."""
    moved = f.EndSet(at=at(50), by="U2", until=at(3000))
    told = card_lines(recording(*RUNS, moved).log, who=mention, under_way=True)
    assert [line.text.partition(" <!date")[0] for line in told] == ["<@U2> set the end to"]
