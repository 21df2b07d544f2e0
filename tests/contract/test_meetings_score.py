"""The measure of sourced lines and of search, over the labelled meetings that we have."""

import json
import subprocess
import sys
from pathlib import Path

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
