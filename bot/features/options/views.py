"""The options of a recording on one line."""

from bot.core.options import RecordingOptions
from bot.features.options.table import OPTIONS


def options_line(options: RecordingOptions) -> str:
    """What was asked for. Options that are not named are as the template has them."""
    shown = (option.show(options) for option in OPTIONS)
    return ", ".join(part for part in shown if part) or "template settings"
