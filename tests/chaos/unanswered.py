"""The longest silence, at real speed: what 100ms does not answer well.

A start, a stop, the polls after an accepted start of which no webhook comes, and files. Measured
from the click or command, or from the end of the video, to the first words on the card, and to the
person, that say how it is. Calls that are slow but succeed show their outcome instead. Of a
transcript that cannot be read the person hears half an hour after the video, by design: until then
the card says that the video is ready and when the transcript is expected, and the person hears
once 100ms gives it. A slow 100ms gives it while it is slow.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from record_bot_sandbox.hms.faults import ApiFault, WebhookFault
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.person import Person

from bot.ui import ids
from tests.chaos.people import Crowd, Wish
from tests.chaos.world import World

CARD_WITHIN_S, STARTER_WITHIN_S = 60.0, 90.0
FAULTS: dict[str, dict[str, object]] = {
    "503": {"kind": "status", "status": 503},
    "429": {"kind": "status", "status": 429, "retry_after_s": 5},
    "5 s": {"kind": "hang", "hang_s": 5, "after_work": True},  # slow, but it answers
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
        await _polls(world, crowd, person, longest, n, name, fault)
        await _files(world, crowd, person, longest, n, name, fault)
        await _transcripts(world, crowd, person, longest, n, name, fault)
    world.notes.append(
        f"longest silence: {longest['card']:.1f} s to the card, {longest['starter']:.1f} s to the "
        "starter"
    )
    if longest["card"] > CARD_WITHIN_S or longest["starter"] > STARTER_WITHIN_S:
        world.failures.append(f"silent for too long: {longest}")


async def _polls(
    world: World,
    crowd: Crowd,
    person: Person,
    longest: dict[str, float],
    n: int,
    name: str,
    fault: dict[str, object],
) -> None:
    """100ms takes the start and says nothing more: webhooks are lost, polls are not answered."""
    wish = Wish(world.rooms[len(FAULTS) + n], seed.STANDUP, "--no-transcript")
    crowd.wishes.append(wish)
    faults = world.hms.faults.all
    faults.append(WebhookFault(kind="drop"))
    faults.append(ApiFault.model_validate({"method": "GET", "path": "/v2/recordings*", **fault}))
    world.injected[f"100ms poll, {name}"] += 1
    began = time.monotonic()
    await _start(wish, person)()
    await _noted_when(
        world, lambda: _knows(_card(world, wish)), longest, "card", f"poll, {name}", began
    )
    if ": Recording" not in _card(world, wish):  # else nobody needs a message

        def starter_knows() -> bool:
            return _knows("\n".join(_direct(world, wish)))

        await _noted_when(world, starter_knows, longest, "starter", f"poll, {name}", began)
    world.hms.faults.clear()
    await _until(lambda: ": Recording" in _card(world, wish), 90)
    await _stop(crowd, wish, person)()
    await _until(lambda: "Video ready" in _card(world, wish), 120)


def _knows(text: str) -> bool:
    return "has not answered since" in text or ": Recording" in text


async def _files(
    world: World,
    crowd: Crowd,
    person: Person,
    longest: dict[str, float],
    n: int,
    name: str,
    fault: dict[str, object],
) -> None:
    """The video is there; its files are not given to us."""
    wish = Wish(world.rooms[2 * len(FAULTS) + n], seed.STANDUP, "--no-transcript")
    crowd.wishes.append(wish)
    await _start(wish, person)()
    await _until(lambda: "Recording" in _card(world, wish), 60)
    path = "/v2/recording-assets*"
    world.hms.faults.all.append(ApiFault.model_validate({"path": path, **fault}))
    world.injected[f"100ms files, {name}"] += 1
    await _stop(crowd, wish, person)()
    await _until(lambda: _is_made(world, wish), 120)
    began = time.monotonic()
    for whom, heard in (
        ("card", lambda: "Video ready" in _card(world, wish)),
        ("starter", lambda: _called(world, wish)),
    ):
        await _noted_when(world, heard, longest, whom, f"files, {name}", began)
    world.hms.faults.clear()


async def _transcripts(
    world: World,
    crowd: Crowd,
    person: Person,
    longest: dict[str, float],
    n: int,
    name: str,
    fault: dict[str, object],
) -> None:
    """A transcript was asked for; neither it nor the video is given to us at first."""
    wish = Wish(world.rooms[3 * len(FAULTS) + n], seed.STANDUP, "--transcript --no-summary")
    crowd.wishes.append(wish)
    what = f"transcript, {name}"
    await _start(wish, person)()
    await _until(lambda: ": Recording" in _card(world, wish), 60)
    there = ApiFault.model_validate({"path": "/v2/recording-assets*", **fault})
    world.hms.faults.all.append(there)
    world.injected[f"100ms {what}"] += 1
    await _stop(crowd, wish, person)()
    await _until(lambda: _is_made(world, wish), 120)
    began = time.monotonic()

    def card_says() -> bool:
        text = _card(world, wish)
        return "Video ready" in text and "Transcript expected" in text

    await _noted_when(world, card_says, longest, "card", what, began)
    made = next(r for r in world.hms.state.recordings.values() if r.room is wish.room)
    world.hms.recorder.finish(made)
    slow = fault["kind"] == "hang"
    if not slow:
        asked = there.used
        await _until(lambda: there.used > asked, 60)
        if there.used == asked or _called(world, wish):
            world.failures.append(f"{what}: not asked for, or called without it")
        world.hms.faults.clear()
    began = time.monotonic()
    await _noted_when(world, lambda: _called(world, wish), longest, "starter", what, began)
    world.hms.faults.clear()


async def _noted_when(
    world: World,
    hears: Callable[[], bool],
    longest: dict[str, float],
    whom: str,
    what: str,
    began: float,
) -> None:
    """Wait until the card or the starter says it, and note how long that took."""
    await _until(hears, STARTER_WITHIN_S + 30)
    took_s = time.monotonic() - began
    longest[whom] = max(longest[whom], took_s)
    world.notes.append(f"{what}: {took_s:.1f} s to the {whom}")


def _is_made(world: World, wish: Wish) -> bool:
    return any(
        one.room is wish.room and one.status == "completed"
        for one in world.hms.state.recordings.values()
    )


def _called(world: World, wish: Wish) -> bool:
    """The message below the card that mentions the starter."""
    messages = list(world.slack.channels[wish.channel].messages.values())
    cards = {m.ts for m in messages if m.text.startswith(f"{wish.room.name}:")}
    return any(m.thread_ts in cards and f"<@{seed.STARTER}>" in m.text for m in messages)


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
        told = "request to start" in text or "Not stopped yet" in text
        return told or (slow and bool(text) and f": {before}" not in text)

    def starter_hears() -> bool:
        return slow or any("request to" in t for t in _direct(world, wish))

    for whom, hears in (("card", card_says), ("starter", starter_hears)):
        await _noted_when(world, hears, longest, whom, what, began)
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
