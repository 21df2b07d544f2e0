"""What the listeners of schedules, rules and calendars share."""

from bot.features.rooms.model import Ambiguous, FoundRoom, RoomCode, RoomEntry, Unknown
from bot.features.rooms.service import RoomDirectory
from bot.features.rooms.views import no_room, several_rooms
from bot.listeners.app import Bot
from bot.listeners.payloads import Caller
from bot.ui.message import Message


async def named_room(
    bot: Bot,
    rooms: RoomDirectory,
    caller: Caller,
    typed: str | None,
    *,
    rule: bool = False,
    may_be_gone: bool = False,
) -> RoomEntry | Message | None:
    """Return the typed room, else the channel's default; or a reply that there is no such room.

    An unknown name or id may belong to a new room, so 100ms is asked after the ack. With
    `may_be_gone`, an unknown id is accepted. Raises NoRight for guests and people of other
    organisations who may not start here, whether or not the room exists.
    """
    person = await bot.rights.people.person(caller.user)
    if person.standing != "member":
        to_do = bot.rights.to_set_rule if rule else bot.rights.to_start
        await to_do(caller.user, caller.channel)
    if not typed:
        settings = await bot.deps.store.channel_settings.of(caller.channel)
        default = settings.room_id
        return RoomEntry(default, settings.room_name or default) if default else None
    found, unasked = await rooms.find(typed), None
    if isinstance(found, RoomCode):
        await rooms.look_for(found.code)
        found = await rooms.find(typed)
    elif isinstance(found, Unknown) and not (may_be_gone and found.room_id):
        unasked = await rooms.fetch_named(found.room_id or typed)
        found = await rooms.find(typed)
    match found:
        case FoundRoom(room=room):
            return room
        case Unknown(room_id=str(room_id)) if unasked or may_be_gone:
            return RoomEntry(room_id, room_id)
        case Ambiguous():
            return several_rooms(typed)
    rooms.refresh_soon()
    return no_room(typed, unasked)
