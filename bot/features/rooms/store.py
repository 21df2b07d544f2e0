"""The stored room directory, so that type-ahead needs no 100ms call."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, select, update

from bot.core.options import RoomTemplate
from bot.features.rooms.model import RoomEntry
from bot.store.repository import Repository
from bot.store.schema import room_codes, rooms, templates

c = rooms.c
COLUMNS = (c.room_id, c.name, c.enabled, c.live, c.last_used_at, c.template_id, c.records)
AT_ONCE = 2_000


class RoomRepository(Repository):
    async def upsert(self, entries: Sequence[RoomEntry], refreshed_at: datetime) -> None:
        """Insert or update rooms; `live` and `last_used_at` of known rooms are kept."""
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
                "template_id": put.excluded.template_id,
                "records": put.excluded.records,
            },
        )
        ordered = sorted(given.values(), key=lambda e: e.room_id)
        async with self._db.write() as conn:
            await conn.execute(put, [self._row(e, refreshed_at) for e in ordered])

    async def disabled(self, room_ids: Collection[str]) -> set[str]:
        """Return those of the rooms that were disabled at the last refresh."""
        query = select(c.room_id).where(self._mine(rooms), c.enabled.is_(False))
        async with self._db.read() as conn:
            return set(await conn.scalars(query.where(c.room_id.in_(sorted(room_ids)))))

    async def forget(self, room_ids: Collection[str]) -> None:
        """Delete rooms that 100ms no longer has."""
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
            "template_id": entry.template_id,
            "records": entry.records,
        }

    async def all(self) -> list[RoomEntry]:
        return [room async for room in self.each()]

    async def each(self) -> AsyncIterator[RoomEntry]:
        """Yield all rooms by id, in batches, yielding to the event loop in between."""
        after = ""
        while True:
            query = select(*COLUMNS)
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
        """Mark these rooms as live, and all others as not."""
        live = c.room_id.in_(sorted(room_ids))
        async with self._db.write() as conn:
            mine = update(rooms).where(self._mine(rooms))
            await conn.execute(mine.where(live, c.live.is_(False)).values(live=True))
            await conn.execute(mine.where(~live, c.live.is_(True)).values(live=False))

    async def codes(self) -> dict[str, str]:
        """Return the room ids of all known codes, by the codes' digests."""
        query = select(room_codes.c.digest, room_codes.c.room_id).where(self._mine(room_codes))
        async with self._db.read() as conn:
            return {row.digest: row.room_id for row in await conn.execute(query)}

    async def codes_read(self, room_id: str, digests: Collection[str], at: datetime) -> None:
        """Replace the room's codes by those that 100ms listed at that time."""
        theirs = (self._mine(room_codes), room_codes.c.room_id == room_id)
        put = self._db.insert(room_codes)
        put = put.on_conflict_do_update(
            index_elements=["enterprise_id", "team_id", "digest"],
            set_={"room_id": put.excluded.room_id},
        )
        rows = [{**self._ours, "digest": d, "room_id": room_id} for d in sorted(digests)]
        async with self._db.write() as conn:
            await conn.execute(delete(room_codes).where(*theirs))
            if rows:
                await conn.execute(put, rows)
            mine = update(rooms).where(self._mine(rooms), c.room_id == room_id)
            await conn.execute(mine.values(codes_read_at=at))

    async def codes_read_since(self, since: datetime) -> set[str]:
        """Return the rooms whose codes were read at that time or later."""
        query = select(c.room_id).where(self._mine(rooms), c.codes_read_at >= since)
        async with self._db.read() as conn:
            return set(await conn.scalars(query))

    async def template_read(self, template_id: str, template: RoomTemplate, at: datetime) -> None:
        body = asdict(template)
        put = self._db.insert(templates)
        put = put.on_conflict_do_update(
            index_elements=["enterprise_id", "team_id", "template_id"],
            set_={"body": put.excluded.body, "read_at": put.excluded.read_at},
        )
        row = {**self._ours, "template_id": template_id, "body": body, "read_at": at}
        async with self._db.write() as conn:
            await conn.execute(put, row)

    async def templates_read_since(self, since: datetime) -> set[str]:
        t = templates.c
        query = select(t.template_id).where(self._mine(templates), t.read_at >= since)
        async with self._db.read() as conn:
            return set(await conn.scalars(query))

    async def template_of(self, room_id: str) -> RoomTemplate | None:
        """Return the room's template; None for an unknown room."""
        t = templates.c
        join = and_(t.template_id == c.template_id, self._mine(templates))
        query = select(c.records, t.body).select_from(rooms.outerjoin(templates, join))
        async with self._db.read() as conn:
            found = await conn.execute(query.where(self._mine(rooms), c.room_id == room_id))
            row = found.first()
        if row is None:
            return None
        body = row.body or {}
        names = body.get("destinations") or ()
        records = body.get("records") if row.records is None else row.records
        return RoomTemplate(**{**body, "records": records, "destinations": tuple(names)})
