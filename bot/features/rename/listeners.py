"""*Rename*, in Details: a title for a recording."""

from typing import Annotated

from bot.core.proofs import SeenRecording
from bot.core.titles import title_of
from bot.features.rename import views
from bot.features.rename.service import rename
from bot.listeners.app import Bot
from bot.listeners.modals import open_modal
from bot.listeners.payloads import Click, View
from bot.listeners.registry import Ack, From, Listeners
from bot.ui import ids
from bot.ui.message import message_view
from bot.ui.replies import forgotten_reply

on = Listeners()


@on.action(ids.RENAME)
async def rename_form(recording: SeenRecording, click: Click, ack: Ack, bot: Bot) -> None:
    """Ask for the title in a modal, on top of Details if it was opened there."""
    row = await bot.deps.store.lists.row(recording.key)
    if row is not None:
        await bot.rights.to_control(recording.by, row, "rename")
    await ack()
    if row is None:
        bot.after_ack(click.caller, bot.reply(click.caller, forgotten_reply()))
        return
    await open_modal(
        bot, click.caller, views.rename_form(row.key, row.room_name, row.title), over=click.view
    )


@on.view(ids.RENAME_FORM)
async def submitted(
    recording: Annotated[SeenRecording, From.VIEW], view: View, ack: Ack, bot: Bot
) -> None:
    typed = views.typed_title(view.values)
    row = await rename(bot.deps, bot.rights, recording, typed)
    told = views.renamed(row.room_name, title_of(typed)) if row else forgotten_reply()
    await ack(response_action="update", view=message_view(told, title=views.TITLE))
