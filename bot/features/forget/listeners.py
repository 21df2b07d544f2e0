"""*Forget this recording*, in Details."""

from bot.access.rights import NoRight
from bot.access.views import refused_message
from bot.core.proofs import SeenRecording
from bot.features.forget import views
from bot.features.forget.service import NotEnded
from bot.features.forget.service import forget as forget_recording
from bot.listeners.app import Bot
from bot.listeners.payloads import Click
from bot.listeners.registry import Ack, Listeners
from bot.ui import ids
from bot.ui import replies as ui_replies
from bot.ui.message import Message

on = Listeners()


@on.action(ids.FORGET)
async def forget(recording: SeenRecording, click: Click, ack: Ack, bot: Bot) -> None:
    """Forget a recording; the answer replaces Details."""
    message = await _forget(bot, recording)
    await ack()
    if click.view:
        await bot.deps.slack.update_view(views.told_view(message), view_id=click.view.id)
    else:
        bot.after_ack(click.caller, bot.reply(click.caller, message))


async def _forget(bot: Bot, recording: SeenRecording) -> Message:
    try:
        done = await forget_recording(bot.deps, bot.rights, recording)
    except NoRight as no:
        return refused_message(no.refused, no.doing, None)
    match done:
        case None:
            return ui_replies.forgotten_reply()
        case NotEnded(row=row):
            return views.not_ended_reply(row.name)
        case row:
            return views.forgetting_reply(row.name)
