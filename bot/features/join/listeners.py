"""*Join*, on cards and in the status: gives the person who clicks a personal link."""

from typing import Annotated

from bot.access.model import Act
from bot.core.proofs import HomeMember, SeenRecording
from bot.features.join import views
from bot.features.join.model import JoinLink
from bot.features.join.service import link
from bot.listeners.app import Bot
from bot.listeners.payloads import Caller, Click
from bot.listeners.registry import Ack, Listeners
from bot.ui import ids

on = Listeners()


@on.action(ids.JOIN)
async def join(
    recording: SeenRecording, by: Annotated[HomeMember, Act.JOIN], click: Click, ack: Ack, bot: Bot
) -> None:
    await ack()
    bot.after_ack(click.caller, send_link(bot, click.caller, recording, by))


async def send_link(bot: Bot, caller: Caller, recording: SeenRecording, by: HomeMember) -> None:
    made = await link(bot.deps, recording, by)
    message = views.join_link(made) if isinstance(made, JoinLink) else views.no_link(made)
    await bot.reply(caller, message)
