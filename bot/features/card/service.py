"""What else needs cards: links, doubts, and cards whose post got no answer from Slack."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.access.people import WITHIN_S
from bot.core.deliveries import NEVER_FAILED, Delivery, DeliveryState, Kind, Work
from bot.core.places import is_direct
from bot.core.policy import Policy, is_unheard, silence_to_show, tried_until
from bot.core.proofs import SeenRecording
from bot.core.recording import Recording
from bot.deps import Deps
from bot.features.card import views
from bot.slack.errors import SlackError
from bot.store.errors import StoreError, UnknownRecording

log = structlog.get_logger()


def doubts(recording: Recording, work: Work, policy: Policy, now: datetime) -> list[str]:
    """Say what the card says now of a state that is not known."""
    return views.doubts(
        recording,
        silence_to_show(recording, work, policy, now),
        until=tried_until(recording, policy, now),
        unheard=is_unheard(recording, work),
    )


@dataclass(frozen=True, slots=True)
class Orphans:
    deps: Deps

    async def clicked(self, on: SeenRecording, channel: str, ts: str) -> None:
        """Adopt the clicked card if the bot knows of no card there, else delete it.

        If that fails, the next click tries again.
        """
        try:
            await self._mend(on, channel, ts)
        except (SlackError, StoreError, UnknownRecording) as failed:
            log.warning("orphan_left", key=on.key, channel=channel, ts=ts, why=str(failed))

    async def _mend(self, on: SeenRecording, channel: str, ts: str) -> None:
        key, user = on.key, on.by
        loaded = await self.deps.store.recordings.load(key)
        cards = [d for d in loaded.work.deliveries if d.kind is Kind.CARD]
        card = next((d for d in cards if _is_there(d, user, channel)), None)
        if card is None or card.ts == ts:
            return
        if card.state in (DeliveryState.SENDING, DeliveryState.WAITING, DeliveryState.GONE):
            log.info("card_adopted", key=key, channel=channel, ts=ts)
            found = replace(
                card,
                state=DeliveryState.SENT,
                posted_in=channel,
                ts=ts,
                hash="",
                error=None,
                retry=NEVER_FAILED,
                changed_at=self.deps.now(),
            )
            await self.deps.store.recordings.adopt_card(on, found)
            return
        log.info("card_removed", key=key, channel=channel, ts=ts)
        await self.deps.slack.delete(channel, ts)


def _is_there(card: Delivery, user: str, channel: str) -> bool:
    """Whether a card is in this channel. A direct message's card has the user's id as channel."""
    return channel in (card.target, card.posted_in) or (is_direct(channel) and card.target == user)


class CardLinks:
    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def link(self, channel: str, cards: Iterable[Delivery]) -> str | None:
        """Link to the card in that channel; None without one or without a timely answer."""
        there = (card for card in cards if card.target == channel and card.message)
        try:
            async with asyncio.timeout(WITHIN_S):
                return await self._deps.slack.link_to(next(there, None))
        except TimeoutError:
            return None
