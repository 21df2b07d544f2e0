"""The form for a title, and its replies."""

from collections.abc import Mapping
from typing import Any

from bot.core.titles import TITLE_MOST
from bot.ui import ids
from bot.ui.forms import words
from bot.ui.message import Message, View, context, modal, say
from bot.ui.text import esc

TITLE = "Rename a recording"
FIELD = "recording_title"
INPUT = "recording_title_input"


def rename_form(key: str, room_name: str, title: str | None) -> View:
    """Ask for a title. The metadata is the recording's key."""
    field = {
        "type": "input",
        "block_id": FIELD,
        "label": words("Title"),
        "hint": words("Shown in place of the room’s name. Leave it empty to show the room."),
        "optional": True,
        "element": {
            "type": "plain_text_input",
            "action_id": INPUT,
            "max_length": TITLE_MOST,
            **({"initial_value": title[:TITLE_MOST]} if title else {}),
        },
    }
    form = modal(
        TITLE,
        [context(f"Room: {esc(room_name, 200)}"), field],
        callback_id=ids.RENAME_FORM,
        close="Cancel",
        private_metadata=key,
    )
    return {**form, "submit": words("Save")}


def typed_title(values: Mapping[str, Any]) -> str:
    """Read what was typed into the form."""
    return str(((values.get(FIELD) or {}).get(INPUT) or {}).get("value") or "")


def renamed(room_name: str, title: str) -> Message:
    """Confirm a title, or that it was removed."""
    room = esc(room_name, 100)
    if not title:
        return say(f"The recording of *{room}* no longer has a title.")
    return say(f"The recording of *{room}* is now called *{esc(title)}*.")
