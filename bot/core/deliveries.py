"""What Slack shows of one recording, as far as we know, and which steps are to be retried."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.core.retry import Retry

NEVER_FAILED = Retry()
NOBODY_THERE = "nobody was there"  # why the room was not told
EMPTY = "empty"  # why a file is not sent that has nothing in it
WITHDRAWN = "withdrawn"  # the hash of a card that says no more than that
TOLD = "told:"  # how the hash of a results message begins: it is of what it tells, not of its words


class Kind(StrEnum):
    """What was, or is to be, delivered. One delivery per recording, kind and target."""

    CARD = "card"
    RESULTS = "results"
    TRANSCRIPT = "transcript"  # to read: always a text
    SRT = "transcript_srt"  # these two where that format was chosen
    JSON = "transcript_json"
    CHAT = "chat"
    OUTCOME = "outcome"
    TELL = "tell"
    SILENT_START = "silent_start"  # the starter is told that 100ms does not answer
    SILENT_STOP = "silent_stop"
    STOP_SUGGESTION = "stop_wish"  # the target is who wishes
    RECEIPT = "receipt"  # of a recording that is forgotten
    ENDING = "ending"  # that it is about to stop; the target is when, and the place the card's
    ROOM = "room"  # what the room's chat is told; the target is the room
    MOMENT = "moment"  # one sentence; the target is the channel and its number
    KEPT = "kept"  # the transcript that is kept for search; the target is the room


class State(StrEnum):
    """`SENDING` is committed before the call: after a crash, the message may be there already."""

    SENDING = "sending"
    WAITING = "waiting"  # certainly not there; `retry` says when it is tried again
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
    retry: Retry = NEVER_FAILED
    changed_at: datetime | None = None
    file_id: str | None = None  # Slack's, of an uploaded file

    @property
    def message(self) -> tuple[str, str] | None:
        """The channel and timestamp of the message, if it is in Slack now."""
        if self.state is State.SENT and self.posted_in and self.ts:
            return self.posted_in, self.ts
        return None


def to_send(delivery: Delivery | None) -> bool:
    """It shall be there and is not. Parked for good, its retry has no time."""
    if delivery is None or delivery.state in (State.SENDING, State.WAITING):
        return True
    return delivery.state is State.PARKED and delivery.retry.not_before is not None


def noes_name(delivery: Delivery) -> str:
    """Under which Slack's own answers that it cannot are counted, among the retries."""
    return f"{delivery.kind.value}:{delivery.target}:noes"


@dataclass(frozen=True, slots=True)
class OutcomeAddress:
    """Where a person waits for what came of a form or command. Forgotten once told.

    A `response_url` lets anyone answer in that person's name, so it never shows in a repr.
    """

    user: str
    channel: str | None = None
    response_url: str | None = field(default=None, repr=False)
    external_id: str | None = None  # of the view that says "Starting…"


@dataclass(frozen=True, slots=True)
class Polled:
    """When 100ms was polled last, and how often in a row without news. None: not yet, or it is to
    be polled anew."""

    at: datetime | None = None
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """The engine's own notes about one recording; unlike facts, they may change."""

    deliveries: tuple[Delivery, ...] = ()
    retries: Mapping[str, Retry] = field(default_factory=dict)  # by the step's name
    polled: Polled = field(default_factory=Polled)

    def delivery(self, kind: Kind, target: str) -> Delivery | None:
        return next((d for d in self.deliveries if d.kind is kind and d.target == target), None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What should be there now. `card` is the hash of the card as the views would render it.

    `results` is the hash of what the results message would tell, without the words of the summary,
    which are not kept; `silence` those of what the starter is told while 100ms does not answer.
    `tell_room`: the room is to hear that it is recorded. `keep`: its transcript
    is to be kept for search. Targets in `card_only` get no results.
    """

    card: str
    results: str = ""
    silence: Mapping[Kind, str] = field(default_factory=dict)
    tell_room: bool = False
    keep: bool = False
    card_only: frozenset[str] = frozenset()
