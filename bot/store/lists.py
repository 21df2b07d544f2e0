"""Lists of recordings for commands, Home and the matcher, from cached columns alone."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from bot.domain.recording import OCCUPIES_ROOM
from bot.store import rows
from bot.store.part import Part
from bot.store.schema import recording_channels, recordings
from bot.store.values import RecordingRow

r = recordings.c
shown = recording_channels.c


class ListsPart(Part):
    async def row(self, key: str) -> RecordingRow | None:
        found = await self._rows(self._query().where(r.key == key))
        return found[0] if found else None

    async def open_in_room(self, room_id: str) -> list[RecordingRow]:
        """With anything left to do, newest first: candidates for a webhook about the room."""
        return await self._rows(self._query().where(self._open(), r.room_id == room_id))

    async def open_recording_in_room(self, room_id: str) -> RecordingRow | None:
        """The one that occupies the room."""
        occupying = self._query().where(self._open(), r.room_id == room_id, _occupies())
        found = await self._rows(occupying)
        holders = [row for row in found if await self._holds_lock(row.key)] if found[1:] else found
        return next(iter(holders or found), None)

    async def list_recent(
        self, *, room_id: str | None = None, channel: str | None = None, limit: int = 20
    ) -> list[RecordingRow]:
        """The newest first, of one room, of those shown in one channel, or all."""
        query = self._in_channel(channel) if channel is not None else self._query()
        if room_id is not None:
            query = query.where(r.room_id == room_id)
        return await self._rows(query.limit(limit))

    async def running(self, *, channel: str | None = None, limit: int = 50) -> list[RecordingRow]:
        """Those that occupy a room now, newest first."""
        query = self._in_channel(channel) if channel is not None else self._query()
        return await self._rows(query.where(self._open(), _occupies()).limit(limit))

    async def recordings_in_channel(self, channel: str) -> list[RecordingRow]:
        """Unfinished ones that this channel shows, newest first."""
        return await self._rows(self._in_channel(channel).where(self._open()))
