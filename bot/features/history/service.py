"""What runs, and what ran: rows for one person, from cached columns alone."""

import asyncio
from collections.abc import Sequence

from bot.access.visibility import Seen, Sight
from bot.deps import Deps
from bot.features.card.links import CardLinks
from bot.features.history.model import Row

LOOKED_THROUGH = 300  # recordings, for those that one may know of


class Lists:
    def __init__(self, deps: Deps, sight: Sight, links: CardLinks) -> None:
        self._deps = deps
        self._sight = sight
        self._links = links

    async def status(self, user: str, channel: str) -> tuple[list[Row], list[Row]]:
        """What runs now: shown in this channel, and elsewhere as far as they may know of it."""
        here = await self._deps.store.lists.running(channel=channel)
        known = {row.key for row in here}
        others = [row for row in await self._deps.store.lists.running() if row.key not in known]
        seen_here = await self._sight.look(user, here, here=channel)
        return await self.rows(seen_here), await self.rows(await self._sight.look(user, others))

    async def recent(
        self, user: str, *, room_id: str | None, channel: str, count: int, files: bool
    ) -> list[Row]:
        """Of a room, wherever they may know of it; else of this channel."""
        if room_id is None:
            found = await self._deps.store.lists.recent(channel=channel, limit=count)
        else:
            found = await self._deps.store.lists.recent(room_id=room_id, limit=LOOKED_THROUGH)
        seen = await self._sight.look(user, found, here=channel, enough=count)
        return await self.rows(seen, files=files)

    async def rows(self, seen: Sequence[Seen], *, files: bool = True) -> list[Row]:
        """Each with a link to the card by which they see it; `files`: they may open these."""
        cards = await self._deps.store.recordings.cards([one.row.key for one in seen])
        links = await asyncio.gather(
            *(self._links.link(one.channel, cards.get(one.row.key, ())) for one in seen)
        )
        return [_row(one, link, files) for one, link in zip(seen, links, strict=True)]


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
