"""Times as people write them, each read as meant: `tests/data/phrases/times.tsv`."""

import csv
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.core.when import Refused, Unclear, When
from bot.core.when_days import Purpose
from bot.core.when_grammar import find_times, read_when
from tests.score.times import as_row
from tests.unit.rows import each_row

ZONE = "Europe/Berlin"
NOW = datetime(2026, 11, 25, 10, 20, tzinfo=ZoneInfo(ZONE))  # a Wednesday
FILE = Path(__file__).parents[2] / "data/phrases/times.tsv"
ROWS = list(csv.DictReader(FILE.open(encoding="utf-8"), delimiter="\t"))


@each_row("row", ROWS, ids=lambda row: row["text"])
def test_a_time_is_read_as_it_was_meant(row: dict[str, str]) -> None:
    """`ask`: it may mean two things, and buttons say which; `refused`: with examples."""
    reading = read_when(row["text"], now=NOW, zone=ZONE)
    if row["at"] in ("ask", "refused"):
        assert isinstance(reading, Unclear if row["at"] == "ask" else Refused)
        return
    read = as_row(reading, now=NOW)
    found = {name: str(read[name] or "") for name in ("at", "rrule", "for_s", "until")}
    found |= {name: found[name][: len("2026-11-26T09:30")] for name in ("at", "until")}
    assert found == {name: row[name] for name in found}


@each_row("zone", ["Asia/Tokyo", "America/Los_Angeles"])
@each_row("day", ["0001-01-01", "9999-12-31", "1.1.0001"])
@each_row("purpose", Purpose)
def test_the_first_and_the_last_day_of_time_are_refused(
    zone: str, day: str, purpose: Purpose
) -> None:
    now = NOW.astimezone(ZoneInfo(zone))
    for words in (f"since {day}", f"on {day}", f"before {day}", f"until {day}"):
        found = find_times(words, now=now, zone=zone, purpose=purpose)
        assert not isinstance(found.reading, When), words
