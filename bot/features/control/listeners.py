"""Stop, pause and resume: buttons wherever a recording is shown, and commands."""

from collections.abc import Callable

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.access.rights import NoRight
from bot.features.control import views as steer_views
from bot.features.control.service import Choice, Control, control, meant, wish_stop
from bot.features.control.views import CONFIRMED, not_now, stop_wished
from bot.features.rooms.model import Found
from bot.features.rooms.service import RoomDirectory, id_of, which_room
from bot.listeners.app import Bot, answer, listener
from bot.listeners.payloads import Asked, Click
from bot.store.values import RecordingRow
from bot.ui import ids
from bot.ui.replies import nothing_running


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


async def steer_by_command(
    args: AsyncArgs,
    bot: Bot,
    rooms: RoomDirectory,
    asked: Asked,
    action: Control,
    *,
    room: str | None,
    written: Callable[[str], str],
) -> None:
    """By command: at once if it is clear what is meant, else ask.

    `written` is the same command for another room.
    """
    found = await rooms.find(room) if room else None
    room_id = id_of(found)
    if room and room_id is None:
        await answer(args, bot, asked, which_room(room, found, written))
        return
    choice = await meant(bot.deps, action, room_id, asked.channel or "", thread_ts=asked.thread_ts)
    if choice.unfit:
        if room:
            await _check_steering(bot, asked, action, choice.unfit[0])
        await answer(args, bot, asked, not_now(choice.unfit))
    elif not choice.rows:
        name = found.room.name if isinstance(found, Found) else room
        await answer(args, bot, asked, nothing_running(name))
    elif not choice.sure:
        await args.ack()
        bot.after_ack(asked, _ask_which(bot, asked, action, choice))
    else:
        row = choice.rows[0]
        await _check_steering(bot, asked, action, row)
        await control(bot.deps, action, row.key, asked.user)
        await answer(args, bot, asked, CONFIRMED[action](row.room_name))


async def _check_steering(bot: Bot, asked: Asked, action: Control, row: RecordingRow) -> None:
    """Who names a room may stop what they cannot see; if not, nobody of there is named."""
    try:
        await bot.rights.to_steer(asked.user, row, action)
    except NoRight as no:
        seen = await bot.sight.sees(asked.user, row, here=asked.channel)
        raise no if seen else no.unnamed() from None


async def _ask_which(bot: Bot, asked: Asked, action: Control, choice: Choice) -> None:
    """Of those that they may know of."""
    seen = await bot.sight.look(asked.user, choice.rows, here=asked.channel)
    rows = [one.row for one in seen]
    message = steer_views.which_one(rows, action) if rows else nothing_running()
    await bot.reply(asked, message)
