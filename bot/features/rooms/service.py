"""The room directory: resolves a reference that a person typed to a room."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.deps import Deps
from bot.features.rooms.codes import CodeBook
from bot.features.rooms.index import RoomIndex
from bot.features.rooms.model import (
    FoundRoom,
    RoomCode,
    RoomEntry,
    RoomMatch,
    likeliest,
    misspelt,
    rank_rooms,
    room_id_of,
)
from bot.features.rooms.names import RoomNames
from bot.features.rooms.refreshing import AGAIN_AFTER, Refreshing, entry_of, keep_reading_templates
from bot.features.rooms.store import RoomRepository
from bot.hms.errors import HmsForbidden, HmsNotFound, HmsRefused, HmsUnavailable
from bot.hms.models import Room
from bot.store.errors import StoreError
from bot.ui.problems import hms_failure

log = structlog.get_logger()

FIRST_WITHIN_S = 1.5  # less than Slack allows for an ack
ASK_WITHIN_S = 5.0  # for a lookup by name, before the person is told that there is no such room
ASKED_MOST = 20  # rooms with the same name
TYPED_SLICE = 1_000  # names compared before yielding to the event loop
CACHED_FOR = timedelta(seconds=30)
LEARN_AT_ONCE = 100  # rooms indexed before yielding to the event loop


class RoomDirectory:
    """All rooms, in memory. Only the first lookups wait, for the database and the first refresh."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._read_at: datetime | None = None
        self._sooner = asyncio.Event()
        self._tried = asyncio.Event()  # the first refresh has ended, with or without success
        self._is_kept_fresh = False
        self.codes = CodeBook(deps)
        self._index = RoomIndex((), self.codes.rooms)
        self._loading = asyncio.Lock()
        self._meanwhile: list[RoomEntry] = []

    async def entries(self) -> list[RoomEntry]:
        """Return all known rooms; reload stale ones unless `keep_fresh` runs."""
        return [*(await self._known()).by_id.values()]

    async def names(self) -> RoomNames:
        """Return the names of all rooms: a live object, updated in place with the directory."""
        await self.codes.known()
        return (await self._known()).names

    async def _known(self) -> RoomIndex:
        """Return the index; load it first if it was never read or is stale."""
        if self._read_at is None or not (self._is_fresh() or self._is_kept_fresh):
            async with self._loading:
                if not self._is_fresh():
                    await self._load_stored()
        if not self._index.by_id and not self._tried.is_set():
            await self._wait_for_first_refresh()
            await self._load()
        return self._index

    def _is_fresh(self) -> bool:
        if self._read_at is None:
            return False
        return 0 <= (self._deps.now() - self._read_at) / CACHED_FOR < 1

    async def _load(self) -> None:
        async with self._loading:
            await self._load_stored()

    async def _load_stored(self) -> None:
        """Replace the index by the stored rooms, and keep those learnt during the read."""
        self._meanwhile = []
        now = self._deps.now()
        rooms = [room async for room in RoomRepository(self._deps.db).each()]
        stored = {room.room_id for room in rooms} | {room.room_id for room in self._meanwhile}
        for gone in self._index.by_id.keys() - stored:
            self._index.drop(gone)
        for start in range(0, len(rooms), LEARN_AT_ONCE):
            for room in rooms[start : start + LEARN_AT_ONCE]:
                self._index.put(room)
            await asyncio.sleep(0)
        learnt, self._meanwhile = self._meanwhile, []
        self._learn(learnt)
        self._read_at = now

    def _learn(self, new: Sequence[RoomEntry]) -> None:
        """Index rooms just read from 100ms, so that people can name them at once."""
        self._meanwhile += new
        for room in new:
            known = self._index.by_id.get(room.room_id)
            used = known and replace(room, live=known.live, last_used_at=known.last_used_at)
            self._index.put(used or room)

    async def _wait_for_first_refresh(self) -> None:
        """Wait briefly for the first refresh when a request arrives before it.

        After a timeout, later requests do not wait.
        """
        try:
            async with asyncio.timeout(FIRST_WITHIN_S):
                await self._tried.wait()
        except TimeoutError:
            self._tried.set()

    async def find(self, reference: str) -> RoomMatch:
        """Match a reference against the known rooms and codes, without asking 100ms."""
        found = (await self._known()).match(reference)
        if isinstance(found, RoomCode):
            room_id = await self.codes.room_id(found.code)
            room = await self.by_id(room_id) if room_id else None
            return FoundRoom(room, found.link) if room else found
        return found

    async def look_for(self, code: str) -> None:
        """Search the likeliest rooms for a code now, and the others in the background."""
        try:
            async with asyncio.timeout(ASK_WITHIN_S):
                await self.codes.look_for(code, await self.entries())
        except TimeoutError:
            self.codes.search_in_background()

    async def by_id(self, room_id: str) -> RoomEntry | None:
        return (await self._known()).by_id.get(room_id)

    async def suggest(self, query: str) -> list[RoomEntry]:
        """Return at most 100 rooms for type-ahead, best first; similar names if none matches."""
        rooms, now = await self.entries(), self._deps.now()
        slices = [rooms[n : n + TYPED_SLICE] for n in range(0, len(rooms), TYPED_SLICE)]
        fitting: list[RoomEntry] = []
        for some in slices:
            fitting += rank_rooms(query, some, now)
            await asyncio.sleep(0)
        if fitting or not query.strip():
            return rank_rooms(query, fitting, now)
        near: list[tuple[float, RoomEntry]] = []
        for some in slices:
            near += misspelt(query, some)
            await asyncio.sleep(0)
        return likeliest(near)

    async def name_of(self, room_id: str) -> str | None:
        room = await self.by_id(room_id)
        return room.name if room else None

    async def is_disabled(self, room_id: str) -> bool:
        """Whether the room was disabled at the last refresh."""
        room = await self.by_id(room_id)
        return room is not None and not room.enabled

    def refresh_soon(self) -> None:
        """Refresh the directory early: an unknown name may belong to a new room."""
        self._sooner.set()

    async def fetch_named(self, name: str) -> str | None:
        """Ask 100ms once for the rooms with this name, or the room with this id.

        Call it after the ack, before telling the person that there is no such room. Returns None
        if 100ms answered, otherwise the reason in words.
        """
        try:
            async with asyncio.timeout(ASK_WITHIN_S):
                named = await self._rooms_named(name)
        except TimeoutError:
            log.info("name_lookup_failed", why="no answer in time")
            return " ".join(hms_failure("timeout"))
        except HmsRefused as failed:
            log.info("name_lookup_failed", why=str(failed))
            return " ".join(hms_failure("refused", failed.status))
        except HmsUnavailable as failed:
            log.info("name_lookup_failed", why=str(failed))
            return " ".join(hms_failure(failed.cause, failed.status))
        found = [entry_of(room) for room in named]
        if found:
            await RoomRepository(self._deps.db).upsert(found, self._deps.now())
            self._learn(found)
        return None

    async def _rooms_named(self, name: str) -> list[Room]:
        """Raises HmsError. For an unknown id, 100ms answers 403 or 404."""
        room_id = room_id_of(name)
        if room_id is None:
            return [r async for r in at_most(ASKED_MOST, self._deps.hms.list_rooms(name=name))]
        try:
            return [await self._deps.hms.get_room(room_id)]
        except (HmsForbidden, HmsNotFound):
            return []

    async def keep_fresh(self) -> None:
        """Poll 100ms until cancelled. Failures are logged; the old directory stays in use."""
        refreshing, rooms_read = Refreshing(self._deps, self._learn), asyncio.Event()

        async def rooms() -> datetime:
            """Read the rooms, then let `live` start: it can only mark rooms that are stored."""
            due = await refreshing.rooms()
            rooms_read.set()
            return due

        self._is_kept_fresh = True
        try:
            await asyncio.gather(
                self._poll_forever(rooms, self._sooner, self._tried),
                self._poll_forever(refreshing.live, rooms_read),
                self.codes.keep_reading(self.entries),
                keep_reading_templates(self._deps, self.entries),
            )
        finally:
            self._is_kept_fresh = False

    async def _poll_forever(
        self,
        read: Callable[[], Awaitable[datetime]],
        sooner: asyncio.Event,
        tried: asyncio.Event | None = None,
    ) -> None:
        """Call `read` when it is due or `sooner` is set; set `tried` after each call."""
        while True:
            sooner.clear()
            due = await read()
            try:
                await self._load()
            except StoreError as failed:
                log.warning("directory_not_read", why=str(failed))
            if tried:
                tried.set()
            await asyncio.sleep(AGAIN_AFTER.total_seconds())
            try:
                async with asyncio.timeout(max(0.0, (due - self._deps.now()).total_seconds())):
                    await sooner.wait()
            except TimeoutError:
                continue


async def at_most(most: int, rooms: AsyncIterator[Room]) -> AsyncIterator[Room]:
    """Yield the first `most` rooms, without fetching a further page."""
    seen = 0
    async for room in rooms:
        yield room
        seen += 1
        if seen == most:
            return
