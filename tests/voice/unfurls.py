"""A room, below a message that links to it."""

from __future__ import annotations

from bot.core.recording import Recording
from bot.features.rooms.model import RoomEntry
from bot.features.unfurl.model import Offer, RoomSeen
from bot.features.unfurl.views import room_unfurl
from bot.ui.message import Message
from tests.unit.views_samples import NOW, RUNS
from tests.voice.sample import PERMALINK, ROOM, Group, Sample, name_of, story


def _below(
    when: str, offers: tuple[Offer, ...], recording: Recording | None = None, *, live: bool = False
) -> Sample:
    """Slack derives what is read aloud: an unfurl has no text of its own."""
    room = RoomEntry("65f0c0ffee00000000000001", ROOM, enabled=bool(offers), live=live)
    blocks = room_unfurl(RoomSeen(room, offers, recording, PERMALINK), NOW)
    names = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    texts = [name[name.index("*") :] for name in names]  # without the mark before it
    texts += [
        e["text"] for block in blocks if block["type"] == "context" for e in block["elements"]
    ]
    return Sample(when, name_of(room_unfurl), "below a link", Message("\n".join(texts), blocks))


GROUPS = (
    Group(
        "Links to rooms",
        "Below a message that links to a room.",
        (
            _below("Nobody is there", (Offer.START,)),
            _below("A meeting goes on", (Offer.START,), live=True),
            _below(
                "It is recorded, and this channel has the card",
                (Offer.CARD, Offer.DETAILS),
                story(*RUNS),
            ),
            _below("… and another public channel has it", (Offer.CARD, Offer.FOLLOW), story(*RUNS)),
            _below("The room is disabled", ()),
        ),
    ),
)
