"""What goes wrong, at random: each kind is a line in a table, counted as it is injected."""

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path

from record_bot_sandbox.hms.faults import ApiFault, WebhookFault
from record_bot_sandbox.slack.faults import Fault

from tests.chaos.replica import Replica
from tests.chaos.world import World

Inject = Callable[[World], str]

POSTING = ("chat.postMessage", "files.completeUploadExternal")
CALLS = (*POSTING, "chat.update", "files.getUploadURLExternal", "upload", "response_url")
HMS_CALLS = (
    ("POST", "/v2/recordings/room/*/start"),
    ("POST", "/v2/recordings/*/stop"),
    ("GET", "/v2/recordings"),
    ("GET", "/v2/recordings/*"),
    ("GET", "/v2/recording-assets/*"),
)


def _slack(name: str, **fault: object) -> Inject:
    """To one method that the bot calls; half of those that fail have done the work before."""

    def inject(world: World) -> str:
        method = world.rng.choice(CALLS)
        after = name != "429" and world.rng.random() < 0.5
        made = Fault.model_validate({"method": method, "after": after, **fault})
        world.slack.faults.add(made)
        return f"Slack {name}{' after' if after else ''}"

    return inject


def _hms(name: str, **fault: object) -> Inject:
    def inject(world: World) -> str:
        method, path = world.rng.choice(HMS_CALLS)
        after = name != "429" and world.rng.random() < 0.5
        made = ApiFault.model_validate(
            {"method": method, "path": path, "times": 1, "after_work": after, **fault}
        )
        world.hms.faults.all.append(made)
        return f"100ms {name}{' after' if after else ''}"

    return inject


def _hooks(kind: str, **fault: object) -> Inject:
    def inject(world: World) -> str:
        made = WebhookFault.model_validate({"kind": kind, "times": 2, **fault})
        world.hms.faults.all.append(made)
        return f"webhooks {kind}"

    return inject


def _drip(world: World) -> str:
    """For a while, answers of one side come a few bytes at a time."""
    name, wire = world.rng.choice((("Slack", world.slack_wire), ("100ms", world.hms_wire)))
    wire.dripping = True
    for_s = world.rng.uniform(1, 4)
    asyncio.get_running_loop().call_later(for_s, lambda: setattr(wire, "dripping", False))
    return f"{name} slow bodies"


def _cut(world: World) -> str:
    name, wire = world.rng.choice((("Slack", world.slack_wire), ("100ms", world.hms_wire)))
    wire.cut()
    return f"{name} connections cut"


SLACK: tuple[Inject, ...] = (
    _slack("429", retry_after=1),
    _slack("500", http_status=500),
    _slack("503", http_status=503, times=3),
    _slack("reset", reset=True),
    _slack("time-out", hang=True),
    _slack("late answer", delay_s=3),
    _slack("internal_error", error="internal_error"),
)
HMS: tuple[Inject, ...] = (
    _hms("429", kind="status", status=429, retry_after_s=1),
    _hms("500", kind="status", status=500),
    _hms("503", kind="status", status=503),
    _hms("reset", kind="reset"),
    _hms("time-out", kind="hang", hang_s=12),
)
HOOKS: tuple[Inject, ...] = (
    _hooks("drop"),
    _hooks("delay", delay_s=60),
    _hooks("repeat", repeat=5),
    _hooks("reorder", delay_s=60),
)
WIRES: tuple[Inject, ...] = (_drip, _cut)


async def trouble(world: World, kinds: tuple[Inject, ...], for_s: float, every_s: float) -> None:
    """Something of these kinds, now and then."""
    until = time.monotonic() + for_s
    while time.monotonic() < until:
        await asyncio.sleep(world.rng.expovariate(1 / every_s))
        world.injected[world.rng.choice(kinds)(world)] += 1


def lift(world: World) -> None:
    """All is well from now on."""
    world.slack.faults.clear()
    world.hms.faults.clear()
    for wire in (world.slack_wire, world.hms_wire):
        wire.dripping = False


async def kills(world: World, number: int, longest_s: float) -> int:
    """kill -9 of one replica after the other, at random moments of its life; how many."""
    until, done = time.monotonic() + longest_s, 0
    while done < number and time.monotonic() < until:
        victim = world.rng.choice(world.replicas)
        starting = asyncio.ensure_future(victim.up()) if not victim.is_up else None
        world.injected[f"kill -9 {await _a_moment(world, victim, starting)}"] += 1
        done += 1
        if starting:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
        await victim.kill()
        if len(world.replicas) > 1:
            await asyncio.sleep(world.rng.uniform(0, 2))
            await victim.up()
    await asyncio.gather(*(r.up() for r in world.replicas if not r.is_up))
    return done


async def _a_moment(world: World, victim: Replica, starting: "asyncio.Future[None] | None") -> str:
    """Waits for it: while it starts, as soon as a call of the bot arrives, or at any time."""
    rng: random.Random = world.rng
    if starting and rng.random() < 0.1:
        await asyncio.sleep(rng.uniform(0.1, 1.2))
        return "while it starts"
    if starting:
        await starting
    # On a busy machine a start takes long: then it also lives longer, or nothing would get done.
    await asyncio.sleep(rng.uniform(0, max(0.7, *victim.took_s[-3:])))
    if rng.random() < 0.5:
        return "at any time"
    arrived = _count(world)
    for _ in range(1000):
        if _count(world) > arrived:
            await asyncio.sleep(rng.choice((0, 0, 0.001, 0.003, 0.01)))
            return "in the middle of a call"
        await asyncio.sleep(0.001)
    return "at any time"


def _count(world: World) -> int:
    """Calls so far that must not be made twice: posts and starts."""
    channels = [c for c in world.slack.channels.values() if c.id.startswith(("C", "G"))]
    return sum(len(c.messages) for c in channels) + len(world.hms.state.recordings)


def database_of(world: World) -> Path:
    return Path(world.database_url.removeprefix("sqlite:///"))
