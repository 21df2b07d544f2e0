"""The local directory of rooms, so that no 100ms call stands behind a keystroke."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.features.rooms.model import RoomEntry
from bot.store.repository import Repository
from bot.store.schema import rooms

c = rooms.c


class RoomRepository(Repository):
    async def upsert(
        self, entries: Sequence[RoomEntry], refreshed_at: datetime, *, whole: bool = False
    ) -> None:
        """Names and whether they are enabled; `live` and `last_used_at` of known rooms stay.

        `whole`: these are all rooms there are, so others are forgotten.
        """
        given = {e.room_id: e for e in entries}
        async with self._db.write() as conn:
            if given:
                await self._upsert(conn, list(given.values()), refreshed_at)
            if whole:
                others = and_(self._mine(rooms), c.refreshed_at < refreshed_at)
                await conn.execute(delete(rooms).where(others))

    async def _upsert(
        self, conn: AsyncConnection, entries: Sequence[RoomEntry], refreshed_at: datetime
    ) -> None:
        put = self._db.insert(rooms)
        put = put.on_conflict_do_update(
            index_elements=["enterprise_id", "team_id", "room_id"],
            set_={
                "name": put.excluded.name,
                "enabled": put.excluded.enabled,
                "refreshed_at": put.excluded.refreshed_at,
            },
        )
        ordered = sorted(entries, key=lambda e: e.room_id)
        await conn.execute(put, [self._row(e, refreshed_at) for e in ordered])

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
        columns = [c.room_id, c.name, c.enabled, c.live, c.last_used_at]
        query = select(*columns).where(self._mine(rooms)).order_by(c.room_id)
        async with self._db.read() as conn:
            return [RoomEntry(*row) for row in await conn.execute(query)]

    async def mark_live(self, room_ids: Collection[str]) -> None:
        """People are in these rooms now, and in no others."""
        live = c.room_id.in_(sorted(room_ids))
        async with self._db.write() as conn:
            mine = update(rooms).where(self._mine(rooms))
            await conn.execute(mine.where(live, c.live.is_(False)).values(live=True))
            await conn.execute(mine.where(~live, c.live.is_(True)).values(live=False))
