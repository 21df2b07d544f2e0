"""Shows the settings of a channel in a modal, and saves them."""

from bot.access.rights import Rights
from bot.core.channel_settings import ChannelSettings
from bot.core.proofs import HomeMember, OpenChannel
from bot.deps import Deps
from bot.features.channel_settings.form import Changed, settings_form
from bot.features.presets.store import PresetRepository
from bot.ui.message import View


async def settings_view(deps: Deps, rights: Rights, open_to: OpenChannel, by: HomeMember) -> View:
    """Build the modal for a full member who is in the channel."""
    channel = open_to.channel
    settings = await deps.store.channel_settings.of(channel)
    presets = await PresetRepository(deps.db).for_channel(channel)
    changes = await deps.store.channel_settings.changes(channel)
    return settings_form(
        channel,
        settings,
        presets={one.preset_id: one.name for one in presets},
        groups=await rights.people.user_groups(),
        admin=by.admin,
        changes=[Changed(c.by, c.at, c.fields) for c in changes],
    )


async def save(deps: Deps, open_to: OpenChannel, by: HomeMember, settings: ChannelSettings) -> None:
    """Store the settings; cards show a changed join role at once."""
    before = await deps.store.channel_settings.of(open_to.channel)
    await deps.store.channel_settings.save(open_to.channel, settings, by.user)
    if settings.join_role != before.join_role:
        await deps.store.queue.wake_asked_in(open_to.channel)
