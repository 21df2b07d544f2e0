"""The bot as a process: it has a store, two doors and a reconciler, and it can die."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.deps import Deps
from bot.dispatch import DISPATCH
from bot.engine.loop import Reconciler
from bot.slack.values import Identity
from bot.store.errors import StoreError, StoreUnavailable
from bot.store.values import Team
from tests.integration.laws.hms_truth import HmsDoor
from tests.integration.laws.memory import Memory
from tests.integration.laws.replies import Life, Reply
from tests.integration.laws.slack_truth import SlackDoor

if TYPE_CHECKING:
    from tests.integration.laws.drill import Drill

LEASE = timedelta(seconds=15)
TEAM = Team("T1")
ME = Identity("", "T1", "Acme", "UBOT", "B1", "record", frozenset())


class Process:
    """What `record-bot run` is, as far as the reconciler goes."""

    def __init__(self, drill: "Drill", owner: str) -> None:
        self.life = Life()
        self._drill, self._owner = drill, owner
        self._reply = Reply.OK
        self.db = Memory(drill.engine, self._before, self._after)
        self.store = drill.store(self.db)
        numbers = drill.ids
        self.deps = Deps(
            self.store,
            SlackDoor(drill.slack, drill.faults, drill.meter, self.life, drill.loop.time),
            HmsDoor(drill.hms, drill.faults, drill.meter, self.life),
            drill.script.policy,
            ME,
            drill.now,
            lambda: f"key{next(numbers)}",
        )

    def _before(self) -> None:
        self.life.must_live()
        self._drill.meter.count(self._drill.time_s, "write")
        self._reply = self._drill.faults.next("database", self._drill.time_s)
        if self._reply is Reply.DIES_BEFORE:
            self.life.die()
        if self._reply is Reply.FAILED:
            raise StoreUnavailable("database is locked")

    def _after(self) -> None:
        if self._reply is Reply.DIES_AFTER:
            self.life.die()
        if self._reply is Reply.DONE_THEN_FAILED:
            raise StoreUnavailable("database is locked")

    async def live(self, *, first: bool) -> None:
        """As `bot.running.serve`, until it dies."""
        work = asyncio.create_task(self._serve(first=first))
        await asyncio.wait(
            [asyncio.create_task(self.life.over.wait()), work],
            return_when=asyncio.FIRST_COMPLETED,
        )
        if not self.life.dead:
            work.result()
            raise AssertionError("the reconciler ended by itself")
        work.cancel()

    async def _serve(self, *, first: bool) -> None:
        awaken = (
            self.store.queue.wake_all_open
            if self._drill.script.replica
            else self.store.queue.resume
        )
        while not first:
            try:
                await awaken()
                break
            except StoreError:  # a process that finds no database ends, and is started again
                await asyncio.sleep(1.0)
        await Reconciler(
            self.deps,
            DISPATCH,
            self._owner,
            discover_every_s=self._drill.script.looks_every_s,
            bulk_from=1,
        ).run()
