"""What is tried. Each scenario says what it needs, and what happens there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.faults import HMS, HOOKS, SLACK, WIRES, kills, trouble
from tests.chaos.people import Crowd
from tests.chaos.run import Plan
from tests.chaos.world import Setting, World, note


@dataclass(frozen=True)
class Scale:
    """How much of it. `seconds` of load for each scenario but the kills."""

    kills: int = 200
    seconds: float = 40.0


@dataclass(frozen=True)
class Scenario:
    setting: Setting
    plan: Callable[[Scale], Plan]
    needs: str = ""  # "postgres": a server of its own; "clock": libfaketime; "tmpfs"


def _killed(scale: Scale) -> Plan:
    """kill -9, again and again, under load, while Slack and 100ms have their moods."""

    async def plan(world: World, crowd: Crowd) -> None:
        longest_s = scale.kills * 3.0 + 30
        load = asyncio.create_task(crowd.come(longest_s, every_s=1.2))
        moods = asyncio.create_task(trouble(world, (*SLACK, *HMS, *HOOKS), longest_s, 2.5))
        done = await kills(world, scale.kills, longest_s)
        load.cancel()
        moods.cancel()
        took = sorted(world.bot.took_s)
        world.notes.append(
            f"{done} kills; a restart took {took[len(took) // 2]:.2f} s in the median, "
            f"{took[-1]:.1f} s at most"
        )

    return plan


def _moody(kinds: tuple[Callable[[World], str], ...], every_s: float) -> Callable[[Scale], Plan]:
    def made(scale: Scale) -> Plan:
        async def plan(world: World, crowd: Crowd) -> None:
            await asyncio.gather(
                crowd.come(scale.seconds, every_s=0.7),
                trouble(world, kinds, scale.seconds, every_s),
            )

        return plan

    return made


SCENARIOS: dict[str, Scenario] = {
    "kill -9": Scenario(Setting(rooms=700), _killed),
    "Slack": Scenario(Setting(), _moody((*SLACK, WIRES[0]), 0.35)),
    "100ms": Scenario(Setting(), _moody((*HMS, *HOOKS, WIRES[1]), 0.35)),
}
__all__ = ["SCENARIOS", "Scale", "Scenario", "note"]
