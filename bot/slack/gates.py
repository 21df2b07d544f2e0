"""A 429 pauses that method for the workspace: nothing is sent before Slack's time is up."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from bot.slack.errors import SlackUnavailable


class SharedGates(Protocol):
    """Where replicas tell each other."""

    async def gate(self, method: str) -> datetime | None: ...

    async def close_gate(self, method: str, until: datetime) -> None: ...


class Gates:
    """Looks into the shared gates at most once a second per method."""

    _FRESH = timedelta(seconds=1)

    def __init__(self, shared: SharedGates, now: Callable[[], datetime]) -> None:
        self._shared = shared
        self._now = now
        self._seen: dict[str, tuple[datetime, datetime | None]] = {}

    async def check(self, method: str) -> None:
        """Raises `SlackUnavailable` while the method is paused."""
        now = self._now()
        seen_at, until = self._seen.get(method, (None, None))
        if seen_at is None or now - seen_at > self._FRESH:
            until = await self._shared.gate(method)
            self._seen[method] = (now, until)
        if until and until > now:
            raise SlackUnavailable(
                f"{method} is paused", retry_after_s=(until - now).total_seconds(), reached=False
            )

    async def close(self, method: str, for_s: float) -> None:
        until = self._now() + timedelta(seconds=for_s)
        self._seen[method] = (self._now(), until)
        await self._shared.close_gate(method, until)
