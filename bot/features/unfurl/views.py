"""The preview of a link to a room. It does not repeat the link, which can contain a token."""

from datetime import datetime
from typing import assert_never

from bot.core.policy import Silence
from bot.core.recording import Phase, Recording
from bot.features.rooms.model import RoomEntry
from bot.features.unfurl.model import Offer, RoomSeen
from bot.ui import ids
from bot.ui.buttons import details_button
from bot.ui.message import Block, actions, button, context, link_button, section
from bot.ui.text import esc, join, plain, when
from bot.ui.words import PHASES, mark_of, state_of


def room_unfurl(seen: RoomSeen, now: datetime) -> list[Block]:
    """Build the preview. It never changes, so it shows its time. Rich text is not allowed."""
    mark = mark_of(seen.recording) if seen.recording else ""
    name = f"{mark} *{esc(seen.room.name)}*".strip()
    state = _recorded(seen.recording, seen.silent) if seen.recording else _unrecorded(seen.room)
    buttons = [found for offer in seen.offers if (found := _button(offer, seen))]
    return [section(join(name, state)), context(f"As of {when(now)}"), *actions(buttons)]


def _recorded(recording: Recording, silent: Silence | None) -> str:
    state = state_of(recording, silent)
    if recording.started_at and state == PHASES[Phase.RUNNING]:
        return f"{state} since {when(recording.started_at)}"
    return state


def _unrecorded(room: RoomEntry) -> str:
    """Describe the room without revealing whether it is recorded."""
    if not room.enabled:
        return "Disabled in 100ms"
    return "People are in the room" if room.live else "The room is empty"


def _button(offer: Offer, seen: RoomSeen) -> Block | None:
    name, key = plain(seen.room.name, 45), seen.recording.key if seen.recording else ""
    match offer:
        case Offer.START:
            text, label = "Start a recording", f"Start a recording of {name}"
            return button(text, ids.START_LINKED, value=seen.room.room_id, label=label)
        case Offer.CARD:
            return link_button("Open the card", seen.card or "", label=f"Open the card of {name}")
        case Offer.FOLLOW:
            label = f"Follow here: the card of {name}"
            return button("Follow here", ids.FOLLOW, value=key, label=label)
        case Offer.DETAILS:
            return details_button(seen.recording) if seen.recording else None
        case _:
            assert_never(offer)
