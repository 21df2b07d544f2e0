"""In the menu of a message: record the room that it links to."""

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.core.options import RecordingOptions
from bot.features.options.drafts import draft_of
from bot.features.rooms.links import room_links, texts_of
from bot.features.rooms.model import Found, Unknown, without_preview
from bot.features.start.listeners import open_form
from bot.listeners.app import Bot, listener
from bot.listeners.payloads import Asked
from bot.ui import ids
from bot.ui.replies import no_room_link


def register(app: AsyncApp, bot: Bot) -> None:
    app.shortcut(ids.LINK_SHORTCUT)(listener(bot, record_link))


async def record_link(args: AsyncArgs, bot: Bot) -> None:
    asked = Asked.of(args.body)
    await bot.rights.to_start(asked.user, asked.channel)
    links = room_links(texts_of(args.body.get("message") or {}))
    await args.ack()
    if links:
        await open_for(bot, asked, links[0], links[0])
    else:
        bot.after_ack(asked, bot.reply(asked, no_room_link()))


async def open_for(bot: Bot, asked: Asked, room: str, link: str | None) -> None:
    """The form with the room, and the link as the address that 100ms joins by.

    Of a room code only 100ms knows the room: that is left to choose.
    """
    options = RecordingOptions(meeting_url=without_preview(link) if link else None)
    match await bot.rooms.find(room):
        case Found(room=entry):
            room_id, name = entry.room_id, entry.name
        case Unknown(room_id=str(unnamed)):
            bot.rooms.refresh_soon()
            room_id, name = unnamed, unnamed
        case _:
            room_id, name = "", ""
    draft = draft_of(
        options, room_id=room_id or None, room_name=name or None, channel=asked.channel
    )
    await open_form(bot, asked, draft)
