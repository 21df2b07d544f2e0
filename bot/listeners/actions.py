"""Buttons on cards, results, lists and details."""

import asyncio
from functools import partial

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.core.recording import Recording
from bot.features.browse.details import Viewer, details_view
from bot.features.commands.listeners import CONFIRMED
from bot.features.results.service import SEERS
from bot.features.start.service import again, request_recording
from bot.features.start.taken import say_taken
from bot.features.steer.notice_views import stop_wished
from bot.features.steer.service import Control, control, follow, wish_stop
from bot.listeners.app import Bot, listener
from bot.listeners.payloads import Asked, Click
from bot.slack.errors import CannotPostThere
from bot.store.values import RecordingRow, RoomTaken
from bot.ui import ids, replies
from bot.ui.problems import slack_refusal


def register(app: AsyncApp, bot: Bot) -> None:
    for action_id, do in (
        (ids.STOP, stop),
        (ids.ASK_STOP, ask_stop),
        (ids.PAUSE, pause),
        (ids.RESUME, resume),
        (ids.DETAILS, details),
        (ids.TRY_AGAIN, try_again),
        (ids.FOLLOW, follow_here),
        (ids.LINK, link),
    ):
        app.action(ids.matching(action_id))(listener(bot, do))


async def stop(args: AsyncArgs, bot: Bot) -> None:
    await _steer(args, bot, "stop")


async def pause(args: AsyncArgs, bot: Bot) -> None:
    await _steer(args, bot, "pause")


async def resume(args: AsyncArgs, bot: Bot) -> None:
    await _steer(args, bot, "resume")


async def _steer(args: AsyncArgs, bot: Bot, action: Control) -> None:
    """The card shows what comes of it; only a click that came too late is answered."""
    click = Click.of(args.body)
    row = await bot.deps.store.row(click.value)
    if row:
        await bot.rights.to_steer(click.asked.user, row, action)
        row = await control(bot.deps, action, row.key, click.asked.user)
    await args.ack()
    if row is None:
        late = replies.too_late(action)
        bot.after_ack(click.asked, bot.reply(click.asked, late, replace=click.on_ephemeral))
    elif click.on_ephemeral or _away_from_card(click, row):
        done = CONFIRMED[action](row.room_name)
        work = bot.reply(click.asked, done, replace=click.on_ephemeral)
        bot.after_ack(click.asked, work)


def _away_from_card(click: Click, row: RecordingRow) -> bool:
    """In a direct message that is not where the card is."""
    return (click.asked.channel or "").startswith("D") and row.home != click.asked.user


async def ask_stop(args: AsyncArgs, bot: Bot) -> None:
    """The starter gets a message with Stop; asked again, nothing more happens."""
    click = Click.of(args.body)
    row = await wish_stop(bot.deps, click.value, click.asked.user)
    await args.ack()
    told = stop_wished(row.starter) if row else replies.too_late("stop")
    bot.after_ack(click.asked, bot.reply(click.asked, told, replace=click.on_ephemeral))


async def details(args: AsyncArgs, bot: Bot) -> None:
    click = Click.of(args.body)
    loaded = await bot.deps.store.load(click.value)
    viewer = await _viewer(bot, click.asked, loaded.recording)
    await args.ack()
    if not viewer.channels:
        refused = replies.no_right("look at", SEERS)
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


async def try_again(args: AsyncArgs, bot: Bot) -> None:
    click = Click.of(args.body)
    asked = click.asked
    recording = (await bot.deps.store.load(click.value)).recording
    wish = again(recording, by=asked.user, channel=asked.channel, click_id=asked.trigger_id)
    await bot.rights.to_start(wish.by, wish.channel)
    made = await request_recording(bot.deps, wish)
    await args.ack()
    if isinstance(made, RoomTaken):
        bot.after_ack(asked, say_taken(bot, asked, made.key))
    elif click.on_ephemeral:
        done = replies.starting_reply(recording.room_name)
        bot.after_ack(asked, bot.reply(asked, done, replace=True))


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
        await bot.reply(click.asked, replies.cannot_follow(*refusal(closed.error, channel)))
        return
    if row:
        await bot.reply(click.asked, replies.following(row.room_name), replace=click.on_ephemeral)


async def link(args: AsyncArgs, _: Bot) -> None:
    """A button with a URL sends its click, too; Slack opens the page by itself."""
    await args.ack()
