"""Pauses of calls to Slack: a 429 pauses its method, a refused token pauses the whole app.

Both apply to every replica. The pause `WHOLE_APP` lasts until a probe passes; when a probe is due,
exactly one caller makes it, and the others keep waiting.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.kit.pauses import Pauses, SharedPauses
from bot.kit.rate_limits import Paused
from bot.slack.errors import NotInstalled, SlackUnavailable, TokenRefused

log = structlog.get_logger()

WHOLE_APP = "slack"
PROBE_WITHIN = timedelta(seconds=10)


class SharedSlackPauses(SharedPauses, Protocol):
    async def refused(self, name: str) -> Paused | None: ...

    async def pause_until_probed(self, name: str, until: datetime, why: str) -> None: ...

    async def claim_probe(self, name: str, until: datetime) -> bool: ...

    async def resume(self, name: str) -> None: ...


class SlackPauses:
    """`first` and `cap` bound the time between two probes, which doubles in between.

    `pauses` are those of all services, which are read together.
    """

    def __init__(
        self,
        shared: SharedSlackPauses,
        now: Callable[[], datetime],
        *,
        pauses: Pauses | None = None,
        first: timedelta = timedelta(seconds=1),
        cap: timedelta = timedelta(minutes=5),
    ) -> None:
        self._shared = shared
        self._now = now
        self._first = first
        self._cap = cap
        self._pauses = pauses or Pauses(shared, now)

    async def check(self, method: str) -> None:
        """Raises `SlackUnavailable` while the method is paused."""
        if left_s := await self._pauses.left_s(method):
            raise SlackUnavailable(f"{method} is paused", retry_after_s=left_s, reached=False)

    async def pause(self, method: str, for_s: float) -> None:
        await self._pauses.pause(method, for_s)

    async def check_installed(self, probe: Callable[[], Awaitable[None]]) -> None:
        """Raise `NotInstalled` while the token is refused; probe if a probe is due.

        `probe` raises `TokenRefused` if the token is still refused, which becomes `NotInstalled`,
        and any other exception from `probe` is passed on.
        """
        paused = await self._pauses.of(WHOLE_APP)
        if paused is None:
            return
        now = self._now()
        again = now + PROBE_WITHIN
        if paused.until > now or not await self._shared.claim_probe(WHOLE_APP, again):
            wait = max(paused.until - now, self._first)
            raise NotInstalled(paused.why or "", retry_after_s=wait.total_seconds())
        try:
            await probe()
        except TokenRefused as still:
            raise await self.pause_for_refused_token(still.error) from None
        await self._shared.resume(WHOLE_APP)
        self._pauses.forget()
        log.info("slack_accepts_the_token_again", refused_since=str(paused.since))

    async def pause_for_refused_token(self, error: str) -> NotInstalled:
        """Pause all calls until a probe passes. Returns the exception to raise."""
        now = self._now()
        paused = await self._shared.refused(WHOLE_APP)
        refused_for = now - paused.since if paused and paused.since else timedelta(0)
        pause = min(max(refused_for, self._first), self._cap)
        await self._shared.pause_until_probed(WHOLE_APP, now + pause, error)
        self._pauses.forget()
        log.error("slack_refuses_the_token", error=error, next_try_in_s=pause.total_seconds())
        return NotInstalled(error, retry_after_s=pause.total_seconds())
