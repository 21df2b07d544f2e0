"""The messages that end a recording."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.core import facts as f
from bot.core.assets import SummarySection
from bot.core.deliveries import Kind
from bot.core.options import RecordingOptions
from bot.core.policy import Silence
from bot.core.recording import Recording
from bot.features.card.views import tell_message
from bot.features.results.views import (
    MISSING,
    file_failed_message,
    in_place_of,
    results_message,
)
from bot.ui.message import say
from tests.unit.examples import examples
from tests.unit.views_extremes import CHANNELS, SECTIONS, TEXTS, recordings
from tests.unit.views_samples import (
    ACCEPTED,
    OPTIONS,
    READ,
    RUNS,
    SUMMARY,
    TRANSCRIBED,
    UPLOADED,
    assert_accepted,
    at,
    dates,
    folded,
    outline,
    recording,
    shown,
)


def results(
    recording: Recording, summary: list[SummarySection] | None = None, *, in_thread: bool = True
) -> str:
    called = results_message(recording, summary=summary or [], mention=True, in_thread=in_thread)
    return shown(called)


def read(words: int | None, *, has_summary: bool = False) -> f.ResultsChecked:
    return f.ResultsChecked(at=at(5002), words=words, has_summary=has_summary)


def test_everything_is_there() -> None:
    assert results(recording(*READ), SUMMARY) == snapshot("""\
<@U1> The video, transcript and summary are ready.
**Key Points**
• Ship <v2> & rest
• *Bold* plans for @here
**Short Summary**
We talked.
Then we agreed.
[Watch -> recording_watch] [Transcript -> recording_transcript] [Share ->
    recording_share] [Details -> recording_details]\
""")


def test_everything_is_there_read_aloud() -> None:
    message = results_message(recording(*READ), summary=SUMMARY, mention=False, in_thread=True)
    assert folded(dates(message.text)) == snapshot("""\
\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069, 22 Nov 2026, 14:03 UTC, 1 h 7 min: The video,
    transcript and summary are ready.
Key Points:
• Ship &lt;v2&gt; &amp; rest
• ∗Bold∗ plans for @\u2060here
Short Summary:
We talked.
Then we agreed.\
""")


def test_without_its_card_it_says_which_recording_it_is() -> None:
    assert results(recording(*READ), SUMMARY, in_thread=False) == snapshot("""\
<@U1> **\u2068Q&A <weekly> 🎉 שלום\u2069** · 22 Nov 2026, 14:03 UTC · 1 h 7 min
The video, transcript and summary are ready.
**Key Points**
• Ship <v2> & rest
• *Bold* plans for @here
**Short Summary**
We talked.
Then we agreed.
[Watch -> recording_watch] [Transcript -> recording_transcript] [Share ->
    recording_share] [Details -> recording_details]\
""")


def test_an_empty_transcript() -> None:
    assert results(recording(*TRANSCRIBED, read(0))) == snapshot("""\
<@U1> The video is ready.
~ The transcript is empty: nobody spoke, or the speech was not in English.
[Watch -> recording_watch] [Share -> recording_share] [Details ->
    recording_details]\
""")


def test_a_part_is_missing() -> None:
    failed = f.TranscriptionReported(at=at(4999), outcome="failure")
    file = f.AssetSeen(at=at(5001), asset_id="a9", type="transcript", mode="srt", status="failed")
    assert results(recording(*TRANSCRIBED, failed, file, read(1204))) == snapshot("""\
<@U1> The video and transcript are ready.
~ 100ms could not make: Transcript (srt).
No summary arrived, although one was requested.
[Watch -> recording_watch] [Transcript -> recording_transcript] [Share ->
    recording_share] [Details -> recording_details]\
""")


def test_the_transcript_failed() -> None:
    failed = f.TranscriptionReported(at=at(5000), outcome="failure")
    assert results(recording(*UPLOADED, failed, read(None))) == snapshot("""\
