"""Replies to *Join*."""

from bot.features.join.model import JoinLink, WhyNot
from bot.ui.message import Message, link_button, say
from bot.ui.text import esc, plain

PERSONAL = "It works for 10 minutes. Do not share it: anyone who uses it appears as you."
_WHY_NOT = {
    WhyNot.GONE: "That was forgotten or deleted, or it is in a channel you do not have access to.",
    WhyNot.OVER: "That meeting is no longer being recorded. Links to join end with the recording.",
    WhyNot.NO_ROLE: (
        "Joining is not set up in this channel. A workspace admin can set a role for joining in "
        "the channel’s settings."
    ),
    WhyNot.NO_DOMAIN: (
        "The bot does not know the web address of this room yet. The person who runs the bot can "
        "set it with HMS_DOMAIN."
    ),
    WhyNot.NO_CODE: (
        "100ms has no room code for the role that this channel’s settings name. A workspace admin "
        "can choose another role there."
    ),
}


def join_link(link: JoinLink) -> Message:
    """Show the link to one person."""
    name = esc(link.name, 100)
    opening = link_button("Join", link.url, label=f"Join {plain(link.name, 60)}")
    text = f"Join *{name}* with this link." + (f" {PERSONAL}" if link.personal else "")
    return say(text, [opening] if opening else [])


def no_link(why: WhyNot) -> Message:
    return say(_WHY_NOT[why])
