"""Predictions for labelled meetings, made by the code that serves people.

    python -m tests.score.meetings FILE.json…

Prints `{"<file name>": {"lines": {"<section>.<line>": <sentence index or null>, …}, "queries":
[[<sentence index>, … best first], …]}}`. A sentence is an entry of the meeting's `sentences`. Each
query runs in a database with nothing but its meeting.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.core.assets import SummarySection
from bot.core.search import parse
from bot.core.transcript import Sentence, Transcript, read
from bot.features.find.steps import source_summary
from bot.kit.logs import configure_logs
from bot.store.open import open_store
from bot.store.store import Store
from bot.store.values import Team
from tests.contract.store_support import created
from tests.contract.transcripts_kit import scope

TODAY = date(2026, 3, 1)
CHANNEL = scope("C1")


def predictions(paths: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """By file name, what the bot says about each meeting."""
    return {path.name: _of_meeting(json.loads(path.read_text())) for path in paths}


def _of_meeting(meeting: Mapping[str, Any]) -> dict[str, Any]:
    entries = meeting["sentences"]
    transcript = read(json.dumps({"sentences": entries}).encode())
    if not isinstance(transcript, Transcript):
        raise SystemExit(f"not readable as a transcript: {transcript}")
    at = _entry_of(transcript.sentences, entries)
    queries = asyncio.run(
        _found(transcript.sentences, [query["q"] for query in meeting["queries"]])
    )
    return {
        "lines": _lines(transcript.sentences, at, meeting["summary"]),
        "queries": [[at[n] for n in found] for found in queries],
    }


def _entry_of(sentences: Sequence[Sentence], entries: Sequence[Mapping[str, str]]) -> list[int]:
    """Where in the file each sentence comes from: those without text are gone, the rest sorted."""
    said = [n for n, entry in enumerate(entries) if entry["sentence"].split()]
    said.sort(key=lambda n: float(entries[n]["start_time"]))
    for n, sentence in zip(said, sentences, strict=True):
        if " ".join(entries[n]["sentence"].split()) != sentence.text:
            raise SystemExit(f"sentence {n} of the file is not where it was expected")
    return said


def _lines(
    sentences: Sequence[Sentence], at: Sequence[int], summary: Mapping[str, Any]
) -> dict[str, int | None]:
    sections = [
        SummarySection(
            part["title"],
            part["format"],
            tuple(part.get("bullets") or ()),
            part.get("paragraph") or "",
        )
        for part in summary["sections"]
    ]
    found: dict[str, int | None] = {}
    for section, part in enumerate(source_summary(sentences, sections)):
        for n, line in enumerate(part.lines):
            found[f"{section}.{n}"] = None if line.sentence is None else at[line.sentence]
    return found


async def _found(sentences: Sequence[Sentence], queries: Sequence[str]) -> list[list[int]]:
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(
            f"sqlite:///{folder}/meeting.db",
            team=Team("T1"),
            now=lambda: datetime.now(UTC),
            lease=timedelta(minutes=1),
        )
        try:
            await store.transcripts.keep(await created(store), sentences)
            return [await _hits(store, query) for query in queries]
        finally:
            await store.close()


async def _hits(store: Store, query: str) -> list[int]:
    rooms, people = await store.search.names(CHANNEL)
    asked = parse(query, rooms=rooms, people=people, today=TODAY)
    found = await store.search.find(asked, CHANNEL)
    return [moment.sentence.n for moment in found.moments]


if __name__ == "__main__":
    configure_logs("WARNING", "console")  # to stderr: what is printed is read by programs
    json.dump(predictions([Path(name) for name in sys.argv[1:]]), sys.stdout, indent=1)
    sys.stdout.write("\n")
