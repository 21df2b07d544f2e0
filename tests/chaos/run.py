"""One scenario: load and faults side by side, then quiet, then the books are compared."""

import asyncio
import contextlib
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from tests.chaos import books
from tests.chaos.audit import Tally, audit
from tests.chaos.faults import lift
from tests.chaos.people import Crowd
from tests.chaos.world import Setting, World, note, world

LEAVE_WITHIN_S = 90.0
SETTLE_S = 400.0  # scaled: a transcript and a question about it
QUIET_S = 15.0
PATIENCE_S = 75.0
LOOK_EVERY_S = 1.0

Plan = Callable[[World, Crowd], Awaitable[None]]


@dataclass
class Report:
    """One line of the table."""

    name: str
    tally: Tally
    injected: Counter[str]
    refused: int
    took_s: float
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        t = self.tally
        return bool(t.lost or t.unwanted or t.doubled_outside or self.failures)


async def run(name: str, setting: Setting, plan: Plan, seed: int) -> Report:
    """`plan` brings the load and the faults; what it leaves broken it mends itself."""
    began, rng = time.monotonic(), random.Random(f"{seed}:{name}")
    note(f"{name}: begins")
    async with world(setting, rng) as there:
        crowd = Crowd(there)
        await plan(there, crowd)
        lift(there)
        note(f"{name}: faults lifted, {len(crowd.wishes)} requests")
        await asyncio.gather(*(r.up() for r in there.replicas if not r.is_up))
        await crowd.leave(LEAVE_WITHIN_S)
        tally = await _settled(there, crowd)
        if not tally.recordings:
            there.failures.append("nothing was recorded at all")
        logs = [r.process.output for r in there.replicas if r.process.output]
        wrong = books.broken(logs)
        if wrong:
            there.notes.append(f"unexpected errors in the log: {dict(wrong)}")
        if problems := {p["where"] + ": " + p["message"] for p in there.slack.problems}:
            there.notes.append(f"Slack complains: {sorted(problems)[:3]}")
        if wrong or tally.lost or tally.unwanted or tally.doubled_outside or there.failures:
            there.notes.append(f"logs kept in {_keep(there)}")
        note(
            f"{name}: {tally.recordings} recordings, lost {len(tally.lost)}, unwanted "
            f"{len(tally.unwanted)}, doubled {len(tally.doubled_inside)} in the window and "
            f"{len(tally.doubled_outside)} outside, late {len(tally.late)}"
        )
        return Report(
            name,
            tally,
            there.injected,
            crowd.refused,
            time.monotonic() - began,
            there.notes,
            there.failures,
        )


async def _settled(world: World, crowd: Crowd) -> Tally:
    """Looked at until all is well, or for as long as patience lasts."""
    began = time.monotonic()
    quiet_s = QUIET_S + world.scaled(SETTLE_S)
    late: list[str] | None = None
    while True:
        tally = await _look(world, crowd)
        waited = time.monotonic() - began
        if late is None and (waited > quiet_s or not tally.lost):
            late = list(tally.lost)
        if not tally.lost or waited > quiet_s + PATIENCE_S:
            break
        await asyncio.sleep(LOOK_EVERY_S)
    found = [why for why in late or [] if why not in tally.lost]
    return replace(tally, late=found)


async def _look(world: World, crowd: Crowd) -> Tally:
    logs = [r.process.output for r in world.replicas if r.process.output]
    kept = await asyncio.to_thread(books.read, world.database_url)
    again = await asyncio.to_thread(books.posted_again, logs)
    return audit(world, crowd.wishes, kept, again)


def _keep(world: World) -> str:
    """The logs outlive the world, for whoever has to find out why."""
    kept = tempfile.mkdtemp(prefix="record-bot-chaos-kept-")
    for file in world.logs.iterdir():
        with contextlib.suppress(OSError):
            shutil.copy(file, kept)
    return kept
