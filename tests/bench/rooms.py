"""Many rooms: how long the event loop is held while they are read, indexed and searched."""

import asyncio
import gc
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from tempfile import TemporaryDirectory

from starlette.applications import Starlette

from bot.features.rooms.model import RoomEntry
from bot.features.rooms.service import RoomDirectory
from bot.features.rooms.store import RoomRepository
from bot.store.open import open_store
from bot.store.values import Team
from tests.bench.measure import Figure, Scale, Target
from tests.contract.store_support import LEASE, Clock
from tests.integration.features.rooms.deps_kit import deps_with

TOPICS = ("sales", "design", "support", "planning", "operations", "hiring", "launches")
AT_ONCE = 10_000
PAUSE_S = 0.001


class Ticks:
    """A task that wants a turn every millisecond.

    What it waits for is counted in CPU time of this thread, without garbage collections: what else
    the machine has to do changes nothing.
    """

    def __init__(self) -> None:
        self._at: list[float] = []
        self._ticked = asyncio.Event()

    async def tick(self) -> None:
        while True:
            self._at.append(time.thread_time())
            self._ticked.set()
            await asyncio.sleep(PAUSE_S)

    async def longest_ms(self) -> float:
        """Return the longest wait since the last call."""
        self._ticked.clear()
        await self._ticked.wait()
        longest = max(after - before for before, after in pairwise(self._at))
        del self._at[:-1]
        return longest * 1000


async def room_figures(scale: Scale) -> list[Figure]:
    took: dict[str, list[float]] = defaultdict(list)
    for _ in range(scale.times):
        async with _directory(scale.rooms) as directory:
            for what, held_ms in (await _held(directory, scale.rooms)).items():
                took[what].append(held_ms)
    about = f"the loop held, {scale.rooms:,} rooms"
    return [Figure(f"{about}: {what}", ms, "ms", Target("<", 100)) for what, ms in took.items()]


async def _held(directory: RoomDirectory, rooms: int) -> dict[str, float]:
    ticks = Ticks()
    beside = asyncio.create_task(ticks.tick())
    gc.disable()
    try:
        await directory.find(_name(rooms - 1))
        read_ms = await ticks.longest_ms()
        for typed in (_name(7).upper(), "meeting about", "no such room", "f" * 24):
            await directory.find(typed)
        directory._learn([RoomEntry("e" * 24, "Brand new"), RoomEntry(f"{3:024x}", "Renamed")])
        found_ms = await ticks.longest_ms()
        for typed in ("", "meeting about sales", "meetnig about"):
            await directory.suggest(typed)
        return {
            "reading and indexing them": read_ms,
            "finding, adding, renaming": found_ms,
            "suggesting": await ticks.longest_ms(),
        }
    finally:
        gc.enable()
        beside.cancel()


@asynccontextmanager
async def _directory(rooms: int) -> AsyncIterator[RoomDirectory]:
    clock = Clock()
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/record-bot.db"
        store = await open_store(url, team=Team("T1"), now=clock.now, lease=LEASE)
        try:
            async with deps_with(Starlette(), store, clock) as deps:
                many = [RoomEntry(f"{n:024x}", _name(n)) for n in range(rooms)]
                for start in range(0, rooms, AT_ONCE):
                    await RoomRepository(deps.db).upsert(many[start : start + AT_ONCE], clock.now())
                yield RoomDirectory(deps)
        finally:
            await store.close()


def _name(n: int) -> str:
    """A name without numbers: those can be told apart cheaply."""
    letters = "".join(chr(97 + n // 26**place % 26) for place in range(4))
    return f"meeting about {TOPICS[n % len(TOPICS)]} {letters}"
