"""Which sentence a summary line rests on."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.sourcing import THRESHOLD, Sourcing, is_agenda, paragraph_lines, summary_lines


@dataclass(frozen=True)
class Said:
    speaker: str
    text: str


FILLER = [
    Said(("Ana", "Ben")[n % 2], f"Then we talked about something like topic{n} and other{n * 7}.")
    for n in range(60)
]
KEY = [
    Said("Ana", "So the fail over to the standby happened at nine forty."),
    Said("Chidi", "The refund costs three thousand eight hundred seventy dollars."),
    Said("Ben", "Chidi will send the certificate to the mill on Thursday."),
]
MEETING = FILLER[:20] + KEY[:1] + FILLER[20:40] + KEY[1:2] + FILLER[40:] + KEY[2:]


def source(line: str) -> Said | None:
    at = Sourcing(MEETING).source(line)
    return None if at is None else MEETING[at]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("The failover to the standby happened at 9:40", KEY[0]),
        ("Refunds of 3,870 dollars were approved", KEY[1]),
        ("Chidi to send the mill's certificate by Thursday", KEY[2]),
        ("Certificates will be sent to the mill", None),  # two words may be chance
        ("The office party was cancelled", None),
        ("Ana and Ben talked", None),
        ("something", None),
        ("", None),
        ("...", None),
    ],
)
def test_lines_rest_on_what_was_said(line: str, expected: Said | None) -> None:
    assert source(line) == expected


def test_what_is_said_twice_far_apart_is_less_certain() -> None:
    line = "Chidi to send the mill's certificate by Thursday"
    once, twice = Sourcing(MEETING), Sourcing(KEY[2:] + MEETING)
    sure, less = once.best(line), twice.best(line)
    assert sure is not None
    assert less is not None
    assert sure.confidence > 1.5 * less.confidence


def test_lines_of_an_agenda_get_no_source() -> None:
    lines = ["Refunds of 3,870 dollars were approved"]
    assert Sourcing(MEETING).section("Agenda", lines) == (None,)
    assert Sourcing(MEETING).section("Key Points", lines) == (41,)


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Agenda", True), (" AGENDA items", True), ("Key Points", False), ("", False)],
)
def test_agendas(title: str, expected: bool) -> None:
    assert is_agenda(title) is expected


@pytest.mark.parametrize(
    ("paragraph", "lines"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        (
            "From 1.4 to 1.25 million, e.g. this year. Next",
            ["From 1.4 to 1.25 million, e.g. this year.", "Next"],
        ),
        ("He said “no.” She left.", ["He said “no.”", "She left."]),
        ("一つ。二つ。", ["一つ。", "二つ。"]),
        ("One\n\nTwo", ["One", "Two"]),
        ("", []),
    ],
)
def test_the_lines_of_a_paragraph(paragraph: str, lines: list[str]) -> None:
    assert list(paragraph_lines(paragraph)) == lines


def test_bullets_are_the_lines_where_there_are_any() -> None:
    assert summary_lines(["a. b", "c"], "One. Two.") == ("a. b", "c")
    assert summary_lines([], "One. Two.") == ("One.", "Two.")


WORDS = st.sampled_from(
    [
        "ana",
        "ben",
        "refund",
        "refunds",
        "fail",
        "over",
        "failover",
        "20",
        "twenty",
        "%",
        "the",
        ",",
        ".",
        "会",
        "é",
    ]
)
TEXTS = st.lists(WORDS, max_size=8).map(" ".join) | st.text(max_size=20)


@given(st.lists(st.builds(Said, TEXTS, TEXTS), max_size=12), TEXTS)
def test_any_line_and_transcript_have_an_answer(said: list[Said], line: str) -> None:
    sourcing = Sourcing(said)
    best = sourcing.best(line)
    at = sourcing.source(line)
    if best is None:
        assert at is None
        return
    assert 0 <= best.sentence < len(said)
    assert best.confidence >= 0
    assert at == (best.sentence if best.confidence >= THRESHOLD else None)
