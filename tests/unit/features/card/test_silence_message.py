"""The direct messages about silence have the buttons that mend it, and follow what happens."""

from __future__ import annotations

from typing import Literal

import pytest

from bot.core import facts as f
from bot.core.policy import Silence
from bot.features.card.views import silence_message
from tests.unit.rows import each_row
from tests.unit.views_samples import ACCEPTED, READ, RUNS, at, recording

STOP = f.StopRequested(at=at(3600), by="U2")
REFUSED = f.StopRefused(at=at(3700), status=403, message="no")
BAD = f.StartRefused(at=at(9), status=422, message="meeting_url is required")
NO_ANSWER, NO_STOP = Silence("start", at(1)), Silence("stop", at(3600))
CANCELLED = Silence("start", at(1), cancelled=True)


@each_row(
    ("on", "facts", "silent", "buttons"),
    [
        ("start", [f.StartAttempted(at=at(1))], NO_ANSWER, ["Stop", "Open the card"]),
        ("start", ACCEPTED, Silence("start", at(2), accepted=True), ["Stop", "Open the card"]),
        (
            "start",
            [f.StartAttempted(at=at(1)), f.StopRequested(at=at(2), by="U1")],
            CANCELLED,
            ["Open the card"],
        ),
        ("start", RUNS, None, ["Stop", "Open the card"]),
        ("start", [*RUNS, STOP], NO_STOP, ["Open the card"]),
        ("start", [f.StartExpired(at=at(130))], None, ["Try again", "Open the card"]),
        ("start", [BAD], None, ["Change settings", "Open the card"]),
        ("start", [f.PointsTo(at=at(9), key="key-0")], None, ["Open the card"]),
        ("stop", [*RUNS, STOP], NO_STOP, ["Try again", "Open the card"]),
        ("stop", [*RUNS, STOP, REFUSED], None, ["Stop", "Open the card"]),
        ("stop", READ, None, ["Open the card"]),
    ],
)
def test_buttons(
    on: Literal["start", "stop"],
    facts: list[f.Fact],
    silent: Silence | None,
    buttons: list[str],
) -> None:
    link = "https://acme.slack.com/archives/C1/p1"
    message = silence_message(recording(*facts), on, silent, until=at(120), permalink=link)
    shown = [b["text"]["text"] for b in message.blocks[-1]["elements"]]
    assert shown == [*buttons, "Details"]


def test_what_the_person_may_not_do_is_not_offered() -> None:
    expired = recording(f.StartExpired(at=at(130)))
    message = silence_message(expired, "start", None, until=at(120), may_start=False)
    assert [b["text"]["text"] for b in message.blocks[-1]["elements"]] == ["Details"]


@pytest.mark.parametrize(
    ("silent", "facts", "said"),
    [
        (NO_ANSWER, [f.StartAttempted(at=at(1))], "The bot does not repeat it"),
        (NO_STOP, [*RUNS, STOP], "The bot keeps trying."),
    ],
)
def test_a_time_that_has_passed_is_not_named(
    silent: Silence, facts: list[f.Fact], said: str
) -> None:
    text = silence_message(recording(*facts), silent.on, silent, until=None).text
    assert said in text
    assert "until" not in text
