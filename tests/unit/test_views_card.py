"""The card in its states, as people see it, and that Slack takes it whatever is known."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.domain import facts as f
from bot.domain.options import RecordingOptions
from bot.domain.recording import Phase, Recording
from bot.views import ids
from bot.views.card import recording_card
from bot.views.message import content_hash
from tests.unit.views_samples import (
    ACCEPTED,
    READ,
    REFUSED,
    RUNS,
    STOPPED,
    TIMES,
    TRANSCRIBED,
    UPLOADED,
    assert_accepted,
    at,
    dates,
    folded,
    outline,
    recording,
    recordings,
    requested,
)


def card(recording: Recording, *, late: bool = False, expected: datetime | None = None) -> str:
    message = recording_card(
        recording,
        late=late,
        transcript_expected_at=expected,
        permalink_of_pointer="https://acme.slack.com/archives/C1/p1",
    )
    assert_accepted(message)
    assert "!" not in dates(message.text)
    return outline(message.payload())


def test_running() -> None:
    assert card(recording(*RUNS)) == snapshot("""\
🔴 **\u2068Q&A <weekly> 🎉 שלום\u2069** · Recording
~ <@U1> · started 22 Nov 2026, 14:03 UTC · 720p, transcript (txt, srt), summary
    (1 section)
~ 14:03 UTC  <@U1> asked to record
14:03 UTC  100ms accepted the start
14:03 UTC  Recording started
[Pause -> recording_pause] [!Stop -> recording_stop] [Details ->
    recording_details]\
""")


def test_running_read_aloud() -> None:
    message = recording_card(recording(*RUNS), late=False, transcript_expected_at=None)
    assert folded(dates(message.text)) == snapshot(
        """\
\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069: Recording. Asked by <@U1>, started 22 Nov 2026,
    14:03 UTC, 720p, transcript (txt, srt), summary (1 section). Last: 14:03 UTC
    Recording started.\
"""
    )


def test_asked_for() -> None:
    assert card(recording()) == snapshot("""\
**\u2068Q&A <weekly> 🎉 שלום\u2069** · Starting
~ <@U1> · asked 22 Nov 2026, 14:03 UTC · 720p, transcript (txt, srt), summary (1
    section)
~ 14:03 UTC  <@U1> asked to record
[!Stop -> recording_stop] [Details -> recording_details]\
""")


def test_starting_late() -> None:
    assert card(recording(*ACCEPTED), late=True) == snapshot("""\
**\u2068Q&A <weekly> 🎉 שלום\u2069** · Starting
~ <@U1> · asked 22 Nov 2026, 14:03 UTC · 720p, transcript (txt, srt), summary (1
    section)
Taking longer than usual; still asking 100ms.
~ 14:03 UTC  <@U1> asked to record
14:03 UTC  100ms accepted the start
[!Stop -> recording_stop] [Details -> recording_details]\
""")


def test_paused() -> None:
    paused = [
        f.PauseRequested(at=at(60), by="U2", pause=True),
        f.PauseSent(at=at(61), asked_at=at(60), pause=True),
    ]
    assert card(recording(*RUNS, *paused)) == snapshot("""\
⏸️ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Paused
~ <@U1> · started 22 Nov 2026, 14:03 UTC · 720p, transcript (txt, srt), summary
    (1 section)
~ 14:03 UTC  <@U1> asked to record
14:03 UTC  100ms accepted the start
14:03 UTC  Recording started
14:04 UTC  Paused by <@U2>
[*Resume -> recording_resume] [!Stop -> recording_stop] [Details ->
    recording_details]\
""")


def test_a_pause_under_way() -> None:
    asked = f.PauseRequested(at=at(60), by="U2", pause=True)
    assert card(recording(*RUNS, asked)) == snapshot("""\
🔴 **\u2068Q&A <weekly> 🎉 שלום\u2069** · Recording, pausing
~ <@U1> · started 22 Nov 2026, 14:03 UTC · 720p, transcript (txt, srt), summary
    (1 section)
~ 14:03 UTC  <@U1> asked to record
14:03 UTC  100ms accepted the start
14:03 UTC  Recording started
14:04 UTC  <@U2> asked to pause
[!Stop -> recording_stop] [Details -> recording_details]\
""")


def test_a_stop_under_way() -> None:
    assert card(recording(*RUNS, f.StopRequested(at=at(60), by="U2"))) == snapshot("""\
**\u2068Q&A <weekly> 🎉 שלום\u2069** · Stopping
~ <@U1> · started 22 Nov 2026, 14:03 UTC · 720p, transcript (txt, srt), summary
    (1 section)
~ 14:03 UTC  <@U1> asked to record
14:03 UTC  100ms accepted the start
14:03 UTC  Recording started
14:04 UTC  <@U2> asked to stop
[Details -> recording_details]\
""")


def test_processing() -> None:
    assert card(recording(*STOPPED), expected=at(5000)) == snapshot("""\
**\u2068Q&A <weekly> 🎉 שלום\u2069** · Processing
~ <@U1> · started 22 Nov 2026, 14:03 UTC · 1 h 7 min · 720p, transcript (txt,
    srt), summary (1 section)
