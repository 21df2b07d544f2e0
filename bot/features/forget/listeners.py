"""*Forget this recording*, in Details."""

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.access.rights import NoRight
from bot.access.views import refused_message
from bot.features.forget import views
from bot.features.forget.service import NotEnded
from bot.features.forget.service import forget as forget_recording
from bot.listeners.app import Bot, listener
from bot.listeners.payloads import Click
from bot.store.errors import UnknownRecording
from bot.ui import ids
from bot.ui import replies as ui_replies
from bot.ui.message import Message


def register(app: AsyncApp, bot: Bot) -> None:
    app.action(ids.FORGET)(listener(bot, forget))


async def forget(args: AsyncArgs, bot: Bot) -> None:
    """The answer takes the place of Details, where the person looks."""
    click = Click.of(args.body)
    message = await _forget(bot, click)
    await args.ack()
    view = args.body.get("view")
    if view:
        await bot.deps.slack.update_view(views.told_view(message), view_id=view["id"])
    else:
        bot.after_ack(click.asked, bot.reply(click.asked, message))


async def _forget(bot: Bot, click: Click) -> Message:
    try:
        done = await forget_recording(bot.deps, bot.rights, click.value, click.asked.user)
    except NoRight as no:
        return refused_message(no.refused, no.doing, None)
    except UnknownRecording:
        done = None
    match done:
        case None:
            return ui_replies.forgotten_reply()
        case NotEnded(row=row):
            return views.not_ended_reply(row.room_name)
        case row:
            return views.forgetting_reply(row.room_name)
