"""Links for the one person who clicked: *Watch*, *Transcript*, and the files in Details."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bot.core.proofs import SeenAsset, SeenRecording
from bot.features.meeting.service import Meetings
from bot.features.meeting.views import page_link
from bot.features.results import service as links
from bot.features.results import views as results_views
from bot.listeners.app import Bot
from bot.listeners.modals import show_when_known
from bot.listeners.payloads import Click
from bot.listeners.registry import Ack, Listeners
from bot.ui import ids
from bot.ui.message import Message
from bot.ui.words import DETAILS

on = Listeners()
Mint = Callable[[], Awaitable[links.Link | links.NoFile | links.Page]]


OPENED: Mapping[str, links.What] = {
    ids.WATCH: "video",
    ids.TRANSCRIPT: "transcript",
    ids.WATCH_AT: "video",
}


@on.action(*OPENED)
async def open_results(
    recording: SeenRecording, click: Click, ack: Ack, bot: Bot, meetings: Meetings
) -> None:
    """Give a link to the recording's page, or to the file if there are no pages."""
    await ack()
    at_ms = ids.moment_of_value(click.value) if click.action == ids.WATCH_AT else None
    mint: Mint = partial(links.mint, bot.deps, bot.rights, recording, OPENED[click.action], at_ms)
    if bot.deps.public_url is not None:
        mint = partial(links.page, bot.deps, bot.rights, meetings, recording, at_ms)
    await _give_link(bot, click, mint)


@on.action(ids.FILE)
async def file(asset: SeenAsset, click: Click, ack: Ack, bot: Bot) -> None:
    await ack()
    await _give_link(bot, click, partial(links.mint_file, bot.deps, bot.rights, asset))


async def _give_link(bot: Bot, click: Click, mint: Mint) -> None:
    """Send a link as an ephemeral reply, or in a modal where none can appear; never as a post."""
    if click.view is None:
        bot.after_ack(click.caller, _reply(bot, click, mint))
        return
    await show_when_known(
        bot,
        click.caller,
        lambda: _message(mint),
        until_then=results_views.getting_link(),
        title=DETAILS,
        over=click.view,
    )


async def _reply(bot: Bot, click: Click, mint: Mint) -> None:
    await bot.reply(click.caller, await _message(mint))


async def _message(mint: Mint) -> Message:
    minted = await mint()
    match minted:
        case links.Link(url=url, what=name, expires_at=expires_at):
            return results_views.link_reply(url, name, expires_at)
        case links.NoFile(what=missing, gone=gone):
            return results_views.no_file(missing, gone=gone)
        case links.Page(url=url, room_name=room, at_ms=at_ms):
            return page_link(url, room, at_ms)
