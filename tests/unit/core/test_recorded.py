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

from bot.core import facts as f
from tests.unit.core import defaults, readings, stories, texts
from tests.unit.some import at, requested

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


def test_facts_keep_the_identities_that_databases_have() -> None:
    """Else a webhook that comes again after an update would count twice."""
    known: dict[f.Fact, str] = {
        requested(): "requested:d67ce672eba1182b8aad33d11aba76b5",
        f.BeamStopped(
            at=at(9), reason="room ended", duration_s=3
        ): "beam_stopped:f8f64e1f4ee97f1052c81970112932b7",
        f.StopRequested(at=at(9), by="U1"): "stop_requested:9ee310f91d6d40d36fca047d86ee8a55",
    }
    assert {fact.kind: fact.identity for fact in known} == {
        fact.kind: said for fact, said in known.items()
    }


def _now(recorded: list[str], shown: Callable[[str, str], str]) -> Iterator[str]:
    kind = ""
    for line in recorded:
        if line.startswith("# "):
            kind = line.removeprefix("# ")
        given, arrow, _ = line.partition(ARROW)
        yield f"{given}{ARROW}{shown(kind, given)}" if arrow else line
