"""Links for the one person who clicked: *Watch*, *Transcript*, and the files in Details."""

from collections.abc import Awaitable, Callable
from functools import partial

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.access import views as access_views
from bot.features.results import service as links
from bot.features.results import views as results_views
from bot.listeners.app import Bot, listener
from bot.listeners.modals import show_when_known
from bot.listeners.payloads import Click
from bot.ui import ids
from bot.ui.ids import file_of_value
from bot.ui.message import Message
from bot.ui.words import DETAILS

Mint = Callable[[], Awaitable[links.Link | links.NotAllowed | links.NoFile]]


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
    click, view = Click.of(args.body), args.body.get("view") or {}
    await args.ack()
    mint = partial(
        links.mint,
        bot.deps,
        bot.rights,
        bot.sight,
        key,
        user=click.asked.user,
        channel=click.asked.channel or view.get("private_metadata"),  # of Details
        what=what,
        asset_id=asset_id,
    )
    if not view:
        bot.after_ack(click.asked, _reply(bot, click, mint))
        return
    await show_when_known(
        bot,
        click.asked,
        lambda: _message(mint),
        until_then=results_views.getting_link(),
        title=DETAILS,
        on_modal=view["type"] == "modal",
    )


async def _reply(bot: Bot, click: Click, mint: Mint) -> None:
    await bot.reply(click.asked, await _message(mint))


async def _message(mint: Mint) -> Message:
    minted = await mint()
    match minted:
        case links.Link(url=url, what=name, expires_at=expires_at):
            return results_views.link_reply(url, name, expires_at)
        case links.NotAllowed(who_can=who_can):
            return access_views.no_right("open", who_can)
        case links.NoFile(what=missing):
            return results_views.no_file(missing)
