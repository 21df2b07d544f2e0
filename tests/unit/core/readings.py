"""Readings of typed times, one per line, for `test_recorded`."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.when import (
    Day,
    Once,
    Past,
    Reading,
    Repeat,
    When,
    next_occurrences,
    stop_time,
)
from bot.core.when_days import Purpose
from bot.core.when_grammar import find_times, read_when
from bot.core.when_words import say_date, say_due, say_problem, say_when


def shown(kind: str, at: str, zone: str, text: str) -> str:
    """Read a text and say how it was read. `kind`: a purpose, or `find` for a sentence."""
    now = datetime.fromisoformat(at)
    if kind != "find":
        return _said(read_when(text, now=now, zone=zone, purpose=Purpose(kind)), now)
    found = find_times(text, now=now, zone=zone)
    marked = text
    marks = [(*span, "[", "]") for span in found.spans]
    marks += [(*span, "{", "}") for span in found.loose]
    for start, end, before, after in sorted(marks, reverse=True):
        marked = f"{marked[:start]}{before}{marked[start:end]}{after}{marked[end:]}"
    return f"{marked}: {_said(found.reading, now)}" if found.reading else marked


def read(kind: str, text: str) -> str:
    """Read a text below a heading such as `start 2026-12-02T14:20:35+01:00 Europe/Berlin`."""
    purpose, at, zone = kind.split(" ")
    return shown(purpose, at, zone, text)


def _said(reading: Reading, now: datetime) -> str:
    match reading:
        case When(start=start):
            said = [say_when(reading, now=now)]
            due = say_due(reading, now=now)
            said += [due] if not due.endswith(said[0]) else []
            dates = [start.at] if isinstance(start, Once) else []
            dates += (
                next_occurrences(start, after=now, count=2) if isinstance(start, Repeat) else []
            )
            for date in dates:
                stop = stop_time(reading, due=date, started=date + timedelta(seconds=7))
                said.append(f"{date:%Y-%m-%d %H:%M}" + (f"–{stop:%d %H:%M:%S}" if stop else ""))
            return "; ".join(said)
        case Day(date=date):
            return say_date(date, today=now.date())
        case Past(since=since, until=until):
            return f"since {since:%Y-%m-%d %H:%M}" + (
                f" until {until:%Y-%m-%d %H:%M}" if until else ""
            )
        case _:
            return say_problem(reading)
