"""What the room field of the start form offers while people type."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.features.rooms.model import RECENT, RoomEntry
from bot.ui.buttons import form_button
from bot.ui.forms import OPTION_VALUE_MOST, named_option, words
from bot.ui.message import (
    FALLBACK_MOST,
    Block,
    Message,
    actions,
    code_block,
    lines,
    plain_text,
    say,
    section,
)
from bot.ui.text import code, count, esc, size

GROUPS = ("Live now", "Recently used", "All rooms", "Disabled in 100ms")
OPTIONS_MOST = 100  # in all groups together


def room_options(ranked: Sequence[RoomEntry], *, now: datetime) -> dict[str, Any]:
    """The answer to a block_suggestion, in the order given by `rank_rooms`, which is by group."""
    offered = [r for r in ranked if 0 < len(r.room_id) <= OPTION_VALUE_MOST][:OPTIONS_MOST]
    names = [r.name for r in offered]
    groups: dict[str, list[Block]] = {label: [] for label in GROUPS}
    for room in offered:
        groups[_group(room, now)].append(_option(room, alike=names.count(room.name) > 1))
    filled = [{"label": words(k), "options": options} for k, options in groups.items() if options]
    return {"option_groups": filled} if filled else {"options": []}


def _option(room: RoomEntry, *, alike: bool) -> Block:
    """Rooms of the same name are told apart by their ids."""
    option = named_option(room.room_id, room.name or room.room_id)
    return {**option, "description": plain_text(room.room_id, 75)} if alike else option


def _group(room: RoomEntry, now: datetime) -> str:
    live, recent, other, disabled = GROUPS
    if not room.enabled:
        return disabled
    if room.live:
        return live
    used = room.last_used_at
    return recent if used is not None and now - used <= RECENT else other


def no_rooms_yet() -> Message:
    """The directory is empty: 100ms has not answered since the bot was set up."""
    return say("100ms has not told its rooms yet. Try again in a minute, or give the room's id.")


def only_a_code() -> Message:
    """Such as abc-defg-hij: 100ms tells the codes of a room, not the room of a code."""
    return say("A room code does not say which room it opens. Give the room's name or id.")


def room_unknown(
    reference: str,
    suggestions: Sequence[RoomEntry],
    corrected: Sequence[str] = (),
    *,
    form: bool = True,
) -> Message:
    """`corrected`: a command for each suggestion, to paste. `form`: it helps to start, only."""
    text = f"There is no room “{esc(reference, 100)}”."
    buttons = [form_button()] if form else []
    if suggestions:
        which = "this one" if len(suggestions) == 1 else "one of these"
        return _choice(f"{text} Did you mean {which}?", suggestions, corrected, buttons)
    way = "choose the room in the form" if form else "give the room's id"
    return say(f"{text} Check the name, or {way}.", buttons)


def room_ambiguous(
    reference: str, candidates: Sequence[RoomEntry], corrected: Sequence[str] = ()
) -> Message:
    """Rooms may share a name, so the ids are shown too."""
    text = f"{count(len(candidates), 'room')} fit “{esc(reference, 100)}”. Name one of them."
    return _choice(text, candidates, corrected)


def _choice(
    text: str,
    rooms: Sequence[RoomEntry],
    corrected: Sequence[str],
    buttons: Sequence[Block] = (),
) -> Message:
    named = [
        f"• {esc(room.name, 100)} {code(room.room_id, 60)}{f' · {room.mark}' if room.mark else ''}"
        for room in rooms[:10]
    ]
    blocks = [section(lines([text, *named]))]
    commands = [c for c in corrected[:10] if size(c) <= 250]
    if commands:
        blocks.append(code_block("\n".join(commands)))
    blocks.extend(actions(buttons))
    return Message(lines([text, *named, *map(code, commands)], FALLBACK_MOST), blocks)
