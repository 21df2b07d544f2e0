"""Lists of recordings for commands, Home and the matcher, from cached columns alone."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from bot.core.recording import OCCUPIES_ROOM
from bot.store import rows
from bot.store.repository import Repository
from bot.store.schema import recording_channels, recordings
from bot.store.values import RecordingRow

r = recordings.c
shown = recording_channels.c


class RecordingLists(Repository):
    async def row(self, key: str) -> RecordingRow | None:
        found = await self._rows(self._all().where(r.key == key))
        return found[0] if found else None

    async def open_in_rooms(self, room_ids: Collection[str]) -> dict[str, list[RecordingRow]]:
        """Return unfinished recordings by room, newest first: candidates for its webhooks."""
        found: dict[str, list[RecordingRow]] = defaultdict(list)
        if room_ids:
            query = self._open().where(r.room_id.in_(sorted(room_ids)))
            for row in await self._rows(_newest_first(query)):
                found[row.room_id].append(row)
        return found

    async def open_recording_in_room(self, room_id: str) -> RecordingRow | None:
        """Return the recording that occupies the room."""
        occupying = self._open().where(r.room_id == room_id, _occupies())
        # Rarely two do, as one came back to life: the holder of the lock counts.
        first = occupying.order_by(r.room_lock.is_(None), r.requested_at.desc())
        found = await self._rows(first.limit(1))
        return found[0] if found else None

    async def recent(
        self, *, room_id: str | None = None, channel: str | None = None, limit: int = 20
    ) -> list[RecordingRow]:
        """Return the newest first: of one room, of those shown in one channel, or all."""
        query = self._all()
        if room_id is not None:
            query = query.where(r.room_id == room_id)
        if channel is None:
            return await self._rows(_newest_first(query).limit(limit))
        there = and_(self._mine(recording_channels), shown.channel == channel)
        query = query.join(recording_channels, shown.recording_key == r.key).where(there)
        newest = query.order_by(shown.requested_at.desc(), shown.recording_key)
        return await self._rows(newest.limit(limit))

    async def channels_of(self, keys: Collection[str]) -> dict[str, list[str]]:
        """Return the channels that show each of these recordings."""
        query = select(shown.recording_key, shown.channel).where(
            self._mine(recording_channels), shown.recording_key.in_(sorted(keys))
        )
        found: dict[str, list[str]] = defaultdict(list)
        async with self._db.read() as conn:
            for key, channel in await conn.execute(query.order_by(shown.channel)):
                found[key].append(channel)
        return found

    async def running(self, *, channel: str | None = None, limit: int = 50) -> list[RecordingRow]:
        """Return recordings that occupy a room now, newest first."""
        query = self._open().where(_occupies())
        if channel is not None:
            query = query.where(_shown_in(channel))
        return await self._rows(_newest_first(query).limit(limit))

    def _all(self) -> Select[Any]:
        return select(*rows.ROW_COLUMNS).where(self._mine(recordings))

    def _open(self) -> Select[Any]:
        return self._all().where(r.next_due_at.is_not(None))

    async def _rows(self, query: Select[Any]) -> list[RecordingRow]:
        async with self._db.read() as conn:
            return [rows.recording_row(row) for row in await conn.execute(query)]


def _newest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(r.requested_at.desc(), r.key)


def _occupies() -> ColumnElement[bool]:
    return r.phase.in_(sorted(p.value for p in OCCUPIES_ROOM))


def _shown_in(channel: str) -> ColumnElement[bool]:
    """Check each open recording: scanning a channel's whole history would take longer."""
    return select(1).where(shown.recording_key == r.key, shown.channel == channel).exists()
