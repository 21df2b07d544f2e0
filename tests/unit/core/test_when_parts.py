"""From which hour to which a part of a day lasts: the hours at its edges, and those just outside."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core.when import When
from bot.core.when_days import Purpose
from bot.core.when_grammar import read_when
from bot.core.when_words import say_length, say_when

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 12, 2, 14, 20, tzinfo=ZoneInfo(BERLIN))


def _is_read_as_written(part: str, hour: int) -> bool:
    """10:00 in the evening is read, too, but as 22:00."""
    text = f"tomorrow {part} at {hour:02}:00"
    reading = read_when(text, now=NOW, zone=BERLIN, purpose=Purpose.START)
    if not isinstance(reading, When):
        return False
    return bool(re.match(rf"Thu 3 Dec, 0?{hour}:00 ", say_when(reading, now=NOW)))


@pytest.mark.parametrize(
    ("part", "first", "last"),
    [("morning", 0, 11), ("afternoon", 12, 18), ("evening", 16, 23)],
)
def test_the_hours_of_a_part_of_the_day(part: str, first: int, last: int) -> None:
    fits = [hour for hour in range(24) if _is_read_as_written(part, hour)]
    assert fits == list(range(first, last + 1))


@pytest.mark.parametrize(
    ("seconds", "says"),
    [(0, "0 s"), (61, "1 min 1 s"), (3600, "1 h"), (7199, "1 h 59 min 59 s"), (5400, "1 h 30 min")],
)
def test_a_length_is_said_in_its_units(seconds: int, says: str) -> None:
    assert say_length(seconds) == says
