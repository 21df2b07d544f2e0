"""The local directory of rooms, so that no 100ms call stands behind a keystroke."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from bot.features.rooms.model import RoomEntry
from bot.store.repository import Repository
from bot.store.schema import rooms

c = rooms.c
AT_ONCE = 2_000


class RoomRepository(Repository):
    async def upsert(self, entries: Sequence[RoomEntry], refreshed_at: datetime) -> None:
        """Names and whether they are enabled; `live` and `last_used_at` of known rooms stay."""
        given = {e.room_id: e for e in entries}
        if not given:
            return
        put = self._db.insert(rooms)
        put = put.on_conflict_do_update(
            index_elements=["enterprise_id", "team_id", "room_id"],
            set_={
                "name": put.excluded.name,
                "enabled": put.excluded.enabled,
                "refreshed_at": put.excluded.refreshed_at,
            },
        )
        ordered = sorted(given.values(), key=lambda e: e.room_id)
        async with self._db.write() as conn:
            await conn.execute(put, [self._row(e, refreshed_at) for e in ordered])

    async def forget(self, room_ids: Collection[str]) -> None:
        """100ms has these rooms no more."""
        ordered = sorted(room_ids)
        for start in range(0, len(ordered), AT_ONCE):
            gone = c.room_id.in_(ordered[start : start + AT_ONCE])
            async with self._db.write() as conn:
                await conn.execute(delete(rooms).where(self._mine(rooms), gone))

    def _row(self, entry: RoomEntry, refreshed_at: datetime) -> dict[str, Any]:
        return {
            **self._ours,
            "room_id": entry.room_id,
            "name": entry.name,
            "enabled": entry.enabled,
            "live": entry.live,
            "last_used_at": entry.last_used_at,
            "refreshed_at": refreshed_at,
        }

    async def all(self) -> list[RoomEntry]:
        return [room async for room in self.each()]

    async def each(self) -> AsyncIterator[RoomEntry]:
        """By id; thousands of rooms in pieces, so that others have their turn."""
        after = ""
        while True:
            query = select(c.room_id, c.name, c.enabled, c.live, c.last_used_at)
            query = query.where(self._mine(rooms), c.room_id > after).order_by(c.room_id)
            async with self._db.read() as conn:
                found = [RoomEntry(*row) for row in await conn.execute(query.limit(AT_ONCE))]
            for room in found:
                yield room
            if len(found) < AT_ONCE:
                return
            after = found[-1].room_id
            await asyncio.sleep(0)

    async def mark_live(self, room_ids: Collection[str]) -> None:
        """People are in these rooms now, and in no others."""
        live = c.room_id.in_(sorted(room_ids))
        async with self._db.write() as conn:
            mine = update(rooms).where(self._mine(rooms))
            await conn.execute(mine.where(live, c.live.is_(False)).values(live=True))
            await conn.execute(mine.where(~live, c.live.is_(True)).values(live=False))
