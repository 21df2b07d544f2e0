"""A 429 pauses the method it was about, for the whole workspace: that is, for every replica.

While the database does not answer, each replica goes by what it knows itself: people get their
answer, and at worst Slack or 100ms says 429 once more.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

FRESH = timedelta(seconds=1)
SHARED_WITHIN_S = 1.0  # a listener has 2.5
UNKNOWN_FOR = timedelta(seconds=5)  # before the database is asked again
LONGEST_S = 3600.0  # a pause holds for everybody: a proxy's slip is not to make it one of years


@dataclass(frozen=True, slots=True)
class Shut:
    """A gate. With `since` it is shut until a probe passes, else only until then."""

    method: str
    until: datetime
    since: datetime | None = None
    why: str | None = None

    @property
    def by_hms(self) -> bool:
        """100ms' methods are paths, as `GET /recordings/{id}`; Slack's are names."""
        return "/" in self.method


class SharedPauses(Protocol):
    """Where replicas tell each other."""

    async def shut_gates(self) -> Sequence[Shut]: ...

    async def close_gate(self, method: str, until: datetime) -> None: ...


class Pauses:
    """Reads what is shared at most once a second, for all methods of Slack and 100ms at once."""

    def __init__(self, shared: SharedPauses, now: Callable[[], datetime]) -> None:
        self._shared = shared
        self._now = now
        self._read_at: datetime | None = None
        self._gates: dict[str, Shut] = {}
        self._changes = 0
        self._unknown_until: datetime | None = None

    async def left_s(self, method: str) -> float:
        """For how long, in seconds, it is to be left alone; 0 if it may be called."""
        gate = await self.gate(method)
        return max(0.0, (gate.until - self._now()).total_seconds()) if gate else 0.0

    async def gate(self, method: str) -> Shut | None:
        """None: it was open when that was read last."""
        now, changes = self._now(), self._changes
        is_known = self._read_at is not None and not is_old(self._read_at, now)
        if not is_known and not self._is_unknown(now):
            try:
                async with asyncio.timeout(SHARED_WITHIN_S):
                    shut = await self._shared.shut_gates()
            except Exception:  # whatever is wrong with the database: the log says it elsewhere
                self._unknown_until = now + UNKNOWN_FOR
            else:
                self._gates = {gate.method: gate for gate in shut}
                self._unknown_until = None
                if changes == self._changes:
                    self._read_at = now
        return self._gates.get(method)

    def _is_unknown(self, now: datetime) -> bool:
        """The database did not answer a moment ago. A clock that was set back forgets that."""
        until = self._unknown_until
        return until is not None and timedelta(0) < until - now <= UNKNOWN_FOR

    async def pause(self, method: str, for_s: float) -> None:
        until = self._now() + timedelta(seconds=for_s)
        self._gates[method] = Shut(method, until)  # even if the others cannot be told now
        try:
            async with asyncio.timeout(SHARED_WITHIN_S):
                await self._shared.close_gate(method, until)
        except Exception:  # the replica that was told goes by it
            self._unknown_until = self._now() + UNKNOWN_FOR
            return
        self.forget()

    def forget(self) -> None:
        """A gate was shut or opened: the next one to ask reads again."""
        self._read_at = None
        self._changes += 1


def is_old(at: datetime, now: datetime) -> bool:
    """Also after the clock was set back: it would be fresh until the old time comes again."""
    return not timedelta(0) <= now - at <= FRESH
