"""All rooms in memory, by id and by name. Pure.

A wrong guess records the wrong meeting, so an ambiguous reference leads to a question. No
operation scans all rooms: a lookup, a new room and a new name each take well under a millisecond
among 50,000.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from itertools import islice
from urllib.parse import SplitResult

from bot.features.rooms.model import (
    MIN_PREFIX_CHARS,
    ROOM_CODE,
    ROOM_ID,
    Ambiguous,
    FoundRoom,
    RoomCode,
    RoomEntry,
    RoomMatch,
    Unknown,
    comparable,
    link_of,
    segment,
    spelt,
)
from bot.features.rooms.names import RoomNames, beginning_with
from bot.kit.typed_text import strip_invisible, unwrap_link


class RoomIndex:
    """Rooms by id and name; `names` finds the same rooms inside sentences."""

    def __init__(
        self, rooms: Iterable[RoomEntry] = (), codes: Mapping[str, str] | None = None
    ) -> None:
        """Index `rooms`; `codes` maps digests of room codes to room ids, and may grow."""
        self.names = RoomNames((), codes)
        self._ids: dict[str, tuple[str, ...]] = {}  # by the name without its separators
        self._sorted: list[str] = []
        for room in rooms:
            self.put(room)

    @property
    def by_id(self) -> MutableMapping[str, RoomEntry]:
        return self.names.by_id

    def put(self, room: RoomEntry) -> None:
        """Add a room, or replace the one with this id."""
        known = self.by_id.get(room.room_id)
        if known and known.name != room.name:
            self.drop(room.room_id)
        self.names.put(room)
        if known and known.name == room.name:
            return
        key = comparable(room.name)
        if key not in self._ids:
            insort(self._sorted, key)
        self._ids[key] = (*self._ids.get(key, ()), room.room_id)

    def drop(self, room_id: str) -> None:
        """Remove a room, if it is here."""
        room = self.by_id.get(room_id)
        if room is None:
            return
        self.names.drop(room_id)
        key = comparable(room.name)
        self._ids[key] = tuple(one for one in self._ids[key] if one != room_id)
        if not self._ids[key]:
            del self._ids[key]
            del self._sorted[bisect_left(self._sorted, key)]

    def match(self, reference: str) -> RoomMatch:
        """Find the room for a name, id, code or link. Never raises."""
        reference = strip_invisible(unwrap_link(reference)).strip()
        link = link_of(reference)
        if link is not None:
            return self._by_link(link)
        room_id = reference.casefold()
        is_id = ROOM_ID.fullmatch(room_id) is not None
        if is_id and room_id in self.by_id:
            return FoundRoom(self.by_id[room_id])
        by_name = self._by_name(reference)
        if by_name:
            return by_name
        if ROOM_CODE.fullmatch(room_id):
            return RoomCode(room_id)
        return Unknown(room_id if is_id else None)

    def _by_link(self, link: SplitResult) -> RoomMatch:
        room_id, code = segment(link, ROOM_ID), segment(link, ROOM_CODE)
        # Dashboard links name rooms, too, but do not join them.
        url = link.geturl() if (link.hostname or "").endswith(".app.100ms.live") else None
        if room_id:
            room = self.by_id.get(room_id)
            return FoundRoom(room, url) if room else Unknown(room_id, url)
        return RoomCode(code, url) if code else Unknown(link=url)

    def _by_name(self, reference: str) -> FoundRoom | Ambiguous | None:
        """Match by the strictest reading that fits any room; enabled rooms come first.

        The exact name of a disabled room never matches another room that begins with it.
        """
        name, key = spelt(reference), comparable(reference)
        same = [self.by_id[one] for one in self._ids.get(key, ())]
        readings = [
            [room for room in same if room.name == reference],
            [room for room in same if spelt(room.name) == name],
            same if key else [],
        ]
        for enabled in (True, False):
            for fitting in readings:
                found = [room for room in fitting if room.enabled is enabled]
                if found:
                    return FoundRoom(found[0]) if len(found) == 1 else Ambiguous()
        for enabled in (True, False):
            found = list(islice(self._begun(key, enabled=enabled), 2))
            if found:
                return FoundRoom(found[0]) if len(found) == 1 else Ambiguous()
        return None

    def _begun(self, key: str, *, enabled: bool) -> Iterator[RoomEntry]:
        """Yield the rooms whose names begin with a text."""
        if len(key) < MIN_PREFIX_CHARS:
            return
        for name in beginning_with(key, self._sorted):
            for room_id in self._ids[name]:
                if self.by_id[room_id].enabled is enabled:
                    yield self.by_id[room_id]
