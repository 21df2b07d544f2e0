"""Questions about one recording are read as such, in a card's thread and in a direct message."""

import pytest

from bot.features.about.model import Asked
from bot.features.commands.model import Outcome
from tests.unit.features.commands.test_understanding import WORLDS, understood
from tests.unit.rows import each_row

QUESTIONS = {
    Asked.PEOPLE: (
        *("who is here", "who was there?", "whos in there", "who joined?", "who all attended"),
        *("how many people were there", "was anyone there?", "did anyone join", "attendees?"),
        *("who are in the meeting", "how many people", "how many joined"),
    ),
    Asked.LENGTH: (
        *("how long was it?", "how long has it been running", "how long is this going already"),
        *("whats the length of the recording", "how long it took", "duration?"),
    ),
    Asked.BEGAN: ("when did it start", "since when?", "when was it started"),
    Asked.ENDS: (
        *("when does it end", "when is it over?", "how much longer?", "what time does this end?"),
        *("how long will it run", "when it will finish?", "how long more", "time left?"),
        *("until when?", "until when is it recorded", "till what time?"),
    ),
    Asked.STARTER: (
        "who started it",
        "who is recording this?",
        "who requested this",
        "who make this recording",
    ),
    Asked.STOPPED: ("who stopped it?", "why did it stop?", "why did it end so early"),
    Asked.FAILURE: (
        "why did it fail?",
        "did it fail",
        "what happened to the recording?",
        "it crashed?",
    ),
    Asked.STATE: (
        "is it done?",
        "is it finished already?",
        "has it ended",
        "did it work?",
        "it is over?",
        "is it saved",
    ),
    Asked.VIDEO: (
        *("where is the video", "video pls", "can i get the video", "why is there no video?"),
        *("where can I watch it", "when will the video be ready", "send me the recording please"),
        *("the video is missing", "how do I get the video?", "video where?", "recording link pls"),
        *("can you send the video", "pls share me the video", "watch the recording"),
    ),
    Asked.TRANSCRIPT: (
        *("where is the transcript?", "wheres the transcript??", "is the transcript ready yet"),
        *(
            "transcript please",
            "give transcript",
            "transcript where",
            "how long until the transcript is ready",
        ),
    ),
}


@each_row("where", ["thread", "dm"])
@each_row("asked", Asked)
def test_a_question_is_answered_about_one_recording(asked: Asked, where: str) -> None:
    for text in QUESTIONS[asked]:
        found = understood(text, where)
        assert found.asked is asked, (text, found)
        assert found.outcome is Outcome.ANSWER
        assert (found.room is not None) == (where == "thread"), text


def test_a_room_that_is_named_wins_over_the_thread() -> None:
    for text in ("who was in the webinar", "how long was the webinar?", "is the webinar done"):
        for where in WORLDS:
            found = understood(text, where)
            assert found.asked is not None
            assert found.room is not None
            assert found.room.name == "webinar"
    last = understood("how long was the last town hall?", "dm")
    assert last.over
    near = understood("who was in the design reviw?", "dm")
    assert near.room is not None
    assert near.room.name == "Design review"


@each_row(
    "text",
    [
        "who can start recordings?",
        "who is in charge here?",
        "who was in the talk about pricing",
        "who said that we ship it?",
        "how long do you keep recordings?",
        "is the mic on",
        "what is scheduled?",
        "what was decided?",
        "who was in the unheard of meeting",
        "is there anything coming up on friday?",
        "help",
        "stop?",
        "is it ok to stop now?",
        "send the video to #sales",
        "watch standup",
    ],
)
def test_other_questions_are_not_about_one_recording(text: str) -> None:
    assert understood(text, "dm").asked is None


@pytest.mark.parametrize("text", ["stop it", "pause", "record this", "share it here", "resume"])
def test_an_order_is_no_question(text: str) -> None:
    assert understood(text, "thread").asked is None


@each_row(
    "text",
    [
        *("don't stop", "dont stop in 10", "it won't stop", "keep recording", "keep it running"),
        *("cancel the stop", "undo that stop please", "forget the end", "leave it running"),
        *("can you cancel the planned stop", "delete the timer"),
    ],
)
def test_a_recording_that_is_to_go_on_is_told_when_it_stops(text: str) -> None:
    done = understood(text, "thread")
    assert (done.room and done.room.name, done.asked, done.acts) == ("standup", Asked.ENDS, ())
