"""From what people call a room to its id, or to what they are asked about it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.deps import Deps
from bot.features.rooms.codes import CodeBook
from bot.features.rooms.index import RoomIndex
from bot.features.rooms.model import (
    Found,
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


FIRST_WITHIN_S = 1.5  # below the time for an ack


ASK_WITHIN_S = 5.0  # by name, before a denial


ASKED_MOST = 20  # rooms of that name


TYPED_SLICE = 2_000  # names compared without a turn of the loop


CACHED_FOR = timedelta(seconds=30)


LEARN_AT_ONCE = 100  # rooms indexed without a turn of the loop


class RoomDirectory:
    """All rooms, in memory. Lookups never wait for 100ms, and for the database only at first."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._read_at: datetime | None = None
        self._sooner = asyncio.Event()
        self._tried = asyncio.Event()  # the first refresh has ended, well or not
        self._is_kept_fresh = False
        self._codes = CodeBook(deps)
        self._index = RoomIndex((), self._codes.rooms)
        self._loading = asyncio.Lock()
        self._meanwhile: list[RoomEntry] = []

    async def entries(self) -> list[RoomEntry]:
        """All rooms that are known; read anew here only where nobody keeps them fresh."""
        return [*(await self._known()).by_id.values()]

    async def names(self) -> RoomNames:
        """The names of all rooms. They change in place as rooms come, go and are renamed."""
        await self._codes.known()
        return (await self._known()).names

    async def _known(self) -> RoomIndex:
        """Wait for the rooms where they were never read."""
        if self._read_at is None or not (self._is_fresh() or self._is_kept_fresh):
            async with self._loading:
                if not self._is_fresh():
                    await self._load_stored()
        if not self._index.by_id and not self._tried.is_set():
            await self._first_refresh()
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
        """Rooms that are learnt while the stored ones are read are not lost."""
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
        """Rooms that were just read from 100ms can be named at once."""
        self._meanwhile += new
        for room in new:
            known = self._index.by_id.get(room.room_id)
            used = known and replace(room, live=known.live, last_used_at=known.last_used_at)
            self._index.put(used or room)

    async def _first_refresh(self) -> None:
        """Somebody is quicker than the very first refresh of a new bot: wait a little for it.

        Only the first people do: if 100ms does not answer, nobody else waits in vain.
        """
        try:
            async with asyncio.timeout(FIRST_WITHIN_S):
                await self._tried.wait()
        except TimeoutError:
            self._tried.set()

    async def find(self, reference: str) -> RoomMatch:
        """The room that is meant, by what is known here: 100ms is not asked."""
        found = (await self._known()).match(reference)
        if isinstance(found, RoomCode):
            room_id = await self._codes.room_id(found.code)
            room = await self.by_id(room_id) if room_id else None
            return Found(room, found.link) if room else found
        return found

    async def look_for(self, code: str) -> None:
        """Look through the likeliest rooms for a code; the others follow in the background."""
        try:
            async with asyncio.timeout(ASK_WITHIN_S):
                await self._codes.look_for(code, await self.entries())
        except TimeoutError:
            self._codes.go_on()

    async def by_id(self, room_id: str) -> RoomEntry | None:
        return (await self._known()).by_id.get(room_id)

    async def suggest(self, query: str) -> list[RoomEntry]:
        """For type-ahead: at most 100, the likeliest first; names like it where none has it."""
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
        """As 100ms said when it was last asked."""
        room = await self.by_id(room_id)
        return room is not None and not room.enabled

    def search_on(self) -> None:
        """Somebody used a code that is not known: look through the rooms in the background."""
        self._codes.go_on()

    def refresh_soon(self) -> None:
        """Somebody named a room that we do not know: it may be new."""
        self._sooner.set()

    async def fetch_named(self, name: str) -> str | None:
        """Ask 100ms for rooms of this name, or for the one of this id, once and briefly.

        Returns why 100ms has not answered, in words; None: it has. For the time after the ack,
        before people are told that there is no such room.
        """
        try:
            async with asyncio.timeout(ASK_WITHIN_S):
                named = await self._called(name)
        except TimeoutError:
            log.info("not_asked_by_name", why="no answer in time")
            return " ".join(hms_failure("timeout"))
        except HmsRefused as failed:
            log.info("not_asked_by_name", why=str(failed))
            return " ".join(hms_failure("refused", failed.status))
        except HmsUnavailable as failed:
            log.info("not_asked_by_name", why=str(failed))
            return " ".join(hms_failure(failed.cause, failed.status))
        found = [entry_of(room) for room in named]
        if found:
            await RoomRepository(self._deps.db).upsert(found, self._deps.now())
            self._learn(found)
        return None

    async def _called(self, name: str) -> list[Room]:
        """Raises HmsError. Of an id, 100ms says 403 or 404 where there is no such room."""
        room_id = room_id_of(name)
        if room_id is None:
            return [r async for r in first(self._deps.hms.list_rooms(name=name), ASKED_MOST)]
        try:
            return [await self._deps.hms.get_room(room_id)]
        except (HmsForbidden, HmsNotFound):
            return []

    async def keep_fresh(self) -> None:
        """Until cancelled. A failure is logged; the old directory serves on."""
        refreshing, rooms_read = Refreshing(self._deps, self._learn), asyncio.Event()

        async def rooms() -> datetime:
            """Who is in a room can only be noted once the room is known."""
            due = await refreshing.rooms()
            rooms_read.set()
            return due

        self._is_kept_fresh = True
        try:
            await asyncio.gather(
                self._again_and_again(rooms, self._sooner, self._tried),
                self._again_and_again(refreshing.live, rooms_read, asyncio.Event()),
                self._codes.keep_reading(self.entries),
                keep_reading_templates(self._deps, self.entries),
            )
        finally:
            self._is_kept_fresh = False

    async def _again_and_again(
        self, read: Callable[[], Awaitable[datetime]], sooner: asyncio.Event, tried: asyncio.Event
    ) -> None:
        while True:
            sooner.clear()
            due = await read()
            try:
                await self._load()
            except StoreError as failed:
                log.warning("directory_not_read", why=str(failed))
            tried.set()
            await asyncio.sleep(AGAIN_AFTER.total_seconds())
            try:
                async with asyncio.timeout(max(0.0, (due - self._deps.now()).total_seconds())):
                    await sooner.wait()
            except TimeoutError:
                continue


async def first(rooms: AsyncIterator[Room], most: int) -> AsyncIterator[Room]:
    """At most so many: no further page is asked for."""
    seen = 0
    async for room in rooms:
        yield room
        seen += 1
        if seen == most:
            return
