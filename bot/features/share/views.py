"""Replies to *Follow here*."""

from bot.ui.message import Message, say
from bot.ui.text import esc


def following(room_name: str) -> Message:
    return say(f"The card of *{esc(room_name)}* now also appears in this channel.")


def cannot_follow(why: str, fix: str) -> Message:
    """Show a refusal from `problems.slack_refusal`."""
    return say(f"The bot cannot show the card here. {why} {fix}".strip())
