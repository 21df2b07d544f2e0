"""The Home tab: start, what runs now, what was recorded last, and the commands."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.rows import Row
from bot.views import ids
from bot.views.help import help_lines
from bot.views.message import Block, View, actions, button, context, divider, header, lines, section
from bot.views.row_blocks import past_blocks, running_blocks

RUNNING = 20
RECENT = 10


def home_view(running: Sequence[Row], recent: Sequence[Row], now: datetime) -> View:
    """For one person: the caller leaves out what they may not see."""
    start = button("Start a recording", ids.OPEN_FORM, style="primary")
    blocks: list[Block] = [*actions([start]), header("Recording now")]
    if running:
        blocks.extend(running_blocks(running[:RUNNING], now))
    else:
        blocks.append(section("Nothing is being recorded."))
    if len(running) > RUNNING:
        blocks.append(context(f"{len(running) - RUNNING:,} more are running."))
    blocks.append(header("Recent"))
    if recent:
        blocks.extend(past_blocks(recent[:RECENT], first=RUNNING))
    else:
        blocks.append(section("Recordings you can see appear here."))
    blocks += [divider(), context(lines(help_lines()))]
    return {"type": "home", "blocks": blocks}
