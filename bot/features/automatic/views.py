"""Words that messages about schedules, rules and calendars share."""

from bot.core.places import is_channel
from bot.features.automatic.model import Owned, PauseReason
from bot.ui.message import Message, say
from bot.ui.text import esc, mention, place

_ANYBODY = "Anybody who may start recordings there can resume it."
INVITE = "Unarchive the channel, or invite the bot again."
# How to go on after a pause, where somebody can do something:
HOW_ON: dict[PauseReason, str] = {
    "right": _ANYBODY,
    "left": _ANYBODY,
    "away": _ANYBODY,
    "channel": INVITE,
    "disabled": "Enable the room in the 100ms dashboard, then resume the schedule.",
}


_WHY_SHORT: dict[PauseReason, str] = {
    "right": "its owner may no longer start recordings there",
    "left": "its owner is no longer a full member of this workspace",
    "away": "its owner is no longer in the channel",
    "channel": "the bot cannot post in the channel",
    "room": "the room no longer exists at 100ms",
    "disabled": "the room is disabled in 100ms",
}


def no_cards(room_name: str, why: str, fix: str) -> Message:
    """Refuse to plan recordings where the bot cannot post; see `problems.slack_refusal`."""
    return say(f"*{esc(room_name, 100)}* cannot be recorded here yet. {why} {fix}")


def room_disabled(room_name: str) -> Message:
    """Refuse to promise recordings of a room that nobody can enter."""
    name = esc(room_name, 100)
    return say(
        f"*{name}* is disabled in 100ms, so nobody can join it. Nothing was set up. Enable the "
        "room in the dashboard, then try again."
    )


def paused(why: PauseReason | None, by: str | None = None) -> str:
    """Say that it is paused, and by whom or why."""
    if why is None or why == "asked":
        return f"Paused by {mention(by)}" if by else "Paused"
    return f"Paused: {_WHY_SHORT[why]}"


def why_paused(why: PauseReason, channel: str) -> str:
    """Say in a sentence why nothing is recorded any more."""
    where = place(channel)
    reasons: dict[PauseReason, str] = {
        "asked": "somebody paused it.",
        "right": f"the person who set it up may no longer start recordings in {where}.",
        "left": "the person who set it up is no longer a full member of this workspace.",
        "away": f"the person who set it up is no longer in {where}.",
        "channel": f"the bot can no longer post in {where}, because the channel is archived or the "
        "bot was removed from it.",
        "room": "100ms no longer has the room.",
        "disabled": "the room is disabled in 100ms.",
    }
    return reasons[why]


def whose(kind: str, one: Owned, reader: str) -> str:
    """Name one by its owner and channel."""
    its = f"Your {kind}" if one.by == reader else f"The {kind} of {mention(one.by)}"
    return f"{its} in {place(one.channel)}" if is_channel(one.channel) else its


def in_channel(channel: str) -> str:
    """Name the channel that gets the card; a direct message is where the person reads this."""
    return f" in {place(channel)}" if is_channel(channel) else ""


def did(by: str, what: str, kind: str, one: Owned) -> str:
    """Tell an owner what somebody else did."""
    return f"{mention(by)} {what} your {kind} *{esc(one.room_name, 100)}*"
