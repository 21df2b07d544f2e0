"""Links to cards, for those who look at recordings."""

import asyncio
from collections.abc import Iterable

from bot.access.people import WITHIN_S
from bot.core.deliveries import Delivery
from bot.deps import Deps


class CardLinks:
    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def link(self, channel: str, cards: Iterable[Delivery]) -> str | None:
        """To the card in that channel; None if there is none, or Slack does not say in time."""
        there = (card for card in cards if card.target == channel and card.message)
        try:
            async with asyncio.timeout(WITHIN_S):
                return await self._deps.slack.link_to(next(there, None))
        except TimeoutError:
            return None
