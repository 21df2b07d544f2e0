"""What is tried. Each scenario says what it needs, and what happens there."""

import asyncio
import itertools
import statistics
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from record_bot_sandbox.hms.faults import WebhookFault

from tests.chaos import disasters
from tests.chaos.clockwork import clockwork
from tests.chaos.faults import HMS, HOOKS, SLACK, WIRES, Inject, kills, trouble
from tests.chaos.grounds import Ground, on_postgres, own_clock, plain, small_disk
from tests.chaos.people import Crowd
from tests.chaos.run import Plan
from tests.chaos.unanswered import silences
from tests.chaos.world import Setting, World

DAY_S = 86_400
WEBHOOKS = 1520  # and 80 about what nobody knows
CLOCK_STEPS = (30, -30, 45, -45)  # seconds; more, and Slack and 100ms would not let us in


@dataclass(frozen=True)
class Scale:
    """How much of it: kills of the only bot, and seconds of load in the other scenarios."""

    kills: int = 200
    seconds: float = 40.0


@dataclass(frozen=True)
class Scenario:
    setting: Setting
    plan: Callable[[Scale], Plan]
    ground: Ground = plain


def _killed(scale: Scale) -> Plan:
    """kill -9, again and again, under load, while Slack and 100ms have their moods."""

    async def plan(world: World, crowd: Crowd) -> None:
        longest_s = scale.kills * 6.0 + 30
        load = asyncio.create_task(crowd.come(longest_s, every_s=1.2))
        moods = asyncio.create_task(trouble(world, (*SLACK, *HMS, *HOOKS), longest_s, 2.5))
        done = await kills(world, scale.kills, longest_s)
        load.cancel()
        moods.cancel()
        took = world.bot.took_s
        world.notes.append(
            f"{done} kills; a restart took {statistics.median(took):.2f} s in the median, "
            f"{max(took):.1f} s at most"
        )

    return plan


def _moody(kinds: tuple[Inject, ...], every_s: float) -> Callable[[Scale], Plan]:
    def made(scale: Scale) -> Plan:
        async def plan(world: World, crowd: Crowd) -> None:
            await asyncio.gather(
                crowd.come(scale.seconds, every_s=0.7),
                trouble(world, kinds, scale.seconds, every_s),
            )

        return plan

    return made


def _beside(what: Callable[[World, float], Awaitable[None]]) -> Callable[[Scale], Plan]:
    """Load, and beside it one disaster after the other, as long as there is load."""

    def made(scale: Scale) -> Plan:
        async def plan(world: World, crowd: Crowd) -> None:
            load = asyncio.create_task(crowd.come(scale.seconds, every_s=0.8))
            await what(world, scale.seconds)
            await load

        return plan

    return made


async def _database(world: World, for_s: float) -> None:
    """Locked for less and for more than SQLite waits, then full."""
    loop, until = asyncio.get_running_loop(), asyncio.get_running_loop().time() + for_s
    for n in itertools.count():
        await asyncio.sleep(world.rng.uniform(1, 3))
        if loop.time() > until:
            return
        if n % 2:
            await disasters.fill(world, world.rng.uniform(2, 6))
        else:
            await disasters.lock(world, world.rng.choice((2, 7, 12)))


async def _clock(world: World, for_s: float) -> None:
    each = for_s / len(CLOCK_STEPS)
    for by_s in CLOCK_STEPS:
        await asyncio.sleep(each / 2)
        await disasters.step_clock(world, by_s, each / 2)


async def _silent(world: World, for_s: float) -> None:
    took = []
    for _ in range(max(1, round(for_s / 20))):
        await asyncio.sleep(world.rng.uniform(2, 5))
        took.append(await disasters.silence(world))
    seconds = ", ".join(f"{t:.1f}" for t in took)
    world.notes.append(f"a silent connection was renewed after {seconds} s")


async def _stormy(world: World, for_s: float) -> None:
    await asyncio.sleep(for_s / 4)
    every = WebhookFault.model_validate({"kind": "repeat", "repeat": 20})
    world.hms.faults.all.append(every)
    for _ in range(3):
        await disasters.storm(world, 1000)
        await asyncio.sleep(for_s / 6)


async def _deaf(world: World, for_s: float) -> None:
    world.hms.faults.all.append(WebhookFault.model_validate({"kind": "drop"}))
    await asyncio.sleep(for_s)
    dropped = sum(e.state == "dropped" for e in world.hms.webhooks.events)
    world.injected["webhooks dropped, all of them"] += dropped
    hours = for_s * world.setting.speed / 3600
    world.notes.append(f"no webhook came in {hours:.1f} hours of the bot's time")


async def _unreadable(world: World, for_s: float) -> None:
    loop, until = asyncio.get_running_loop(), asyncio.get_running_loop().time() + for_s
    while loop.time() < until:
        await disasters.unreadable(world)
        await asyncio.sleep(world.rng.uniform(0.2, 1))
    await disasters.count_dead(world)


