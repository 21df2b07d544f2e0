"""The options of the room field while people type, and replies about rooms."""

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
    """Answer a block_suggestion in the order of `rank_rooms`, which groups the rooms."""
    offered = [r for r in ranked if 0 < len(r.room_id) <= OPTION_VALUE_MOST][:OPTIONS_MOST]
    names = [r.name for r in offered]
    groups: dict[str, list[Block]] = {label: [] for label in GROUPS}
    for room in offered:
        groups[_group(room, now)].append(_option(room, alike=names.count(room.name) > 1))
    filled = [{"label": words(k), "options": options} for k, options in groups.items() if options]
    return {"option_groups": filled} if filled else {"options": []}


def _option(room: RoomEntry, *, alike: bool) -> Block:
    """Build an option; the id distinguishes rooms of the same name."""
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
    """Say that the room list is empty: 100ms has not answered since the setup."""
    text = "The room list has not loaded from 100ms yet."
    return say(f"{text} Try again in a minute, or give the room's id.")


def only_a_code() -> Message:
    """Refuse a code such as abc-defg-hij: 100ms lists the codes of a room, not the reverse."""
    return say("The bot cannot tell which room a room code opens. Give the room's name or id.")


def room_unknown(
    reference: str,
    suggestions: Sequence[RoomEntry],
    corrected: Sequence[str] = (),
    *,
    form: bool = True,
) -> Message:
    """Suggest rooms. `corrected`: a command for each. `form`: whether the form can help."""
    text = f"No room matches “{esc(reference, 100)}”."
    buttons = [form_button()] if form else []
    if suggestions:
        which = "this one" if len(suggestions) == 1 else "one of these"
        return _choice(f"{text} Did you mean {which}?", suggestions, corrected, buttons)
    way = "choose the room in the form" if form else "give the room's id"
    return say(f"{text} Check the name, or {way}.", buttons)


def room_ambiguous(
    reference: str, candidates: Sequence[RoomEntry], corrected: Sequence[str] = ()
) -> Message:
    """List the matching rooms with their ids, because rooms can share a name."""
    text = f"{count(len(candidates), 'room')} match “{esc(reference, 100)}”. Name one of them."
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
