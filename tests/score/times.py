"""Read times as the bot does: `python -m tests.score.times FILE.tsv`.

The file has a header line and the columns `text`, `zone` (an IANA name) and `now` (ISO 8601 with an
offset), separated by tabs, without quoting. For each row one JSON object goes to standard output:

- `at`, `until` (ISO 8601), `for_s` (seconds), `rrule`, `next` (up to three ISO 8601 times), each
  null where the text does not say it. With `rrule`, `at` is the first date, and `until` its end.
- `since` (and `until`, where the stretch ends) for a text about the past, `since monday`.
- `refused` alone: why the text was not taken. With `choices`, the texts that it may mean.
"""

from __future__ import annotations

import csv
import json
import sys
from datetime import datetime
from pathlib import Path

from bot.core.when import (
    Day,
    Past,
    Reading,
    Refused,
    Repeat,
    StopAfter,
    Unclear,
    When,
    stop_time,
)
from bot.core.when_grammar import read_when
from bot.core.when_words import say_problem
from bot.kit.logs import configure_logs
from tests.score.starts import next_starts


def as_row(reading: Reading, *, now: datetime) -> dict[str, object]:
    """Write a reading as the columns of the module's docstring."""
    match reading:
        case Refused():
            return {"refused": say_problem(reading)}
        case Unclear(choices=choices):
            return {"refused": say_problem(reading), "choices": list(choices)}
        case Past(since=since, until=until):
            return _row(until=until) | {"since": since.isoformat()}
        case Day(date=day):
            return _row() | {"at": day.isoformat()}
        case When():
            return _when_row(reading, now=now)


def _when_row(when: When, *, now: datetime) -> dict[str, object]:
    upcoming = next_starts(when, now=now)
    start = upcoming[0] if upcoming else None
    after = when.stop.seconds if isinstance(when.stop, StopAfter) else None
    until = None
    if after is None:
        until = stop_time(when, due=start or now, started=start or now)
    rrule = when.start.rrule if isinstance(when.start, Repeat) else None
    return _row(at=start, until=until, for_s=after, rrule=rrule) | {
        "next": [at.isoformat() for at in upcoming] or None
    }


def _row(
    *,
    at: datetime | None = None,
    until: datetime | None = None,
    for_s: int | None = None,
    rrule: str | None = None,
) -> dict[str, object]:
    return {
        "at": at and at.isoformat(),
        "until": until and until.isoformat(),
        "for_s": for_s,
        "rrule": rrule,
        "next": None,
    }


def main(path: Path) -> None:
    """Print a line for each row of the file."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            now = datetime.fromisoformat(row["now"])
            reading = read_when(row["text"].replace("\\n", "\n"), now=now, zone=row["zone"])
            sys.stdout.write(json.dumps(as_row(reading, now=now), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    configure_logs("WARNING", "console")  # to stderr: what is printed is read by programs
    main(Path(sys.argv[1]))
