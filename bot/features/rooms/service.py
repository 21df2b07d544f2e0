"""From what people call a room to its id, or to what they are asked about it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from bot.deps import Deps
from bot.features.rooms.model import (
    RoomEntry,
    RoomMatch,
    learn_names,
    match_room,
    rank_rooms,
)
from bot.features.rooms.names import RoomNames
from bot.features.rooms.store import RoomRepository
from bot.hms.errors import HmsError
from bot.kit.metrics import FAULTS
from bot.store.errors import StoreError

log = structlog.get_logger()


ROOMS_EVERY = timedelta(minutes=10)


LIVE_EVERY = timedelta(seconds=30)


SOONER_AT_LEAST = timedelta(seconds=5)  # however often an unknown name asks for it


FIRST_WITHIN_S = 1.5  # below the time for an ack


CACHED_FOR = timedelta(seconds=30)


LEARN_AT_ONCE = 500  # names normalized without a turn of the loop


class RoomDirectory:
    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._read_at: datetime | None = None
        self._rooms: list[RoomEntry] = []
        self._names = RoomNames(())
        self._sooner = asyncio.Event()
        self._tried = asyncio.Event()  # the first refresh has ended, well or not

    async def entries(self) -> list[RoomEntry]:
        """All rooms, as stored at most half a minute ago; at once after a refresh of our own."""
        now = self._deps.now()
        if self._read_at is None or not 0 <= (now - self._read_at) / CACHED_FOR < 1:
            rooms = await RoomRepository(self._deps.db).all()
            if not rooms and not self._tried.is_set():
                await self._first_refresh()
                rooms = await RoomRepository(self._deps.db).all()
            for start in range(0, len(rooms), LEARN_AT_ONCE):
                learn_names(rooms[start : start + LEARN_AT_ONCE])
                await asyncio.sleep(0)
            self._rooms, self._read_at = rooms, now
        return self._rooms

    async def names(self) -> RoomNames:
        """The names of all rooms, indexed; anew only after one has changed.

        In a thread, for thousands of names take a tenth of a second.
        """
        rooms = await self.entries()
        if not _alike(self._names.rooms, rooms):
            self._names = await asyncio.to_thread(RoomNames, rooms)
        return self._names

    async def _first_refresh(self) -> None:
        """Somebody is quicker than the very first refresh of a new bot: wait a little for it."""
        try:
            async with asyncio.timeout(FIRST_WITHIN_S):
                await self._tried.wait()
        except TimeoutError:
            return

    async def find(self, reference: str) -> RoomMatch:
        return match_room(reference, await self.entries())

    async def suggest(self, query: str) -> list[RoomEntry]:
        """For type-ahead: at most 100, the likeliest first."""
        return rank_rooms(query, await self.entries(), self._deps.now())

    async def name_of(self, room_id: str) -> str | None:
        return next((r.name for r in await self.entries() if r.room_id == room_id), None)

    def refresh_soon(self) -> None:
        """Somebody named a room that we do not know: it may be new."""
        self._sooner.set()

    async def keep_fresh(self) -> None:
        """Until cancelled. A failure is logged; the old directory serves on."""
        rooms_due = self._deps.now()
        while True:
            now = self._deps.now()
            try:
                if self._sooner.is_set() or now >= rooms_due:
                    self._sooner.clear()
                    rooms_due = now + ROOMS_EVERY
                    await refresh_rooms(self._deps)
                await refresh_live(self._deps)
            except (HmsError, StoreError) as failed:
                log.warning("directory_not_refreshed", why=str(failed))
                rooms_due = now
            except Exception:
                FAULTS.labels("directory").inc()
                log.exception("directory_broke")
            self._read_at = None
            self._tried.set()
            await asyncio.sleep(SOONER_AT_LEAST.total_seconds())
            await self._wait_for_a_reason()

    async def _wait_for_a_reason(self) -> None:
        try:
            async with asyncio.timeout((LIVE_EVERY - SOONER_AT_LEAST).total_seconds()):
                await self._sooner.wait()
        except TimeoutError:
            return


def _alike(indexed: Sequence[RoomEntry], rooms: Sequence[RoomEntry]) -> bool:
    """Whether an index of names still serves: who is in a room, and since when, matters not."""
    return len(indexed) == len(rooms) and all(
        a is b or (a.room_id, a.name, a.enabled) == (b.room_id, b.name, b.enabled)
        for a, b in zip(indexed, rooms, strict=True)
    )


async def refresh_rooms(deps: Deps) -> int:
    """Every room of the account, a page at a time; how many."""
    entries = [
        RoomEntry(room.id, room.name or room.id, enabled=room.enabled)
        async for room in deps.hms.list_rooms()
    ]
    await RoomRepository(deps.db).upsert(entries, deps.now(), whole=True)
    return len(entries)


async def refresh_live(deps: Deps) -> None:
    """Which rooms have people in them."""
    live = {s.room_id async for s in deps.hms.list_active_sessions() if s.room_id}
    await RoomRepository(deps.db).mark_live(live)