async def _full(world: World, for_s: float) -> None:
    loop, until = asyncio.get_running_loop(), asyncio.get_running_loop().time() + for_s
    while loop.time() < until:
        await asyncio.sleep(world.rng.uniform(1, 3))
        await disasters.fill(world, world.rng.uniform(1, 8))


def _restored(scale: Scale) -> Plan:
    """Backed up under load's traces, then 1,600 webhooks, a kill, a restore, and load again."""

    async def plan(world: World, crowd: Crowd) -> None:
        await crowd.come(scale.seconds / 2, every_s=0.8)
        await crowd.leave(60)
        await disasters.at_rest(world)
        copy = await disasters.back_up(world)
        await disasters.storm(world, WEBHOOKS)
        await disasters.restore_from(world, copy)
        await crowd.come(scale.seconds / 2, every_s=0.8)

    return plan


def _week(scale: Scale) -> Plan:
    """Only the bot's waits are shortened: a call takes as long as it does, minutes of its time."""

    async def plan(world: World, crowd: Crowd) -> None:
        days = 7 if scale.seconds > 20 else 1
        world.hms.faults.all.append(WebhookFault.model_validate({"kind": "drop"}))
        await crowd.come(world.scaled(days * DAY_S), every_s=3)
        await crowd.leave(world.setting.meeting_s[1] + 30)
        await asyncio.sleep(world.scaled(DAY_S / 2))  # the longest transcript is there by then
        dropped = sum(e.state == "dropped" for e in world.hms.webhooks.events)
        world.injected["webhooks dropped, all of them"] += dropped
        hours = [s * world.setting.speed / 3600 for s in world.setting.meeting_s]
        world.notes.append(
            f"no webhook came in {days} days of the bot's time, {world.scaled(days * DAY_S):.0f} s "
            f"of ours; meetings took {hours[0]:.0f} to {hours[1]:.0f} hours"
        )

    return plan


def _replicas(scale: Scale) -> Plan:
    """Killed one by one, deployed, their database gone for a while, and one 429 for all."""

    async def plan(world: World, crowd: Crowd) -> None:
        load = asyncio.create_task(crowd.come(10_000, every_s=0.9))
        await kills(world, 1000, scale.seconds)
        before = crowd.refused
        await disasters.roll(world)
        world.notes.append(f"rolling restart: {crowd.refused - before} things to try again")
        if world.setting.socket_mode:
            load.cancel()
            return
        await asyncio.sleep(2)
        await disasters.stop_database(world, 30.0 if scale.seconds > 20 else 12.0)
        await asyncio.sleep(8)
        load.cancel()
        await disasters.too_many(world, crowd)
        if world.balancer:
            served = sorted(world.balancer.served.values())
            world.notes.append(f"requests served by each replica: {served}")

    return plan


def _unanswered(_: Scale) -> Plan:
    return silences


def _by_the_clock(scale: Scale) -> Plan:
    async def plan(world: World, crowd: Crowd) -> None:
        jumps = asyncio.create_task(_clock(world, scale.seconds))
        await clockwork(world, crowd, scale.seconds, scale.kills)
        await jumps

    return plan


THREE = Setting(replicas=3, speed=3, rooms=240)
SCENARIOS: dict[str, Scenario] = {
    "kill -9": Scenario(Setting(speed=8, rooms=700), _killed),
    "Slack": Scenario(Setting(), _moody((*SLACK, WIRES[0]), 0.35)),
    "100ms": Scenario(Setting(), _moody((*HMS, *HOOKS, WIRES[1]), 0.35)),
    "100ms does not answer": Scenario(Setting(speed=1), _unanswered),
    "database": Scenario(Setting(), _beside(_database), small_disk),
    "dead letters": Scenario(Setting(), _beside(_unreadable)),
    "full disk": Scenario(Setting(), _beside(_full), small_disk),
    "restore": Scenario(Setting(), _restored),
    "clock": Scenario(Setting(), _beside(_clock), own_clock),
    "schedules and rules": Scenario(Setting(speed=8, rooms=20), _by_the_clock, own_clock),
    "silence": Scenario(Setting(socket_mode=True), _beside(_silent)),
    "event storm": Scenario(Setting(), _beside(_stormy)),
    "no webhooks": Scenario(Setting(speed=120), _beside(_deaf)),
    "a week without webhooks": Scenario(Setting(speed=3000, meeting_s=(2.4, 48)), _week),
    "replicas": Scenario(THREE, _replicas, on_postgres),
    "replicas, Socket Mode": Scenario(
        Setting(replicas=3, speed=3, rooms=240, socket_mode=True), _replicas, on_postgres
    ),
}
