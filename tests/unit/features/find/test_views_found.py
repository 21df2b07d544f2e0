"""What was found in transcripts, as people read it; and the values that buttons carry."""

from dataclasses import replace

import pytest

from bot.core.search import parse
from bot.features.find import views
from bot.features.find.model import (
    PAGES_MOST,
    TEXT_MOST,
    FoundPage,
    page_of_value,
    page_value,
    question,
)
from tests.voice.found import FOUND, LESS, MANY, MOMENT, SAID, TODAY, page
from tests.voice.sample import ROOM


def labels(page: FoundPage) -> list[str]:
    blocks = views.found_reply(page).blocks
    rows = [block["elements"] for block in blocks if block["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row]


def test_a_hit_shows_the_moment_in_its_words_and_opens_there() -> None:
    assert labels(FOUND) == ["Open at 12:36", "Share", "Transcript", "Share"]  # one has no times
    (first, *_) = [b for b in views.found_reply(FOUND).blocks if b["type"] == "actions"]
    assert first["elements"][0]["value"] == "key-1 756000"
    assert first["elements"][1]["value"] == "key-1 1"
    shown = views.found_reply(FOUND).blocks[1]["text"]["text"]
    assert f"> *{SAID[1][1]}*" in shown
    assert "&lt;launch&gt;" in shown
    assert "> \u2068ליאת\u2069: " in shown, "a name from right to left does not turn the line"


def test_buttons_that_would_be_refused_are_left_out() -> None:
    assert labels(replace(FOUND, shares=False)) == ["Open at 12:36", "Transcript"]
    assert labels(replace(FOUND, opens=False)) == ["Share", "Share"]
    assert labels(replace(FOUND, opens=False, shares=False)) == []


def test_pages_turn_both_ways_and_ask_the_same() -> None:
    assert labels(MANY)[-2:] == ["Previous", "More"]
    turning = views.found_reply(MANY).blocks[-1]["elements"]
    assert [page_of_value(b["value"]) for b in turning] == [(0, MANY.text), (2, MANY.text)]
    assert "6 to 10 of 12" in views.found_reply(MANY).text


def test_the_answer_says_how_it_was_relaxed_and_what_was_misspelt() -> None:
    said = views.found_reply(LESS).text
    assert "“chekclist” was read as “checklist”." in said
    assert "No moment has all 3 words; these have at least 2 of them." in said
    assert views.NOT_COMPLETE in said


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (page_value(3, "a b"), (3, "a b")),
        ("", (0, "")),
        ("x y", (0, "y")),
        ("-1 y", (0, "y")),
        ("٣ y", (0, "y")),
        ("99999 y", (0, "y")),
        ("999 y", (PAGES_MOST - 1, "y")),
    ],
)
def test_a_page_is_only_a_claim(value: str, expected: tuple[int, str]) -> None:
    assert page_of_value(value) == expected


def test_what_was_understood_of_a_sentence_is_asked_as_filters() -> None:
    text = question("pricing page", room=ROOM, person="Ana Lima", since=TODAY, until=TODAY)
    query = parse(text, rooms=[ROOM], people=["Ana Lima"], today=TODAY)
    assert (query.rooms, query.people, query.since) == ((ROOM,), ("Ana Lima",), TODAY)
    assert query.until == TODAY
    found = views.found_reply(FoundPage(text, query, (MOMENT,), 1, 2, 2))
    assert f"on {TODAY.day} {TODAY:%b %Y}" in found.text
    assert [term.word for term in query.words] == ["pricing", "page"]


def test_filters_are_said_in_words_and_not_as_they_are_written() -> None:
    text = question("pricing page", room=ROOM, person="Ana Lima", since=TODAY, until=TODAY)
    query = parse(text, rooms=[ROOM], people=["Ana Lima"], today=TODAY)
    found = views.found_reply(FoundPage(text, query, (MOMENT,), 1, 2, 2)).text
    assert "for “pricing page”" in found
    assert "from:" not in found
    assert "from *Ana Lima*" in found
    nothing = views.found_reply(FoundPage(text, query, (), 0, 2, 2)).text
    assert "Nothing found for “pricing page” in" in nothing
    assert f"Searched only in *{ROOM}*, from *Ana Lima*, on " in nothing


def test_a_filter_that_names_nothing_stays_as_it_was_typed() -> None:
    query = parse("budget in:nowhere", rooms=[ROOM], people=[], today=TODAY)
    assert "“budget in:nowhere”" in views.found_reply(FoundPage("budget in:nowhere", query)).text


def test_the_longest_question_fits_into_its_buttons() -> None:
    long = page("wörd " * 200)
    many = FoundPage(long.text[:TEXT_MOST], long.query, (MOMENT,) * 5, 100, 8, 8, page=3)
    blocks = views.found_reply(many).blocks
    assert all(len(e["value"]) < 2000 for b in blocks for e in b.get("elements", ()))
    assert views.asked_words({"find_words": {"find_words_input": {"value": "x"}}}) == "x"
    assert views.asked_words({}) == ""
