"""Help, made from the command table, so that it always matches the parser."""

from functools import lru_cache

from bot.features.commands.model import CommandError
from bot.features.commands.table import (
    CommandHelp,
    HelpLine,
    command_help,
    command_words,
    help_topics,
)
from bot.ui import ids
from bot.ui.ids import COMMAND
from bot.ui.message import (
    FALLBACK_MOST,
    Message,
    actions,
    button,
    code_block,
    context,
    lines,
    pieces,
    say,
    section,
)
from bot.ui.replies import not_understood
from bot.ui.text import code, own


def help_lines() -> list[str]:
    """Return one line of mrkdwn per command."""
    return [f"{code(topic.usage)}  {own(topic.help)}" for topic in help_topics()]


@lru_cache(maxsize=32)
def help_reply(topic: str | None = None, *, start: bool = True) -> Message:
    """Explain all commands, or one of them with its options. `start`: offer a start."""
    explained = command_help(topic) if topic else None
    return _all(start=start) if explained is None else _one(explained)


def _all(*, start: bool) -> Message:
    shown = help_lines()
    more = f"{code(f'{COMMAND} help start')} explains one command and its options."
    offer = [button("Start a recording", ids.OPEN_FORM, style="primary")] if start else []
    blocks = [section(lines(shown)), context(more), *actions(offer)]
    return Message(lines([f"Commands: {command_words()}.", *shown, more], FALLBACK_MOST), blocks)


def _one(topic: CommandHelp) -> Message:
    first = f"{code(topic.usage)}  {own(topic.help)}"
    options = [_option(option) for option in topic.options]
    blocks = [section(first), *map(context, pieces(options))]
    blocks += [section("For example:"), code_block(topic.example)]
    told = [first, *options, f"For example: {code(topic.example)}"]
    return Message(lines(told, FALLBACK_MOST), blocks)


def _option(option: HelpLine) -> str:
    accepted = f" Accepts {own(option.accepted)}." if option.accepted else ""
    return f"{code(option.usage)}  {own(option.help)}{accepted}"


def command_error(error: CommandError, form_id: str | None = None) -> Message:
    """`form_id` is the saved draft of what was understood of a start."""
    return not_understood(
        error.reason,
        error.accepted,
        corrected=error.corrected,
        usage=error.usage,
        form_id=form_id,
    )


def send_it_anew() -> Message:
    """To somebody who edited a message so that it mentions the bot."""
    return say("The bot does not act on edited messages. Send it as a new message.")
