"""What Slack shows of one recording, as far as we know, and what holds our steps up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

EMPTY = "empty"  # why a file is not sent that has nothing in it


class Kind(StrEnum):
    """What was, or is to be, delivered. One delivery per recording, kind and target."""

    CARD = "card"
    RESULTS = "results"
    TRANSCRIPT = "transcript"
    CHAT = "chat"
    OUTCOME = "outcome"
    TELL = "tell"
    STOP_WISH = "stop_wish"  # the target is who wishes
    RECEIPT = "receipt"  # of a recording that is forgotten
    ROOM = "room"  # what the room's chat is told; the target is the room


class State(StrEnum):
    """`SENDING` is committed before the call: after a crash, the message may be there already."""

    SENDING = "sending"
    WAITING = "waiting"  # certainly not there; to be tried again at `not_before`
    SENT = "sent"
    PARKED = "parked"  # Slack lets us not; until something wakes it, and looked at now and then
    GONE = "gone"  # someone deleted it
    DROPPED = "dropped"  # cannot work, and the thread says so


@dataclass(frozen=True, slots=True)
class Delivery:
    """`target` is a channel or user id; `posted_in` is the channel that Slack named."""

    kind: Kind
    target: str
    state: State
    posted_in: str | None = None
    ts: str | None = None
    hash: str | None = None
    error: str | None = None
    attempts: int = 0
    not_before: datetime | None = None
    changed_at: datetime | None = None
    file_id: str | None = None  # Slack's, of an uploaded file

    @property
    def message(self) -> tuple[str, str] | None:
        """The channel and timestamp of the message, if it is in Slack now."""
        if self.state is State.SENT and self.posted_in and self.ts:
            return self.posted_in, self.ts
        return None


def to_send(delivery: Delivery | None) -> bool:
    """It shall be there and is not, from `not_before` on. Parked for good, it has no such time."""
    if delivery is None or delivery.state in (State.SENDING, State.WAITING):
        return True
    return delivery.state is State.PARKED and delivery.not_before is not None


@dataclass(frozen=True, slots=True)
class Hold:
    """A step that failed for now: not again before `until`."""

    until: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Work:
    """The reconciler's own notes about one recording; unlike facts, they may change."""

    deliveries: tuple[Delivery, ...] = ()
    holds: Mapping[str, Hold] = field(default_factory=dict)  # by the step's name
    asked_at: datetime | None = None
    asks: int = 0  # in a row with nothing new
    ask_failures: int = 0  # in a row

    def delivery(self, kind: Kind, target: str) -> Delivery | None:
        return next((d for d in self.deliveries if d.kind is kind and d.target == target), None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What should be there now. `card` is the hash of the card as the views would render it.

    `tell_room`: the room is to hear that it is recorded. Targets in `card_only` get no results.
    """

    card: str
    tell_room: bool = False
    card_only: frozenset[str] = frozenset()
