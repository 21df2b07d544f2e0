"""Type-ahead options for the room field, and replies about rooms."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.features.rooms.model import RECENT, RoomEntry
from bot.ui.forms import OPTION_VALUE_MOST, named_option, words
from bot.ui.message import (
    Block,
    Message,
    plain_text,
    say,
)
from bot.ui.text import esc

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


def no_room(reference: str, unasked: str | None = None) -> Message:
    """Say that there is no such room. `unasked`: why 100ms did not answer the lookup."""
    name = esc(reference, 100)
    if unasked:
        return say(f"No room “{name}” was found so far. {unasked}")
    return say(f"There is no room “{name}”.")


def several_rooms(reference: str) -> Message:
    name = esc(reference, 100)
    return say(f"“{name}” fits more than one room. Write the room's full name or its id.")
