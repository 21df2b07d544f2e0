"""One step of one recording: what an executor sees, and what it hands back."""

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.channel_settings import ChannelSettings
from bot.core.deliveries import Delivery, Hold, Kind, Wanted, Work
from bot.core.facts import Fact
from bot.core.policy import Policy
from bot.core.recording import Recording
from bot.core.steps import Action
from bot.deps import Deps
from bot.store.values import Asked, OutcomeAddress


@dataclass(frozen=True, slots=True)
class Note:
    """What came of a step. Written in one transaction, then the next step is looked for."""

    facts: Sequence[Fact] = ()
    aliases: Sequence[str] = ()
    deliveries: Sequence[Delivery] = ()
    asked: Asked | None = None
    holds: Mapping[str, Hold | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """`owner` holds the lease; `pointer_link` is the card that a pointer points to."""

    deps: Deps
    owner: str
    recording: Recording
    work: Work
    addresses: Mapping[tuple[Kind, str], OutcomeAddress]
    pointer_link: str | None = None
    settings: Mapping[str, ChannelSettings] = field(default_factory=dict)  # where somebody set any

    @property
    def now(self) -> datetime:
        return self.deps.now()

    @property
    def key(self) -> str:
        return self.recording.key

    def settings_of(self, channel: str) -> ChannelSettings:
        return self.settings.get(channel, ChannelSettings())

    async def announce(
        self, *, facts: Sequence[Fact] = (), deliveries: Sequence[Delivery] = ()
    ) -> None:
        """Commit that a call is about to be made. Raises LeaseLost if it is not ours to make."""
        await self.deps.store.recordings.record(
            self.key, facts=facts, deliveries=deliveries, owner=self.owner
        )


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What the engine is handed: what the views would show now, and who does which step.

    `carry_out` raises the typed errors of `hms` and `slack`; the runner holds the step up then.
    """

    wanted: Callable[[Context], Wanted]
    carry_out: Callable[[Action, Context], Awaitable[Note]]


def hold(
    policy: Policy, now: datetime, earlier: Hold | None, *, retry_after_s: float | None = None
) -> Hold:
    """The next hold of a step that failed: longer each time, never before the other side's word."""
    attempts = (earlier.attempts if earlier else 0) + 1
    pause = policy.backoff(attempts, policy.retry_first, policy.retry_cap)
    pause *= random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret
    return Hold(now + max(pause, timedelta(seconds=retry_after_s or 0)), attempts)
