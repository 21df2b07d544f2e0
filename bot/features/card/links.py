"""Links to cards."""

from collections.abc import Iterable
from datetime import timedelta

from bot.access.people import remembered
from bot.core.deliveries import Delivery, State
from bot.deps import Deps
from bot.slack.errors import SlackError

LASTING = timedelta(days=1)  # a card stays where it is; a workspace may get another address


class CardLinks:
    """Where a card is, Slack is asked once."""

    def __init__(self, deps: Deps) -> None:
        self._permalink = remembered(deps.slack.permalink, lasting=LASTING)

    async def link(self, channel: str, cards: Iterable[Delivery]) -> str | None:
        """To the one of these cards that is there; None if none is, or Slack does not say."""
        for card in cards:
            if card.target == channel and card.state is State.SENT and card.posted_in and card.ts:
                try:
                    return await self._permalink(card.posted_in, card.ts)
                except SlackError:
                    return None
        return None
