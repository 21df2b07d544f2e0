"""Slack replies with a link to a meeting page."""

from bot.core.transcript import clock
from bot.ui.message import Message, link_button, say
from bot.ui.text import esc, plain

ONCE = "The link is for you alone: it works once, within 10 minutes."


def page_link(url: str, room_name: str, at_ms: int | None = None) -> Message:
    """Show a link to a recording's page to one person."""
    at = "" if at_ms is None else f" at {clock(at_ms)}"
    text = f"*{esc(room_name)}* opens in your browser{at}. {ONCE}"
    opening = link_button("Open", url, label=f"Open {plain(room_name, 55)}")
    return say(text, [opening] if opening else [])


def sign_in_link(url: str) -> Message:
    text = f"Sign in to the meeting pages in your browser, for 8 hours. {ONCE}"
    opening = link_button("Sign in", url, label="Sign in to the meeting pages")
    return say(text, [opening] if opening else [])
