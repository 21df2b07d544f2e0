"""Recordings as lines of a list: in replies and on the Home tab."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.recording import ON_AIR, Phase
from bot.core.rows import Row
from bot.ui import ids
from bot.ui.message import Block, actions, button, link, section, stop_button
from bot.ui.text import duration, esc, join, place, plain, starter_of, when
from bot.ui.words import MARKS, PHASES, sentence

ROWS = 20


def row_text(row: Row, now: datetime | None = None, *, placed: bool = True) -> str:
    """Two short lines of mrkdwn; with `now`, for how long it runs; `placed`, in which channel."""
    mark = MARKS.get(row.phase)
    name = f"*{esc(row.room_name, 100)}*"
    head = f"{f'{mark} ' if mark else ''}{join(name, _state(row, now))}"
    began = when(row.started_at or row.requested_at)
    card = link("open card", row.permalink) if row.permalink else ""
    where = place(row.channel) if placed else ""
    about = join(starter_of(row.starter), began, _length(row), where, card)
    return f"{head}\n{sentence(about)}"


def row_spoken(row: Row, now: datetime | None = None, *, placed: bool = True) -> str:
    """The same as a sentence."""
    began = when(row.started_at or row.requested_at)
    where = place(row.channel) if placed else ""
    about = ", ".join(p for p in (starter_of(row.starter), began, _length(row), where) if p)
    return f"{esc(row.room_name, 100)}: {_state(row, now)}. {sentence(about)}."


def _state(row: Row, now: datetime | None) -> str:
    if now and row.started_at and row.phase is Phase.RUNNING:
        length = duration(max(0.0, (now - row.started_at).total_seconds()))
        return f"{PHASES[row.phase]} for {length}" if length else PHASES[row.phase]
    return PHASES[row.phase]


def _length(row: Row) -> str:
    return "" if row.phase in ON_AIR else duration(row.duration_s)


def running_blocks(rows: Sequence[Row], now: datetime, *, placed: bool = True) -> list[Block]:
    """What runs, each with Stop as long as that makes sense."""
    blocks = []
    for n, row in enumerate(rows[:ROWS]):
        stops = row.phase in ON_AIR | {Phase.REQUESTED}
        accessory = (
            stop_button(row.key, row.room_name, ids.numbered(ids.STOP, n))
            if stops
            else _row_button("Details", ids.DETAILS, row, n)
        )
        blocks.append(section(row_text(row, now, placed=placed), accessory))
    return blocks


def past_blocks(rows: Sequence[Row], *, first: int = 0) -> list[Block]:
    """What was recorded, with buttons; `first` numbers them where another list goes before."""
    blocks: list[Block] = []
    for n, row in enumerate(rows[:ROWS], first):
        blocks.append(section(row_text(row)))
        blocks.extend(actions(_row_buttons(row, n)))
    return blocks


def _row_buttons(row: Row, n: int) -> list[Block]:
    buttons = []
    if row.has_video:
        buttons.append(_row_button("Watch", ids.WATCH, row, n))
    if row.has_transcript:
        buttons.append(_row_button("Transcript", ids.TRANSCRIPT, row, n))
    return [*buttons, _row_button("Details", ids.DETAILS, row, n)]


def _row_button(text: str, action: str, row: Row, n: int) -> Block:
    label = f"{text}: {plain(row.room_name, 55)}"
    return button(text, ids.numbered(action, n), value=row.key, label=label)
