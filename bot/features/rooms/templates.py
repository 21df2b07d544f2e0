"""The templates of all rooms, read in the background and kept, so that no form waits for them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeVar

import structlog

from bot.core.room_template import RoomTemplate
from bot.deps import Deps
from bot.features.rooms.model import RoomEntry
from bot.features.rooms.store import RoomRepository
from bot.hms.errors import HmsRefused, HmsUnavailable
from bot.hms.models import RecordingSettings, Template
from bot.kit.metrics import FAULTS
from bot.store.errors import StoreError

log = structlog.get_logger()

LOOK_EVERY_S = 30.0
BETWEEN_S = 0.5
LASTING = timedelta(hours=1)
Told = TypeVar("Told")


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
        settings = await _unless_refused(deps.hms.template_recordings(template_id), template_id)
        template = await _unless_refused(deps.hms.template(template_id), template_id)
        known = template_of(settings or (), template)
        await repository.template_read(template_id, known, deps.now())
        await asyncio.sleep(BETWEEN_S)


async def _unless_refused(answer: Awaitable[Told], template_id: str) -> Told | None:
    try:
        return await answer
    except HmsRefused as refused:
        log.info("template_refused", template=template_id, why=str(refused))
        return None


def template_of(
    settings: Sequence[RecordingSettings], template: Template | None = None
) -> RoomTemplate:
    """One value of both answers: each says what it knows, the list of recordings first.

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
