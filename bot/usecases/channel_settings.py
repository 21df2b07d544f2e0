"""The settings of a channel as a modal shows them, and as they are saved."""

from bot.domain.channel_settings import ChannelSettings
from bot.slack.errors import SlackRefused
from bot.usecases.deps import Deps
from bot.usecases.rights import Rights
from bot.views.form_blocks import postable
from bot.views.message import View
from bot.views.settings_form import Changed, settings_form


async def settings_view(deps: Deps, rights: Rights, user: str, channel: str) -> View:
    """Raises NoRight."""
    await rights.to_set(user)
    settings = await deps.store.channel_settings(channel)
    presets = await deps.store.presets_for(channel)
    changes = await deps.store.settings_changes(channel)
    return settings_form(
        channel,
        settings,
        presets={one.preset_id: one.name for one in presets},
        groups=await rights.people.user_groups(),
        changes=[Changed(c.by, c.at, c.fields) for c in changes],
    )


async def can_set(deps: Deps, user: str, channel: str) -> bool:
    """From elsewhere than the channel itself: whoever can see it."""
    if not postable(channel):
        return False
    try:
        return await deps.slack.can_see(channel, user)
    except SlackRefused:
        return False


async def save(
    deps: Deps, rights: Rights, user: str, channel: str, settings: ChannelSettings
) -> None:
    """Raises NoRight."""
    await rights.to_set(user)
    await deps.store.save_channel_settings(channel, settings, user)
