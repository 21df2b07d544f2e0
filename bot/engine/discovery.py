"""Rooms that are followed: what runs there and nobody asked us for gets a recording of its own.

A webhook about something unknown only makes us look sooner. What 100ms lists is what counts: only
there does a recording stand under the id by which it can be asked for and stopped.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import structlog

from bot.core.facts import Discovered, HmsStatus
from bot.deps import Deps
from bot.hms.errors import HmsError, HmsUnavailable
from bot.hms.models import Recording as HmsRecording
from bot.hms.models import facts_of_recording
from bot.store.values import ClaimedRoom, Created, InboxItem, RoomTaken

log = structlog.get_logger()

AT_ONCE = 1  # so that the claim of none ends while others are looked at
CLAIMED_FOR = timedelta(seconds=90)  # longer than the calls about one room can take
LISTED_MOST = 200
NO_OLDER_THAN = timedelta(days=1)
OURS_WITHIN = timedelta(minutes=10)  # what is found so soon after an attempt of ours is its
NEWS_FOR = timedelta(minutes=2)  # so long, an event that nobody claims makes us look again


async def discover(deps: Deps) -> int:
    """Look at the rooms whose time has come; how many they were."""
    rooms = await deps.store.follows.claim_rooms(AT_ONCE, deps.now() + CLAIMED_FOR)
    for room in rooms:
        try:
            again = await discover_in(deps, room)
        except HmsError as failed:
            log.info("room_not_looked_at", room=room.room_id, why=str(failed))
            again = deps.policy.discover_again
            if isinstance(failed, HmsUnavailable) and failed.retry_after_s:
                again = max(again, timedelta(seconds=failed.retry_after_s))
        await deps.store.follows.release_room(room, deps.now() + again)
    return len(rooms)


async def discover_in(deps: Deps, room: ClaimedRoom) -> timedelta:
    """Every recording there that is nobody's becomes one of ours. When to look again."""
    waiting = await deps.store.inbox.waiting(room.room_id)
    unplaced = False
    async for found in _listed(deps, room, waiting):
        known = await deps.store.recordings.keys_by_alias([found.id])
        if not known and not await deps.store.forgetting.forgotten([found.id]):
            unplaced |= not await _discover(deps, room, found)
    news = any(deps.now() - item.entry.received_at < NEWS_FOR for item in waiting)
    if waiting:
        waiting = await deps.store.inbox.waiting(room.room_id)
    if unplaced or (waiting and news):
        return deps.policy.discover_again
    return deps.policy.discover_every if deps.policy.webhooks else deps.policy.discover_alone


async def _listed(
    deps: Deps, room: ClaimedRoom, waiting: list[InboxItem]
) -> AsyncIterator[HmsRecording]:
    """What runs; and if events wait for an owner, what ended since the room is followed, too."""
    status: HmsStatus | None = None if waiting else "running"
    seen = 0
    async for one in deps.hms.list_recordings(room_id=room.room_id, status=status):
        seen += 1
        if one.status == "running" or _is_news(one, room, deps.now()):
            yield one
        if seen >= LISTED_MOST:
            return


def _is_news(one: HmsRecording, room: ClaimedRoom, now: datetime) -> bool:
    return one.created_at is not None and one.created_at >= max(room.since, now - NO_OLDER_THAN)


async def _discover(deps: Deps, room: ClaimedRoom, found: HmsRecording) -> bool:
    """False: another recording of ours still has the room, so ask about that one first."""
    channels = await deps.store.follows.followers(room.room_id)
    if not channels:
        return True
    now = deps.now()
    attempt = await deps.store.lists.attempted_since(room.room_id, now - OURS_WITHIN)
    if attempt is not None:
        channels = (attempt.origin,)  # its answer was lost: it is for nobody else
    first = Discovered(
        at=now,
        hms_id=found.id,
        room_id=room.room_id,
        room_name=room.room_name,
        channels=channels,
    )
    made = await deps.store.recordings.create(
        deps.new_id(), first, also=facts_of_recording(found, now)
    )
    if isinstance(made, RoomTaken):
        await deps.store.recordings.poll_now(made.key)
        return False
    if isinstance(made, Created):
        log.info("discovered", key=made.key, room=room.room_id)
    return True
