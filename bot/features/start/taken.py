"""A room that is already being recorded: who asked, since when, its card, *Follow here*."""

from bot.listeners.app import Bot
from bot.listeners.payloads import Asked
from bot.store.errors import UnknownRecording
from bot.ui.message import Message
from bot.ui.replies import already_recording, recorded_elsewhere


async def say_taken(bot: Bot, asked: Asked, key: str) -> None:
    await bot.reply(asked, await taken_message(bot, asked.user, key, asked.channel))


async def taken_message(bot: Bot, user: str, key: str, channel: str | None) -> Message:
    """Of what they may not know of, no more than that the room is taken."""
    row = await bot.deps.store.row(key)
    if row is None:
        raise UnknownRecording(key)
    seen = await bot.sight.sees(user, row, here=channel)
    if seen is None:
        return recorded_elsewhere(row.room_name)
    (shown,) = await bot.lists.rows([seen])
    return already_recording(
        row.room_name,
        row.starter,
        row.started_at or row.requested_at,
        permalink=shown.permalink,
        key=key,
        can_follow=channel is not None and channel not in seen.channels,
    )
