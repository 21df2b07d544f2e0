"""Buttons on cards, results, lists and details."""

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.features.control import views as steer_views
from bot.features.control.service import Control, control, wish_stop
from bot.features.control.views import CONFIRMED, stop_wished
from bot.listeners.app import Bot, listener
from bot.listeners.payloads import Click
from bot.store.values import RecordingRow
from bot.ui import ids


def register(app: AsyncApp, bot: Bot) -> None:
    for action_id, do in (
        (ids.STOP, stop),
        (ids.ASK_STOP, ask_stop),
        (ids.PAUSE, pause),
        (ids.RESUME, resume),
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
    row = await bot.deps.store.lists.row(click.value)
    if row:
        await bot.rights.to_steer(click.asked.user, row, action)
        row = await control(bot.deps, action, row.key, click.asked.user)
    await args.ack()
    if row is None:
        late = steer_views.too_late(action)
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
    told = stop_wished(row.starter) if row else steer_views.too_late("stop")
    bot.after_ack(click.asked, bot.reply(click.asked, told, replace=click.on_ephemeral))
