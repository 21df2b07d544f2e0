"""Small values that are read back or said: ids in buttons, dates and limits."""

from datetime import date, timedelta

import pytest

from bot.core.options import Resolution
from bot.core.search import Vocabulary, stem_of
from bot.core.when_words import say_date
from bot.ui.ids import moment_of_value

TODAY = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("value", "at_ms"),
    [
        ("key 754000", 754_000),
        ("key 999999999999", 999_999_999_999),
        ("key 1000000000000", 0),
        ("key -1", 0),
        ("key ٣", 0),
        ("key", 0),
    ],
)
def test_the_moment_in_a_button(value: str, at_ms: int) -> None:
    assert moment_of_value(value) == at_ms


def test_the_limits_of_a_resolution_are_said() -> None:
    for width, height, said in (
        (100, 1280, "The smaller side must be 144 to 1080 pixels."),
        (720, 4000, "The larger side must be 192 to 1920 pixels."),
    ):
        with pytest.raises(ValueError, match=said):
            Resolution(width=width, height=height)


def test_a_date_has_its_year_from_eleven_months_on() -> None:
    assert say_date(TODAY + timedelta(days=329), today=TODAY) == "Mon 30 Nov"
    assert say_date(TODAY + timedelta(days=330), today=TODAY) == "Tue 1 Dec 2026"
    assert say_date(date(2025, 12, 31), today=TODAY) == "Wed 31 Dec 2025"


def test_a_rarer_word_counts_for_more() -> None:
    few, many = Vocabulary({"often": 10, "rare": 1}), Vocabulary({"often": 90, "rare": 1})
    rare, often = (stem_of("rare"),), (stem_of("often"),)
    assert few.rarity(rare) > few.rarity(often) > 0
    assert many.rarity(rare) > few.rarity(rare)
