"""What is answered to a question about one recording, and which recording that is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core import facts as f
from bot.core.options import RecordingOptions
from bot.core.recording import Phase, Recording
from bot.features.about.model import Asked, meant, to_summarize
from bot.features.about.views import about_recording
from bot.features.control.views import ends
from bot.store.values import RecordingRow
from tests.unit.rows import each_row
from tests.unit.views_samples import READ, REFUSED, RUNS, STOPPED, TRANSCRIBED, UPLOADED, at
from tests.voice.sample import story

NOW = at(9 + 12 * 60)
THERE = f.AttendeesListed(at=at(4020), people=(f.Attendee(name="Ana"), f.Attendee(name="Ben")))
STOPPED_EARLY = (f.StartAttempted(at=at(1)), f.StopRequested(at=at(9), by="U1"))
ENDS_AT_NINE_FIFTY = f.EndSet(at=at(5), by="U1", until=at(3000))


def answer(asked: Asked, recording: Recording, **more: Any) -> str:
    return about_recording(recording, asked, now=NOW, **more).text


def labels(asked: Asked, recording: Recording, **more: Any) -> list[str]:
    made = about_recording(recording, asked, now=NOW, **more)
    rows = [block["elements"] for block in made.blocks if block["type"] == "actions"]
    return [one["text"]["text"] for row in rows for one in row]


@each_row(
    ("asked", "facts", "words"),
    [
        (Asked.LENGTH, RUNS, "has been recorded for 12 min"),
        (Asked.LENGTH, READ, "is 1 h 7 min long"),
        (Asked.BEGAN, RUNS, "started <!date"),
        (Asked.BEGAN, (), "100ms has not said yet when it started"),
        (Asked.ENDS, RUNS, "No end is set"),
        (Asked.ENDS, (*RUNS, ENDS_AT_NINE_FIFTY), "stops at <!date"),
        (Asked.ENDS, READ, "ended <!date"),
        (Asked.STARTER, RUNS, "> started the recording of"),
        (Asked.STOPPED, READ, "> stopped the recording of"),
        (Asked.STOPPED, RUNS, "is still being recorded, for 12 min so far"),
        (Asked.STOPPED, (*RUNS, f.StopDue(at=at(99), why="time")), "its time was over"),
        (Asked.STATE, (), "is starting"),
        (Asked.STATE, STOPPED_EARLY, "is being cancelled"),
        (Asked.STATE, STOPPED, "100ms is preparing the files"),
        (Asked.STATE, READ, "You can open the video and the transcript"),
        (Asked.STATE, REFUSED, "did not start"),
        (Asked.FAILURE, REFUSED, "does not let the bot see or record this room"),
        (Asked.FAILURE, READ, "did not fail"),
        (Asked.VIDEO, RUNS, "still being recorded"),
        (Asked.VIDEO, STOPPED, "is preparing the video"),
        (Asked.VIDEO, READ, "is ready"),
        (Asked.VIDEO, REFUSED, "did not start"),
        (Asked.TRANSCRIPT, RUNS, "A transcript comes after the end"),
        (Asked.TRANSCRIPT, READ, "The transcript of"),
        (Asked.PEOPLE, RUNS, "100ms does not say right now who is in"),
        (Asked.PEOPLE, READ, "has not listed yet who was there"),
        (Asked.PEOPLE, (*READ, THERE), "Ana, Ben"),
    ],
)
def test_the_answer_says_what_is_known(asked: Asked, facts: Sequence[f.Fact], words: str) -> None:
    assert words in answer(asked, story(*facts))


def test_an_end_on_another_day_has_its_date() -> None:
    tomorrow = f.EndSet(at=at(5), by="U1", until=at(20 * 3600))
    recording = story(*RUNS, tomorrow)
    assert "stops <!date^" in answer(Asked.ENDS, recording)
    for said in (answer(Asked.ENDS, recording), ends(recording, recording.ends_at).text):
        assert "{date_short_pretty} at {time}" in said


def test_where_100ms_does_not_answer_the_doubt_is_said() -> None:
    doubts = ("100ms has not answered the request to start since 10:02.",)
    for asked in (Asked.STATE, Asked.FAILURE, Asked.VIDEO):
        said = answer(asked, story(), doubts=doubts)
        assert doubts[0] in said
        assert "did not fail" not in said
    running = answer(Asked.STATE, story(*RUNS), doubts=("This may be out of date.",))
    assert "is still being recorded" in running
    assert running.endswith("This may be out of date.")
    assert "This may" not in answer(Asked.STARTER, story(*RUNS), doubts=("This may be",))
    assert "is still being recorded" not in answer(Asked.VIDEO, story()), "it has not begun"


def test_a_stop_that_100ms_has_not_confirmed_has_not_stopped_it() -> None:
    stopping = story(*RUNS, f.StopRequested(at=at(99), by="U2"))
    said = answer(Asked.STOPPED, stopping)
    assert "> asked to stop the recording of" in said
    assert "100ms has not said yet that it has stopped." in said
    assert "Nobody stopped it" not in answer(Asked.STOPPED, story()), "it has not begun"


def test_a_time_that_has_passed_is_not_promised() -> None:
    coming = answer(Asked.TRANSCRIPT, story(*UPLOADED), expected_at=NOW + timedelta(minutes=2))
    assert "100ms should have it by" in coming
    late = answer(Asked.TRANSCRIPT, story(*UPLOADED), expected_at=NOW)
    assert "should have it" not in late
    assert "taking longer than usual" in late


def test_a_transcript_that_100ms_does_not_release_is_not_ready() -> None:
    refused = f.ResultsChecked(at=at(5002), words=None, has_summary=False, transcript="refused")
    said = answer(Asked.TRANSCRIPT, story(*TRANSCRIBED, refused))
    assert "the bot could not get its file" in said


def test_who_is_there_now_is_what_100ms_says_now() -> None:
    running = story(*RUNS)
    assert "2 people in" in answer(Asked.PEOPLE, running, there=("Ana", "Ben"))
    assert "Nobody is in" in answer(Asked.PEOPLE, running, there=())


@each_row("asked", Asked)
def test_every_answer_is_one_or_two_sentences(asked: Asked) -> None:
    for facts in ((), RUNS, STOPPED, UPLOADED, TRANSCRIBED, READ, REFUSED):
        said = answer(asked, story(*facts))
        assert 20 < len(said.replace("<!date", "")) < 420, said


def test_the_button_is_the_one_that_helps() -> None:
    assert labels(Asked.LENGTH, story(*RUNS)) == ["Stop", "Details"]
    assert labels(Asked.LENGTH, story(*RUNS), may_stop=False) == ["Details"]
    ends = story(*RUNS, ENDS_AT_NINE_FIFTY)
    assert labels(Asked.ENDS, ends) == ["Stop", "+15 min", "No end", "Details"]
    assert labels(Asked.VIDEO, story(*READ)) == ["Watch", "Transcript", "Details"]
    assert labels(Asked.TRANSCRIPT, story(*READ)) == ["Transcript", "Watch", "Details"]
    assert labels(Asked.FAILURE, story(*REFUSED)) == ["Try again", "Details"]


def test_files_are_for_those_who_may_open_them() -> None:
    assert labels(Asked.VIDEO, story(*READ), may_open=False) == ["Details"]
    assert "Only full members" in answer(Asked.VIDEO, story(*READ), may_open=False)


def test_a_recording_without_a_transcript_says_so() -> None:
    silent = story(*UPLOADED, options=RecordingOptions(transcription=False))
    assert "No transcript was made" in answer(Asked.TRANSCRIPT, silent)


# Which recording is meant.


def row(key: str, phase: Phase) -> RecordingRow:
    return RecordingRow(
        key=key,
        phase=phase,
        room_id="room-1",
        room_name="standup",
        title=None,
        hms_id=None,
        session_id=None,
        starter="U1",
        origin="C1",
        elsewhere=False,
        audio_only=False,
        points_to=None,
        requested_at=at(0),
        attempted_at=None,
        accepted_at=None,
        started_at=None,
        stopped_at=None,
        duration_s=None,
        has_video=False,
        has_transcript=False,
        is_private=False,
    )


NEWEST_FIRST = [
    row("refused", Phase.NOT_STARTED),
    row("running", Phase.RUNNING),
    row("failed", Phase.FAILED),
    row("done", Phase.COMPLETED),
]


@pytest.mark.parametrize(
    ("asked", "over", "key"),
    [
        (Asked.PEOPLE, False, "running"),
        (Asked.LENGTH, True, "failed"),
        (Asked.VIDEO, False, "failed"),
        (Asked.FAILURE, False, "refused"),
        (Asked.STATE, False, "running"),
    ],
)
def test_the_recording_that_is_meant(asked: Asked, over: bool, key: str) -> None:
    found = meant(NEWEST_FIRST, asked, over=over)
    assert found is not None
    assert found.key == key


def test_a_start_that_failed_is_meant_where_nothing_was_recorded() -> None:
    refused = NEWEST_FIRST[0]
    assert meant([refused], Asked.VIDEO, over=False) == refused
    assert meant([], Asked.VIDEO, over=False) is None
    later = replace(NEWEST_FIRST[3], requested_at=at(9) + timedelta(days=1))
    assert meant([later, refused], Asked.FAILURE, over=False) == refused


@pytest.mark.parametrize("facts", [RUNS, (*READ, THERE)])
def test_a_name_of_the_meeting_is_no_mention_and_no_link(facts: Sequence[f.Fact]) -> None:
    name = "<@U0ADMIN001> <!channel> <https://evil.example|Sign in>"
    listed = f.AttendeesListed(at=at(4020), people=(f.Attendee(name=name),))
    every = [listed if isinstance(one, f.AttendeesListed) else one for one in facts]
    told = about_recording(story(*every), Asked.PEOPLE, now=NOW, there=[name])
    assert "&lt;!channel&gt;" in told.text
    for sign in ("<@U0ADMIN001>", "<!channel>", "<https"):
        assert sign not in f"{told.text}{told.blocks}"


PHASE_OF = {"refused3": Phase.NOT_STARTED}


@pytest.mark.parametrize(
    ("rows", "running", "wanted"),
    [
        ("sales2 standup1 sales1", "", "sales2 sales1 standup1"),
        ("sales2 standup1 sales1", "standup", "standup1 sales2 sales1"),
        ("sales2 standup1", "webinar", "sales2 standup1"),
        ("refused3 standup2 sales1", "refused", "standup2 sales1"),
        ("refused3", "", "refused3"),
        ("", "standup", ""),
    ],
)
def test_a_question_for_what_was_said_means_one_room_first(
    rows: str, running: str, wanted: str
) -> None:
    given = [
        replace(row(key, PHASE_OF.get(key, Phase.COMPLETED)), room_id=key[:-1])
        for key in rows.split()
    ]
    ordered = to_summarize(given, frozenset(running.split()))
    assert [row.key for row in ordered] == wanted.split()
