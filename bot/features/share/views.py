"""Ephemeral replies: what one person is told, where they asked."""

from bot.ui.message import Message, say
from bot.ui.text import esc


def following(room_name: str) -> Message:
    return say(f"The card of *{esc(room_name)}* appears in this channel too.")


def cannot_follow(why: str, fix: str) -> Message:
    """From `problems.slack_refusal`."""
    return say(f"The card cannot appear here. {why} {fix}".strip())