Transcript expected 22 Nov 2026, 15:26 UTC.
~ 14:03 UTC  <@U1> asked to record
14:03 UTC  100ms accepted the start
14:03 UTC  Recording started
15:09 UTC  <@U2> asked to stop
15:09 UTC  Stopped after 1 h 7 min
[Details -> recording_details]\
""")


def test_video_there_transcript_to_come() -> None:
    assert card(recording(*UPLOADED), expected=at(5000)) == snapshot("""\
✅ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Video ready, transcript to come
~ <@U1> · started 22 Nov 2026, 14:03 UTC · 1 h 7 min · 720p, transcript (txt,
    srt), summary (1 section)
Transcript expected 22 Nov 2026, 15:26 UTC.
~ 14:03 UTC  <@U1> asked to record
14:03 UTC  100ms accepted the start
14:03 UTC  Recording started
15:09 UTC  <@U2> asked to stop
15:09 UTC  Stopped after 1 h 7 min
15:11 UTC  Recording ready
[Watch -> recording_watch] [Details -> recording_details]\
""")


def test_the_transcript_is_late() -> None:
    assert card(recording(*UPLOADED), late=True, expected=at(5000)) == snapshot("""\
✅ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Video ready, transcript to come
~ <@U1> · started 22 Nov 2026, 14:03 UTC · 1 h 7 min · 720p, transcript (txt,
    srt), summary (1 section)
The transcript is taking longer than usual; still asking 100ms.
~ 14:03 UTC  <@U1> asked to record
14:03 UTC  100ms accepted the start
14:03 UTC  Recording started
15:09 UTC  <@U2> asked to stop
15:09 UTC  Stopped after 1 h 7 min
15:11 UTC  Recording ready
[Watch -> recording_watch] [Details -> recording_details]\
""")


def test_a_transcript_only_if_the_template_says_so() -> None:
    shown = card(recording(*UPLOADED, options=RecordingOptions()), expected=at(5000))
    assert shown == snapshot("""\
✅ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Video ready
~ <@U1> · started 22 Nov 2026, 14:03 UTC · 1 h 7 min · template settings
If the template makes a transcript, expect it 22 Nov 2026, 15:26 UTC.
~ 14:03 UTC  <@U1> asked to record
14:03 UTC  100ms accepted the start
14:03 UTC  Recording started
15:09 UTC  <@U2> asked to stop
15:09 UTC  Stopped after 1 h 7 min
15:11 UTC  Recording ready
[Watch -> recording_watch] [Details -> recording_details]\
""")


def test_ready() -> None:
    assert card(recording(*READ)) == snapshot("""\
✅ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Ready
~ <@U1> · started 22 Nov 2026, 14:03 UTC · 1 h 7 min · 720p, transcript (txt,
    srt), summary (1 section)
~ 14:03 UTC  <@U1> asked to record
14:03 UTC  100ms accepted the start
14:03 UTC  Recording started
15:09 UTC  <@U2> asked to stop
15:09 UTC  Stopped after 1 h 7 min
15:11 UTC  Recording ready
15:26 UTC  Transcript ready
15:26 UTC  Summary ready
[Watch -> recording_watch] [Transcript -> recording_transcript] [Details ->
    recording_details]\
""")


def test_audio_only() -> None:
    audio = RecordingOptions(audio_only=True, transcription=False)
    assert card(recording(*UPLOADED, options=audio)) == snapshot("""\
✅ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Audio ready
~ <@U1> · started 22 Nov 2026, 14:03 UTC · 1 h 7 min · audio only, no transcript
~ 14:03 UTC  <@U1> asked to record
14:03 UTC  100ms accepted the start
14:03 UTC  Recording started
15:09 UTC  <@U2> asked to stop
15:09 UTC  Stopped after 1 h 7 min
15:11 UTC  Recording ready
[Listen -> recording_watch] [Details -> recording_details]\
""")


def test_failed() -> None:
    failed = f.BeamFailed(at=at(30), error_type="MAX_RETRIES_REACHED", message="<timeout> & more")
    assert card(recording(*ACCEPTED, failed)) == snapshot("""\
⚠️ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Failed
~ <@U1> · asked 22 Nov 2026, 14:03 UTC · 720p, transcript (txt, srt), summary (1
    section)
100ms could not open the meeting URL. It said: “&lt;timeout&gt; &amp; more”. The
    room's own link must join the room without a click or a login.
~ 14:03 UTC  <@U1> asked to record
14:03 UTC  100ms accepted the start
14:03 UTC  Recording failed
[Try again -> recording_try_again] [Details -> recording_details]\
""")


def test_refused() -> None:
    assert card(recording(*REFUSED)) == snapshot("""\
⚠️ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Not started
~ <@U1> · asked 22 Nov 2026, 14:03 UTC · 720p, transcript (txt, srt), summary (1
    section)
100ms shows no such room to this bot, or gives it no right to record it. It
    said: “user does not have required permission”. Check that the room is in
    this 100ms workspace.
