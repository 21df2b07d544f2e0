"""Understanding: CPU time of the labelled phrases, among few and many rooms, and of long texts."""

import gc
import json
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bot.features.commands.model import Where, World
from bot.features.commands.understand import LONGEST, understand
from bot.features.rooms.model import RoomEntry
from bot.features.rooms.names import RoomNames
from tests.bench.measure import Figure, Scale, Target, percentile
from tests.score.phrases import Row, rows_of, world_of

DATA = Path(__file__).parents[1] / "data/phrases"
FILES = ("phrases.tsv", "own.tsv", "fresh.tsv", "tired.tsv", "blind.tsv")
MANY = 5_000
WORDS = (
    *("alpha", "beta", "sync", "team", "weekly", "planning", "ops"),
    *("daily", "sales", "support", "emea", "review", "board"),
)
UNITS = (
    *("x ", "9 ", "stop ", "a. ", "1.2. ", "on tue at 16:00 until "),
    *("é́", '"', "--vocab a, ", "\n"),
)
Worlds = dict[Where, World]


async def understanding_figures(scale: Scale) -> list[Figure]:
    data = json.loads((DATA / "world.json").read_text("utf-8"))
    rows = [row for name in FILES for row in rows_of((DATA / name).read_text("utf-8"))]
    few = {where: world_of(data, where) for where in Where}
    many = _crowded(few)
    gc.freeze()  # as the bot does
    try:
        of_few, of_many, of_long = [], [], []
        for _ in range(scale.times):
            of_few.append(_of_rows(rows, few))
            of_many.append(_of_rows(rows, many))
            of_long.append(
                [_cpu_ms((u * LONGEST)[:LONGEST], w, few[w]) for u in UNITS for w in few]
            )
    finally:
        gc.unfreeze()
    return [
        Figure(
            f"understanding {len(rows)} phrases, CPU, p99", _at(of_few, 0.99), "ms", Target("<", 2)
        ),
        Figure("  median", _at(of_few, 0.5), "ms"),
        Figure(f"  among {MANY} rooms, p99", _at(of_many, 0.99), "ms"),
        Figure(f"  {LONGEST} characters, longest", _at(of_long, 1), "ms"),
    ]


def _crowded(few: Worlds) -> Worlds:
    chance = random.Random(5)
    more = [
        RoomEntry(f"{n:024x}", f"{' '.join(chance.choices(WORDS, k=3))} {n}") for n in range(MANY)
    ]
    names = RoomNames([*few[Where.DM].names.rooms, *more])
    return {where: replace(world, names=names) for where, world in few.items()}


def _of_rows(rows: Sequence[Row], worlds: Worlds) -> list[float]:
    """Of a second pass: the first one fills caches."""
    for _ in range(2):
        times = [_cpu_ms(row.text, Where(row.where), worlds[Where(row.where)]) for row in rows]
    return times


def _cpu_ms(text: str, where: Where, world: World) -> float:
    began = time.process_time()
    understand(text, where, world)
    return (time.process_time() - began) * 1000


def _at(repetitions: Sequence[Sequence[float]], share: float) -> list[float]:
    return [percentile(times, share) for times in repetitions]
