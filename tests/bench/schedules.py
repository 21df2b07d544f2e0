"""Schedules by the thousand: what they cost while nothing is due, and how soon what is due starts.

`python -m tests.bench.schedules` prints three lines. Times are real, nothing is scaled.
"""

import asyncio
import random
import statistics
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from record_bot_sandbox.hms.state import Room
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.model import Channel
from sqlalchemy import create_engine, insert

from bot.core.when import Once, Repeat, When
from bot.features.schedules.model import Schedule, woken
from bot.features.schedules.store import _row
from bot.store.drivers import prepare_sqlite
from bot.store.schema_clock import schedules
from tests.chaos.world import Setting, World, world

IDLE, IDLE_FOR_S = 100_000, 20.0
DUE, CHANNELS = 500, 50
FEW, EACH_S = 20, 3.0  # one by one, for the time from due to start
LEAD_S = 12.0


async def main() -> None:
    async with world(Setting(speed=1, rooms=DUE + FEW), random.Random(1)) as there:
        for n in range(CHANNELS):
            name = f"C0BENCH{n:03}"
            everybody = {seed.STARTER, seed.BOT_USER}
            there.slack.channels[name] = Channel(name, f"bench-{n}", "public", everybody)
        before = await _cpu(there)
        now = datetime.now(UTC)
        far = Repeat(datetime(2030, 1, 1, 9, 30), "Europe/Berlin", "FREQ=DAILY")  # noqa: DTZ001
        idle = [
            _schedule(f"i{n}", there.rooms[n % DUE], now, When(far, None, "Europe/Berlin"), 0)
            for n in range(IDLE)
        ]
        _insert(there, idle)
        after = await _cpu(there)
        _say(f"idle: {before:.1%} of a core without schedules, {after:.1%} with {IDLE:,}")
        await _few(there)
        await _many(there)


async def _few(there: World) -> None:
    """One schedule at a time falls due in a room with somebody in it."""
    begin = datetime.now(UTC) + timedelta(seconds=LEAD_S)
    rooms = there.rooms[DUE:]
    due = [begin + timedelta(seconds=n * EACH_S) for n in range(FEW)]
    _insert(there, [_once(f"f{n}", rooms[n], at, n) for n, at in enumerate(due)])
    starts = await _started(there, rooms, FEW * EACH_S + LEAD_S + 60)
    waits = sorted(s - at.timestamp() for s, at in zip(starts, due, strict=False))
    _say(
        f"one by one: {len(waits)} of {FEW} started, from due to the start call "
        f"{statistics.median(waits):.2f} s in the median, {waits[-1]:.2f} s at most"
    )


async def _many(there: World) -> None:
    at = datetime.now(UTC) + timedelta(seconds=LEAD_S)
    rooms = there.rooms[:DUE]
    _insert(there, [_once(f"m{n}", room, at, n) for n, room in enumerate(rooms)])
    starts = await _started(there, rooms, LEAD_S + 180)
    waits = sorted(s - at.timestamp() for s in starts)
    _say(
        f"{DUE} in the same second, {CHANNELS} channels: {len(waits)} started, the last "
        f"{waits[-1]:.1f} s after it was due, half within {statistics.median(waits):.1f} s"
    )


async def _started(there: World, rooms: list[Room], within_s: float) -> list[float]:
    """When 100ms got each start call, by room; those that came."""
    wanted, until = {room.id for room in rooms}, time.monotonic() + within_s
    while True:
        every = there.hms.state.recordings.values()
        at = {r.room.id: r.created_ns / 1e9 for r in every if r.room.id in wanted}
        if len(at) == len(wanted) or time.monotonic() > until:
            return [at[room.id] for room in rooms if room.id in at]
        await asyncio.sleep(0.5)


async def _cpu(there: World) -> float:
    """The bot's share of a core while nothing happens."""
    process = there.bot.process.process
    if process is None:
        raise RuntimeError("the bot is not up")
    watched = psutil.Process(process.pid)
    used = sum(watched.cpu_times()[:2])
    await asyncio.sleep(IDLE_FOR_S)
    return (sum(watched.cpu_times()[:2]) - used) / IDLE_FOR_S


def _once(name: str, room: Room, at: datetime, n: int) -> Schedule:
    return _schedule(name, room, at, When(Once(at, "UTC"), None, "UTC"), n)


def _schedule(name: str, room: Room, at: datetime, when: When, n: int) -> Schedule:
    first = when.start.start.replace(tzinfo=UTC) if isinstance(when.start, Repeat) else at
    channel = f"C0BENCH{n % CHANNELS:03}"
    one = Schedule(name, room.id, room.name, channel, seed.STARTER, when, datetime.now(UTC))
    return woken(replace(one, due_at=first))


def _insert(there: World, every: list[Schedule]) -> None:
    engine = create_engine(f"sqlite:///{Path(there.database_url.removeprefix('sqlite:///'))}")
    prepare_sqlite(engine)
    team = {"enterprise_id": "", "team_id": seed.TEAM_ID}
    for begin in range(0, len(every), 2000):
        rows = [{**team, **_row(one)} for one in every[begin : begin + 2000]]
        with engine.execution_options(begin="BEGIN IMMEDIATE").begin() as conn:
            conn.execute(insert(schedules), rows)
    engine.dispose()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
