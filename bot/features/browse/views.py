"""What runs, and what was recorded: the answers to `/record status` and `/record list`."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.rows import Row
from bot.features.browse.rows import ROWS, past_blocks, row_spoken, running_blocks
from bot.ui import ids
from bot.ui.message import (
    FALLBACK_MOST,
    Block,
    Message,
    button,
    context,
    lines,
    link,
    say,
    section,
    spoken,
)
from bot.ui.text import count, esc, place, starter_of

NOTHING_HERE = "Nothing is being recorded in this channel."


def nothing_running(room: str | None = None) -> Message:
    where = f"*{esc(room)}* is not being recorded." if room else "Nothing is being recorded here."
    return say(where, [_start_button()])


def status_reply(here: Sequence[Row], elsewhere: Sequence[Row], now: datetime) -> Message:
    """What runs now: in this channel with Stop, in others as lines."""
    if not here and not elsewhere:
        return nothing_running()
    blocks = running_blocks(here, now, placed=False)
    if not here:
        blocks.append(section(NOTHING_HERE))
    if len(here) > ROWS:
        blocks.append(context(f"{count(len(here) - ROWS, 'more recording')} in this channel."))
    others = []
    for row in elsewhere:
        name = link(esc(row.room_name, 100), row.permalink)
        others.append(f"{name} · {place(row.channel)} · {starter_of(row.starter)}")
    if others:
        blocks.append(context(lines([f"Elsewhere: {count(len(others), 'recording')}", *others])))
    told = [row_spoken(row, now, placed=False) for row in here] or [NOTHING_HERE]
    if elsewhere:
        told += [f"Elsewhere: {count(len(elsewhere), 'recording')}."]
        told += [row_spoken(row, now) for row in elsewhere]
    return Message(lines(told, FALLBACK_MOST), blocks)


def list_reply(rows: Sequence[Row], room_name: str | None = None) -> Message:
    """Newest first, as the caller has ordered them."""
    of_room = f" of *{esc(room_name)}*" if room_name else ""
    if not rows:
        return say(f"There are no recordings{of_room} yet.", [_start_button()])
    blocks = past_blocks(rows)
    if len(rows) > ROWS:
        blocks.append(context(f"The latest {ROWS} recordings are shown."))
    first = spoken(f"{count(len(rows), 'recording')}{of_room}.")
    return Message(lines([first, *map(row_spoken, rows[:ROWS])], FALLBACK_MOST), blocks)


def _start_button() -> Block:
    return button("Start a recording", ids.OPEN_FORM)
