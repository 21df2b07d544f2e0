"""The content of a room link's preview: the room's state, and which buttons to offer."""

from dataclasses import dataclass
from enum import StrEnum

from bot.access.model import Spot
from bot.core.policy import Silence
from bot.core.recording import Recording
from bot.features.rooms.model import RoomEntry


class Offer(StrEnum):
    START = "start"
    CARD = "card"
    FOLLOW = "follow"
    DETAILS = "details"


@dataclass(frozen=True, slots=True)
class RoomSeen:
    """A room as shown in a preview.

    `recording` is the running one if all readers may know of it; `card` links to its card.
    `silent`: 100ms has not answered its start or stop.
    """

    room: RoomEntry
    offers: tuple[Offer, ...]
    recording: Recording | None = None
    card: str | None = None
    silent: Silence | None = None


def offers(room: RoomEntry, spot: Spot, place: str | None, *, start: bool) -> tuple[Offer, ...]:
    """Return the buttons to offer. `place`: a channel of the recording that all readers can see.

    None if nothing is recorded or they may not know of it; both look the same. `start`: a start
    may be offered there.
    """
    if place is None:
        return (Offer.START,) if room.enabled and start and not spot.shared else ()
    if place == spot.channel:
        return Offer.CARD, Offer.DETAILS
    return (Offer.CARD, Offer.FOLLOW) if spot.can_follow else (Offer.CARD,)
