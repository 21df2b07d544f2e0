"""A link to a room, shown below the message that it stands in: what to say, what to offer."""

from dataclasses import dataclass
from enum import StrEnum

from bot.access.model import Spot
from bot.core.recording import Recording
from bot.features.rooms.model import RoomEntry


class Offer(StrEnum):
    START = "start"
    CARD = "card"
    FOLLOW = "follow"
    DETAILS = "details"


@dataclass(frozen=True, slots=True)
class RoomSeen:
    """`recording` is the one that goes on, if all who read this may know; `card` leads to it."""

    room: RoomEntry
    offers: tuple[Offer, ...]
    recording: Recording | None = None
    card: str | None = None


def offers(room: RoomEntry, spot: Spot, place: str | None, *, start: bool) -> tuple[Offer, ...]:
    """The buttons that fit. `place`: where everyone at the spot can see what is being recorded.

    None says that nothing is recorded, or nothing that they may know of: these look the same.
    `start`: a start may be offered there.
    """
    if place is None:
        return (Offer.START,) if room.enabled and start and not spot.shared else ()
    if place == spot.channel:
        return Offer.CARD, Offer.DETAILS
    return (Offer.CARD, Offer.FOLLOW) if spot.can_follow else (Offer.CARD,)
