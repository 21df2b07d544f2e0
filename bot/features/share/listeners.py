"""Buttons on cards, results, lists and details."""

from functools import partial

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.features.share import views as share_views
from bot.features.share.service import follow
from bot.listeners.app import Bot, listener
from bot.listeners.payloads import Click
from bot.slack.errors import CannotPostThere
from bot.ui import ids
from bot.ui.problems import slack_refusal


def register(app: AsyncApp, bot: Bot) -> None:
    app.action(ids.matching(ids.FOLLOW))(listener(bot, follow_here))


async def follow_here(args: AsyncArgs, bot: Bot) -> None:
    """In a modal, the channel is the one that the form named."""
    click = Click.of(args.body)
    await args.ack()
    channel = click.asked.channel or (args.body.get("view") or {}).get("private_metadata")
    if channel:
        bot.after_ack(click.asked, _follow(bot, click, channel))


async def _follow(bot: Bot, click: Click, channel: str) -> None:
    await bot.rights.to_follow(click.asked.user)
    try:
        row = await follow(bot.deps, click.value, channel, click.asked.user)
    except CannotPostThere as closed:
        refusal = partial(slack_refusal, bot=bot.deps.identity.name)
        await bot.reply(click.asked, share_views.cannot_follow(*refusal(closed.error, channel)))
        return
    if row:
        await bot.reply(
            click.asked, share_views.following(row.room_name), replace=click.on_ephemeral
        )
