"""Links for the one person who clicked: *Watch*, *Transcript*, and the files in Details."""

import uuid

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.listeners.bot import Bot, for_people, listener
from bot.listeners.payloads import Click
from bot.usecases import links
from bot.views import ids, replies
from bot.views.details import DETAILS, file_of_value
from bot.views.message import Message
from bot.views.outcomes import message_view


def register(app: AsyncApp, bot: Bot) -> None:
    for action_id, do in ((ids.WATCH, watch), (ids.TRANSCRIPT, transcript), (ids.FILE, file)):
        app.action(ids.matching(action_id))(listener(bot, do))


async def watch(args: AsyncArgs, bot: Bot) -> None:
    await _give_link(args, bot, Click.of(args.body).value, "video")


async def transcript(args: AsyncArgs, bot: Bot) -> None:
    await _give_link(args, bot, Click.of(args.body).value, "transcript")


async def file(args: AsyncArgs, bot: Bot) -> None:
    key, asset_id = file_of_value(Click.of(args.body).value)
    await _give_link(args, bot, key, None, asset_id)


async def _give_link(
    args: AsyncArgs, bot: Bot, key: str, what: links.What | None, asset_id: str = ""
) -> None:
    """Where nothing ephemeral can appear, in a modal: a link is never posted to stay."""
    click = Click.of(args.body)
    await args.ack()
    surface = (args.body.get("view") or {}).get("type")
    if surface is None:
        bot.after_ack(click.asked, _reply(bot, click, key, what, asset_id))
        return
    external_id = f"link-{uuid.uuid4().hex}"
    waiting = {**message_view(replies.getting_link(), title=DETAILS), "external_id": external_id}
    show = bot.deps.slack.push_view if surface == "modal" else bot.deps.slack.open_view
    await show(click.asked.trigger_id, waiting)
    bot.after_ack(click.asked, _into_view(bot, click, key, what, asset_id, external_id))


async def _reply(bot: Bot, click: Click, key: str, what: links.What | None, asset_id: str) -> None:
    await bot.reply(click.asked, await _message(bot, click, key, what, asset_id))


async def _into_view(  # noqa: PLR0917 - as _reply, and where
    bot: Bot, click: Click, key: str, what: links.What | None, asset_id: str, external_id: str
) -> None:
    try:
        message = await _message(bot, click, key, what, asset_id)
    except Exception as failed:
        message = for_people(failed)
    view = message_view(message, title=DETAILS)
    await bot.deps.slack.update_view_when_open(view, external_id)


async def _message(
    bot: Bot, click: Click, key: str, what: links.What | None, asset_id: str
) -> Message:
    minted = await links.mint(
        bot.deps,
        bot.rights,
        key,
        user=click.asked.user,
        channel=click.asked.channel,
        what=what,
        asset_id=asset_id,
    )
    match minted:
        case links.Link(url=url, what=name, expires_at=expires_at):
            return replies.link_reply(url, name, expires_at)
        case links.NotAllowed(who_can=who_can):
            return replies.no_right("open", who_can)
        case links.NoFile(what=missing):
            return replies.no_file(missing)
