"""Buttons that several views share."""

from bot.core.recording import Recording
from bot.ui import ids
from bot.ui.message import Block, button, plain_text
from bot.ui.text import plain


def _form_button() -> Block:
    """Offer the form as the next step."""
    return button("Open the form", ids.OPEN_FORM)


def stop_button(key: str, room_name: str, action_id: str = ids.STOP) -> Block:
    return button(
        "Stop",
        action_id,
        value=key,
        style="danger",
        label=f"Stop recording {plain(room_name, 55)}",
        confirm={
            "title": {"type": "plain_text", "text": "Stop this recording?"},
            "text": plain_text(
                f"This ends the recording of {plain(room_name, 80)} for everyone. "
                "You cannot resume it.",
                300,
            ),
            "confirm": {"type": "plain_text", "text": "Stop recording"},
            "deny": {"type": "plain_text", "text": "Keep recording"},
            "style": "danger",
        },
    )


def details_button(recording: Recording) -> Block:
    label = f"Details of {plain(recording.room_name, 60)}"
    return button("Details", ids.DETAILS, value=recording.key, label=label)


def forget_button(recording: Recording) -> Block:
    name = plain(recording.room_name, 60)
    confirm = {
        "title": {"type": "plain_text", "text": "Forget this recording?"},
        "text": {
            "type": "plain_text",
            "text": "This deletes its messages and files in Slack, and everything the bot knows "
            f"about {plain(recording.room_name, 100)}. You cannot undo this. "
            "Files at 100ms are not deleted.",
            "emoji": False,
        },
        "confirm": {"type": "plain_text", "text": "Forget it"},
        "deny": {"type": "plain_text", "text": "Keep it"},
        "style": "danger",
    }
    return button(
        "Forget this recording",
        ids.FORGET,
        value=recording.key,
        style="danger",
        label=f"Forget this recording: {name}",
        confirm=confirm,
    )
