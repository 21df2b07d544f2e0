"""What runs, and what ran: rows for one person, from cached columns alone."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.access.people import Remembered
from bot.access.visibility import Seen, Sight
from bot.core.deliveries import Delivery, State
from bot.core.rows import Row
from bot.deps import Deps
from bot.slack.errors import SlackError

LOOKED_THROUGH = 300  # recordings, for those that one may know of
LASTING = timedelta(days=1)  # a card stays where it is; a workspace may get another address


class Lists:
    """Where a card is, Slack is asked once."""

    def __init__(self, deps: Deps, sight: Sight) -> None:
        self._deps = deps
        self._sight = sight
        self._links: Remembered[str] = Remembered(deps.now, lasting=LASTING)

    async def status(self, user: str, channel: str) -> tuple[list[Row], list[Row]]:
        """What runs now: shown in this channel, and elsewhere as far as they may know of it."""
        here = await self._deps.store.running(channel=channel)
        known = {row.key for row in here}
        others = [row for row in await self._deps.store.running() if row.key not in known]
        seen_here = await self._sight.look(user, here, here=channel)
        return await self.rows(seen_here), await self.rows(await self._sight.look(user, others))

    async def recent(
        self, user: str, *, room_id: str | None, channel: str, count: int, files: bool
    ) -> list[Row]:
        """Of a room, wherever they may know of it; else of this channel."""
        if room_id is None:
            found = await self._deps.store.list_recent(channel=channel, limit=count)
        else:
            found = await self._deps.store.list_recent(room_id=room_id, limit=LOOKED_THROUGH)
        seen = await self._sight.look(user, found, here=channel, enough=count)
        return await self.rows(seen, files=files)

    async def rows(self, seen: Sequence[Seen], *, files: bool = True) -> list[Row]:
        """Each with a link to the card by which they see it; `files`: they may open these."""
        cards = await self._deps.store.cards([one.row.key for one in seen])
        links = await asyncio.gather(
            *(self.link(one.channel, cards.get(one.row.key, ())) for one in seen)
        )
        return [_row(one, link, files) for one, link in zip(seen, links, strict=True)]

    async def link(self, channel: str, cards: Iterable[Delivery]) -> str | None:
        """To the one of these cards that is there; None if none is, or Slack does not say."""
        for card in cards:
            if card.target == channel and card.state is State.SENT and card.posted_in and card.ts:
                try:
                    return await self._links.get(f"{card.posted_in} {card.ts}", self._ask)
                except SlackError:
                    return None
        return None

    async def _ask(self, name: str) -> str:
        channel, _, ts = name.partition(" ")
        return await self._deps.slack.permalink(channel, ts)


def _row(seen: Seen, permalink: str | None, files: bool) -> Row:
    row = seen.row
    return Row(
        key=row.key,
        room_name=row.room_name,
        phase=row.phase,
        starter=row.starter,
        requested_at=row.requested_at,
        started_at=row.started_at,
        duration_s=row.duration_s,
        channel=seen.channel,
        permalink=permalink,
        has_video=files and row.has_video,
        has_transcript=files and row.has_transcript,
    )
