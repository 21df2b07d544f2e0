"""Presets: the list, the form to edit one, and the question for a name."""

from collections.abc import Sequence

from bot.features.options.drafts import Draft
from bot.features.options.form import option_blocks
from bot.features.options.values import NAME_MOST
from bot.features.options.views import options_line
from bot.features.presets import ids
from bot.features.presets.model import PRESETS_MOST, WORKSPACE, Preset, tidy_name
from bot.ui.forms import postable, radio, textbox, words
from bot.ui.ids import numbered
from bot.ui.message import Block, View, actions, button, context, modal, section
from bot.ui.text import esc, join, mention, place, plain, when
from bot.ui.words import sentence

ON_A_PAGE = 40
TO_MAKE_ONE = "To make one, fill in the start form and choose Save as preset."
HERE, EVERYWHERE = "channel", "workspace"


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


def preset_form(draft: Draft, *, request_id: str) -> View:
    """Build the form with all options of a preset, and its name."""
    delete = button(
        "Delete this preset",
        ids.DELETE,
        value=draft.editing or "",
        style="danger",
        confirm={
            "title": words("Delete this preset?"),
            "text": words("Recordings made with it are not affected."),
            "confirm": words("Delete"),
            "deny": words("Keep"),
            "style": "danger",
        },
    )
    return {
        "type": "modal",
        "callback_id": ids.EDIT_FORM,
        "private_metadata": request_id,
        "title": words("Edit preset"),
        "submit": words("Save"),
        "close": words("Back"),
        "blocks": [_name(draft.preset_name), *option_blocks(draft), *actions([delete])],
    }


def save_as_form(request_id: str, channel: str | None) -> View:
    """Ask for a name and a scope: `channel`, or the whole workspace."""
    scopes = {HERE: "This channel", EVERYWHERE: "The whole workspace"}
    blocks = [_name("")]
    if postable(channel):
        blocks.append(_field(ids.SCOPE, "For", radio(scopes, HERE)))
    return {
        "type": "modal",
        "callback_id": ids.SAVE_AS_FORM,
        "private_metadata": request_id,
        "title": words("Save as preset"),
        "submit": words("Save"),
        "close": words("Back"),
        "blocks": blocks,
    }


def deleted_view() -> View:
    return modal("Presets", [section("The preset was deleted.")], callback_id=ids.DELETED)


def _name(typed: str) -> Block:
    hint = f"At most {NAME_MOST} characters, such as weekly."
    return _field(ids.NAME, "Name", textbox(typed), hint=hint)


def _field(field: str, label: str, element: Block, *, hint: str = "") -> Block:
    return {
        "type": "input",
        "block_id": field,
        "label": words(label),
        "element": {**element, "action_id": ids.action(field)},
        **({"hint": words(hint)} if hint else {}),
    }


NAME_TAKEN = "Another preset here has that name. Choose a different name."
TOO_MANY = f"There are {PRESETS_MOST} presets already. Delete one that you no longer need."


def name_error(typed: str) -> str | None:
    name = tidy_name(typed)
    if not name:
        return "Enter a name."
    return f"Shorten it to {NAME_MOST} characters." if len(name) > NAME_MOST else None
