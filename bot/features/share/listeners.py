"""*Follow here* and *Share*: show a recording in another channel that the person is in."""

from typing import Annotated

from bot.access.gate import NotOpen
from bot.access.model import Act
from bot.access.views import not_open
from bot.core.proofs import HomeMember, OpenChannel, SeenRecording
from bot.features.share import views
from bot.features.share.service import share
from bot.listeners.app import Bot
from bot.listeners.modals import open_modal
from bot.listeners.payloads import Click, View
from bot.listeners.registry import Ack, From, Listeners
from bot.slack.errors import CannotPostThere
from bot.ui import ids
from bot.ui.message import Message, message_view
from bot.ui.problems import slack_refusal
from bot.ui.replies import forgotten_reply

on = Listeners()
Sharer = Annotated[HomeMember, Act.SHARE]


@on.action(ids.FOLLOW)
async def follow_here(
    recording: SeenRecording, channel: OpenChannel, by: Sharer, click: Click, ack: Ack, bot: Bot
) -> None:
    """Show the recording in this channel, or in the one that a modal names."""
    await ack()
    bot.after_ack(click.caller, _reply(bot, click, recording, channel, by))


async def _reply(
    bot: Bot, click: Click, recording: SeenRecording, channel: OpenChannel, by: HomeMember
) -> None:
    message, done = await share_into(bot, recording, channel, by)
    await bot.reply(click.caller, message, replace=done and click.on_ephemeral)


async def share_into(
    bot: Bot, recording: SeenRecording, channel: OpenChannel, by: HomeMember
) -> tuple[Message, bool]:
    """Share a recording; return the reply and whether it succeeded."""
    shown = await bot.deps.store.lists.channels_of([recording.key])
    try:
        row = await share(bot.deps, recording, channel, by)
    except CannotPostThere as closed:
        why, fix = slack_refusal(closed.error, channel.channel, bot=bot.deps.identity.name)
        return views.cannot_follow(why, fix), False
    if row is None:
        return forgotten_reply(), False
    already = channel.channel in shown.get(recording.key, ())
    return views.following(row.name, channel.channel, already=already), True


@on.action(ids.SHARE)
async def ask_where(recording: SeenRecording, _: Sharer, click: Click, ack: Ack, bot: Bot) -> None:
    """Ask for the channel in a modal, on top of Details if it was opened there."""
    row = await bot.deps.store.lists.row(recording.key)
    await ack()
    view = views.share_form(recording.key, row.name if row else "")
    await open_modal(bot, click.caller, view, over=click.view)


@on.view(ids.SHARE_FORM)
async def submitted(
    recording: Annotated[SeenRecording, From.VIEW], by: Sharer, view: View, ack: Ack, bot: Bot
) -> None:
    """Share into the chosen channel if the person may; errors are at the field."""
    try:
        channel = await bot.gate.channel(by.user, views.chosen_channel(view.values))
    except NotOpen:
        await ack(response_action="errors", errors={views.CHANNEL: not_open().text})
        return
    message, _ = await share_into(bot, recording, channel, by)
    await ack(response_action="update", view=message_view(message, title=views.TITLE))
