"""Measure the understanding: `python -m tests.score.understanding_time`.

Prints CPU times: of the labelled phrases, of the same among 5,000 rooms, and of texts of 8,000
characters.
"""

from __future__ import annotations

import gc
import json
import random
import sys
import time
from dataclasses import replace
from pathlib import Path

from bot.features.commands.model import Where, World
from bot.features.commands.understand import LONGEST, understand
from bot.features.rooms.model import RoomEntry
from bot.features.rooms.names import RoomNames
from bot.kit.logs import configure_logs
from tests.score.phrases import Row, rows_of, world_of

DATA = Path(__file__).parents[1] / "data/phrases"
_NAMES = [
    "alpha",
    "beta",
    "sync",
    "team",
    "weekly",
    "planning",
    "ops",
    "daily",
    "sales",
    "support",
    "emea",
    "review",
    "board",
]
_UNITS = (
    "x ",
    "9 ",
    "stop ",
    "a. ",
    "1.2. ",
    "on tue at 16:00 until ",
    "é́",
    '"',
    "--vocab a, ",
    "\n",
)


def cpu_ms(text: str, where: Where, world: World) -> float:
    began = time.process_time()
    understand(text, where, world)
    return (time.process_time() - began) * 1000


def summary(times: list[float]) -> str:
    times.sort()
    at = {name: times[int(len(times) * share)] for name, share in (("median", 0.5), ("p99", 0.99))}
    return f"{len(times)} texts, median {at['median']:.2f} ms, p99 {at['p99']:.2f} ms, max {times[-1]:.2f} ms"


def main() -> None:
    """Print a line for each kind of text."""
    data = json.loads((DATA / "world.json").read_text("utf-8"))
    rows: list[Row] = [
        row
        for name in ("phrases.tsv", "own.tsv", "fresh.tsv", "tired.tsv", "blind.tsv")
        for row in rows_of((DATA / name).read_text("utf-8"))
    ]
    worlds = {where: world_of(data, where) for where in Where}
    chance = random.Random(5)
    many = [
        RoomEntry(f"{n:024x}", f"{' '.join(chance.choices(_NAMES, k=3))} {n}") for n in range(5000)
    ]
    names = RoomNames([*worlds[Where.DM].names.rooms, *many])
    crowded = {where: replace(world, names=names) for where, world in worlds.items()}
    gc.freeze()  # as the bot does
    for title, known in (("12 rooms", worlds), ("5,012 rooms", crowded)):
        for _ in range(2):  # the first pass fills caches
            times = [cpu_ms(row.text, Where(row.where), known[Where(row.where)]) for row in rows]
        sys.stdout.write(f"{title}: {summary(times)}\n")
    long = [
        cpu_ms((unit * LONGEST)[:LONGEST], where, worlds[where])
        for unit in _UNITS
        for where in Where
    ]
    sys.stdout.write(f"{LONGEST} characters: {summary(long)}\n")


if __name__ == "__main__":
    configure_logs("WARNING", "console")  # to stderr: what is printed is read by programs
    main()
