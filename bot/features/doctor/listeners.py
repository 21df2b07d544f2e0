"""`/record doctor`, and the same from Home. For full members: it tells of the whole workspace."""

from typing import Annotated

from bot.access.model import Act
from bot.core.proofs import HomeMember
from bot.features.doctor.service import examine
from bot.features.doctor.views import CHECKUP, doctor_reply, looking
from bot.listeners.app import Bot
from bot.listeners.modals import show_when_known
from bot.listeners.payloads import Asked
from bot.listeners.registry import Ack, Listeners
from bot.ui import ids
from bot.ui.message import Message

on = Listeners()


async def tell_checkup(bot: Bot, asked: Asked) -> None:
    """Raises NoRight."""
    await bot.reply(
        asked, await _checkup(bot, asked, await bot.gate.member(asked.user, Act.DOCTOR))
    )


@on.action(ids.CHECKUP)
async def from_home(
    member: Annotated[HomeMember, Act.DOCTOR], asked: Asked, ack: Ack, bot: Bot
) -> None:
    await ack()
    await show_when_known(
        bot, asked, lambda: _checkup(bot, asked, member), until_then=looking(), title=CHECKUP
    )


async def _checkup(bot: Bot, asked: Asked, member: HomeMember) -> Message:
    found = await examine(bot.deps, user=member.user, channel=asked.channel or member.user)
    return doctor_reply(found, bot=bot.deps.identity.name)
