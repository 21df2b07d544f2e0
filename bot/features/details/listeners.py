"""Buttons on cards, results, lists and details."""

import asyncio

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.access import views as access_views
from bot.access.views import SEERS
from bot.core.recording import Recording
from bot.features.details.views import Viewer, details_view
from bot.listeners.app import Bot, listener
from bot.listeners.payloads import Asked, Click
from bot.ui import ids


def register(app: AsyncApp, bot: Bot) -> None:
    app.action(ids.matching(ids.DETAILS))(listener(bot, details))


async def details(args: AsyncArgs, bot: Bot) -> None:
    click = Click.of(args.body)
    loaded = await bot.deps.store.recordings.load(click.value)
    viewer = await _viewer(bot, click.asked, loaded.recording)
    await args.ack()
    if not viewer.channels:
        refused = access_views.no_right("look at", SEERS)
        bot.after_ack(click.asked, bot.reply(click.asked, refused))
        return
    name = bot.deps.identity.name
    view = details_view(loaded.recording, loaded.work.deliveries, viewer=viewer, bot=name)
    await bot.deps.slack.open_view(click.asked.trigger_id, view)


async def _viewer(bot: Bot, asked: Asked, recording: Recording) -> Viewer:
    """Both are asked of Slack side by side: the trigger does not live long."""
    here = asked.channel if asked.channel in recording.channels else None
    places, links = await asyncio.gather(
        bot.sight.places(asked.user, recording, here=here),
        bot.rights.may_open(asked.user, here or recording.home),
    )
    return Viewer(places, links, here or "")
