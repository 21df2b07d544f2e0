"""A 429 pauses the method it was about, for the whole workspace: that is, for every replica.

While the database does not answer, each replica goes by what it knows itself: people get their
answer, and at worst Slack or 100ms says 429 once more.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.kit.rate_limits import Paused

log = structlog.get_logger()

FRESH = timedelta(seconds=1)
SHARED_WITHIN_S = 1.0  # a listener has 2.5
UNKNOWN_FOR = timedelta(seconds=5)  # before the database is asked again


class SharedPauses(Protocol):
    """Where replicas tell each other."""

    async def paused(self) -> Sequence[Paused]: ...

    async def pause(self, method: str, until: datetime) -> None: ...


class Pauses:
    """Reads what is shared at most once a second, for all methods of Slack and 100ms at once."""

    def __init__(self, shared: SharedPauses, now: Callable[[], datetime]) -> None:
        self._shared = shared
        self._now = now
        self._read_at: datetime | None = None
        self._paused: dict[str, Paused] = {}
        self._changes = 0
        self._unknown_until: datetime | None = None

    async def left_s(self, method: str) -> float:
        """For how long, in seconds, it is to be left alone; 0 if it may be called."""
        paused = await self.of(method)
        return max(0.0, (paused.until - self._now()).total_seconds()) if paused else 0.0

    async def of(self, method: str) -> Paused | None:
        """None: it was not paused when that was read last."""
        now, changes = self._now(), self._changes
        is_known = self._read_at is not None and not is_old(self._read_at, now)
        if not is_known and not self._is_unknown(now):
            try:
                async with asyncio.timeout(SHARED_WITHIN_S):
                    paused = await self._shared.paused()
            except Exception as gone:  # whatever is wrong with the database
                self._is_gone(gone)
            else:
                self._paused = {one.method: one for one in paused}
                self._unknown_until = None
                if changes == self._changes:
                    self._read_at = now
        return self._paused.get(method)

    def _is_unknown(self, now: datetime) -> bool:
        """The database did not answer a moment ago. A clock that was set back forgets that."""
        until = self._unknown_until
        return until is not None and timedelta(0) < until - now <= UNKNOWN_FOR

    def _is_gone(self, gone: Exception) -> None:
        self._unknown_until = self._now() + UNKNOWN_FOR
        log.warning("pauses_not_shared", why=f"{type(gone).__name__}: {gone}")

    async def pause(self, method: str, for_s: float) -> None:
        until = self._now() + timedelta(seconds=for_s)
        self._paused[method] = Paused(method, until)  # even if the others cannot be told now
        try:
            async with asyncio.timeout(SHARED_WITHIN_S):
                await self._shared.pause(method, until)
        except Exception as gone:  # this replica goes by it
            self._is_gone(gone)
            return
        self.forget()

    def forget(self) -> None:
        """A pause began or ended: the next one to ask reads again."""
        self._read_at = None
        self._changes += 1


def is_old(at: datetime, now: datetime) -> bool:
    """Also after the clock was set back: it would be fresh until the old time comes again."""
    return not timedelta(0) <= now - at <= FRESH
