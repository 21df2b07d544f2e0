"""Stop, pause and resume: buttons wherever a recording is shown, and commands."""

from collections.abc import Mapping
from datetime import timedelta

from bot.core.places import is_direct
from bot.core.proofs import SeenRecording
from bot.features.control import views
from bot.features.control.service import ControlAction, control_recording, move_end, suggest_stop
from bot.features.control.views import CONFIRMED, stop_suggested
from bot.listeners.app import Bot
from bot.listeners.payloads import Click
from bot.listeners.registry import Ack, Listeners
from bot.store.errors import UnknownRecording
from bot.store.values import RecordingRow
from bot.ui import ids

on = Listeners()


ACTIONS: Mapping[str, ControlAction] = {
    ids.STOP: "stop",
    ids.PAUSE: "pause",
    ids.RESUME: "resume",
}


@on.action(*ACTIONS)
async def control(recording: SeenRecording, click: Click, ack: Ack, bot: Bot) -> None:
    """Stop, pause or resume. The card shows the outcome; only a late click gets a reply."""
    action = ACTIONS[click.action]
    row = await control_recording(bot.deps, bot.rights, action, recording)
    await ack()
    if row is None:
        late = views.too_late(action)
        bot.after_ack(click.caller, bot.reply(click.caller, late, replace=click.on_ephemeral))
    elif click.on_ephemeral or _away_from_card(click, row):
        done = CONFIRMED[action](row.name)
        work = bot.reply(click.caller, done, replace=click.on_ephemeral)
        bot.after_ack(click.caller, work)


def _away_from_card(click: Click, row: RecordingRow) -> bool:
    """Whether the click was in a direct message other than the card's."""
    return is_direct(click.caller.channel) and row.origin != click.caller.user


@on.action(ids.ASK_STOP)
async def ask_stop(recording: SeenRecording, click: Click, ack: Ack, bot: Bot) -> None:
    """Send the starter a message with a Stop button. Repeated clicks do nothing."""
    row = await suggest_stop(bot.deps, recording)
    await ack()
    message = stop_suggested(row.starter) if row else views.too_late("stop")
    bot.after_ack(click.caller, bot.reply(click.caller, message, replace=click.on_ephemeral))


# ---- its end ---------------------------------------------------------------------------------

QUARTER = timedelta(minutes=15)


@on.action(ids.EXTEND)
async def extend(recording: SeenRecording, click: Click, ack: Ack, bot: Bot) -> None:
    await _move_end(recording, click, ack, bot, QUARTER)


@on.action(ids.NO_END)
async def no_end(recording: SeenRecording, click: Click, ack: Ack, bot: Bot) -> None:
    await _move_end(recording, click, ack, bot, None)


async def _move_end(
    seen: SeenRecording, click: Click, ack: Ack, bot: Bot, by: timedelta | None
) -> None:
    """Move or remove the end. The card shows it, as does the answer that had the button.

    A button that changes nothing any more is answered with what is so.
    """
    end = await move_end(bot.deps, bot.rights, seen, by, button=click.value)
    await ack()
    if end is None:
        raise UnknownRecording(seen.key)
    if click.on_ephemeral or not end.moved:
        say = views.ends if end.moved else views.end_is
        said = say(end.recording, end.ends_at)
        bot.after_ack(click.caller, bot.reply(click.caller, said, replace=click.on_ephemeral))
