"""`/record doctor`, also from Home. Only full members get the report on the whole workspace."""

from dataclasses import replace
from typing import Annotated

from bot.access.model import Act
from bot.access.rights import NoRight
from bot.core.proofs import HomeMember
from bot.features.doctor.service import local_report, missing, report
from bot.features.doctor.views import TITLE, doctor_reply, local_reply, looking
from bot.listeners.app import Bot
from bot.listeners.modals import show_when_known
from bot.listeners.payloads import Caller
from bot.listeners.registry import Ack, Listeners
from bot.slack.errors import NotAuthorized, SlackUnavailable
from bot.ui import ids
from bot.ui.message import Message

on = Listeners()


async def answer_doctor(bot: Bot, caller: Caller) -> None:
    """Send full members the whole report, and others only the part about this channel.

    If the bot lacks the right to look up people, the short report names the missing scopes.
    """
    name, channel = bot.deps.identity.name, caller.channel or caller.user
    try:
        message = await _report(bot, caller, await bot.gate.member(caller.user, Act.DOCTOR))
    except (NoRight, SlackUnavailable, NotAuthorized) as unknown:
        found = await local_report(bot.deps, user=caller.user, channel=channel)
        if isinstance(unknown, NotAuthorized):
            found = replace(found, findings=await missing(bot.deps))
        message = local_reply(found, bot=name)
    await bot.reply(caller, message)


@on.action(ids.DOCTOR)
async def from_home(
    member: Annotated[HomeMember, Act.DOCTOR], caller: Caller, ack: Ack, bot: Bot
) -> None:
    await ack()
    await show_when_known(
        bot, caller, lambda: _report(bot, caller, member), until_then=looking(), title=TITLE
    )


async def _report(bot: Bot, caller: Caller, member: HomeMember) -> Message:
    found = await report(bot.deps, user=member.user, channel=caller.channel or member.user)
    return doctor_reply(found, bot=bot.deps.identity.name)
