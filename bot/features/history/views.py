"""Running and past recordings: the replies to `/record status` and `/record list`."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.recording import ON_AIR, Phase
from bot.features.history.model import Row
from bot.ui import ids
from bot.ui.buttons import join_button, start_button, stop_button
from bot.ui.message import (
    FALLBACK_MOST,
    Block,
    Message,
    actions,
    button,
    context,
    lines,
    link,
    say,
    section,
    spoken,
)
from bot.ui.replies import nothing_running
from bot.ui.text import count, duration, esc, join, place, plain, starter_of, when
from bot.ui.words import PHASES, sentence

NOTHING_HERE = "Nothing is being recorded in this channel."


def status_reply(
    here: Sequence[Row],
    elsewhere: Sequence[Row],
    now: datetime,
    room_name: str | None = None,
    *,
    start: bool = True,
    joins: bool = False,
) -> Message:
    """List running recordings: those of this channel with Stop, others as lines.

    `joins`: add Join. `room_name`: all of them are of this room.
    """
    if not here and not elsewhere:
        return nothing_running(room_name, start=start)
    blocks = running_blocks(here, now, placed=False, joins=joins)
    if not here:
        blocks.append(section(NOTHING_HERE))
    if len(here) > ROWS:
        blocks.append(context(f"{count(len(here) - ROWS, 'more recording')} in this channel."))
    others = []
    for row in elsewhere:
        name = link(esc(row.name, 100), row.permalink)
        others.append(f"{name} · {place(row.channel)} · {starter_of(row.starter)}")
    if others:
        blocks.append(context(lines([f"Elsewhere: {count(len(others), 'recording')}", *others])))
    sentences = [row_spoken(row, now, placed=False) for row in here] or [NOTHING_HERE]
    if elsewhere:
        sentences += [f"Elsewhere: {count(len(elsewhere), 'recording')}."]
        sentences += [row_spoken(row, now) for row in elsewhere]
    return Message(lines(sentences, FALLBACK_MOST), blocks)


def list_reply(rows: Sequence[Row], room_name: str | None = None, *, start: bool = True) -> Message:
    """List past recordings in the caller's order, newest first."""
    of_room = f" of *{esc(room_name)}*" if room_name else ""
    if not rows:
        return say(f"No recordings{of_room} yet.", [start_button()] if start else [])
    blocks = past_blocks(rows)
    if len(rows) > ROWS:
        blocks.append(context(f"Showing the latest {ROWS} recordings."))
    first = spoken(f"{count(len(rows), 'recording')}{of_room}.")
    return Message(lines([first, *map(row_spoken, rows[:ROWS])], FALLBACK_MOST), blocks)


ROWS = 20


def row_text(row: Row, now: datetime | None = None, *, placed: bool = True) -> str:
    """Write two short lines of mrkdwn; `now` adds the running time, `placed` the channel."""
    name = f"*{esc(row.name, 100)}*"
    head = f"{f'{row.mark} ' if row.mark else ''}{join(name, _state(row, now))}"
    began = when(row.began)
    card = link("open card", row.permalink) if row.permalink else ""
    where = place(row.channel) if placed else ""
    about = join(starter_of(row.starter), began, _length(row), where, card)
    return f"{head}\n{sentence(about)}"


def row_spoken(row: Row, now: datetime | None = None, *, placed: bool = True) -> str:
    """Write a row as a sentence."""
    began = when(row.began)
    where = place(row.channel) if placed else ""
    about = ", ".join(p for p in (starter_of(row.starter), began, _length(row), where) if p)
    return f"{esc(row.name, 100)}: {_state(row, now)}. {sentence(about)}."


def _state(row: Row, now: datetime | None) -> str:
    if now and row.started_at and row.state == PHASES[Phase.RUNNING]:
        length = duration(max(0.0, (now - row.started_at).total_seconds()))
        return f"{row.state} for {length}" if length else row.state
    return row.state


def _length(row: Row) -> str:
    return "" if row.phase in ON_AIR else duration(row.duration_s)


def running_blocks(
    rows: Sequence[Row], now: datetime, *, placed: bool = True, joins: bool = False
) -> list[Block]:
    """Build a row for each running recording, with Stop if it can be stopped."""
    blocks = []
    for n, row in enumerate(rows[:ROWS]):
        accessory = (
            stop_button(row.key, row.name, ids.numbered(ids.STOP, n))
            if row.stops
            else _row_button("Details", ids.DETAILS, row, n)
        )
        blocks.append(section(row_text(row, now, placed=placed), accessory))
        if joins and row.phase in ON_AIR:
            blocks += actions([join_button(row.key, row.name, ids.numbered(ids.JOIN, n))])
    return blocks


def past_blocks(rows: Sequence[Row], *, first: int = 0) -> list[Block]:
    """Build a row for each past recording; `first` is the number of the first button."""
    blocks: list[Block] = []
    for n, row in enumerate(rows[:ROWS], first):
        blocks.append(section(row_text(row)))
        blocks.extend(actions(_row_buttons(row, n)))
    return blocks


def _row_buttons(row: Row, n: int) -> list[Block]:
    buttons = []
    if row.has_video and row.opens:
        buttons.append(_row_button("Listen" if row.audio_only else "Watch", ids.WATCH, row, n))
    if row.has_transcript and row.opens:
        buttons.append(_row_button("Transcript", ids.TRANSCRIPT, row, n))
    return [*buttons, _row_button("Details", ids.DETAILS, row, n)]


def _row_button(text: str, action: str, row: Row, n: int) -> Block:
    label = f"{text}: {plain(row.name, 55)}"
    return button(text, ids.numbered(action, n), value=row.key, label=label)
