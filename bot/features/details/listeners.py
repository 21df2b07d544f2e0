"""*Details*: everything about one recording, for people who may see it."""

from bot.core.policy import silence_to_show
from bot.core.proofs import SeenRecording
from bot.features.audit.model import SettingsChanged
from bot.features.card.service import doubts
from bot.features.details.views import ViewerAccess, details_view
from bot.listeners.app import Bot
from bot.listeners.modals import open_modal
from bot.listeners.payloads import Click
from bot.listeners.registry import Ack, Listeners
from bot.ui import ids

on = Listeners()


@on.action(ids.DETAILS)
async def details(recording: SeenRecording, click: Click, ack: Ack, bot: Bot) -> None:
    loaded = await bot.deps.store.recordings.load(recording.key)
    known = (loaded.recording, loaded.work, bot.deps.policy, bot.deps.now())
    links = await bot.rights.may_open(recording.by, recording.channel)
    await ack()
    viewer = ViewerAccess(recording.channels, links, recording.channel)
    name = bot.deps.identity.name
    changes = await bot.deps.store.channel_settings.changes(loaded.recording.origin)
    view = details_view(
        loaded.recording,
        loaded.work.deliveries,
        viewer=viewer,
        bot=name,
        changes=[SettingsChanged(change.at, change.by) for change in changes],
        silent=silence_to_show(*known),
        doubts=doubts(*known),
    )
    await open_modal(bot, click.caller, view)
