"""The card in its states, as people see it."""

from __future__ import annotations

from datetime import datetime

from inline_snapshot import snapshot

from bot.core import facts as f
from bot.core.moments import Brief, brief_of
from bot.core.options import RecordingOptions
from bot.core.recording import Recording
from bot.core.sourcing import SourcedLine, SourcedSection
from bot.features.card.views import recording_card
from tests.unit.views_samples import (
    ACCEPTED,
    READ,
    RUNS,
    STOPPED,
    UPLOADED,
    assert_accepted,
    at,
    dates,
    folded,
    outline,
    recording,
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
    assert "<!" not in dates(message.text)
    return outline(message.payload())


def test_running() -> None:
    assert card(recording(*RUNS)) == snapshot("""\
🔴 **\u2068Q&A <weekly> 🎉 שלום\u2069** · Recording
~ Recording since 14:03 UTC · started by U1 · 720p, transcript (txt, srt),
    summary (1 section)
[Pause -> recording_pause] [!Stop -> recording_stop] [Details ->
    recording_details]\
""")


def test_names_are_written_as_they_are() -> None:
    """A line that begins with the name of a room or a person has no capital of its own."""

    def about(*log: f.Fact) -> str:
        message = recording_card(
            recording(*log), who=str.lower, late=False, transcript_expected_at=None
        )
        return outline(message.payload()).splitlines()[1]

    assert about(*STOPPED).startswith("~ u1 · started ")
    renamed = f.Renamed(at=at(60), by="U1", title="Launch")
    assert about(*STOPPED, renamed).split(" · ")[1] == "u1"
    assert about(*RUNS).startswith("~ Recording since ")
    assert about(*RUNS, renamed).split(" · ")[1].startswith("recording since ")


def test_running_read_aloud() -> None:
    message = recording_card(recording(*RUNS), late=False, transcript_expected_at=None)
    assert folded(dates(message.text)) == snapshot(
        """\
\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069: Recording. Recording since 14:03 UTC, started
    by U1, 720p, transcript (txt, srt), summary (1 section).\
"""
    )


def test_asked_for() -> None:
    assert card(recording()) == snapshot("""\
**\u2068Q&A <weekly> 🎉 שלום\u2069** · Starting
~ U1 · requested 22 Nov 2026, 14:03 UTC · 720p, transcript (txt, srt), summary
    (1 section)
[!Stop -> recording_stop] [Details -> recording_details]\
""")


def test_starting_late() -> None:
    assert card(recording(*ACCEPTED), late=True) == snapshot("""\
**\u2068Q&A <weekly> 🎉 שלום\u2069** · Starting
~ U1 · requested 22 Nov 2026, 14:03 UTC · 720p, transcript (txt, srt), summary
    (1 section)
Starting is taking longer than usual; still checking with 100ms.
[!Stop -> recording_stop] [Details -> recording_details]\
""")


def test_paused() -> None:
    paused: list[f.Fact] = [
        f.PauseRequested(at=at(60), by="U2", pause=True),
        f.PauseSent(at=at(61), asked_at=at(60), pause=True),
    ]
    assert card(recording(*RUNS, *paused)) == snapshot("""\
⏸️ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Paused
~ Recording since 14:03 UTC · started by U1 · 720p, transcript (txt, srt),
    summary (1 section)
~ 14:04 UTC  Paused by U2
[*Resume -> recording_resume] [!Stop -> recording_stop] [Details ->
    recording_details]\
""")


def test_a_pause_under_way() -> None:
    asked = f.PauseRequested(at=at(60), by="U2", pause=True)
    assert card(recording(*RUNS, asked)) == snapshot("""\
🔴 **\u2068Q&A <weekly> 🎉 שלום\u2069** · Recording, pausing
~ Recording since 14:03 UTC · started by U1 · 720p, transcript (txt, srt),
    summary (1 section)
~ 14:04 UTC  U2 asked to pause
[!Stop -> recording_stop] [Details -> recording_details]\
""")


def test_a_stop_under_way() -> None:
    assert card(recording(*RUNS, f.StopRequested(at=at(60), by="U2"))) == snapshot("""\
**\u2068Q&A <weekly> 🎉 שלום\u2069** · Stopping
~ Recording since 14:03 UTC · started by U1 · 720p, transcript (txt, srt),
    summary (1 section)
~ 14:04 UTC  U2 asked to stop
[Details -> recording_details]\
""")


def test_processing() -> None:
    assert card(recording(*STOPPED), expected=at(5000)) == snapshot("""\
**\u2068Q&A <weekly> 🎉 שלום\u2069** · Processing
~ U1 · started 22 Nov 2026, 14:03 UTC · 1 h 7 min · 720p, transcript (txt, srt),
    summary (1 section)
Transcript expected 22 Nov 2026, 15:26 UTC.
~ 14:03 UTC  U1 asked to record
14:03 UTC  Recording started
15:09 UTC  U2 asked to stop
15:09 UTC  Stopped after 1 h 7 min
[Details -> recording_details]\
""")


def test_video_there_transcript_to_come() -> None:
    assert card(recording(*UPLOADED), expected=at(5000)) == snapshot("""\
✅ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Video ready, transcript to come
~ U1 · started 22 Nov 2026, 14:03 UTC · 1 h 7 min
Transcript expected 22 Nov 2026, 15:26 UTC.
[Watch -> recording_watch] [Share -> recording_share] [Details ->
    recording_details]\
""")


def test_the_transcript_is_late() -> None:
    assert card(recording(*UPLOADED), late=True, expected=at(5000)) == snapshot("""\
✅ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Video ready, transcript to come
~ U1 · started 22 Nov 2026, 14:03 UTC · 1 h 7 min
The transcript is taking longer than usual; still checking with 100ms.
[Watch -> recording_watch] [Share -> recording_share] [Details ->
    recording_details]\
""")


def test_a_transcript_only_if_the_template_says_so() -> None:
    shown = card(recording(*UPLOADED, options=RecordingOptions()), expected=at(5000))
    assert shown == snapshot("""\
✅ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Video ready
~ U1 · started 22 Nov 2026, 14:03 UTC · 1 h 7 min
[Watch -> recording_watch] [Share -> recording_share] [Details ->
    recording_details]\
""")


def test_ready() -> None:
    assert card(recording(*READ)) == snapshot("""\
✅ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Ready
~ U1 · started 22 Nov 2026, 14:03 UTC · 1 h 7 min
[Watch -> recording_watch] [Transcript -> recording_transcript] [Share ->
    recording_share] [Details -> recording_details]\
""")


def test_audio_only() -> None:
    audio = RecordingOptions(audio_only=True, transcription=False)
    assert card(recording(*UPLOADED, options=audio)) == snapshot("""\
✅ **\u2068Q&A <weekly> 🎉 שלום\u2069** · Audio ready
~ U1 · started 22 Nov 2026, 14:03 UTC · 1 h 7 min
[Listen -> recording_watch] [Share -> recording_share] [Details ->
    recording_details]\
""")


def test_the_last_five_lines_are_shown() -> None:
    pauses: list[f.Fact] = [
        fact
        for n in range(20)
        for fact in (
            f.PauseRequested(at=at(60 + n), by="U2", pause=n % 2 == 0),
            f.PauseSent(at=at(60.5 + n), asked_at=at(60 + n), pause=n % 2 == 0),
        )
    ]
    paused = recording(*RUNS, *pauses)
    log = recording_card(paused, late=False, transcript_expected_at=None).blocks[2]
    assert log["elements"][0]["text"].count("\n") == 4


def test_a_name_with_an_odd_starter_is_still_a_card() -> None:
    shown = card(recording(*RUNS, by="<!channel>", room_name="\u202e*evil*\n<@U9>"))
    assert shown.startswith("🔴 ***evil* <@U9>**")  # a leaf: shown as written, never parsed
    assert requested().room_name in card(recording(*RUNS))


def test_a_finished_card_shows_the_meeting_in_less_than_twelve_lines() -> None:
    """On a phone, of some forty characters a line; the log is in Details."""
    people = tuple(f"Person {n}" for n in range(12))
    long = "The team went through the <launch> & the budget in great detail. " * 20
    brief = Brief(people, (long,))
    message = recording_card(recording(*READ), late=False, transcript_expected_at=None, brief=brief)
    assert "Who spoke: Person 0, Person 1" in message.text
    assert "and 7 more" in message.text
    assert "asked to record" not in message.text
    buttons = [b["text"]["text"] for b in message.blocks[-1]["elements"]]
    assert buttons == ["Watch", "Transcript", "Share", "Details"]
    said = [b["text"]["text"] for b in message.blocks if b["type"] == "section"]
    height = sum(-(-len(part) // 40) for text in said for part in text.split("\n"))
    assert height + 4 < 12, said  # the heading, two lines of dates and options, and the buttons
    assert_accepted(message)


def test_a_finished_card_names_who_was_there() -> None:
    """People of Slack by their names there; who spoke and was not listed was there, too."""
    people = (f.Attendee(name="ines", slack="U7"), f.Attendee(name="<Tom>"))
    listed = f.AttendeesListed(at=at(1), people=people)
    message = recording_card(
        recording(*READ, listed),
        late=False,
        transcript_expected_at=None,
        who=lambda user: {"U7": "Inês"}.get(user, user),
        brief=Brief(("<Tom>", "Ana"), ("They met.",)),
    )
    assert "Who was there: Inês, &lt;Tom&gt;, Ana\n" in message.text


def test_bullets_stand_in_for_a_summary_without_a_paragraph() -> None:
    bullets = tuple(SourcedLine(f"Point {n}", None) for n in range(5))
    agenda = SourcedSection("Agenda", True, bullets)
    decided = SourcedSection("Decisions", True, bullets[2:])
    assert brief_of(["Ana", "", "Ana"], [agenda, decided]) == Brief(
        ("Ana",), ("Point 2", "Point 3", "Point 4")
    )
    prose = SourcedSection("Short summary", False, (SourcedLine("A.", 1), SourcedLine("B.", 2)))
    assert brief_of([], [decided, prose]).lines == ("A. B.",)
