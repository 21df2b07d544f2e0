"""What a start is asked with."""

from dataclasses import dataclass

from bot.core.deliveries import OutcomeAddress
from bot.core.facts import EndSet, Via
from bot.core.options import RecordingOptions
from bot.core.places import Place
from bot.features.rooms.model import RoomEntry, RoomMatch


@dataclass(frozen=True, slots=True)
class StartRequest:
    """What someone wants recorded. `channel` None: the card goes to the person.

    `request_id` is the same when Slack delivers the same command or submission again.

    A `room` that was chosen comes with all of its options. A room as typed, or None for the
    channel's default, comes with what was said; the preset of that name, or the channel's
    default preset, adds the rest.
    """

    request_id: str
    room: RoomEntry | str | None
    options: RecordingOptions
    by: str
    channel: str | None
    via: Via
    outcome: OutcomeAddress | None
    preset: str | None = None
    end: EndSet | None = None
    place: Place | None = None  # of the channel, if it is known already
    once: tuple[str, ...] = ()  # names the event that asks for it, if it may come again


@dataclass(frozen=True, slots=True)
class Started:
    """The request is stored. `key` is the recording's."""

    key: str
    room: RoomEntry


@dataclass(frozen=True, slots=True)
class WhichRoom:
    """Nothing is stored: the room is still to be chosen. `found` None: none was named."""

    found: RoomMatch | None
