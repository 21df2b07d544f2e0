"""A room that is already being recorded: who asked, since when, its card, *Follow here*."""

from bot.listeners.bot import Bot
from bot.listeners.payloads import Asked
from bot.usecases.lists import card_link
from bot.views.message import Message
from bot.views.replies import already_recording


async def say_taken(bot: Bot, asked: Asked, key: str) -> None:
    await bot.reply(asked, await taken_message(bot, key, asked.channel))


async def taken_message(bot: Bot, key: str, channel: str | None) -> Message:
    recording = (await bot.deps.store.load(key)).recording
    return already_recording(
        recording.room_name,
        recording.starter,
        recording.started_at or recording.requested_at,
        permalink=await card_link(bot.deps, key),
        key=key,
        can_follow=channel is not None and channel not in recording.channels,
    )
