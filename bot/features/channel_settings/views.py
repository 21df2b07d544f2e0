"""Short answers around settings and presets."""

from bot.ui import ids as ui_ids
from bot.ui.message import Message, actions, button, section
from bot.ui.text import place


def only_in_channels() -> Message:
    text = "Settings belong to a channel. Type `/record settings` in that channel."
    return Message(text, [section(text)])


def not_yours() -> Message:
    text = "Only people who can see that channel can change its settings."
    return Message(text, [section(text)])


def out_of_reach(why: str, fix: str) -> Message:
    """Show a refusal from `problems.slack_refusal`."""
    text = f"{why} {fix}"
    return Message(text, [section(text)])


def saved_without_you(channel: str, who: str) -> Message:
    """Warn people whose new settings keep them from starting recordings."""
    text = (
        f"Saved. You cannot start recordings in {place(channel)}: only {who} can. "
        "Open the settings again to change that."
    )
    return Message(text, [section(text)])


def open_from_here(channel: str) -> Message:
    text = f"Open the settings of {place(channel)} here."
    opening = button("Channel settings", ui_ids.OPEN_SETTINGS, value=channel)
    return Message(text, [section(text), *actions([opening])])
