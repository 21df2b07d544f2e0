"""The templates of all rooms, read in the background and kept, so that no form waits for them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog

from bot.core.room_template import RoomTemplate
from bot.deps import Deps
from bot.features.rooms.model import RoomEntry
from bot.features.rooms.store import RoomRepository
from bot.hms.errors import HmsRefused, HmsUnavailable
from bot.hms.models import RecordingSettings
from bot.kit.metrics import FAULTS
from bot.store.errors import StoreError

log = structlog.get_logger()

LOOK_EVERY_S = 30.0
BETWEEN_S = 0.5
LASTING = timedelta(hours=1)


async def keep_reading(deps: Deps, rooms: Callable[[], Awaitable[Sequence[RoomEntry]]]) -> None:
    """Until cancelled: what is new, and again what is older than an hour."""
    while True:
        try:
            await read_due(deps, await rooms())
        except HmsUnavailable as failed:
            log.info("templates_not_read", why=str(failed))
        except StoreError as failed:
            log.warning("templates_not_read", why=str(failed))
        except Exception:
            FAULTS.labels("templates").inc()
            log.exception("templates_broke")
        await asyncio.sleep(LOOK_EVERY_S)


async def read_due(deps: Deps, rooms: Sequence[RoomEntry]) -> None:
    """Raises HmsUnavailable, StoreError."""
    repository = RoomRepository(deps.db)
    fresh = await repository.templates_read_since(deps.now() - LASTING)
    used = {room.template_id for room in rooms if room.enabled and room.template_id}
    for template_id in sorted(used - fresh):
        try:
            settings = await deps.hms.template_recordings(template_id)
        except HmsRefused as refused:
            log.info("template_refused", template=template_id, why=str(refused))
            settings = []
        await repository.template_read(template_id, template_of(settings), deps.now())
        await asyncio.sleep(BETWEEN_S)


def template_of(settings: Sequence[RecordingSettings]) -> RoomTemplate:
    """One value of the list of destinations; sizes and lengths are those of the first."""
    if not settings:
        return RoomTemplate()
    first = settings[0]
    return RoomTemplate(
        width=first.width or None,
        height=first.height or None,
        max_duration_s=first.max_duration_s or None,
        destinations=tuple(dict.fromkeys(one.name for one in settings if one.name)),
    )
