"""The form for a title, and its replies."""

from bot.core.titles import TITLE_MOST
from bot.ui import ids
from bot.ui.forms import input_block, own_action, own_state, textbox
from bot.ui.message import Message, View, context, modal, say
from bot.ui.text import esc

TITLE = "Rename a recording"
FIELD = "recording_title"


def rename_form(key: str, room_name: str, title: str | None) -> View:
    """Ask for a title. The metadata is the recording's key."""
    field = input_block(
        FIELD,
        "Title",
        {**textbox((title or "")[:TITLE_MOST]), "max_length": TITLE_MOST},
        hint="Shown in place of the room’s name. Leave it empty to show the room.",
        optional=True,
        action=own_action(FIELD),
    )
    return modal(
        TITLE,
        [context(f"Room: {esc(room_name, 200)}"), field],
        callback_id=ids.RENAME_FORM,
        submit="Save",
        private_metadata=key,
    )


def typed_title(values: object) -> str:
    """Read what was typed into the form."""
    return own_state(values).text(FIELD)


def renamed(room_name: str, title: str) -> Message:
    """Confirm a title, or that it was removed."""
    room = esc(room_name, 100)
    if not title:
        return say(f"The recording of *{room}* no longer has a title.")
    return say(f"The recording of *{room}* is now called *{esc(title)}*.")
