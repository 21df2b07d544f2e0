"""The list of presets, and replies about them."""

from collections.abc import Sequence

from bot.features.options.table import options_line
from bot.features.presets import ids
from bot.features.presets.model import (
    PRESETS_MOST,
    WORKSPACE,
    NameTaken,
    NoSuchPreset,
    Preset,
    TooMany,
)
from bot.ui.ids import numbered
from bot.ui.message import Block, Message, View, actions, button, context, modal, say, section
from bot.ui.text import esc, join, mention, place, plain, when
from bot.ui.words import sentence

ON_A_PAGE = 40
TO_MAKE_ONE = "To make one, fill in the start form and choose Save as preset."


def presets_view(presets: Sequence[Preset], channel: str | None, page: int = 0) -> View:
    """List presets in the given order. `channel` is None when opened from Home."""
    pages = max(1, -(-len(presets) // ON_A_PAGE))
    page = page % pages
    shown = presets[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
    blocks = [preset_row(preset, n) for n, preset in enumerate(shown)]
    if not presets:
        blocks.append(section("No presets yet."))
    blocks.append(context(TO_MAKE_ONE))
    if pages > 1:
        more = button(f"Page {(page + 1) % pages + 1} of {pages}", ids.PAGE, value=str(page + 1))
        blocks.extend(actions([more]))
    return modal("Presets", blocks, callback_id=ids.LIST, private_metadata=channel or "")


def preset_row(preset: Preset, n: int) -> Block:
    scope = "whole workspace" if preset.scope == WORKSPACE else place(preset.scope)
    about = sentence(options_line(preset.options))
    made = f"{mention(preset.by)}, {when(preset.changed_at)}"
    edit = button(
        "Edit",
        numbered(ids.EDIT, n),
        value=preset.preset_id,
        label=f"Edit preset {plain(preset.name, 50)}",
    )
    return section(f"{join(f'*{esc(preset.name)}*', scope)}\n{about}\n{made}", edit)


def deleted_view() -> View:
    return modal("Presets", [section("The preset was deleted.")], callback_id=ids.DELETED)


NAME_TAKEN = "Another preset here has that name. Choose a different name."
TOO_MANY = f"There are {PRESETS_MOST} presets already. Delete one that you no longer need."


def refusal(why: NameTaken | TooMany) -> str:
    return NAME_TAKEN if isinstance(why, NameTaken) else TOO_MANY


def no_such_preset(missing: NoSuchPreset, buttons: Sequence[Block]) -> Message:
    """Say that there is no such preset, and list the existing ones, above the buttons."""
    named = ", ".join(one.name for one in missing.known[:10])
    known = f"Presets here: {named}." if named else "No presets yet."
    return say(esc(f"Unknown preset “{missing.name}”. {known}", 1500), buttons)
