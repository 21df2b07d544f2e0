"""The latest recordings of a place that the person may see."""

from collections.abc import Sequence

from bot.core.places import is_channel
from bot.core.when import Past
from bot.features.commands.model import Understood
from bot.features.commands.request import Request
from bot.features.history.service import Seen
from bot.features.rooms.model import RoomEntry

RECENT = 10


async def recent(request: Request, found: Understood, *, over: bool = False) -> Sequence[Seen]:
    """Return the latest recordings that a text may mean, newest first.

    Those of the named room; without one, those of this channel, or in a direct message those that
    the person started, if there are any. `over`: leave out running ones.
    """
    known, lists, caller = request.known, request.use.lists, request.caller
    past = found.when if isinstance(found.when, Past) else None
    if found.room is None and is_channel(caller.channel):
        rows = await request.bot.deps.store.lists.recent(
            channel=caller.channel, limit=RECENT, past=past, over=over
        )
        return await lists.look(known.horizon, rows)
    room = found.room.room_id if found.room else None
    seen = await lists.page(known.horizon, RECENT, room_id=room, past=past, over=over)
    own = [one for one in seen if one.row.starter == caller.user]
    return own if room is None and own else seen


ROOMS_OFFERED = 4


async def rooms_to_offer(request: Request, found: Understood) -> Sequence[RoomEntry]:
    """Return rooms that were recently recorded here and can be recorded now."""
    world = request.known.world
    seen = await recent(request, found)
    rooms = dict.fromkeys(one.row.room_id for one in seen)
    known = [world.names.by_id[room] for room in rooms if room in world.names.by_id]
    free = [room for room in known if room.enabled and room.room_id not in world.recorded]
    return free[:ROOMS_OFFERED]
