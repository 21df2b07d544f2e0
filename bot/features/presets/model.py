"""Presets: options with a name, for the workspace or for one channel."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.options import RecordingOptions
from bot.kit.fuzzy import nearest
from bot.kit.typed_text import fold, strip_invisible

PRESETS_MOST = 50  # in one scope
WORKSPACE = ""


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of options. `scope` is a channel, or WORKSPACE. `by` is its author."""

    preset_id: str
    scope: str
    name: str
    options: RecordingOptions
    by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class NoSuchPreset:
    """No preset has the name. `nearest` was probably meant; `known` are all usable here."""

    name: str
    nearest: Preset | None
    known: Sequence[Preset]


@dataclass(frozen=True, slots=True)
class NameTaken:
    """Another preset of this scope has that name."""


@dataclass(frozen=True, slots=True)
class TooMany:
    """The scope has the maximum number of presets."""


def tidy_name(typed: str) -> str:
    return " ".join(strip_invisible(typed).split())


def name_key(name: str) -> str:
    """Return the key for comparing names: names that look the same are equal."""
    return " ".join(fold(name).split())


def find_preset(name: str, presets: Iterable[Preset]) -> Preset | None:
    """Find a preset by name; a channel's own takes precedence over the workspace's."""
    same = [p for p in presets if name_key(p.name) == name_key(name)]
    return next((p for p in same if p.scope), same[0] if same else None)


def nearest_preset(name: str, presets: Sequence[Preset]) -> Preset | None:
    """Return the preset that was probably meant."""
    named = {name_key(p.name): p for p in presets}
    key = name_key(name)
    begun = [k for k in named if len(key) >= 2 and k.startswith(key)]
    near = begun[0] if begun else nearest(key, named)
    return named[near] if near else None
