"""The longest silence, at real speed: a start or stop that 100ms does not answer well.

Measured from the click or command to the first words on the card, and in the direct message, that
say how it is. Calls that are slow but succeed show their outcome instead.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from record_bot_sandbox.hms.faults import ApiFault
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.person import Person

from bot.ui import ids
from tests.chaos.people import Crowd, Wish
from tests.chaos.world import World

CARD_WITHIN_S, STARTER_WITHIN_S = 60.0, 90.0
FAULTS: dict[str, dict[str, object]] = {
    "503": {"kind": "status", "status": 503},
    "429": {"kind": "status", "status": 429, "retry_after_s": 5},
    "5 s": {"kind": "hang", "hang_s": 5},
}


async def silences(world: World, crowd: Crowd) -> None:
    """Each fault for a start, then for a stop, in a room of its own."""
    longest = {"card": 0.0, "starter": 0.0}
    person = next(p for p in world.people if p.user == seed.STARTER)
    for n, (name, fault) in enumerate(FAULTS.items()):
        wish = Wish(world.rooms[n], seed.STANDUP, "--no-transcript")
        crowd.wishes.append(wish)
        path = f"/v2/recordings/room/{wish.room.id}/start"
        await _measured(world, f"start, {name}", path, fault, longest, _start(wish, person), wish)
        await _until(lambda wish=wish: "Recording" in _card(world, wish), 60)  # type: ignore[misc]
        path = "/v2/recordings/*/stop"
        await _measured(
            world, f"stop, {name}", path, fault, longest, _stop(crowd, wish, person), wish
        )
        await _until(lambda wish=wish: "Video ready" in _card(world, wish), 120)  # type: ignore[misc]
    world.notes.append(
        f"longest silence: {longest['card']:.1f} s to the card, {longest['starter']:.1f} s to the "
        "starter"
    )
    if longest["card"] > CARD_WITHIN_S or longest["starter"] > STARTER_WITHIN_S:
        world.failures.append(f"silent for too long: {longest}")


async def _measured(
    world: World,
    what: str,
    path: str,
    fault: dict[str, object],
    longest: dict[str, float],
    act: Callable[[], Awaitable[None]],
    wish: Wish,
) -> None:
    world.hms.faults.all.append(ApiFault.model_validate({"method": "POST", "path": path, **fault}))
    world.injected[f"100ms {what}"] += 1
    began = time.monotonic()
    await act()
    before = "Starting" if what.startswith("start") else "Stopping"
    slow = fault["kind"] == "hang"

    def card_says() -> bool:
        text = _card(world, wish)
        told = "has not answered" in text or "Not stopped yet" in text
        return told or (slow and bool(text) and f": {before}" not in text)

    def starter_hears() -> bool:
        return slow or any("has not answered" in t for t in _direct(world, wish))

    for whom, hears in (("card", card_says), ("starter", starter_hears)):
        await _until(hears, STARTER_WITHIN_S + 30)
        longest[whom] = max(longest[whom], time.monotonic() - began)
        world.notes.append(f"{what}: {time.monotonic() - began:.1f} s to the {whom}")
    world.hms.faults.clear()


def _start(wish: Wish, person: Person) -> Callable[[], Awaitable[None]]:
    async def start() -> None:
        wish.asked.append(time.time())
        await person.command(wish.channel, f'/record start "{wish.room.name}" {wish.options}')
        wish.taken_at = time.time()

    return start


def _stop(crowd: Crowd, wish: Wish, person: Person) -> Callable[[], Awaitable[None]]:
    async def stop() -> None:
        await person.click(crowd.card(wish), ids.STOP, confirm=True)
        wish.stop_taken_at = time.time()

    return stop


def _card(world: World, wish: Wish) -> str:
    messages = world.slack.channels[wish.channel].messages.values()
    named = [m.text for m in messages if m.text.startswith(f"{wish.room.name}:")]
    return named[-1] if named else ""


def _direct(world: World, wish: Wish) -> list[str]:
    messages = world.slack.channels[seed.dm_id(seed.STARTER)].messages.values()
    return [m.text for m in messages if wish.room.name in m.text]


async def _until(true: Callable[[], bool], within_s: float) -> None:
    for _ in range(int(within_s * 10)):
        if true():
            return
        await asyncio.sleep(0.1)
