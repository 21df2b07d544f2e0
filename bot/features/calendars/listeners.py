"""`/record schedule … from https://…`, and the button that stops following a calendar."""

import re
from urllib.parse import urlsplit

from bot.access.gate import UnknownSchedule
from bot.core.places import is_channel
from bot.core.proofs import Horizon
from bot.features.automatic.listeners import named_room
from bot.features.automatic.service import no_cards_in, zone_of
from bot.features.automatic.views import room_disabled
from bot.features.calendars import ids, service, views
from bot.features.calendars.model import RoomCalendar
from bot.features.calendars.store import CalendarRepository
from bot.features.rooms.model import RoomEntry
from bot.features.rooms.service import RoomDirectory
from bot.features.rules.service import rule_seen
from bot.features.schedules.listeners import Upcoming
from bot.features.schedules.service import schedules_of_room_seen
from bot.kit.typed_text import unwrap_link
from bot.listeners.app import Bot
from bot.listeners.payloads import Caller, Click
from bot.listeners.registry import Ack, Listeners

on = Listeners()
# `schedule standup from https://…`; available as a command only.
CALENDAR = re.compile(
    r"\s*schedule\s+(?P<room>.*?)\s*\bfrom\s+(?P<url><?\w+://\S+)\s*", re.IGNORECASE | re.DOTALL
)


async def follow_calendar_by_command(
    bot: Bot, rooms: RoomDirectory, caller: Caller, typed: str, link: str
) -> None:
    """Follow a calendar. Its link gives access to it, so replies never repeat it."""
    url = unwrap_link(link).replace("webcal://", "https://", 1)
    if not _is_calendar_link(url):
        await bot.reply(caller, views.only_https())
        return
    name = typed.strip(' ,"“”') or None
    room = await named_room(bot, rooms, caller, name)
    if not isinstance(room, RoomEntry):
        await bot.reply(caller, room or views.calendar_usage())
        return
    calendar = RoomCalendar(
        calendar_id=bot.deps.new_id(),
        room_id=room.room_id,
        room_name=room.name,
        channel=(caller.channel if is_channel(caller.channel) else None) or caller.user,
        by=caller.user,
        zone=(await zone_of(bot.rights, caller.user)).name,
        created_at=bot.deps.now(),
        url=url,
    )
    await bot.rights.to_start(caller.user, caller.channel)
    if await rooms.is_disabled(room.room_id):
        await bot.reply(caller, room_disabled(room.name))
        return
    if closed := await no_cards_in(bot.deps, caller.channel, room.name):
        await bot.reply(caller, closed)
        return
    added = await service.add_calendar(bot.deps, bot.rights, calendar, once=caller.once)
    if added is None:
        await bot.reply(caller, views.too_many_calendars())
        return
    which, here = (bot.deps, bot.gate, room.room_id, caller.user), caller.channel
    others = await schedules_of_room_seen(*which, here=here)
    rule = await rule_seen(*which, here=here)
    now = bot.deps.now()
    said = views.calendar_added(added, others, rule, now=now, reader=caller.user)
    await bot.reply(caller, said)


def _is_calendar_link(url: str) -> bool:
    """Whether a link is https without credentials."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and "@" not in parts.netloc


@on.action(ids.CALENDAR_OFF)
async def calendar_off(to: Horizon, click: Click, ack: Ack, bot: Bot, upcoming: Upcoming) -> None:
    calendar = await CalendarRepository(bot.deps.db).get(click.value)
    here = click.caller.channel
    seen = calendar and await bot.gate.sees_place(to.user, calendar.channel, calendar.by, here)
    if calendar is None or not seen:
        raise UnknownSchedule(click.value)
    await service.drop_calendar(bot.deps, bot.rights, calendar, to.user)
    await ack()
    bot.after_ack(
        click.caller, upcoming.show(bot, click, to, views.calendar_off(calendar.room_name))
    )
