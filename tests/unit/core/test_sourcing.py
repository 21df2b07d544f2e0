"""Which sentence a summary line rests on."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.sourcing import THRESHOLD, Sourcing, is_agenda, paragraph_lines, summary_lines
from tests.unit.rows import each_row

MEETINGS = Path(__file__).parents[2] / "data" / "meetings"


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


@each_row(
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


@pytest.mark.parametrize("path", sorted(MEETINGS.glob("*.json")), ids=lambda path: path.stem[:2])
def test_labelled_meetings(path: Path) -> None:
    """How sure each line is of its sentence. A change of the measure shows here.

    Then `python -m tests.score.meetings` says whether it got better.
    """
    meeting = json.loads(path.read_text(encoding="utf-8"))
    sourcing = Sourcing([Said(one["name"], one["sentence"]) for one in meeting["sentences"]])
    found = [
        sourcing.best(line)
        for part in meeting["summary"]["sections"]
        for line in summary_lines(part.get("bullets") or (), part.get("paragraph") or "")
    ]
    seen = [(best.sentence, round(best.confidence, 3)) if best else None for best in found]
    assert seen == LABELLED[path.stem]


LABELLED: dict[str, list[tuple[int, float] | None]] = {
    "02-incident-postmortem": [
        (6, 11.871),
        (92, 0.0),
        (36, 16.438),
        (40, 17.111),
        (49, 7.113),
        (156, 0.0),
        (125, 1.672),
        (75, 20.965),
        (60, 0.0),
        (132, 0.0),
        (166, 12.684),
        (114, 33.426),
        (121, 11.286),
        (125, 3.051),
        (81, 13.755),
        (142, 6.858),
        (118, 4.147),
        (161, 14.281),
        (13, 33.054),
        (69, 8.606),
        (101, 29.183),
    ],
    "05-vendor-negotiation": [
        (12, 13.482),
        (14, 0.0),
        (17, 14.891),
        (168, 17.328),
        (69, 31.982),
        (44, 18.364),
        (170, 12.023),
        (104, 26.126),
        (125, 17.658),
        (120, 4.435),
        (145, 12.187),
        (150, 31.497),
        (151, 12.739),
        (157, 1.215),
        (173, 1.454),
        (81, 0.0),
        (83, 5.588),
        (176, 18.897),
        (116, 24.937),
        (115, 0.0),
        (112, 0.0),
    ],
    "11-sales-weekly": [
        (11, 29.883),
        (13, 1.184),
        (120, 45.546),
        (108, 35.234),
        (114, 0.915),
        (37, 33.472),
        (127, 28.443),
        (95, 0.0),
        (56, 0.0),
        (95, 0.0),
        (63, 59.247),
        (149, 0.0),
        (169, 0.0),
        (139, 3.537),
        (159, 4.389),
        (13, 0.0),
        (66, 0.0),
        (175, 14.28),
        (147, 0.0),
        (66, 0.0),
        (11, 3.438),
        (164, 2.017),
    ],
    "13-customer-interview": [
        (138, 5.312),
        (26, 0.975),
        (30, 10.314),
        (191, 0.443),
        (48, 3.087),
        (65, 31.018),
        (21, 0.0),
        (97, 23.144),
        (5, 0.0),
        (75, 3.533),
        (117, 32.039),
        (129, 0.0),
        (149, 6.534),
        (158, 0.0),
        (164, 3.621),
        (144, 6.345),
        (193, 28.97),
        (181, 4.785),
        (135, 66.908),
        (174, 0.0),
        (176, 0.0),
    ],
}


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
