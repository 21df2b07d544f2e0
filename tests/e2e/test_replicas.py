"""Two replicas on one PostgreSQL, behind a balancer: killed, raced, and away together.

`make chaos` does this at random and for longer.
"""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import psycopg
import pytest_asyncio
from record_bot_sandbox.hms.state import Recording, Room
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.faults import Fault
from record_bot_sandbox.slack.model import Message

from tests.chaos.grounds import on_postgres
from tests.chaos.world import Setting, World, world

SPEED = 10
PATIENCE_S = 25.0
Found = TypeVar("Found")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pair() -> AsyncIterator[World]:
    async with (
        on_postgres(Setting(speed=SPEED, replicas=2, rooms=6)) as setting,
        world(setting, random.Random(4)) as there,
    ):
        yield there
        assert there.slack.problems == []


async def until(look: Callable[[], Found | None], patience_s: float = PATIENCE_S) -> Found:
    async with asyncio.timeout(patience_s):
        while not (found := look()):  # noqa: ASYNC110 - the simulations are in this loop
            await asyncio.sleep(0.02)
    return found


def cards(pair: World, room: Room) -> list[Message]:
    channel = pair.slack.channels[seed.STANDUP]
    posts = (m for m in channel.messages.values() if not m.thread_ts)
    return [m for m in posts if m.text.startswith(f"{room.name}:")]


def card(pair: World, room: Room, state: str) -> Callable[[], Message | None]:
    def look() -> Message | None:
        found = [m for m in cards(pair, room) if m.text.startswith(f"{room.name}: {state}.")]
        return found[0] if found else None

    return look


def recordings(pair: World, room: Room) -> list[Recording]:
    return [r for r in pair.hms.state.recordings.values() if r.room is room]


async def start(pair: World, room: Room, who: int = 0) -> str:
    text = f'/record start "{room.name}" --no-transcript'
    answer = await pair.people[who].command(seed.STANDUP, text)
    assert answer.ok, answer
    return answer.text or ""


async def nobody_works(pair: World) -> None:
    """What a killed replica was at would have to wait for its lease to end, up to 15 s."""

    def leases() -> bool:
        with psycopg.connect(pair.database_url) as conn:
            count = "SELECT count(*) FROM recordings WHERE leased_until IS NOT NULL"
            row = conn.execute(count).fetchone()
        return row == (0,)

    await until(leases)


async def test_the_other_one_finishes(pair: World) -> None:
    room = pair.rooms[0]
    await start(pair, room)
    await until(card(pair, room, "Recording"))
    await nobody_works(pair)
    await pair.replicas[0].kill()
    [recording] = recordings(pair, room)
    pair.hms.recorder.stop(recording)
    await until(card(pair, room, "Video ready"))
    assert len(cards(pair, room)) == 1
    await pair.replicas[0].up()


async def test_two_who_ask_at_once_get_one_recording(pair: World) -> None:
    room = pair.rooms[1]
    said = await asyncio.gather(start(pair, room, 0), start(pair, room, 1))
    assert sorted(bool(re.match("Starting", text)) for text in said) == [False, True]
    await until(card(pair, room, "Recording"))
    [recording] = recordings(pair, room)
    assert len(cards(pair, room)) == 1
    assert pair.balancer is not None
    assert min(pair.balancer.served.values()) > 0
    pair.hms.recorder.stop(recording)


async def test_deliveries_that_failed_are_sent_again_once_for_both(pair: World) -> None:
    room = pair.rooms[2]
    await start(pair, room)
    await until(card(pair, room, "Recording"))
    await asyncio.gather(*(replica.kill() for replica in pair.replicas))
    [recording] = recordings(pair, room)
    pair.hms.recorder.stop(recording)
    events = pair.hms.webhooks.events
    await until(lambda: [e for e in events if e.room is room and e.state == "failed"])
    await asyncio.sleep(60 / SPEED)  # longer than a rolling deploy takes
    await asyncio.gather(*(replica.up() for replica in pair.replicas))
    await until(card(pair, room, "Video ready"))
    await until(lambda: pair.hms.replays.workflows)
    await asyncio.sleep(20 / SPEED)
    asked = [c for c in pair.hms.calls if c.path.endswith("/analytics/webhooks/replay")]
    assert len(asked) == 1
    assert len(cards(pair, room)) == 1


async def test_a_429_pauses_that_method_for_both(pair: World) -> None:
    for_s, fresh_s = 4, 1.3  # a replica looks into the shared gates once a second
    pair.slack.faults.add(Fault(method="chat.postMessage", retry_after=for_s))
    for room in pair.rooms[3:6]:
        await start(pair, room)
        await asyncio.sleep(0.7)
    for room in pair.rooms[3:6]:
        await until(card(pair, room, "Recording"))
    posts = [c for c in pair.slack.calls if c.method == "chat.postMessage"]
    hit = next(c.at for c in posts if "retry_after" in (c.fault or ""))
    after = [round(c.at - hit, 1) for c in posts if c.at > hit]
    assert [s for s in after if fresh_s < s < for_s] == []
    assert len([s for s in after if s >= for_s]) >= 1
