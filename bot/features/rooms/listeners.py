"""The start form: opened, changed, submitted, come back to."""

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.features.rooms.service import RoomDirectory
from bot.features.rooms.views import room_options
from bot.listeners.app import Bot, listener
from bot.ui import ids


def register(app: AsyncApp, bot: Bot) -> None:
    app.options(ids.START_ROOM_ACTION)(listener(bot, suggest_rooms))


async def suggest_rooms(args: AsyncArgs, bot: Bot, rooms: RoomDirectory) -> None:
    ranked = await rooms.suggest(args.body.get("value") or "")
    await args.ack(**room_options(ranked, now=bot.deps.now()))
