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
from bot.ui.buttons import _form_button
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
    section,
)
from bot.ui.text import clean, code, esc, own, size


def help_lines() -> list[str]:
    """Return one line of mrkdwn per command."""
    return [f"{code(topic.usage)}  {own(topic.help)}" for topic in help_topics()]


@lru_cache(maxsize=32)
def help_reply(topic: str | None = None) -> Message:
    """Explain all commands, or one of them with its options."""
    explained = command_help(topic) if topic else None
    return _all() if explained is None else _one(explained)


def _all() -> Message:
    shown = help_lines()
    more = f"{code(f'{COMMAND} help start')} explains one command and its options."
    start = button("Start a recording", ids.OPEN_FORM, style="primary")
    blocks = [section(lines(shown)), context(more), *actions([start])]
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


CODE_MOST = 2900


def command_error(error: CommandError) -> Message:
    """Say what is wrong, what is accepted, and which command to paste."""
    parts = [f"*{esc(error.reason, 900)}*"]
    parts += [esc(line, 400) for line in (error.accepted or "").splitlines()[:4] if clean(line)]
    corrected = error.corrected
    if corrected and size(corrected) > CODE_MOST:
        corrected = None
    intro = "Did you mean:" if corrected else f"Usage: {code(error.usage)}."
    blocks = [section(lines([*parts, intro]))]
    if corrected:
        blocks.append(code_block(corrected))
    shown = f"{intro} {code(corrected, 1500)}" if corrected else intro
    if error.usage == COMMAND or error.usage.startswith(f"{COMMAND} start"):
        blocks.extend(actions([_form_button()]))
    return Message(" ".join([esc(error.reason, 900), *parts[1:], shown]), blocks)
