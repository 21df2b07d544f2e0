"""Things that happen, and are mended: to the database, the clock, the connection, the hooks."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.faults import Fault

from bot.store.backup import backup, restore
from tests.chaos.faults import database_of
from tests.chaos.people import CHANNELS, Crowd
from tests.chaos.world import World, note

NOTICED_WITHIN_S = 60.0
RESTS_WITHIN_S = 240.0
PAUSED_S = 5
FRESH_S = 1.3  # a replica looks into the shared gates once a second


async def lock(world: World, for_s: float) -> None:
    """Another process writes to the SQLite file, and takes its time."""

    def hold() -> None:
        with closing(sqlite3.connect(database_of(world), timeout=20, isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            time.sleep(for_s)
            db.execute("ROLLBACK")

    world.injected["database locked"] += 1
    await asyncio.to_thread(hold)


async def fill(world: World, for_s: float) -> None:
    """The disk is full: what was free is taken by something else."""
    ballast = database_of(world).with_name("ballast")
    world.injected["disk full"] += 1
    with ballast.open("wb", buffering=0) as file:
        for size in (65_536, 512):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    await asyncio.sleep(for_s)
    ballast.unlink()


async def unreadable(world: World) -> None:
    """A webhook that cannot be read, and a recording in a phase that only newer code knows."""

    def put() -> None:
        ours, now = ("", seed.TEAM_ID), datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        with closing(sqlite3.connect(database_of(world), timeout=20)) as db, db:
            webhook = (*ours, uuid4().hex, "beam.started.success", "[]", '{"a": 1}', now, "new")
            db.execute(
                "INSERT INTO inbox (enterprise_id, team_id, identity, type, aliases, body,"
                f" received_at, state) VALUES ({_marks(webhook)})",
                webhook,
            )
            key, phase, home = uuid4().hex, "of the future", world.rng.choice(CHANNELS)
            recording = (key, *ours, key, phase, "r", "r", "", home, 0, now, 0, 0, now, 0, 0, 0, 0)
            db.execute(
                "INSERT INTO recordings (key, enterprise_id, team_id, request_id, phase, room_id,"
                " room_name, starter, home, elsewhere, requested_at, has_video, has_transcript,"
                " next_due_at, wakes, taken_wakes, asks, ask_failures, holds)"
                f" VALUES ({_marks(recording)}, '{{}}')",
                recording,
            )

    world.injected["webhook and recording that cannot be read"] += 1
    await asyncio.to_thread(put)


def _marks(values: tuple[object, ...]) -> str:
    return ", ".join("?" * len(values))


def _dead(world: World) -> tuple[int, int, int]:
    """Dead webhooks, dead recordings, and webhooks that nobody has looked at."""
    with closing(sqlite3.connect(database_of(world), timeout=20)) as db:
        states = dict(db.execute("SELECT state, count(*) FROM inbox GROUP BY state"))
        dead = "SELECT count(*) FROM recordings WHERE dead_since IS NOT NULL"
        return states.get("dead", 0), db.execute(dead).fetchone()[0], states.get("new", 0)


async def count_dead(world: World) -> None:
    """Each that was injected is set aside, and nothing else; none is in the way."""
    injected = world.injected["webhook and recording that cannot be read"]
    async with asyncio.timeout(NOTICED_WITHIN_S):
        while (found := await asyncio.to_thread(_dead, world)) != (injected, injected, 0):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.5)
    world.notes.append(f"set aside: {found[0]} webhooks, {found[1]} recordings")


async def back_up(world: World) -> Path:
    copy = world.logs / "copy.sqlite"
    await asyncio.to_thread(backup, world.database_url, copy)
    world.injected["backup while it runs"] += 1
    return copy


async def restore_from(world: World, copy: Path) -> None:
    """After `kill -9`: what was committed since is in the log beside the file."""
    await world.bot.kill()
    world.injected["kill -9 and restore"] += 1
    await asyncio.to_thread(restore, world.database_url, copy)
    await world.bot.up()


async def at_rest(world: World) -> None:
    """Nothing is left to do about any recording."""

    def is_open() -> int:
        with closing(sqlite3.connect(database_of(world), timeout=20)) as db:
            query = "SELECT count(*) FROM recordings WHERE next_due_at IS NOT NULL"
            return int(db.execute(query).fetchone()[0])

    async with asyncio.timeout(RESTS_WITHIN_S):
        while await asyncio.to_thread(is_open):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.5)


async def step_clock(world: World, by_s: int, for_s: float) -> None:
    """The bot's clock jumps, and is set right again later."""
    if world.setting.clock is None:
        raise LookupError("this world has no clock of its own")
    world.injected[f"clock {by_s:+} s and back"] += 1
    world.setting.clock.write_text(str(by_s))
    await asyncio.sleep(for_s)
    world.setting.clock.write_text("0")


