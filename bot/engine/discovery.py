"""Discovery: recordings in followed rooms that nobody requested through the bot get a card, too.

A webhook about an unknown recording only makes us check the room sooner. The recording is created
from 100ms' list, because only the list has the id needed to query or stop it.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import structlog

from bot.core.facts import Discovered, HmsStatus
from bot.deps import Deps
from bot.hms.errors import HmsError, HmsUnavailable
from bot.hms.models import HmsRecording, facts_of_recording
from bot.store.values import ClaimedRoom, Created, InboxItem, RoomTaken

log = structlog.get_logger()

AT_ONCE = 1  # one at a time, so no claim expires while other rooms are checked
CLAIMED_FOR = timedelta(seconds=90)  # longer than the calls about one room can take
LISTED_MOST = 200
NO_OLDER_THAN = timedelta(days=1)
# A recording found this soon after one of our attempts belongs to that attempt.
OURS_WITHIN = timedelta(minutes=10)
NEWS_FOR = timedelta(minutes=2)  # how long an unclaimed event keeps us looking


async def discover(deps: Deps) -> int:
    """Check the rooms that are due. Return how many."""
    rooms = await deps.store.follows.claim_rooms(AT_ONCE, deps.now() + CLAIMED_FOR)
    for room in rooms:
        try:
            again = await _check_room(deps, room)
        except HmsError as failed:
            log.info("room_not_looked_at", room=room.room_id, why=str(failed))
            again = deps.policy.discover_again
            if isinstance(failed, HmsUnavailable) and failed.retry_after_s:
                again = max(again, timedelta(seconds=failed.retry_after_s))
        await deps.store.follows.release_room(room, deps.now() + again)
    return len(rooms)


async def _check_room(deps: Deps, room: ClaimedRoom) -> timedelta:
    """Adopt every unknown recording in the room. Return when to check it again."""
    waiting = await deps.store.inbox.waiting(room.room_id)
    unplaced = False
    async for found in _listed(deps, room, waiting):
        known = await deps.store.recordings.keys_by_alias([found.id])
        if not known and not await deps.store.forgetting.forgotten([found.id]):
            unplaced |= not await _adopt(deps, room, found)
    news = any(deps.now() - item.entry.received_at < NEWS_FOR for item in waiting)
    if waiting:
        waiting = await deps.store.inbox.waiting(room.room_id)
    if unplaced or (waiting and news):
        return deps.policy.discover_again
    return deps.policy.discover_every if deps.policy.webhooks else deps.policy.discover_alone


async def _listed(
    deps: Deps, room: ClaimedRoom, waiting: list[InboxItem]
) -> AsyncIterator[HmsRecording]:
    """List running recordings; if webhooks wait for their recording, also recent ended ones."""
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


async def _adopt(deps: Deps, room: ClaimedRoom, found: HmsRecording) -> bool:
    """Create a recording of ours for `found`. Return whether the room needs no second check.

    False if another recording of ours is still open in the room: it is polled first.
    """
    channels = await deps.store.follows.followers(room.room_id)
    if not channels:
        return True
    now = deps.now()
    attempt = await deps.store.lists.attempted_since(room.room_id, now - OURS_WITHIN)
    if attempt is not None:
        channels = (attempt.origin,)  # our start call succeeded but its response was lost
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
