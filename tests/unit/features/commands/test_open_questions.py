"""Whose words answer which question, where, and for how long."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.features.commands.open_questions import ANSWERED_WITHIN, MOST, OpenQuestions
from bot.listeners.payloads import Caller
from tests.unit.rows import each_row

NOW = datetime(2026, 12, 2, 14, 20, tzinfo=UTC)
INES = Caller("U1", "C1", None, "", thread_ts="1.0")


@each_row(
    ("who", "after", "answers"),
    [
        (INES, timedelta(0), True),
        (INES, ANSWERED_WITHIN, True),
        (INES, ANSWERED_WITHIN + timedelta(seconds=1), False),
        (replace(INES, user="U2"), timedelta(0), False),
        (replace(INES, channel="C2"), timedelta(0), False),
        (replace(INES, thread_ts=None), timedelta(0), False),
        (replace(INES, thread_ts="2.0"), timedelta(0), False),
        (replace(INES, channel=None), timedelta(0), False),
    ],
)
def test_a_question_is_open_to_one_person_in_one_place_for_minutes(
    who: Caller, after: timedelta, answers: bool
) -> None:
    questions = OpenQuestions()
    questions.put(INES, "q1", NOW)
    assert questions.take(who, NOW + after) == ("q1" if answers else None)


def test_the_last_question_is_the_one_that_is_open_and_once() -> None:
    questions = OpenQuestions()
    questions.put(INES, "q1", NOW)
    questions.put(INES, "q2", NOW)
    assert [questions.take(INES, NOW) for _ in range(2)] == ["q2", None]


def test_the_oldest_of_too_many_are_dropped() -> None:
    questions = OpenQuestions()
    people = [replace(INES, user=f"U{n}") for n in range(MOST + 1)]
    for who in people:
        questions.put(who, who.user, NOW)
    kept = (people[0], people[1], people[-1])
    assert [questions.take(who, NOW) for who in kept] == [None, "U1", f"U{MOST}"]
