"""Cooldowns: after a 429 its method is not called for a while, by no replica.

While the database is down, each replica only knows its own. People still get their answer; at worst
Slack or 100ms sends one more 429.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.kit.cooldowns import Cooldown

log = structlog.get_logger()

FRESH = timedelta(seconds=1)
SHARED_WITHIN_S = 1.0  # a listener has 2.5
UNKNOWN_FOR = timedelta(seconds=5)  # before a database that failed is asked again


class SharedCooldowns(Protocol):
    """The store of cooldowns that all replicas share."""

    async def running(self) -> Sequence[Cooldown]: ...

    async def start(self, method: str, until: datetime) -> None: ...


class Cooldowns:
    """The cooldowns of all methods of Slack and 100ms, read together at most once a second."""

    def __init__(self, shared: SharedCooldowns, now: Callable[[], datetime]) -> None:
        self._shared = shared
        self._now = now
        self._read_at: datetime | None = None
        self._running: dict[str, Cooldown] = {}
        self._changes = 0
        self._unknown_until: datetime | None = None

    async def left_s(self, method: str) -> float:
        """Return for how many seconds the method may not be called; 0 if it may."""
        cooldown = await self.of(method)
        return max(0.0, (cooldown.until - self._now()).total_seconds()) if cooldown else 0.0

    async def of(self, method: str) -> Cooldown | None:
        """Return the method's cooldown, or None. May be up to a second old."""
        now, changes = self._now(), self._changes
        is_known = self._read_at is not None and not is_old(self._read_at, now)
        if not is_known and not self._failed_lately(now):
            try:
                async with asyncio.timeout(SHARED_WITHIN_S):
                    running = await self._shared.running()
            except Exception as gone:  # whatever is wrong with the database
                self._note_failure(gone)
            else:
                self._running = {one.method: one for one in running}
                self._unknown_until = None
                if changes == self._changes:
                    self._read_at = now
        return self._running.get(method)

    def _failed_lately(self, now: datetime) -> bool:
        """Whether the database failed a moment ago. Setting the clock back clears that."""
        until = self._unknown_until
        return until is not None and timedelta(0) < until - now <= UNKNOWN_FOR

    def _note_failure(self, gone: Exception) -> None:
        self._unknown_until = self._now() + UNKNOWN_FOR
        log.warning("pauses_not_shared", why=f"{type(gone).__name__}: {gone}")

    async def start(self, method: str, for_s: float) -> None:
        until = self._now() + timedelta(seconds=for_s)
        self._running[method] = Cooldown(method, until)  # also if the shared store is down
        try:
            async with asyncio.timeout(SHARED_WITHIN_S):
                await self._shared.start(method, until)
        except Exception as gone:  # this replica still respects it
            self._note_failure(gone)
            return
        self.forget()

    def forget(self) -> None:
        """Read the shared cooldowns again at the next call, because one began or ended."""
        self._read_at = None
        self._changes += 1


def is_old(at: datetime, now: datetime) -> bool:
    """Whether a reading is too old. One from the future is, too: the clock was set back."""
    return not timedelta(0) <= now - at <= FRESH
