"""The settings of a channel as a modal shows them, and as they are saved."""

from bot.access.rights import Rights
from bot.core.channel_settings import ChannelSettings
from bot.deps import Deps
from bot.features.channel_settings.form import Changed, settings_form
from bot.features.presets.store import PresetRepository
from bot.ui.forms import postable
from bot.ui.message import View


async def settings_view(deps: Deps, rights: Rights, user: str, channel: str) -> View:
    """Raises NoRight."""
    await rights.to_set(user)
    settings = await deps.store.channel_settings.of(channel)
    presets = await PresetRepository(deps.db).for_channel(channel)
    changes = await deps.store.channel_settings.changes(channel)
    return settings_form(
        channel,
        settings,
        presets={one.preset_id: one.name for one in presets},
        groups=await rights.people.user_groups(),
        changes=[Changed(c.by, c.at, c.fields) for c in changes],
    )


async def can_set(deps: Deps, user: str, channel: str) -> bool:
    """Whoever can see the channel. Raises CannotPostThere where the bot itself cannot."""
    return postable(channel) and await deps.slack.can_see(channel, user)


async def save(
    deps: Deps, rights: Rights, user: str, channel: str, settings: ChannelSettings
) -> None:
    """Raises NoRight."""
    await rights.to_set(user)
    await deps.store.channel_settings.save(channel, settings, user)
