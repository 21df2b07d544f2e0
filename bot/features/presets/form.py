"""Forms for presets: editing, saving under a name, and reading the input."""

from bot.features.options.drafts import Draft
from bot.features.options.form import option_blocks
from bot.features.options.table import PRESET_NAME_MOST
from bot.features.presets import ids
from bot.features.presets.model import WORKSPACE, tidy_name
from bot.ui.forms import input_block, postable, radio, textbox, words
from bot.ui.message import Block, View, actions, button, modal
from bot.ui.view_state import ViewState

HERE, EVERYWHERE = "channel", "workspace"


def preset_form(draft: Draft, *, request_id: str) -> View:
    """Build the form with a preset's name and options."""
    delete = button(
        "Delete this preset",
        ids.DELETE,
        value=draft.editing or "",
        style="danger",
        confirm={
            "title": words("Delete this preset?"),
            "text": words("Recordings made with it are not affected."),
            "confirm": words("Delete"),
            "deny": words("Keep it"),
            "style": "danger",
        },
    )
    return modal(
        "Edit preset",
        [_name(draft.preset_name), *option_blocks(draft), *actions([delete])],
        callback_id=ids.EDIT_FORM,
        submit="Save",
        close="Back",
        private_metadata=request_id,
    )


def save_as_form(request_id: str, channel: str | None) -> View:
    """Ask for a name and a scope: the workspace, or `channel` if there is one."""
    scopes = {HERE: "This channel", EVERYWHERE: "The whole workspace"}
    blocks = [_name("")]
    if postable(channel):
        blocks.append(_field(ids.SCOPE, "For", radio(scopes, HERE)))
    return modal(
        "Save as preset",
        blocks,
        callback_id=ids.SAVE_AS_FORM,
        submit="Save",
        close="Back",
        private_metadata=request_id,
    )


def _name(typed: str) -> Block:
    hint = f"At most {PRESET_NAME_MOST} characters, such as weekly."
    return _field(ids.NAME, "Name", textbox(typed), hint=hint)


def _field(field: str, label: str, element: Block, *, hint: str = "") -> Block:
    return input_block(field, label, element, hint=hint, action=ids.action(field))


def name_error(typed: str) -> str | None:
    name = tidy_name(typed)
    if not name:
        return "Enter a name."
    return f"Shorten it to {PRESET_NAME_MOST} characters." if len(name) > PRESET_NAME_MOST else None


def typed_name(values: object) -> str:
    return ViewState(values, ids.action).text(ids.NAME)


def chosen_scope(values: object, channel: str | None) -> str:
    """Return the chosen scope: the form's channel or the workspace."""
    chosen = ViewState(values, ids.action).option(ids.SCOPE)[0]
    return channel if channel and chosen == HERE else WORKSPACE
