"""Resolves room codes to rooms. 100ms has no call for that: it only lists a room's codes.

Live and recently used rooms are searched at once, with few calls; the others slowly, in the
background. Only digests are stored, because a code opens its room.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from heapq import nlargest

import structlog

from bot.deps import Deps
from bot.features.rooms.model import RoomEntry, digest_of
from bot.features.rooms.store import RoomRepository
from bot.hms.errors import HmsRefused, HmsUnavailable
from bot.kit.background import forever
from bot.store.errors import StoreError

log = structlog.get_logger()

AT_ONCE_MOST = 50  # calls for one code while a person waits
SIDE_BY_SIDE = 5
EVERY_S = 0.5  # between two calls in the background
LASTING = timedelta(days=1)  # before a room's codes are read again
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class CodeBook:
    """All known room codes. `rooms` maps their digests to room ids."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self.rooms: dict[str, str] = {}  # grows in place
        self._is_read = False
        self._wanted = asyncio.Event()

    async def load(self) -> None:
        self.rooms |= await RoomRepository(self._deps.db).codes()
        self._is_read = True

    async def known(self) -> Mapping[str, str]:
        """Return room ids by the digests of their codes; the mapping grows in place."""
        if not self._is_read:
            await self.load()
        return self.rooms

    async def room_id(self, code: str) -> str | None:
        """Return the room that the code opens; None if it is not known. Raises StoreError."""
        return (await self.known()).get(digest_of(code))

    async def look_for(self, code: str, rooms: Sequence[RoomEntry]) -> str | None:
        """Search the likeliest rooms now, in at most 50 calls, and the rest in the background.

        Returns None if it is not found yet, also when 100ms fails. Raises StoreError.
        """
        known = await self.room_id(code)
        if known:
            return known
        now = self._deps.now()
        fresh = await RoomRepository(self._deps.db).codes_read_since(now - LASTING)
        unread = [room for room in rooms if room.enabled and room.room_id not in fresh]
        first = nlargest(AT_ONCE_MOST, unread, key=_likelihood)
        for start in range(0, len(first), SIDE_BY_SIDE):
            some = first[start : start + SIDE_BY_SIDE]
            read = await asyncio.gather(*(self._read(room) for room in some))
            if digest_of(code) in self.rooms:
                break
            if not all(read):
                break  # 100ms does not answer
        found = self.rooms.get(digest_of(code))
        if found is None and len(unread) > len(first):
            self._wanted.set()
        return found

    async def read_in_background(self, rooms: Sequence[RoomEntry]) -> None:
        """Read the codes of all rooms not read lately, two rooms a second, likeliest first."""
        since = self._deps.now() - LASTING
        fresh = await RoomRepository(self._deps.db).codes_read_since(since)
        unread = [room for room in rooms if room.enabled and room.room_id not in fresh]
        for room in sorted(unread, key=_likelihood, reverse=True):
            await self._read(room)
            await asyncio.sleep(EVERY_S)

    def search_in_background(self) -> None:
        """Let `keep_reading` read the remaining codes."""
        self._wanted.set()

    async def keep_reading(self, rooms: Callable[[], Awaitable[Sequence[RoomEntry]]]) -> None:
        """Read the remaining codes each time an unknown code was used, until cancelled."""

        async def turn() -> float:
            await self._wanted.wait()
            self._wanted.clear()
            await self.read_in_background(await rooms())
            return 0.0

        await forever("codes", turn, away=(StoreError,), pause_s=0.0)

    async def _read(self, room: RoomEntry) -> bool:
        """Read and store a room's codes. False if 100ms does not answer."""
        try:
            codes = await self._deps.hms.room_codes(room.room_id)
        except HmsRefused as refused:  # disabled meanwhile, or gone
            log.info("no_codes", room=room.room_id, why=str(refused))
            codes = []
        except HmsUnavailable as failed:
            log.info("codes_not_read", room=room.room_id, why=str(failed))
            return False
        digests = {digest_of(one.code.get_secret_value()) for one in codes if one.enabled}
        await RoomRepository(self._deps.db).codes_read(room.room_id, digests, self._deps.now())
        self.rooms |= dict.fromkeys(digests, room.room_id)
        return True


def _likelihood(room: RoomEntry) -> tuple[bool, datetime]:
    return room.live, room.last_used_at or _LONG_AGO
