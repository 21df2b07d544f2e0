"""Sharing a recording: the form, the replies, and the notice that replaces a withdrawn card."""

from collections.abc import Mapping
from typing import Any

from bot.ui import ids
from bot.ui.message import Message, View, modal, say, section
from bot.ui.text import esc, place

TITLE = "Share a recording"
CHANNEL = "share_channel"
CHANNEL_ACTION = "share_channel_input"


def following(room_name: str, channel: str, *, already: bool = False) -> Message:
    how = "already" if already else "now also"
    return say(f"*{esc(room_name)}* is {how} shown in {place(channel)}.")


def cannot_follow(why: str, fix: str) -> Message:
    """Show a refusal from `problems.slack_refusal`."""
    return say(f"The card cannot appear there. {why} {fix}".strip())


def withdrawn() -> Message:
    """Replace a card in a channel that may not show the recording."""
    return say("This was recorded in a channel you do not have access to.")


def share_form(key: str, room_name: str) -> View:
    """Ask for a channel. The metadata is the recording's key."""
    about = (
        f"The card of *{esc(room_name)}*, its summary and its files appear in that channel. "
        "Everybody there can read them, guests too."
    )
    where = {
        "type": "input",
        "block_id": CHANNEL,
        "label": {"type": "plain_text", "text": "Channel"},
        "hint": {"type": "plain_text", "text": "One that you and the bot are in."},
        "element": {
            "type": "conversations_select",
            "action_id": CHANNEL_ACTION,
            "placeholder": {"type": "plain_text", "text": "Choose a channel"},
            "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        },
    }
    form = modal(
        TITLE,
        [section(about), where],
        callback_id=ids.SHARE_FORM,
        close="Cancel",
        private_metadata=key,
    )
    return {**form, "submit": {"type": "plain_text", "text": "Share"}}


def chosen_channel(values: Mapping[str, Any]) -> str:
    """Return the chosen channel; not trusted."""
    entry = (values.get(CHANNEL) or {}).get(CHANNEL_ACTION) or {}
    return str(entry.get("selected_conversation") or "")
