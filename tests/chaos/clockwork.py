"""Load by the clock and by rule: nobody asks for a recording when it is to begin.

Everything is set up while it is calm. Then people come and go, and each date and each session must
have one recording, which must stop after its end, or after the last person has left.
"""

import asyncio
import time
from collections.abc import Callable

import httpx
from record_bot_sandbox.hms.errors import ApiError
from record_bot_sandbox.hms.state import STOPPABLE, Recording, Room
from record_bot_sandbox.slack import seed

from tests.chaos.faults import HOOKS, kills, trouble
from tests.chaos.people import Crowd, Wish
from tests.chaos.world import World

SCHEDULED, RULED, SESSIONS = 10, 8, 2
FIRST_S = 12  # until the first schedule is due: by then all are stored
STARTS_WITHIN_S = 75.0  # in our time, through kills and restarts
STOPS_WITHIN_S = 240.0  # scaled: 120 by polling, and two minutes of grace
LENGTH_S = 4


async def clockwork(world: World, crowd: Crowd, seconds: float, most_kills: int) -> None:
    """`seconds` of kills and webhooks that are lost, late or repeated."""
    rooms = world.rooms[: SCHEDULED + RULED]
    for room in world.rooms:
        _all_leave(world, room)
    lives = []
    for n, room in enumerate(rooms):
        wish = Wish(room, seed.STANDUP, "", asked=[time.time()])
        crowd.wishes.append(wish)
        if n < SCHEDULED:
            due_s = FIRST_S + round(n * seconds / SCHEDULED)
            await _say(world, f'/record start "{room.name}" in {due_s}s for {LENGTH_S}s')
            lives.append(_scheduled(world, wish, time.time() + due_s))
        else:
            await _say(world, f'/record auto "{room.name}" on')
            lives.append(_ruled(world, wish, (n - SCHEDULED) * seconds / RULED / SESSIONS))
    living = asyncio.gather(*lives)
    moods = asyncio.create_task(trouble(world, HOOKS, seconds, 2.0))
    done = await kills(world, most_kills, seconds)
    await living
    moods.cancel()
    for wish, wanted in zip(crowd.wishes, [1] * SCHEDULED + [SESSIONS] * RULED, strict=True):
        found = len(_recordings(world, wish.room))
        if found != wanted:
            world.failures.append(f"{wish.room.name}: {found} recordings in place of {wanted}")
    world.notes.append(
        f"{SCHEDULED} dates and {RULED * SESSIONS} sessions by rule, through {done} kills"
    )


async def _scheduled(world: World, wish: Wish, due: float) -> None:
    """Somebody comes a little before or after its time, and stays."""
    await asyncio.sleep(max(0.0, due - time.time() + world.rng.uniform(-2, 3)))
    world.hms.people.join(wish.room, "Ana")
    recording = await _begun(world, wish, 1)
    if recording is not None:
        await _over(world, wish.room, recording, LENGTH_S + world.scaled(STOPS_WITHIN_S))
    _all_leave(world, wish.room)


async def _ruled(world: World, wish: Wish, first_s: float) -> None:
    await asyncio.sleep(first_s)
    for number in range(1, SESSIONS + 1):
        wish.asked.append(time.time())
        world.hms.people.join(wish.room, "Ana")
        recording = await _begun(world, wish, number)
        await asyncio.sleep(world.rng.uniform(*world.setting.meeting_s))
        _all_leave(world, wish.room)
        if recording is None:
            return
        await _over(world, wish.room, recording, world.scaled(STOPS_WITHIN_S))
        await _until(lambda: wish.room.session is None, STARTS_WITHIN_S)


async def _begun(world: World, wish: Wish, number: int) -> Recording | None:
    """The recording of that number in the room, once it runs."""

    def runs() -> bool:
        wish.asked.append(time.time())  # the person in the room still wants it
        found = _recordings(world, wish.room)
        return len(found) >= number and found[-1].started_ns is not None

    if await _until(runs, STARTS_WITHIN_S):
        return _recordings(world, wish.room)[number - 1]
    world.failures.append(f"{wish.room.name}: missed, nothing was recorded")
    return None


async def _over(world: World, room: Room, recording: Recording, within_s: float) -> None:
    if not await _until_ready(world, lambda: recording.status not in STOPPABLE, within_s):
        world.failures.append(f"{room.name}: left running")


def _recordings(world: World, room: Room) -> list[Recording]:
    return [r for r in world.hms.state.recordings.values() if r.room is room]


def _all_leave(world: World, room: Room) -> None:
    for peer in list(room.present):
        try:
            world.hms.people.leave(room, peer)
        except ApiError:
            continue


async def _say(world: World, text: str) -> None:
    answer = await world.people[0].command(seed.STANDUP, text)
    if not answer.ok:
        raise RuntimeError(f"{text}: {answer}")


async def _until_ready(world: World, true: Callable[[], bool], within_s: float) -> bool:
    """The time in which the bot is killed or starts does not count."""
    counted_s = 0.0
    while not true():
        if counted_s > within_s:
            return False
        await asyncio.sleep(0.2)
        counted_s += 0.2 if await _is_ready(world) else 0.0
    return True


async def _is_ready(world: World) -> bool:
    try:
        async with httpx.AsyncClient(base_url=world.front, timeout=1.0) as http:
            return (await http.get("/readyz")).status_code == 200
    except httpx.HTTPError:
        return False


async def _until(true: Callable[[], bool], within_s: float) -> bool:
    until = time.monotonic() + within_s
    while not true():
        if time.monotonic() > until:
            return False
        await asyncio.sleep(0.2)
    return True