async def silence(world: World) -> float:
    """Every connection to Slack stays open and says nothing. How long until there is a new one."""
    sockets = world.slack.sockets
    before = set(sockets.connections)
    world.slack_wire.silence()
    world.injected["Socket Mode silent"] += 1
    began = time.monotonic()
    while not set(sockets.connections) - before:
        await asyncio.sleep(0.05)
        if time.monotonic() - began > NOTICED_WITHIN_S:
            world.failures.append(f"a silent connection was not noticed in {NOTICED_WITHIN_S} s")
            break
    took = time.monotonic() - began
    world.slack_wire.cut_silent()  # Slack notices, too
    return took


async def stop_database(world: World, for_s: float) -> None:
    if world.setting.postgres is None:
        raise LookupError("this world has no PostgreSQL")
    note(f"PostgreSQL is stopped for {for_s:.0f} s")
    world.injected[f"PostgreSQL gone for {for_s:.0f} s"] += 1
    await world.setting.postgres.stop()
    await asyncio.sleep(for_s)
    await world.setting.postgres.start()


async def roll(world: World) -> None:
    """One replica after the other, as a deploy does it."""
    for replica in world.replicas:
        world.injected["SIGTERM and restart"] += 1
        if status := await replica.restart():
            world.failures.append(f"{replica.name} ended with status {status} at SIGTERM")
        await asyncio.sleep(0.5)


async def too_many(world: World, crowd: Crowd) -> None:
    """One 429 for a post: no replica may post before its time is up."""
    method = "chat.postMessage"
    world.slack.faults.add(Fault(method=method, retry_after=PAUSED_S))
    world.injected["Slack 429 for all replicas"] += 1
    await crowd.come(PAUSED_S + 2.0, every_s=0.3)
    calls = [c for c in world.slack.calls if c.method == method]
    hit = next((c.at for c in reversed(calls) if "retry_after" in (c.fault or "")), None)
    if hit is None:
        world.failures.append("the 429 met no post")
        return
    after = [c.at - hit for c in calls if hit < c.at < hit + PAUSED_S]
    slipped = [s for s in after if s > FRESH_S]
    later = sum(hit + PAUSED_S <= c.at for c in calls)
    world.notes.append(
        f"429: {len(after)} posts within the second after it, "
        f"{len(slipped)} in the rest of the {PAUSED_S} s, {later} afterwards"
    )
    if slipped:
        world.failures.append(f"posts {slipped} s after a 429 that asked for {PAUSED_S} s")


async def storm(world: World, times: int) -> None:
    """One event a thousand times; and events about recordings that nobody knows, yet or ever."""
    target = world.hms.webhooks.target
    told = [e for e in world.hms.webhooks.events if e.type == "beam.started.success"]
    if target is None or not told:
        world.failures.append("no event to repeat")
        return
    envelopes = [told[-1].envelope] * times + list(_unknown(world))
    gate = asyncio.Semaphore(32)
    async with httpx.AsyncClient(trust_env=False, timeout=20) as http:

        async def send(envelope: dict[str, object]) -> int:
            async with gate:
                answer = await http.post(target.url, json=envelope, headers=target.headers)
                return answer.status_code

        statuses = await asyncio.gather(*(send(e) for e in envelopes))
    world.injected["the same event again"] += times
    world.injected["event of an unknown recording"] += len(envelopes) - times
    if refused := [s for s in statuses if s != 200]:
        world.failures.append(f"{len(refused)} webhooks were not taken: {set(refused)}")


def _unknown(world: World) -> Iterator[dict[str, object]]:
    """In rooms that are ours and in others, of the past and of now, with and without times."""
    now = datetime.now(UTC).isoformat()
    for n, room in enumerate([*(r.id for r in world.rooms[:40]), *(uuid4().hex[:24],) * 40]):
        data: dict[str, object] = {"room_id": room, "job_id": uuid4().hex, "recording_id": "r" * 24}
        if n % 2:
            data |= {"session_id": uuid4().hex[:24], "started_at": now}
        kind = ("beam.started.success", "beam.stopped.success", "beam.recording.success")[n % 3]
        yield {"version": "2.0", "id": str(uuid4()), "timestamp": now, "type": kind, "data": data}