~ 14:03 UTC  <@U1> asked to record
14:03 UTC  100ms refused the start
[Try again -> recording_try_again] [Details -> recording_details]\
""")


def test_refused_for_its_settings() -> None:
    refused = f.StartRefused(at=at(2), status=400, message="invalid input")
    assert card(recording(refused)) == snapshot("""\
⚠️ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Not started
~ <@U1> · asked 22 Nov 2026, 14:03 UTC · 720p, transcript (txt, srt), summary (1
    section)
100ms does not accept these settings for this room. It said: “invalid input”.
    Change the settings. A room whose template has no subdomain needs a meeting
    URL.
~ 14:03 UTC  <@U1> asked to record
14:03 UTC  100ms refused the start
[Change settings -> recording_change] [Details -> recording_details]\
""")


def test_started_elsewhere() -> None:
    adopted = f.Adopted(at=at(2), hms_id="hms-1", elsewhere=True)
    running = f.Observed(at=at(3), status="running", started_at=at(-600))
    assert card(recording(adopted, running)) == snapshot("""\
🔴 **\u2068Q&A <weekly> 🎉 שלום\u2069** · Recording
~ <@U1> · started 22 Nov 2026, 13:53 UTC
Started elsewhere; your settings are not in force.
~ 14:03 UTC  <@U1> asked to record
14:03 UTC  Found it running, started elsewhere
14:03 UTC  Recording started
[Pause -> recording_pause] [!Stop -> recording_stop] [Details ->
    recording_details]\
""")


def test_pointing_to_another_card() -> None:
    assert card(recording(f.PointsTo(at=at(2), key="key-0"))) == snapshot("""\
**\u2068Q&A <weekly> 🎉 שלום\u2069** · Already being recorded
~ <@U1> · asked 22 Nov 2026, 14:03 UTC · 720p, transcript (txt, srt), summary (1
    section)
The recording that runs has its own card.
~ 14:03 UTC  <@U1> asked to record
[Open its card -> link.0]\
""")


def test_cancelled() -> None:
    assert card(recording(f.StopRequested(at=at(1), by="U1"))) == snapshot("""\
**\u2068Q&A <weekly> 🎉 שלום\u2069** · Cancelled
~ <@U1> · asked 22 Nov 2026, 14:03 UTC · 720p, transcript (txt, srt), summary (1
    section)
~ 14:03 UTC  <@U1> asked to record
14:03 UTC  <@U1> asked to stop
[Try again -> recording_try_again] [Details -> recording_details]\
""")


def test_the_last_ten_lines_are_shown() -> None:
    pauses = [
        fact
        for n in range(20)
        for fact in (
            f.PauseRequested(at=at(60 + n), by="U2", pause=n % 2 == 0),
            f.PauseSent(at=at(60.5 + n), asked_at=at(60 + n), pause=n % 2 == 0),
        )
    ]
    paused = recording(*RUNS, *pauses)
    log = recording_card(paused, late=False, transcript_expected_at=None).blocks[2]
    assert log["elements"][0]["text"].count("\n") == 9


@given(recordings(), st.booleans(), st.none() | TIMES)
@settings(max_examples=150, deadline=None)
def test_slack_takes_the_card_whatever_is_known(
    recording: Recording, late: bool, expected: datetime | None
) -> None:
    for link in (None, "https://a.example", "x" * 9000):
        message = recording_card(
            recording, late=late, transcript_expected_at=expected, permalink_of_pointer=link
        )
        assert_accepted(message)


@given(recordings())
@settings(max_examples=100, deadline=None)
def test_buttons_fit_the_state(recording: Recording) -> None:
    blocks = recording_card(recording, late=False, transcript_expected_at=None).blocks
    shown = {e["action_id"] for b in blocks if b["type"] == "actions" for e in b["elements"]}
    if shown & {ids.STOP, ids.PAUSE, ids.RESUME}:
        assert recording.phase in (
            Phase.REQUESTED,
            Phase.STARTING,
            Phase.RUNNING,
            Phase.PAUSED,
        )
        assert not recording.stop_pending
    assert not {ids.PAUSE, ids.RESUME} <= shown
    assert bool(shown & {ids.TRY_AGAIN, ids.CHANGE}) == (recording.problem is not None)
    labels = [e["text"]["text"] for b in blocks if b["type"] == "actions" for e in b["elements"]]
    assert all(len(label) <= 30 for label in labels)


def test_what_looks_the_same_hashes_the_same() -> None:
    def hashed(recording: Recording) -> str:
        return content_hash(recording_card(recording, late=False, transcript_expected_at=None))

    running = recording(*RUNS)
    seen_again = recording(*RUNS, f.Observed(at=at(99), status="running"))
    assert hashed(running) == hashed(seen_again)
    assert hashed(running) != hashed(recording(*TRANSCRIBED))
    assert len(hashed(running)) == 32


def test_a_name_with_an_odd_starter_is_still_a_card() -> None:
    shown = card(recording(*RUNS, by="<!channel>", room_name="\u202e*evil*\n<@U9>"))
    assert shown.startswith("🔴 ***evil* <@U9>**")  # a leaf: shown as written, never parsed
    assert requested().room_name in card(recording(*RUNS))
