"""The measure of sourced lines and of search, over the labelled meetings that we have."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bot.core.sourcing import Sourcing, is_agenda, summary_lines
from tests.score.measure import Measure

MEETINGS = sorted((Path(__file__).parents[1] / "data" / "meetings").glob("*.json"))


def test_the_measure_of_labelled_meetings_is_kept() -> None:
    """Measured: 32 of 34 right, none invented, 17 of 20 queries answered, 4 of 4 quiet."""
    command = [sys.executable, "-m", "tests.score.meetings", *map(str, MEETINGS)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    said = json.loads(done.stdout)
    measure = Measure()
    for path in MEETINGS:
        measure.add(json.loads(path.read_text()), said[path.name])
    assert len(MEETINGS) == 4
    assert measure.precision >= 0.92, measure
    assert measure.coverage >= 0.42, measure
    assert measure.invented == 0, measure
    assert measure.answered >= 17, measure
    assert measure.quiet == measure.questions, measure


@dataclass(frozen=True)
class Said:
    speaker: str
    text: str


SHORT = 12  # sentences
NEAR = 2  # sentences: as score.py counts a hit


def test_in_short_meetings_lines_get_times_and_foreign_ones_do_not() -> None:
    """Pieces of the labelled meetings, asked for every line of their meeting's summary.

    Measured: 42 of 92 lines that rest on their piece, 34 of 1,049 others.
    """
    counted: Counter[str] = Counter()
    for path in MEETINGS:
        meeting = json.loads(path.read_text())
        said = [Said(one["name"], one["sentence"]) for one in meeting["sentences"]]
        for first in range(0, len(said) - SHORT + 1, SHORT):
            sourcing = Sourcing(said[first : first + SHORT])
            for gold in meeting["gold"]:
                section = meeting["summary"]["sections"][gold["section"]]
                if is_agenda(section["title"]):
                    continue
                lines = summary_lines(section.get("bullets") or (), section.get("paragraph") or "")
                at = [n - first for n in gold["sentences"]]
                if any(0 <= n < SHORT for n in at):
                    found = sourcing.source(lines[gold["line"]])
                    counted["ours"] += 1
                    counted["right"] += (
                        found is not None and min(abs(found - n) for n in at) <= NEAR
                    )
                elif not any(-NEAR <= n < SHORT + NEAR for n in at):
                    counted["others"] += 1
                    counted["invented"] += sourcing.source(lines[gold["line"]]) is not None
    assert counted["right"] >= 0.4 * counted["ours"], counted
    assert counted["invented"] <= 0.05 * counted["others"], counted