<@U1> The video is ready.
~ 100ms could not make the transcript. The 100ms dashboard may say why.
[Watch -> recording_watch] [Share -> recording_share] [Details ->
    recording_details]\
""")


def test_the_transcript_never_came() -> None:
    gave_up = f.GaveUp(at=at(99_000), on="transcript")
    assert results(recording(*UPLOADED, gave_up)) == snapshot("""\
<@U1> The video is ready.
~ The transcript did not arrive in time. If it is made later, find it in the
    100ms dashboard.
[Watch -> recording_watch] [Share -> recording_share] [Details ->
    recording_details]\
""")


def test_the_template_made_no_transcript() -> None:
    gave_up = f.GaveUp(at=at(6000), on="transcript")
    assert results(recording(*UPLOADED, gave_up, options=RecordingOptions())) == snapshot("""\
<@U1> The video is ready.
[Watch -> recording_watch] [Share -> recording_share] [Details ->
    recording_details]\
""")


def test_none_was_wanted() -> None:
    without = RecordingOptions(transcription=False)
    assert results(recording(*UPLOADED, options=without)) == snapshot("""\
<@U1> The video is ready.
[Watch -> recording_watch] [Share -> recording_share] [Details ->
    recording_details]\
""")


def test_failed() -> None:
    failed = f.BeamFailed(at=at(30), error_type="UPLOAD_ERROR", message="bucket <x> & co")
    assert results(recording(*ACCEPTED, failed)) == snapshot("""\
<@U1> The recording failed.
100ms could not store the files. 100ms said: “bucket &lt;x&gt; &amp; co”. Check
    the template's storage in the 100ms dashboard, then try again.
[Try again -> recording_try_again] [Details -> recording_details]\
""")


def test_a_long_summary_points_to_details() -> None:
    long = [SummarySection("Notes", "paragraph", (), "Word. " * 2000)]
    message = results_message(recording(*READ), summary=long, mention=False, in_thread=True)
    assert_accepted(message)
    assert "Open Details for all of it" in outline(message.payload())


def test_a_long_meeting_may_have_a_short_summary() -> None:
    long = replace(recording(*READ), duration_s=100 * 60.0)
    assert "over 90 minutes" in results(long, SUMMARY)


@given(recordings(), st.lists(SECTIONS, max_size=20), st.booleans(), st.booleans())
@examples(50)
def test_slack_takes_the_results_whatever_they_are(
    recording: Recording, summary: list[SummarySection], mention: bool, in_thread: bool
) -> None:
    message = results_message(recording, summary=summary, mention=mention, in_thread=in_thread)
    assert_accepted(message)
    leaves = [leaf for block in message.blocks for leaf in _leaves(block)]
    assert sum(leaf["type"] == "user" for leaf in leaves) <= mention


def _leaves(block: dict[str, object]) -> list[dict[str, object]]:
    elements = block.get("elements")
    if not isinstance(elements, list):
        return [block]
    return [leaf for element in elements for leaf in _leaves(element)]


def test_a_file_failed() -> None:
    there = recording(*READ)
    failed = file_failed_message(there, Kind.TRANSCRIPT, "not_in_channel", "C1")
    assert shown(failed) == snapshot("""\
The transcript could not be uploaded here. @record-bot is not in <#C1>. Files
    need that. Type `/invite @record-bot` in the channel, then try again. The
    button below still works.
[Transcript -> recording_transcript] [Details -> recording_details]\
""")
    chat = file_failed_message(there, Kind.CHAT, "file_uploads_disabled", "C1")
    assert shown(chat) == snapshot("""\
The chat could not be uploaded here. This workspace does not allow file uploads.
    Open Details for a link.
[Details -> recording_details]\
""")


def test_word_to_the_starter() -> None:
    told = tell_message(recording(*RUNS), channel="C1", error="is_archived")
    assert shown(told) == snapshot("""\
