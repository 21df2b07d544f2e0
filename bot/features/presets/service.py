"""Finds, creates, changes and deletes presets for commands and forms."""

from dataclasses import replace

from bot.access.rights import Rights
from bot.core.channel_settings import ChannelSettings
from bot.core.options import RecordingOptions
from bot.deps import Deps
from bot.features.presets.model import (
    WORKSPACE,
    NameTaken,
    NoSuchPreset,
    Preset,
    TooMany,
    find_preset,
    nearest_preset,
    tidy_name,
)
from bot.features.presets.store import PresetRepository


async def meant(
    deps: Deps, channel: str | None, name: str | None, settings: ChannelSettings
) -> Preset | NoSuchPreset | None:
    """Return the preset with that name; without a name the channel's default, if it has one."""
    if name is None:
        return (
            await PresetRepository(deps.db).get(settings.preset_id) if settings.preset_id else None
        )
    known = await PresetRepository(deps.db).for_channel(channel)
    return find_preset(name, known) or NoSuchPreset(name, nearest_preset(name, known), known)


async def make(
    deps: Deps,
    rights: Rights,
    *,
    name: str,
    scope: str,
    options: RecordingOptions,
    by: str,
) -> Preset | NameTaken | TooMany:
    """Raises NoRight."""
    await rights.to_set(by)
    preset = Preset(deps.new_id(), scope, tidy_name(name), options, by, deps.now())
    return await PresetRepository(deps.db).save(preset) or preset


async def change(
    deps: Deps, rights: Rights, preset: Preset, *, name: str, options: RecordingOptions, by: str
) -> Preset | NameTaken | TooMany:
    """Change a preset's options, its name, or both. Raises NoRight."""
    await _may_change(rights, preset, by)
    changed = replace(preset, name=tidy_name(name), options=options)
    return await PresetRepository(deps.db).save(changed) or changed


async def _may_change(rights: Rights, preset: Preset, by: str) -> None:
    """Check the right; everybody in a channel may change its presets. Raises NoRight."""
    if preset.scope == WORKSPACE:
        await rights.to_change_workspace_preset(by, preset.by)
    else:
        await rights.to_set(by)


async def delete(deps: Deps, rights: Rights, preset: Preset, by: str) -> None:
    """Raises NoRight."""
    await _may_change(rights, preset, by)
    await PresetRepository(deps.db).delete(preset.preset_id)


def label(preset: Preset) -> str:
    """Return a preset's name for a list with those of a channel and of the workspace."""
    return f"{preset.name} (workspace)" if preset.scope == WORKSPACE else preset.name
