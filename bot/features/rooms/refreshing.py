"""Reads rooms, live rooms and templates from 100ms. Interrupted lists are resumed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from bot.core.options import RoomTemplate
from bot.deps import Deps
from bot.features.rooms.model import RoomEntry
from bot.features.rooms.store import RoomRepository
from bot.hms.client import Bookmark
from bot.hms.errors import HmsError, HmsRefused, HmsUnavailable
from bot.hms.models import RecordingSettings, Room, Template
from bot.kit.background import forever
from bot.kit.metrics import FAULTS
from bot.store.errors import StoreError

log = structlog.get_logger()

ROOMS_EVERY = timedelta(minutes=10)
LIVE_EVERY = timedelta(seconds=30)
AGAIN_AFTER = timedelta(seconds=5)
READ_ON_FOR = timedelta(minutes=30)  # an older list has changed too much to resume
STORED_AT_ONCE = 500
TEMPLATES_EVERY_S = 30.0
BETWEEN_TEMPLATES_S = 0.5
TEMPLATE_LASTS = timedelta(hours=1)
Told = TypeVar("Told")


@dataclass(slots=True)
class Reading:
    """A partly read list. `known` are the rooms that were stored when it began."""

    begun_at: datetime
    known: dict[str, RoomEntry] = field(default_factory=dict)
    bookmark: Bookmark = field(default_factory=Bookmark)
    seen: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Refreshing:
    """The lists of rooms and of live rooms. They are read independently of each other.

    `learnt` is called with new and changed rooms as they are read.
    """

    deps: Deps
    learnt: Callable[[Sequence[RoomEntry]], None] = lambda _: None
    _rooms: Reading | None = None
    _live: Reading | None = None

    async def rooms(self) -> datetime:
        """Read or resume the list of rooms; return when to call again. Raises nothing."""
        self._rooms = self._still(self._rooms)
        return await self._next(self._read_rooms, ROOMS_EVERY, self._rooms)

    async def live(self) -> datetime:
        """Read or resume the list of active sessions; return when to call again."""
        self._live = self._still(self._live)
        return await self._next(self._read_live, LIVE_EVERY, self._live)

    def _still(self, reading: Reading | None) -> Reading:
        now = self.deps.now()
        if reading and now - reading.begun_at < READ_ON_FOR and not reading.bookmark.ended:
            return reading
        return Reading(now)

    async def _next(
        self, read: Callable[[Reading], Awaitable[None]], every: timedelta, reading: Reading
    ) -> datetime:
        """Return when to read on: soon if pages are left, but not before 100ms' retry time."""
        pages = len(reading.bookmark.seen)
        wait = LIVE_EVERY
        try:
            await read(reading)
            wait = every
        except HmsUnavailable as failed:
            log.warning("list_broken_off", pages=len(reading.bookmark.seen) - 1, why=str(failed))
            if len(reading.bookmark.seen) > pages:
                wait = AGAIN_AFTER
            if failed.retry_after_s:
                wait = max(AGAIN_AFTER, timedelta(seconds=failed.retry_after_s))
        except (HmsError, StoreError) as failed:
            log.warning("directory_not_refreshed", why=str(failed))
            reading.bookmark.ended = True  # start from the beginning next time
        except Exception:
            FAULTS.labels("directory").inc()
            log.exception("directory_broke")
            reading.bookmark.ended = True
        return self.deps.now() + wait

    async def _read_rooms(self, reading: Reading) -> None:
        repository = RoomRepository(self.deps.db)
        if not reading.seen:
            reading.known = {room.room_id: room for room in await repository.all()}
        new: list[RoomEntry] = []
        try:
            async for room in self.deps.hms.list_rooms(bookmark=reading.bookmark):
                reading.seen.add(room.id)
                entry = entry_of(room)
                if _differs(reading.known.get(room.id), entry):
                    new.append(entry)
                if len(new) >= STORED_AT_ONCE:
                    await self._note(new)
        finally:
            await self._note(new)
        await repository.forget(reading.known.keys() - reading.seen)

    async def _note(self, new: list[RoomEntry]) -> None:
        """Store rooms at once: people may name them before the list is complete."""
        if new:
            await RoomRepository(self.deps.db).upsert(new, self.deps.now())
            self.learnt(tuple(new))
            new.clear()

    async def _read_live(self, reading: Reading) -> None:
        """Mark rooms live as they are read; unmark the others only once the list is complete."""
        async for session in self.deps.hms.list_active_sessions(bookmark=reading.bookmark):
            if session.room_id:
                reading.seen.add(session.room_id)
        await RoomRepository(self.deps.db).mark_live(reading.seen)


def entry_of(room: Room) -> RoomEntry:
    return RoomEntry(
        room.id,
        room.name or room.id,
        enabled=room.enabled,
        template_id=room.template_id,
        records=room.records,
    )


def _differs(known: RoomEntry | None, entry: RoomEntry) -> bool:
    return known is None or entry != replace(known, live=False, last_used_at=None)


async def keep_reading_templates(
    deps: Deps, rooms: Callable[[], Awaitable[Sequence[RoomEntry]]]
) -> None:
    """Read and store the rooms' templates, so that no form waits for them, until cancelled.

    New ones are read at once, and all again after an hour.
    """

    async def turn() -> float:
        await read_due_templates(deps, await rooms())
        return TEMPLATES_EVERY_S

    away = (HmsUnavailable, StoreError)
    await forever("templates", turn, away=away, pause_s=TEMPLATES_EVERY_S)


async def read_due_templates(deps: Deps, rooms: Sequence[RoomEntry]) -> None:
    """Raises HmsUnavailable, StoreError."""
    repository = RoomRepository(deps.db)
    fresh = await repository.templates_read_since(deps.now() - TEMPLATE_LASTS)
    used = {room.template_id for room in rooms if room.enabled and room.template_id}
    for template_id in sorted(used - fresh):
        settings = await _unless_refused(deps.hms.template_recordings(template_id), template_id)
        template = await _unless_refused(deps.hms.template(template_id), template_id)
        known = template_of(settings or (), template)
        await repository.template_read(template_id, known, deps.now())
        await asyncio.sleep(BETWEEN_TEMPLATES_S)


async def _unless_refused(answer: Awaitable[Told], template_id: str) -> Told | None:
    try:
        return await answer
    except HmsRefused as refused:
        log.info("template_refused", template=template_id, why=str(refused))
        return None


def template_of(
    settings: Sequence[RecordingSettings], template: Template | None = None
) -> RoomTemplate:
    """Merge both answers; the recording settings take precedence.

    Sizes and lengths are those of the first destination.
    """
    told = [*settings, *(template.destinations if template else ())]
    on = [one.records for one in told] + [template.records if template else None]
    return RoomTemplate(
        records=next((one for one in on if one is not None), None),
        width=next((one.width for one in told if one.width), None),
        height=next((one.height for one in told if one.height), None),
        max_duration_s=next((one.max_duration_s for one in told if one.max_duration_s), None),
        destinations=tuple(dict.fromkeys(one.name for one in told if one.name)),
    )
