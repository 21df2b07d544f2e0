"""Cooldowns of calls to Slack: of a method after a 429, of the whole app after a refused token.

Both apply to every replica. That of the `WHOLE_APP` lasts until a probe passes; when a probe is
due, exactly one caller makes it, and the others keep waiting.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.kit.cooldowns import Cooldown
from bot.kit.shared_cooldowns import Cooldowns, SharedCooldowns
from bot.slack.errors import NotInstalled, SlackUnavailable, TokenRefused

log = structlog.get_logger()

WHOLE_APP = "slack"
PROBE_WITHIN = timedelta(seconds=10)


class SharedSlackCooldowns(SharedCooldowns, Protocol):
    async def refused(self, name: str) -> Cooldown | None: ...

    async def start_until_probed(self, name: str, until: datetime, why: str) -> None: ...

    async def claim_probe(self, name: str, until: datetime) -> bool: ...

    async def end(self, name: str) -> None: ...


class SlackCooldowns:
    """`first` and `cap` bound the time between two probes, which doubles in between.

    `cooldowns` are those of all services, which are read together.
    """

    def __init__(
        self,
        shared: SharedSlackCooldowns,
        now: Callable[[], datetime],
        *,
        cooldowns: Cooldowns | None = None,
        first: timedelta = timedelta(seconds=1),
        cap: timedelta = timedelta(minutes=5),
    ) -> None:
        self._shared = shared
        self._now = now
        self._first = first
        self._cap = cap
        self._cooldowns = cooldowns or Cooldowns(shared, now)

    async def check(self, method: str) -> None:
        """Raises `SlackUnavailable` while the method may not be called."""
        if left_s := await self._cooldowns.left_s(method):
            raise SlackUnavailable(f"{method} is paused", retry_after_s=left_s, reached=False)

    async def start(self, method: str, for_s: float) -> None:
        await self._cooldowns.start(method, for_s)

    async def check_installed(self, probe: Callable[[], Awaitable[None]]) -> None:
        """Raise `NotInstalled` while the token is refused; probe if a probe is due.

        `probe` raises `TokenRefused` if the token is still refused, which becomes `NotInstalled`,
        and any other exception from `probe` is passed on.
        """
        cooldown = await self._cooldowns.of(WHOLE_APP)
        if cooldown is None:
            return
        now = self._now()
        again = now + PROBE_WITHIN
        if cooldown.until > now or not await self._shared.claim_probe(WHOLE_APP, again):
            wait = max(cooldown.until - now, self._first)
            raise NotInstalled(cooldown.why or "", retry_after_s=wait.total_seconds())
        try:
            await probe()
        except TokenRefused as still:
            raise await self.start_for_refused_token(still.error) from None
        await self._shared.end(WHOLE_APP)
        self._cooldowns.forget()
        log.info("slack_accepts_the_token_again", refused_since=str(cooldown.since))

    async def start_for_refused_token(self, error: str) -> NotInstalled:
        """Make no call until a probe passes. Returns the exception to raise."""
        now = self._now()
        earlier = await self._shared.refused(WHOLE_APP)
        refused_for = now - earlier.since if earlier and earlier.since else timedelta(0)
        wait = min(max(refused_for, self._first), self._cap)
        await self._shared.start_until_probed(WHOLE_APP, now + wait, error)
        self._cooldowns.forget()
        log.error("slack_refuses_the_token", error=error, next_try_in_s=wait.total_seconds())
        return NotInstalled(error, retry_after_s=wait.total_seconds())
