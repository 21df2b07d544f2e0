"""`/record doctor`, and the same from Home."""

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.features.doctor.service import examine, examine_here
from bot.features.doctor.views import CHECKUP, doctor_reply, local_reply, looking
from bot.listeners.app import Bot, listener
from bot.listeners.modals import show_when_known
from bot.listeners.payloads import Asked
from bot.slack.errors import SlackError
from bot.ui import ids
from bot.ui.message import Message


def register(app: AsyncApp, bot: Bot) -> None:
    app.action(ids.CHECKUP)(listener(bot, from_home))


async def tell_checkup(bot: Bot, asked: Asked) -> None:
    await bot.reply(asked, await _checkup(bot, asked))


async def from_home(args: AsyncArgs, bot: Bot) -> None:
    asked = Asked.of(args.body)
    await args.ack()
    await show_when_known(
        bot, asked, lambda: _checkup(bot, asked), until_then=looking(), title=CHECKUP
    )


async def _checkup(bot: Bot, asked: Asked) -> Message:
    name, channel = bot.deps.identity.name, asked.channel or asked.user
    if await _is_member(bot, asked.user):
        return doctor_reply(await examine(bot.deps, user=asked.user, channel=channel), bot=name)
    return local_reply(await examine_here(bot.deps, user=asked.user, channel=channel), bot=name)


async def _is_member(bot: Bot, user: str) -> bool:
    """Of this workspace, guests included. False while Slack does not say."""
    try:
        return (await bot.rights.people.person(user)).standing != "external"
    except SlackError:
        return False
