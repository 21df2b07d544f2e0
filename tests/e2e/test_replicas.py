"""Two replicas on one PostgreSQL, behind a balancer: killed, raced, and away together.

`make chaos` does this at random and for longer.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from typing import LiteralString, TypeVar

import psycopg
import pytest_asyncio
from record_bot_sandbox.hms.sim import ApiCall
from record_bot_sandbox.hms.state import Recording, Room
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.faults import Fault
from record_bot_sandbox.slack.model import Call, Message

from tests.chaos.grounds import on_postgres
from tests.chaos.world import Setting, World, world
from tests.e2e.forked import ForkedBot

SPEED = 10
PATIENCE_S = 120.0  # nothing here takes a tenth of it on a machine that has nothing else to do
LOOK_EVERY_S = 0.02
Found = TypeVar("Found")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pair() -> AsyncIterator[World]:
    async with (
        on_postgres(Setting(speed=SPEED, replicas=2, rooms=6, bots=ForkedBot)) as setting,
        world(setting, random.Random(4)) as there,
    ):
        yield there
        assert there.slack.problems == []


async def until(pair: World, look: Callable[[], Found | None], what: str) -> Found:
    """What is found; the simulations are in this loop, so it is looked for again and again."""
    left_s = PATIENCE_S
    while not (found := look()):
        began = time.monotonic()
        await asyncio.sleep(LOOK_EVERY_S)
        left_s -= min(time.monotonic() - began, 10 * LOOK_EVERY_S)
        if left_s <= 0:
            said = [m.text[:200] for m in pair.slack.channels[seed.STANDUP].messages.values()]
            calls = [f"{c.method} {c.error or 'ok'}" for c in list(pair.slack.calls)[-8:]]
            raise AssertionError(f"waited in vain for {what}; messages: {said}, calls: {calls}")
    return found


def cards(pair: World, room: Room) -> list[Message]:
    channel = pair.slack.channels[seed.STANDUP]
    posts = (m for m in channel.messages.values() if not m.thread_ts)
    return [m for m in posts if m.text.startswith(f"{room.name}:")]


async def card(pair: World, room: Room, state: str) -> Message:
    def look() -> Message | None:
        found = [m for m in cards(pair, room) if m.text.startswith(f"{room.name}: {state}.")]
        return found[0] if found else None

    return await until(pair, look, f"a card of {room.name} that says {state}")


def recordings(pair: World, room: Room) -> list[Recording]:
    return [r for r in pair.hms.state.recordings.values() if r.room is room]


async def start(pair: World, room: Room, who: int = 0) -> None:
    text = f'/record start "{room.name}" --no-transcript'
    answer = await pair.people[who].command(seed.STANDUP, text)
    assert answer.ok, answer


async def until_none(pair: World, rows: LiteralString) -> None:
    """There is no such row in the database."""
    async with await psycopg.AsyncConnection.connect(pair.database_url, autocommit=True) as conn:
        left_s = PATIENCE_S
        while await (await conn.execute(f"SELECT 1 FROM {rows} LIMIT 1")).fetchone():
            await asyncio.sleep(LOOK_EVERY_S)
            left_s -= LOOK_EVERY_S
            assert left_s > 0, f"there are still {rows}"


async def nobody_works(pair: World) -> None:
    """What a killed replica was at would have to wait for its lease to end, up to 15 s."""
    await until_none(pair, "recordings WHERE leased_until IS NOT NULL")


async def an_hour_passes(pair: World) -> None:
    """While both are down: the last note of either is an hour old."""
    async with await psycopg.AsyncConnection.connect(pair.database_url, autocommit=True) as conn:
        done = await conn.execute("UPDATE pulse SET seen_at = seen_at - interval '1 hour'")
        assert done.rowcount == 1


async def test_the_other_one_finishes(pair: World) -> None:
    room = pair.rooms[0]
    await start(pair, room)
    await card(pair, room, "Recording")
    await nobody_works(pair)
    await pair.replicas[0].kill()
    [recording] = recordings(pair, room)
    pair.hms.recorder.stop(recording)
    await card(pair, room, "Video ready")
    assert len(cards(pair, room)) == 1
    await pair.replicas[0].up()


async def test_two_who_ask_at_once_get_one_recording(pair: World) -> None:
    room = pair.rooms[1]
    await asyncio.gather(start(pair, room, 0), start(pair, room, 1))
    await card(pair, room, "Recording")

    def told() -> list[str]:
        shown = pair.slack.channels[seed.STANDUP].ephemerals.values()
        return [m.text for m in shown if room.name in m.text]

    said = await until(pair, lambda: told() if len(told()) == 2 else None, "two answers")
    assert sorted(text.startswith(f"Starting to record {room.name}") for text in said) == [
        False,
        True,
    ]
    [recording] = recordings(pair, room)
    assert len(cards(pair, room)) == 1
    assert pair.balancer is not None
    assert len(pair.balancer.served) == 2
    pair.hms.recorder.stop(recording)


async def test_deliveries_that_failed_are_sent_again_once_for_both(pair: World) -> None:
    room = pair.rooms[2]
    await start(pair, room)
    await card(pair, room, "Recording")
    await nobody_works(pair)
    before = len(replays(pair))
    await asyncio.gather(*(replica.kill() for replica in pair.replicas))
    [recording] = recordings(pair, room)
    pair.hms.recorder.stop(recording)
    events = pair.hms.webhooks.events
    await until(
        pair,
        lambda: [e for e in events if e.room is room and e.state == "failed"],
        "a webhook that 100ms has given up",
    )
    await an_hour_passes(pair)
    await asyncio.gather(*(replica.up() for replica in pair.replicas))
    await card(pair, room, "Video ready")
    await until(pair, lambda: len(replays(pair)) > before, "a replay to be asked for")
    await until_none(pair, "pulse WHERE replay_due_at IS NOT NULL")  # neither will ask again
    assert len(replays(pair)) == before + 1
    assert len(cards(pair, room)) == 1


def replays(pair: World) -> list[ApiCall]:
    return [c for c in pair.hms.calls if c.path.endswith("/analytics/webhooks/replay")]


async def test_a_429_pauses_that_method_for_both(pair: World) -> None:
    for_s, fresh_s = 8, 3  # a replica looks into the shared gates once a second
    first, *others = pair.rooms[3:6]
    pair.slack.faults.add(Fault(method="chat.postMessage", retry_after=for_s))
    await start(pair, first)

    def posts() -> list[Call]:
        return [c for c in pair.slack.calls if c.method == "chat.postMessage"]

    hit = await until(
        pair,
        lambda: next((c.at for c in posts() if "retry_after" in (c.fault or "")), None),
        "the call that is refused",
    )
    await until(pair, lambda: pair.slack.now() - hit > fresh_s, "both to know of it")
    for room in others:  # one for each of the replicas
        await start(pair, room)
    for room in (first, *others):
        await card(pair, room, "Recording")
    after = [c.at - hit for c in posts() if c.at > hit]
    assert [s for s in after if fresh_s < s < for_s] == []
    assert len([s for s in after if s >= for_s]) >= len(others)
