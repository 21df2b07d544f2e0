"""Stop, pause and resume: buttons wherever a recording is shown, and commands."""

from collections.abc import Callable

from bot.core.proofs import SeenRecording
from bot.features.control import views
from bot.features.control.service import Control, meant, steer, wish_stop
from bot.features.control.views import CONFIRMED, not_now, stop_wished
from bot.features.rooms.model import Found
from bot.features.rooms.service import RoomDirectory, id_of, which_room
from bot.listeners.app import Bot, answer
from bot.listeners.payloads import Asked, Click
from bot.listeners.registry import Ack, Listeners
from bot.store.values import RecordingRow
from bot.ui import ids
from bot.ui.replies import nothing_running

on = Listeners()


@on.action(ids.STOP)
async def stop(recording: SeenRecording, click: Click, ack: Ack, bot: Bot) -> None:
    await _steer("stop", recording, click, ack, bot)


@on.action(ids.PAUSE)
async def pause(recording: SeenRecording, click: Click, ack: Ack, bot: Bot) -> None:
    await _steer("pause", recording, click, ack, bot)


@on.action(ids.RESUME)
async def resume(recording: SeenRecording, click: Click, ack: Ack, bot: Bot) -> None:
    await _steer("resume", recording, click, ack, bot)


async def _steer(
    action: Control, recording: SeenRecording, click: Click, ack: Ack, bot: Bot
) -> None:
    """The card shows what comes of it; only a click that came too late is answered."""
    row = await steer(bot.deps, bot.rights, action, recording)
    await ack()
    if row is None:
        late = views.too_late(action)
        bot.after_ack(click.asked, bot.reply(click.asked, late, replace=click.on_ephemeral))
    elif click.on_ephemeral or _away_from_card(click, row):
        done = CONFIRMED[action](row.room_name)
        work = bot.reply(click.asked, done, replace=click.on_ephemeral)
        bot.after_ack(click.asked, work)


def _away_from_card(click: Click, row: RecordingRow) -> bool:
    """In a direct message that is not where the card is."""
    return (click.asked.channel or "").startswith("D") and row.home != click.asked.user


@on.action(ids.ASK_STOP)
async def ask_stop(recording: SeenRecording, click: Click, ack: Ack, bot: Bot) -> None:
    """The starter gets a message with Stop; asked again, nothing more happens."""
    row = await wish_stop(bot.deps, recording)
    await ack()
    told = stop_wished(row.starter) if row else views.too_late("stop")
    bot.after_ack(click.asked, bot.reply(click.asked, told, replace=click.on_ephemeral))


async def steer_by_command(
    ack: Ack,
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
        await answer(ack, bot, asked, which_room(room, found, written))
        return
    choice = await meant(
        bot.deps,
        bot.gate,
        action,
        room_id,
        asked.channel or "",
        by=asked.user,
        thread_ts=asked.thread_ts,
    )
    if choice.unfit:
        if room:
            await bot.rights.to_steer(asked.user, choice.unfit[0], action)
        await answer(ack, bot, asked, not_now(choice.unfit))
    elif not choice.rows:
        name = found.room.name if isinstance(found, Found) else room
        may_start = await bot.rights.may_start(asked.user, asked.channel)
        await answer(ack, bot, asked, nothing_running(name, start=may_start))
    elif not choice.sure:
        await answer(ack, bot, asked, views.which_one(choice.rows, action))
    else:
        row = choice.rows[0]
        seen = await bot.gate.recording(asked.user, row.key, asked.channel)
        await steer(bot.deps, bot.rights, action, seen, once=asked.once)
        await answer(ack, bot, asked, CONFIRMED[action](row.room_name))
