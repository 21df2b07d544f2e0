"""Type-ahead for room fields."""

from bot.core.proofs import OwnDraft
from bot.features.rooms.service import RoomDirectory
from bot.features.rooms.views import room_options
from bot.listeners.app import Bot
from bot.listeners.payloads import Typed
from bot.listeners.registry import Ack, Listeners
from bot.ui import ids

on = Listeners()


@on.options(ids.START_ROOM_ACTION)
async def suggest_for_start(
    draft: OwnDraft, typed: Typed, ack: Ack, bot: Bot, rooms: RoomDirectory
) -> None:
    """Suggest rooms to people who may start where the form was opened. Raises NoRight."""
    await bot.rights.to_start(draft.by, draft.channel)
    await suggest_rooms(typed, ack, bot, rooms)


async def suggest_rooms(typed: Typed, ack: Ack, bot: Bot, rooms: RoomDirectory) -> None:
    ranked = await rooms.suggest(typed.text)
    await ack(**room_options(ranked, now=bot.deps.now()))
