"""One step of one recording: what an executor sees, and what it hands back."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.channel_settings import ChannelSettings
from bot.core.deliveries import Delivery, Hold, Kind, Wanted, Work
from bot.core.facts import Fact
from bot.core.policy import Policy, is_late, transcript_expected_at
from bot.core.recording import Recording
from bot.deps import Deps
from bot.features.card.views import recording_card
from bot.store.values import Asked, OutcomeAddress
from bot.ui.message import Message, content_hash


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

    def wanted(self) -> Wanted:
        """What the plan is to bring about, by the views and by what the channels have set."""
        places = [*self.recording.channels, self.recording.starter or ""]
        card_only = {place for place in places if self.settings_of(place).results == "card"}
        return Wanted(
            card=content_hash(self.card()),
            tell_room=self.settings_of(self.recording.home).tell_room,
            card_only=frozenset(card_only),
        )

    def card(self) -> Message:
        """The card as it should look now."""
        return recording_card(
            self.recording,
            late=is_late(self.recording, self.deps.policy, self.now),
            transcript_expected_at=transcript_expected_at(self.recording, self.deps.policy),
            permalink_of_pointer=self.pointer_link,
            bot=self.deps.identity.name,
        )

    async def announce(
        self, *, facts: Sequence[Fact] = (), deliveries: Sequence[Delivery] = ()
    ) -> None:
        """Commit that a call is about to be made. Raises LeaseLost if it is not ours to make."""
        await self.deps.store.record(self.key, facts=facts, deliveries=deliveries, owner=self.owner)


def hold(
    policy: Policy, now: datetime, earlier: Hold | None, *, retry_after_s: float | None = None
) -> Hold:
    """The next hold of a step that failed: longer each time, never before the other side's word."""
    attempts = (earlier.attempts if earlier else 0) + 1
    pause = policy.backoff(attempts, policy.retry_first, policy.retry_cap)
    pause *= random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret
    return Hold(now + max(pause, timedelta(seconds=retry_after_s or 0)), attempts)
