"""Recorded behaviour: inputs of the core, one on a line, with what the core makes of each.

Other tests say what is meant; this one notices every other change. The lines were chosen so that
a change of almost any place in the code changes one of them. If a change is meant, write the lines
anew with `RECORD_BOT_REDRAW=1` and read the diff: it says what else has changed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.unit.core import defaults, readings, stories, texts

DATA = Path(__file__).parents[2] / "data/recorded"
ARROW = " → "
# What is said of an input, by file; a heading `# …` says of what kind the inputs below it are.
SHOWN: dict[str, Callable[[str, str], str]] = {
    "readings.txt": readings.read,
    "stories.txt": lambda _, story: stories.told(story),
    "texts.txt": lambda kind, text: texts.shown(kind, json.loads(text)),
}


@pytest.mark.parametrize("name", SHOWN)
def test_nothing_has_changed_unnoticed(name: str) -> None:
    recorded = (DATA / name).read_text("utf-8").split("\n")
    now = list(_now(recorded, SHOWN[name]))
    if os.environ.get("RECORD_BOT_REDRAW"):
        (DATA / name).write_text("\n".join(now), "utf-8")
    changed = [pair for pair in zip(recorded, now, strict=True) if pair[0] != pair[1]]
    assert not changed, "\n".join(f"- {was}\n+ {says}" for was, says in changed[:20])


def test_no_constant_and_no_default_has_changed_unnoticed() -> None:
    now = "\n".join(defaults.lines()) + "\n"
    if os.environ.get("RECORD_BOT_REDRAW"):
        (DATA / "defaults.txt").write_text(now, "utf-8")
    assert now.split("\n") == (DATA / "defaults.txt").read_text("utf-8").split("\n")


def _now(recorded: list[str], shown: Callable[[str, str], str]) -> Iterator[str]:
    kind = ""
    for line in recorded:
        if line.startswith("# "):
            kind = line.removeprefix("# ")
        given, arrow, _ = line.partition(ARROW)
        yield f"{given}{ARROW}{shown(kind, given)}" if arrow else line
