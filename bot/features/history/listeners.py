"""`/record status` and `/record list`."""

from collections.abc import Callable

from bot.features.history import views
from bot.features.history.service import Lists
from bot.features.rooms.model import Found
from bot.features.rooms.service import RoomDirectory, id_of, which_room
from bot.listeners.app import Bot
from bot.listeners.payloads import Asked


async def tell_status(bot: Bot, lists: Lists, asked: Asked) -> None:
    to = await bot.gate.horizon(asked.user, asked.channel)
    here, elsewhere = await lists.status(to, asked.channel or "")
    may_start = await bot.rights.may_start(asked.user, asked.channel)
    told = views.status_reply(here, elsewhere, bot.deps.now(), start=may_start)
    await bot.reply(asked, told if to.complete else views.only_here(told))


async def tell_list(
    bot: Bot,
    rooms: RoomDirectory,
    lists: Lists,
    asked: Asked,
    *,
    room: str | None,
    count: int,
    written: Callable[[str], str],
) -> None:
    """`written` is the same command for another room."""
    found = await rooms.find(room) if room else None
    room_id = id_of(found)
    if room and room_id is None:
        await bot.reply(asked, which_room(room, found, written))
        return
    here = asked.channel or ""
    files = await bot.rights.may_open(asked.user, here)
    to = await bot.gate.horizon(asked.user, asked.channel)
    rows = await lists.recent(to, room_id=room_id, channel=here, count=count, files=files)
    name = found.room.name if isinstance(found, Found) else None
    may_start = await bot.rights.may_start(asked.user, asked.channel)
    told = views.list_reply(rows, name, start=may_start)
    await bot.reply(asked, told if to.complete else views.only_here(told))
