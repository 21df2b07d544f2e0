"""PostgreSQL and several replicas: webhooks, steps of the reconciler, and one replica killed."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import psycopg

from tests.bench.hooks import SIDE_BY_SIDE
from tests.bench.load import Job, Measured, run
from tests.bench.measure import Figure, Scale
from tests.bench.wire import unknown_started
from tests.bench.world import World, world
from tests.chaos.postgres import postgres


@asynccontextmanager
async def _on_postgres(*, open_recordings: int = 0) -> AsyncIterator[World]:
    """A database of its own on a fresh server, which commits as durably as one does by default."""
    async with postgres() as server:
        name = f"bench_{uuid4().hex[:12]}"
        async with await psycopg.AsyncConnection.connect(server.url, autocommit=True) as conn:
            await conn.execute(f"CREATE DATABASE {name}".encode())
        url = server.url.replace("/postgres?", f"/{name}?")
        async with world(open_recordings=open_recordings, database_url=url) as there:
            yield there


async def replica_figures(scale: Scale) -> list[Figure]:
    """The machine's cores are shared by the replicas, PostgreSQL and the load."""
    async with _on_postgres() as there:
        one = [await _webhooks_per_s(there, scale) for _ in range(scale.times)]
        await there.another()
        two = [await _webhooks_per_s(there, scale) for _ in range(scale.times)]
    return [
        Figure("webhooks committed before the 200, PostgreSQL, 1 replica", one, "/s"),
        Figure("  the same, 2 replicas", two, "/s"),
    ]


async def _webhooks_per_s(there: World, scale: Scale) -> float:
    """As many as before, in equal shares, from all connections together."""
    share = len(there.bots)
    number = scale.side_by_side // share
    jobs = [
        Job(
            bot.port,
            [unknown_started() for _ in range(number)],
            SIDE_BY_SIDE // share,
            warm_up=number // 10,
            expect="kept",
        )
        for bot in there.bots
    ]
    measured: list[Measured] = await asyncio.gather(*(run(job) for job in jobs))
    await there.settled()
    return sum(len(m.latencies_ms) for m in measured) / max(m.seconds for m in measured)


async def step_figures(scale: Scale) -> list[Figure]:
    """Every open recording is asked for at once: taken, read, asked, written, given back."""
    async with world(open_recordings=scale.open_recordings) as there:
        sqlite = [await _steps_per_s(there) for _ in range(scale.times)]
    async with _on_postgres(open_recordings=scale.open_recordings) as there:
        one = [await _steps_per_s(there) for _ in range(scale.times)]
        await there.another()
        two = [await _steps_per_s(there) for _ in range(scale.times)]
    return [
        Figure("steps of the reconciler, SQLite", sqlite, "/s"),
        Figure("  PostgreSQL, 1 replica", one, "/s"),
        Figure("  PostgreSQL, 2 replicas", two, "/s"),
    ]


async def _steps_per_s(there: World) -> float:
    """From the first ask to the last: what woke them does not count."""
    asked = there.hms.asked_at
    asked.clear()
    there.ask_for_all()
    await there.settled()
    return (len(asked) - 1) / (asked[-1] - asked[0])


async def takeover_figures(scale: Scale) -> list[Figure]:
    """A replica is killed in the middle of a step; until another one asks in its place."""
    async with _on_postgres(open_recordings=1) as there:
        took = [await _takeover_s(there) for _ in range(scale.times)]
    return [Figure("kill -9 of a replica to its work resumed by another", took, "s")]


async def _takeover_s(there: World) -> float:
    hms = there.hms
    hms.asked_at.clear()
    hms.answers.clear()
    there.ask_for_all()
    await there.until(lambda: bool(hms.asked_at))
    other = await there.another()
    hms.asked_at.clear()
    await there.stage.bot.kill()
    killed_at = time.monotonic()
    hms.answers.set()
    await there.until(lambda: bool(hms.asked_at))
    await there.settled()
    await other.stop()
    there.others.remove(other)
    await there.stage.bot.start()
    return hms.asked_at[0] - killed_at
