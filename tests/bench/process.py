"""The process itself: how soon it is ready, and what it takes while nothing happens."""

import asyncio
import time

from tests.bench.measure import Figure, Scale, Target
from tests.bench.world import World, world

CALM_S = 3.0
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
    await there.stage.bot.stop()
    began = time.perf_counter()
    await there.stage.bot.start()
    return time.perf_counter() - began


async def idle_figures(scale: Scale) -> list[Figure]:
    """With 1,000 recordings running, webhooks set up, and their asks spread over ten minutes."""
    cpu: list[float] = []
    rss: list[float] = []
    async with world(open_recordings=scale.open_recordings) as there:
        await asyncio.sleep(CALM_S)
        for _ in range(scale.times):
            cpu.append(await _cpu_share(there, scale.idle_s))
            rss.append(there.process.memory_info().rss / MIB)
    return [
        Figure("idle memory (RSS), 1,000 open recordings", rss, "MiB", Target("<", 120)),
        Figure("idle CPU, 1,000 open recordings", cpu, "% of a core", Target("<", 1.0)),
    ]


async def _cpu_share(there: World, seconds: float) -> float:
    """In per cent of one core."""
    process = there.process
    before, began = process.cpu_times(), time.perf_counter()
    await asyncio.sleep(seconds)
    after, took_s = process.cpu_times(), time.perf_counter() - began
    return 100 * (after.user + after.system - before.user - before.system) / took_s
