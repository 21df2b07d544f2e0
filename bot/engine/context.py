"""The context in which an executor carries out one step of one recording."""

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from bot.core.channel_settings import ChannelSettings
from bot.core.deliveries import Delivery, Kind, OutcomeAddress, Wanted, Work
from bot.core.derive import last_failure
from bot.core.facts import CallFailed, Fact
from bot.core.moments import Brief
from bot.core.note import Loaded, Note
from bot.core.policy import Policy, Silence, silence_to_show
from bot.core.proofs import OwnWork
from bot.core.recording import Recording
from bot.core.retry import Retry
from bot.core.steps import Action
from bot.deps import Deps
from bot.hms.errors import HmsRefused, HmsUnavailable

MESSAGE_MOST = 300


@dataclass(slots=True)
class Context:
    """What an executor sees of its recording.

    `state` was read when the step began; `latest` is the state after our last write, which may be
    during the step. `pointer_link` is the permalink of the card of the recording that this one
    points to. `brief` summarises the kept transcript.
    """

    deps: Deps
    own: OwnWork
    state: Loaded
    pointer_link: str | None = None
    brief: Brief | None = None
    latest: Loaded = field(init=False)

    def __post_init__(self) -> None:
        self.latest = self.state

    @property
    def recording(self) -> Recording:
        return self.state.recording

    @property
    def work(self) -> Work:
        return self.state.work

    @property
    def addresses(self) -> Mapping[tuple[Kind, str], OutcomeAddress]:
        return self.state.addresses

    @property
    def now(self) -> datetime:
        return self.deps.now()

    @property
    def key(self) -> str:
        return self.recording.key

    @property
    def silent(self) -> Silence | None:
        """A start or stop that 100ms has not answered, if that has lasted long enough to say so."""
        return silence_to_show(self.recording, self.work, self.deps.policy, self.now)

    def settings_of(self, channel: str) -> ChannelSettings:
        return self.state.settings.get(channel, ChannelSettings())

    async def announce(
        self, *, facts: Sequence[Fact] = (), deliveries: Sequence[Delivery] = ()
    ) -> None:
        """Commit that a call is about to be made. Raises LeaseLost."""
        note = Note(facts=facts, deliveries=deliveries)
        self.latest = await self.deps.store.recordings.announce(self.own, self.latest, note)

    async def keep(
        self, facts: Sequence[Fact] = (), *, retries: Mapping[str, Retry | None] | None = None
    ) -> None:
        """Commit what is known so far, before the step goes on or fails."""
        note = Note(facts=facts, retries=retries or {})
        self.latest = await self.deps.store.recordings.advance(self.own, self.latest, note)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The two functions that connect the engine to the features.

    `wanted` says what the views would show now. `carry_out` runs the executor of a step; when it
    raises a typed error of `hms` or `slack`, the runner schedules a retry.
    """

    wanted: Callable[[Context], Wanted]
    carry_out: Callable[[Action, Context], Awaitable[Note]]


def failed_call(
    ctx: Context, call: Literal["start", "stop"], failed: HmsUnavailable | HmsRefused
) -> list[Fact]:
    """Return the failure as a fact, or nothing if the latest stored failure says the same."""
    recording = ctx.latest.recording
    before = recording.stop_failed if call == "stop" else last_failure(recording.log, call)
    fact = CallFailed(
        at=ctx.now,
        call=call,
        cause=failed.cause if isinstance(failed, HmsUnavailable) else "refused",
        status=failed.status,
        message=failed.message[:MESSAGE_MOST],
    )
    return [] if before is not None and not fact.adds_to(before) else [fact]


def next_retry(
    policy: Policy,
    now: datetime,
    earlier: Retry | None,
    *,
    retry_after_s: float | None = None,
    first: timedelta | None = None,
    cap: timedelta | None = None,
    by: datetime | None = None,
) -> Retry:
    """Back off after one more failure, never to before the time that the service named.

    `first` and `cap` bound the back-off; the defaults are the policy's bounds for a step. `by`:
    when the step is decided without a call; without effect once it has passed.
    """
    attempts = (earlier.attempts if earlier else 0) + 1
    wait = policy.backoff(attempts, first or policy.retry_first, cap or policy.retry_cap)
    wait *= random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret
    at = now + max(wait, timedelta(seconds=retry_after_s or 0))
    return Retry(attempts, min(at, by) if by and now < by else at)
