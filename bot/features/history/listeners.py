"""`/record status` and `/record list`."""

from bot.access.views import as_far_as_known
from bot.core.when import Past
from bot.features.history import views
from bot.features.history.service import Lists
from bot.features.rooms.model import RoomEntry
from bot.listeners.app import Bot
from bot.listeners.payloads import Caller

DEFAULT_COUNT = 10


async def answer_status(
    bot: Bot, lists: Lists, caller: Caller, room: RoomEntry | None = None
) -> None:
    """List running recordings; with a room, its recording if the person may see it."""
    to = await bot.gate.horizon(caller.user, caller.channel)
    here, elsewhere = await lists.status(to, caller.channel or "", room.room_id if room else None)
    name = room.name if room else None
    may_start = await bot.rights.may_start(caller.user, caller.channel)
    settings = await bot.deps.store.channel_settings.of(caller.channel)
    joins = to.member and settings.join_role is not None
    now = bot.deps.now()
    message = views.status_reply(here, elsewhere, now, name, start=may_start, joins=joins)
    await bot.reply(caller, as_far_as_known(message, to))


async def answer_list(
    bot: Bot,
    lists: Lists,
    caller: Caller,
    *,
    room: RoomEntry | None = None,
    count: int | None = None,
    past: Past | None = None,
) -> None:
    here = caller.channel or ""
    files = await bot.rights.may_open(caller.user, here)
    to = await bot.gate.horizon(caller.user, caller.channel)
    rows = await lists.recent(
        to,
        room_id=room.room_id if room else None,
        channel=here,
        count=count or DEFAULT_COUNT,
        files=files,
        past=past,
    )
    may_start = await bot.rights.may_start(caller.user, caller.channel)
    message = views.list_reply(rows, room.name if room else None, start=may_start)
    await bot.reply(caller, as_far_as_known(message, to))
