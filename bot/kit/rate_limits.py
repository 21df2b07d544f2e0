"""A 429 pauses the method it was about, for the whole workspace: that is, for every replica."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

FRESH = timedelta(seconds=1)
LONGEST_S = 3600.0  # a pause holds for everybody: a proxy's slip is not to make it one of years


class SharedPauses(Protocol):
    """Where replicas tell each other."""

    async def gate(self, method: str) -> datetime | None: ...

    async def close_gate(self, method: str, until: datetime) -> None: ...


class Pauses:
    """Looks at what is shared at most once a second per method."""

    def __init__(self, shared: SharedPauses, now: Callable[[], datetime]) -> None:
        self._shared = shared
        self._now = now
        self._seen: dict[str, tuple[datetime, datetime | None]] = {}

    async def left_s(self, method: str) -> float:
        """For how long, in seconds, it is to be left alone; 0 if it may be called."""
        now = self._now()
        seen_at, until = self._seen.get(method, (None, None))
        if seen_at is None or is_old(seen_at, now):
            until = await self._shared.gate(method)
            self._seen[method] = (now, until)
        return max(0.0, (until - now).total_seconds()) if until else 0.0

    async def pause(self, method: str, for_s: float) -> None:
        until = self._now() + timedelta(seconds=for_s)
        self._seen[method] = (self._now(), until)
        await self._shared.close_gate(method, until)


def is_old(at: datetime, now: datetime) -> bool:
    """Also after the clock was set back: it would be fresh until the old time comes again."""
    return not timedelta(0) <= now - at <= FRESH


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
