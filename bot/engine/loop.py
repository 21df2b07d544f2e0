"""The reconciler's loops: take due work, run it concurrently, sleep until more is due."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.core.note import Loaded
from bot.core.proofs import OwnWork
from bot.deps import Deps
from bot.engine.bulk_poll import FEWEST, BulkPoll
from bot.engine.context import Dispatch
from bot.engine.discovery import discover
from bot.engine.inbox import match_inbox
from bot.engine.runner import run
from bot.kit.background import forever
from bot.kit.logs import learnt
from bot.kit.metrics import DEAD_LETTERS, FAULTS
from bot.store.errors import LeaseLost, StoreError, UnreadableRecording

log = structlog.get_logger()

MAIL, WORK, ROOMS, POLLS = "mail", "work", "rooms", "polls"
SIDE_BY_SIDE = 16
CHECK_AT_LEAST_EVERY_S = 5.0  # a wake from another replica may be lost
TIMER_WITHIN_S = 60.0  # work due later than this is found by the regular check
STORE_GONE_PAUSE_S = 1.0
RUSHED_PAUSE_S = 0.2
RENEW_EVERY_S = 3.0  # several times per lease
GIVEN_BACK_WITHIN_S = 0.8  # of the one second in which a cancelled loop must end
SET_BACK = timedelta(seconds=2)
TURNED_WITHIN_S = 30.0  # a turn reads at most one batch, and a database call takes at most 10 s
DISCOVERY_PAUSE_S = 0.2  # a lower bound for sandboxes, where time may run fast


class Reconciler:
    """Does everything that is due.

    `owner` names this process in the leases. Each turn adds its number, so that a task that
    outlived its lease is no longer the owner, even if this process has taken the recording again.
    """

    def __init__(
        self,
        deps: Deps,
        dispatch: Dispatch,
        owner: str,
        *,
        discover_every_s: float = CHECK_AT_LEAST_EVERY_S,
        bulk_from: int = FEWEST,
    ) -> None:
        self._deps = deps
        self._dispatch = dispatch
        self._owner = owner
        self._turns = itertools.count(1)
        self._discover_every_s = discover_every_s
        self._work = asyncio.Event()
        self._mail = asyncio.Event()
        self._rooms = asyncio.Event()
        self._bulk, self._polls = BulkPoll(deps, self._check, bulk_from), asyncio.Event()
        self._stopping = asyncio.Event()
        self._running: dict[asyncio.Task[None], str] = {}  # to the owner of the task's lease
        self._latest: dict[str, asyncio.Task[None]] = {}  # the latest running task of each key
        self._busy = asyncio.Event()  # while any is running
        self._checked_at: datetime | None = None
        self._turned: dict[str, float] = {}  # when each loop last finished a turn, monotonic
        self._more = False  # the last take was full, so more may be due

    def poke(self) -> None:
        """Make both loops check for work now."""
        self._work.set()
        self._mail.set()

    def stop(self) -> None:
        """Take no more work; `run` returns when the running steps have ended."""
        self._stopping.set()
        self._rooms.set()
        self._polls.set()
        self.poke()

    def stalled(self) -> str | None:
        """Return the name of a loop that has not finished a turn lately, or None.

        Discovery and bulk polls are left out, because they wait for 100ms.
        """
        since = time.monotonic() - TURNED_WITHIN_S
        late = (name for name in (MAIL, WORK) if self._turned.get(name, since) <= since)
        return next(late, None)

    async def run(self) -> None:
        listening = asyncio.create_task(
            self._deps.store.queue.listen(self._work.set, self._mail.set)
        )
        renewing = asyncio.create_task(self._keep_leases())
        try:
            await asyncio.gather(
                self._forever(MAIL, self._read_mail, self._mail),
                self._forever(WORK, self._take_work, self._work),
                self._forever(ROOMS, self._discover, self._rooms),
                self._forever(POLLS, self._poll_in_bulk, self._polls),
            )
            if self._running:
                await asyncio.wait(self._running)
        finally:  # cancelled tasks must end here, because the caller closes the store next
            left, owners = [listening, renewing, *self._running], set(self._running.values())
            for task in left:
                task.cancel()
            await asyncio.wait(left)
            if owners:
                await self._give_back(owners)

    async def _give_back(self, owners: set[str]) -> None:
        """Release the leases of unfinished work, so that another replica can go on at once."""
        try:
            async with asyncio.timeout(GIVEN_BACK_WITHIN_S):
                given = await self._deps.store.queue.give_back(owners)
        except (StoreError, TimeoutError) as gone:
            log.warning("leases_not_given_back", why=str(gone))
        else:
            log.info("leases_given_back", recordings=given)

    async def _forever(
        self, name: str, turn: Callable[[], Awaitable[float]], poked: asyncio.Event
    ) -> None:
        """Repeat `turn` until stopping. It returns the seconds to sleep, unless poked."""
        while not self._stopping.is_set():
            poked.clear()
            try:
                pause_s = await turn()
                self._turned[name] = time.monotonic()
            except StoreError as gone:
                log.warning("store_unavailable", why=str(gone))
                pause_s = STORE_GONE_PAUSE_S
            except Exception:
                FAULTS.labels("loop").inc()
                log.exception("turn_broke")
                pause_s = STORE_GONE_PAUSE_S
            if pause_s > 0 and not self._stopping.is_set():
                await _sleep(poked, pause_s)

    async def _keep_leases(self) -> None:
        """Renew the leases of running tasks until cancelled: a step may outlast its lease."""

        async def turn() -> float:
            await self._busy.wait()
            await asyncio.sleep(RENEW_EVERY_S)
            if self._running:
                await self._deps.store.queue.renew(set(self._running.values()))
            return 0.0

        await forever("leases", turn, away=(StoreError,), pause_s=0.0)

    async def _read_mail(self) -> float:
        """Match webhooks, except in a rush: then the others get their 200 first."""
        if self._deps.store.inbox.is_rushed:
            await _sleep(self._stopping, RUSHED_PAUSE_S)
            return 0.0
        matched = await match_inbox(self._deps)
        if matched.discover:
            self._rooms.set()
        return 0.0 if matched.events else self._discover_every_s

    async def _discover(self) -> float:
        due = await self._deps.store.follows.next_discovery()
        if due is None:
            return self._discover_every_s
        soon = (due - self._deps.now()).total_seconds()
        if soon <= 0 and await discover(self._deps):
            return 0.0
        return min(self._discover_every_s, max(DISCOVERY_PAUSE_S, soon))

    async def _poll_in_bulk(self) -> float:
        return min(self._discover_every_s, max(DISCOVERY_PAUSE_S, await self._bulk.turn()))

    async def _take_work(self) -> float:
        now = self._deps.now()
        if self._checked_at is not None and now < self._checked_at - SET_BACK:
            log.warning("clock_set_back", by_s=(self._checked_at - now).total_seconds())
            await self._deps.store.queue.clock_set_back(self._checked_at - now)
        self._checked_at = now
        free = SIDE_BY_SIDE - len(self._running)
        owner = f"{self._owner}:{next(self._turns)}"
        taken = await self._deps.store.queue.take(free, owner) if free else {}
        self._more = len(taken) == free
        for own, loaded in taken.items():
            self._bulk.drop(own.key)
            running = self._run_one(own, loaded, after=self._latest.get(own.key))
            task = asyncio.create_task(running, name=f"recording-{own.key}")
            self._running[task] = owner
            self._latest[own.key] = task
            self._busy.set()
            task.add_done_callback(self._ended)
        return self._discover_every_s

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """Free the task's slot; take more work if some was left for lack of slots."""
        del self._running[task]
        self._latest = {k: t for k, t in self._latest.items() if t is not task}
        if not self._running:
            self._busy.clear()
        if self._more:
            self._work.set()

    async def _run_one(
        self, own: OwnWork, loaded: Loaded | None, after: asyncio.Task[None] | None
    ) -> None:
        enough = self._stopping.is_set
        learnt(key=own.key)  # for the calls that its steps make
        try:
            if after:
                await self._wait_for_earlier(after, own)
                loaded = None
            rest = await run(self._deps, self._dispatch, own, loaded, enough=enough)
            if await self._deps.store.queue.release(own, rest.until, polled=rest.polled):
                self._work.set()
            elif rest.until is not None:
                self._check(rest.until)
                if rest.calm and self._bulk.add(rest.calm):
                    self._polls.set()
        except LeaseLost:
            log.info("lease_lost", key=own.key)
        except UnreadableRecording as unreadable:
            await self._set_aside(own, unreadable.why)
        except StoreError as gone:
            log.warning("store_unavailable", key=own.key, why=str(gone))
        except Exception as broken:
            FAULTS.labels("reconcile").inc()
            log.exception("recording_broke", key=own.key)
            await self._set_aside(own, type(broken).__name__)

    async def _set_aside(self, own: OwnWork, why: str) -> None:
        """Set the recording aside; the others go on."""
        DEAD_LETTERS.labels("recording").inc()
        log.error("recording_unreadable", key=own.key, why=why)
        try:
            await self._deps.store.dead_letters.park(own, why)
        except StoreError as gone:
            log.warning("store_unavailable", key=own.key, why=str(gone))

    async def _wait_for_earlier(self, earlier: asyncio.Task[None], own: OwnWork) -> None:
        """Wait until our earlier task for the same recording has ended.

        Its lease expired while it waited for the database. Its result must be stored first, or
        the same call would be made twice.
        """
        await asyncio.wait([earlier])
        if own.key not in await self._deps.store.queue.renew([own.owner]):
            raise LeaseLost(own.key)

    def _check(self, due_at: datetime) -> None:
        """Set a timer for work that is due soon, instead of waiting for the regular check.

        A timer may fire a little early, when nothing is due yet: it is then set again.
        """
        soon = (due_at - self._deps.now()).total_seconds()
        if soon <= 0:
            self._work.set()
        elif soon <= TIMER_WITHIN_S:
            asyncio.get_running_loop().call_later(soon, self._check, due_at)


async def _sleep(poked: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await poked.wait()
    except TimeoutError:
        return
