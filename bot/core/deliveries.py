"""Deliveries of one recording: its messages and files in Slack, and the steps to retry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.core.retry import Retry

NEVER_FAILED = Retry()
NOBODY_THERE = "nobody was there"  # error of a notice that the room did not get
EMPTY = "empty"  # error of a file that is not sent because it has no content
WITHDRAWN = "withdrawn"  # hash of a withdrawn card
TOLD = "told:"  # prefix of a results message's hash, which covers its facts, not its wording


class Kind(StrEnum):
    """The kinds of deliveries. There is one delivery per recording, kind and target."""

    CARD = "card"
    RESULTS = "results"
    TRANSCRIPT = "transcript"  # readable text, always sent
    SRT = "transcript_srt"  # this and JSON only if that format was chosen
    JSON = "transcript_json"
    CHAT = "chat"
    OUTCOME = "outcome"
    TELL = "tell"
    SILENT_START = "silent_start"  # tells the starter that 100ms does not answer
    SILENT_STOP = "silent_stop"
    STOP_SUGGESTION = "stop_wish"  # the target is the person who suggests it
    RECEIPT = "receipt"  # of a forgotten recording
    ENDING = "ending"  # warns below the card that it is about to stop; the target is the time
    ROOM = "room"  # the notice in the room's chat; the target is the room
    MOMENT = "moment"  # one sentence; the target is the channel and the sentence's number
    KEPT = "kept"  # the transcript that is kept for search; the target is the room


class DeliveryState(StrEnum):
    """`SENDING` is committed before the call: after a crash, the message may already be posted."""

    SENDING = "sending"
    WAITING = "waiting"  # certainly not posted; `retry` has the time of the next attempt
    SENT = "sent"
    PARKED = "parked"  # Slack refused; retried rarely, or once an event wakes it
    GONE = "gone"  # someone deleted it
    DROPPED = "dropped"  # can never be delivered; the thread says so


@dataclass(frozen=True, slots=True)
class Delivery:
    """`target` is a channel or user id (or see `Kind`); `posted_in` is the channel Slack named."""

    kind: Kind
    target: str
    state: DeliveryState
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
        if self.state is DeliveryState.SENT and self.posted_in and self.ts:
            return self.posted_in, self.ts
        return None


def to_send(delivery: Delivery | None) -> bool:
    """Whether it is still to be sent. A delivery parked for good has no time in its retry."""
    if delivery is None or delivery.state in (DeliveryState.SENDING, DeliveryState.WAITING):
        return True
    return delivery.state is DeliveryState.PARKED and delivery.retry.not_before is not None


def refusals_name(delivery: Delivery) -> str:
    """The name of the retry that counts refusals of this delivery by Slack."""
    return f"{delivery.kind.value}:{delivery.target}:noes"


@dataclass(frozen=True, slots=True)
class OutcomeAddress:
    """Where a person waits for the outcome of a form or command. Deleted once they are told.

    A `response_url` lets anyone answer in the bot's name, so no repr contains it. `replaces`: it
    belongs to a button, so a message to it replaces the answer that says "Starting".
    """

    user: str
    channel: str | None = None
    response_url: str | None = field(default=None, repr=False)
    external_id: str | None = None  # of the view that shows "Starting…"
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Polled:
    """When 100ms was last polled, and how many polls in a row had no news.

    `at` is None before the first poll, and if one is due at once.
    """

    at: datetime | None = None
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """The engine's state for one recording; unlike facts, it may change."""

    deliveries: tuple[Delivery, ...] = ()
    retries: Mapping[str, Retry] = field(default_factory=dict)  # by the step's name
    polled: Polled = field(default_factory=Polled)

    def delivery(self, kind: Kind, target: str) -> Delivery | None:
        return next((d for d in self.deliveries if d.kind is kind and d.target == target), None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The desired deliveries. `card` is the hash of the card as the views would render it now.

    `results` is the hash of the results message, without the words of the summary, which are not
    kept; `silence` has the hashes of the messages that tell the starter that 100ms does not answer.
    `tell_room`: announce the recording in the room. `keep`: keep the transcript for search.
    Targets in `card_only` get no results.
    """

    card: str
    results: str = ""
    silence: Mapping[Kind, str] = field(default_factory=dict)
    tell_room: bool = False
    keep: bool = False
    card_only: frozenset[str] = frozenset()
