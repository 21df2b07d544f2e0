"""Home's *Sign in to meeting pages*."""

from bot.features.meeting import views
from bot.features.meeting.service import Meetings
from bot.listeners.app import Bot
from bot.listeners.modals import show_when_known
from bot.listeners.payloads import Click
from bot.listeners.registry import Ack, Listeners
from bot.ui import ids
from bot.ui.message import Message, say

on = Listeners()
TITLE = "Meeting pages"
NO_PAGES = "There are no meeting pages: an admin has to set PUBLIC_URL."


@on.action(ids.SIGN_IN, needs_no_proof="a session only says who they are; it shows nothing")
async def sign_in(click: Click, ack: Ack, bot: Bot, meetings: Meetings) -> None:
    await ack()

    async def message() -> Message:
        url = await meetings.link(click.caller.user)
        return views.sign_in_link(url) if url else say(NO_PAGES)

    await show_when_known(
        bot, click.caller, message, until_then=say("Getting the link…"), title=TITLE
    )
