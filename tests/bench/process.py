"""The process itself: how soon it is ready, and what it takes while nothing happens."""

import asyncio
import time

from tests.bench.measure import Figure, Scale, Target
from tests.bench.world import World, world

CALM_S = 8.0  # the loop looks at its rows every five seconds
MIB = 1024 * 1024
READY_WITHIN = Target("<", 2.0)


async def ready_figures(scale: Scale) -> list[Figure]:
    """From starting the process to 200 of /readyz, looked at every 20 ms."""
    async with world() as there:
        few = [await _start_s(there) for _ in range(scale.times)]
    async with world(open_recordings=scale.open_recordings) as there:
        many = [await _start_s(there) for _ in range(scale.times)]
    return [
        Figure("start to ready, existing database", few, "s", READY_WITHIN),
        Figure("start to ready, 1,000 open recordings", many, "s", READY_WITHIN),
    ]


async def _start_s(there: World) -> float:
    await there.settled()
    return await there.restart()


async def idle_figures(scale: Scale) -> list[Figure]:
    """With 1,000 recordings running and webhooks set up: all are asked for within ten minutes.

    Afterwards without the list: each is asked for by itself, spread over ten minutes.
    """
    unlisted: list[float] = []
    rss: list[float] = []
    asks: list[float] = []
    async with world(open_recordings=scale.open_recordings) as there:
        await asyncio.sleep(CALM_S)
        cpu = await _cpu_share(there, scale.idle_s)
        pages = len(there.hms.listed_at) / scale.idle_s
        there.spread_asks()
        await asyncio.sleep(CALM_S)
        for _ in range(scale.times):
            before = len(there.hms.asked_at)
            unlisted.append(await _cpu_share(there, scale.unlisted_s))
            asks.append((len(there.hms.asked_at) - before) / scale.unlisted_s)
            rss.append(there.process.memory_info().rss / MIB)
    return [
        Figure("idle memory (RSS), 1,000 open recordings", rss, "MiB", Target("<", 120)),
        Figure("idle CPU, 1,000 open recordings", [cpu], "% of a core", Target("<", 0.8)),
        Figure("  pages of 100ms' list meanwhile", [pages], "/s"),
        Figure("  CPU without the list", unlisted, "% of a core"),
        Figure("  asks of 100ms meanwhile", asks, "/s"),
    ]


async def many_figures(scale: Scale) -> list[Figure]:
    """Memory does not grow with what is open: a recording is in it only while it is worked on."""
    async with world(open_recordings=scale.many_recordings) as there:
        await _start_s(there)
        await there.settled()
        rss = there.process.memory_info().rss / MIB
    return [Figure(f"memory (RSS), {scale.many_recordings:,} open recordings", [rss], "MiB")]


async def _cpu_share(there: World, seconds: float) -> float:
    """In per cent of one core."""
    process = there.process
    before, began = process.cpu_times(), time.perf_counter()
    await asyncio.sleep(seconds)
    after, took_s = process.cpu_times(), time.perf_counter() - began
    return 100 * (after.user + after.system - before.user - before.system) / took_s
