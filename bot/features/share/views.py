"""Sharing a recording: the form, the replies, and the notice that replaces a withdrawn card."""

from bot.ui import ids
from bot.ui.forms import own_state, place_to_share
from bot.ui.message import Message, View, modal, say, section
from bot.ui.text import esc, place

TITLE = "Share a recording"
CHANNEL = "share_channel"


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
    return modal(
        TITLE,
        [section(about), place_to_share(CHANNEL)],
        callback_id=ids.SHARE_FORM,
        submit="Share",
        private_metadata=key,
    )


def chosen_channel(values: object) -> str:
    """Return the chosen channel; not trusted."""
    return own_state(values).conversation(CHANNEL) or ""
