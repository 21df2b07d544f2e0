"""Links to rooms in messages: shown with the room's state, and a button that opens the form."""

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.features.rooms.links import room_links
from bot.features.rooms.model import room_id_of_link
from bot.features.start.shortcuts import open_for
from bot.features.unfurl.service import Linked
from bot.listeners.app import Bot, listener
from bot.listeners.payloads import Click, linked_in
from bot.slack.errors import SlackError
from bot.store.errors import StoreError
from bot.ui import ids

log = structlog.get_logger()


def register(app: AsyncApp, bot: Bot) -> None:
    app.event("link_shared")(listener(bot, link_shared))
    app.action(ids.START_LINKED)(listener(bot, start_linked))


async def link_shared(args: AsyncArgs, bot: Bot) -> None:
    linked = linked_in(args.body)
    if linked:
        bot.later.start(_show(bot, linked))


async def _show(bot: Bot, linked: Linked) -> None:
    """If it fails nobody is told, for nobody asked for it."""
    try:
        await bot.unfurling.show(linked)
    except (SlackError, StoreError) as failed:
        log.info("not_unfurled", why=str(failed))


async def start_linked(args: AsyncArgs, bot: Bot) -> None:
    """Slack says by which link the button stands; if not, the room alone will do."""
    click = Click.of(args.body)
    await bot.rights.to_start(click.asked.user, click.asked.channel)
    given = (args.body.get("app_unfurl") or {}).get("app_unfurl_url") or ""
    link = next((x for x in room_links([given]) if room_id_of_link(x) == click.value), None)
    await args.ack()
    await open_for(bot, click.asked, click.value, link)