**\u2068Q&A <weekly> 🎉 שלום\u2069** · Recording
The bot cannot update the card in <#C1>. <#C1> is archived. Unarchive it, or use
    another channel.
The recording continues; you can stop it here.
[!Stop -> recording_stop] [Details -> recording_details]\
""")
    assert folded(dates(told.text)) == snapshot("""\
\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069: recording. The bot cannot update the card in
    <#C1>. <#C1> is archived. Unarchive it, or use another channel. The
    recording continues; you can stop it here.\
""")


def test_word_to_the_starter_while_100ms_does_not_answer() -> None:
    silent = Silence("start", at(2), accepted=True)
    told = tell_message(recording(*ACCEPTED), channel="C1", error="is_archived", silent=silent)
    assert "Starting, not confirmed" in shown(told)
    assert "starting, not confirmed" in told.text
    assert "The recording continues" not in told.text, "nobody knows whether it has begun"
    assert "You can stop it here." in told.text


@pytest.mark.parametrize(("gone", "says"), [(True, "no longer has"), (False, "is not there")])
def test_a_missing_file_is_said_to_be_gone_only_past_its_time(gone: bool, says: str) -> None:
    said = file_failed_message(recording(*READ), Kind.CHAT, MISSING, "C1", gone=gone)
    assert says in said.text
    assert ("15 days" in said.text) is gone


@given(recordings(), CHANNELS, TEXTS)
@examples(40)
def test_slack_takes_the_notes_whatever_it_said(
    recording: Recording, channel: str, error: str
) -> None:
    for kind in (Kind.TRANSCRIPT, Kind.CHAT):
        assert_accepted(file_failed_message(recording, kind, error, channel))
    assert_accepted(tell_message(recording, channel=channel, error=error))


def test_the_samples_ask_for_a_summary() -> None:
    assert OPTIONS.summary


def test_a_line_with_a_source_shows_the_moment_and_links_to_it_where_there_is_a_page() -> None:
    there = recording(*READ)
    times = {"Ship <v2> & rest": 754_000, "Then we agreed.": 3_723_000}
    told = {"summary": SUMMARY, "times": times, "mention": False, "in_thread": True}
    plain = results_message(there, **told)  # type: ignore[arg-type]
    linked = results_message(there, **told, page="https://bot.example/m/k")  # type: ignore[arg-type]
    for message, verb in ((plain, ""), (linked, "Watch from ")):
        assert f"Ship &lt;v2&gt; &amp; rest ({verb}12:34)" in message.text
        assert f"Then we agreed. ({verb}1:02:03)" in message.text
        assert_accepted(message)
    assert "bot.example" not in str(plain.blocks)
    assert "https://bot.example/m/k?t=754" in str(linked.blocks)
    assert "https://bot.example/m/k?t=3723" in str(linked.blocks)


def test_a_line_of_an_agenda_has_no_moment() -> None:
    line = ("Ship it",)
    summary = [SummarySection("Agenda", "bullets", line), SummarySection("Plan", "bullets", line)]
    told = results_message(
        recording(*READ), summary=summary, times={"Ship it": 754_000}, mention=False, in_thread=True
    )
    assert told.text.count("12:34") == str(told.blocks).count("12:34") == 1
    assert told.text.index("12:34") > told.text.index("Plan:")


def test_a_summary_of_another_room_is_named() -> None:
    newest = recording(*UPLOADED)
    other = replace(recording(*READ), room_id="room-2", room_name="Retro")
    said = in_place_of(newest, other, say("Shipped.")).text
    assert "has no summary" in said
    assert "This is the summary of Retro," in said
    assert (
        "This is the latest one with a summary,"
        in in_place_of(newest, newest, say("Shipped.")).text
    )


def test_a_failed_recording_gets_no_summary_so_far() -> None:
    failed = recording(*RUNS, f.BeamFailed(at=at(99), error_type="INTERNAL_ERROR"))
    assert "has no summary. " in in_place_of(failed, recording(*READ), say("Shipped.")).text
