"""`/record status` and `/record list`."""

from bot.access.views import as_far_as_known
from bot.core.when import Past
from bot.features.history import views
from bot.features.history.service import Lists
from bot.features.rooms.model import RoomEntry
from bot.listeners.app import Bot
from bot.listeners.payloads import Asked

DEFAULT_COUNT = 10


async def tell_status(bot: Bot, lists: Lists, asked: Asked, room: RoomEntry | None = None) -> None:
    """Of one room: its recording, wherever the person may know of it."""
    to = await bot.gate.horizon(asked.user, asked.channel)
    here, elsewhere = await lists.status(to, asked.channel or "", room.room_id if room else None)
    name = room.name if room else None
    may_start = await bot.rights.may_start(asked.user, asked.channel)
    told = views.status_reply(here, elsewhere, bot.deps.now(), name, start=may_start)
    await bot.reply(asked, as_far_as_known(told, to))


async def tell_list(
    bot: Bot,
    lists: Lists,
    asked: Asked,
    *,
    room: RoomEntry | None = None,
    count: int | None = None,
    past: Past | None = None,
) -> None:
    here = asked.channel or ""
    files = await bot.rights.may_open(asked.user, here)
    to = await bot.gate.horizon(asked.user, asked.channel)
    rows = await lists.recent(
        to,
        room_id=room.room_id if room else None,
        channel=here,
        count=count or DEFAULT_COUNT,
        files=files,
        past=past,
    )
    may_start = await bot.rights.may_start(asked.user, asked.channel)
    told = views.list_reply(rows, room.name if room else None, start=may_start)
    await bot.reply(asked, as_far_as_known(told, to))
