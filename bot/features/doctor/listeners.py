"""`/record doctor`, and the same from Home."""

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.features.doctor.service import local_report, report
from bot.features.doctor.views import TITLE, doctor_reply, local_reply, looking
from bot.listeners.app import Bot, listener
from bot.listeners.modals import show_when_known
from bot.listeners.payloads import Asked
from bot.slack.errors import SlackError
from bot.ui import ids
from bot.ui.message import Message


def register(app: AsyncApp, bot: Bot) -> None:
    app.action(ids.DOCTOR)(listener(bot, from_home))


async def tell_doctor(bot: Bot, asked: Asked) -> None:
    await bot.reply(asked, await _report(bot, asked))


async def from_home(args: AsyncArgs, bot: Bot) -> None:
    asked = Asked.of(args.body)
    await args.ack()
    await show_when_known(
        bot, asked, lambda: _report(bot, asked), until_then=looking(), title=TITLE
    )


async def _report(bot: Bot, asked: Asked) -> Message:
    name, channel = bot.deps.identity.name, asked.channel or asked.user
    if await _is_member(bot, asked.user):
        return doctor_reply(await report(bot.deps, user=asked.user, channel=channel), bot=name)
    return local_reply(await local_report(bot.deps, user=asked.user, channel=channel), bot=name)


async def _is_member(bot: Bot, user: str) -> bool:
    """Of this workspace, guests included. False while Slack does not say."""
    try:
        return (await bot.rights.people.person(user)).standing != "external"
    except SlackError:
        return False
