"""The values of a start request, and what is left to say to the person who made it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.core.deliveries import DeliveryState, Kind, OutcomeAddress, Work
from bot.core.facts import EndSet, Via
from bot.core.options import RecordingOptions
from bot.core.places import Place
from bot.core.proofs import KnownRoom, MayStart
from bot.core.recording import FailureReason, Phase, Recording
from bot.core.when import StopAfter, StopAt, When
from bot.features.options.drafts import WhenKind
from bot.ui.forms import FieldErrors
from bot.ui.message import Message


@dataclass(frozen=True, slots=True)
class FormTime:
    """The form's times as typed."""

    kind: WhenKind
    start: str = ""
    stop: str = ""


@dataclass(frozen=True, slots=True)
class StartRequest:
    """A start by a person who may start there. `channel` None: the card goes to that person.

    `request_id` is the same when Slack delivers the same command or submission again.

    With a room chosen in the form, `options` are complete. With a room as typed, or None for the
    channel's default room, the named preset or the channel's default preset adds the rest.
    """

    request_id: str
    room: KnownRoom | str | None
    options: RecordingOptions
    may: MayStart
    via: Via
    outcome: OutcomeAddress | None
    preset: str | None = None
    end: EndSet | None = None
    place: Place | None = None  # the channel's, if it is known already
    once: tuple[str, ...] = ()  # ids of the requesting event, which Slack may deliver again

    @property
    def by(self) -> str:
        return self.may.by

    @property
    def channel(self) -> str | None:
        return self.may.channel


@dataclass(frozen=True, slots=True)
class SessionRule:
    """Record every session of the room once enough people are there."""

    least_people: int
    until_empty: bool


class Scheduling(Protocol):
    """The part of schedules that the form needs for starts with a time; `wiring` supplies it."""

    async def read(self, user: str, when: str, stop_after: str) -> When | FieldErrors:
        """Parse the typed time in the person's zone; errors are at the form's fields."""
        ...

    async def plan(self, request: StartRequest, when: When) -> Message:
        """Schedule the start and return the reply. Raises NoRight, SlackUnavailable."""
        ...

    async def record_sessions(
        self, request: StartRequest, rule: SessionRule
    ) -> Message | FieldErrors:
        """Set the rule and return the reply. Raises NoRight, SlackUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Started:
    """The request is stored. `key` is the recording's."""

    key: str
    room: KnownRoom


@dataclass(frozen=True, slots=True)
class WhichRoom:
    """Nothing is stored; the person has yet to choose the room."""


def end_of_start(when: When, *, at: datetime, by: str | None) -> EndSet | None:
    """Return the end of a start made at `at`, as a fact; None if it has none."""
    match when.stop:
        case StopAfter(seconds=seconds):
            return EndSet(at=at, by=by, after_s=seconds)
        case StopAt(at=until):
            return EndSet(at=at, by=by, until=until)
        case _:
            return None


ANSWERED_WITHIN = timedelta(seconds=3)  # "Starting" comes after the ack, and before its correction


class Left(StrEnum):
    """What is left to say about the outcome of a start."""

    NOTHING = "nothing"
    POINTER = "pointer"  # it failed, and the card says why
    ALL = "all"


def left_to_say(
    recording: Recording, work: Work, address: OutcomeAddress, *, wanted_card: str
) -> Left:
    """Decide what to say to the person who waits, so that a failure is explained in one place.

    That is the card, unless it is not there or is outdated: `wanted_card` is the hash of the
    current one. Nobody is told what they did or have read already.
    """
    card = work.delivery(Kind.CARD, recording.origin)
    is_shown = card is not None and card.message is not None
    if recording.problem is None or recording.phase is Phase.POINTER:
        is_said = address.external_id is None and recording.phase is not Phase.POINTER
        return Left.NOTHING if is_shown and is_said else Left.ALL
    if recording.problem.why is FailureReason.CANCELLED and recording.stopped_by == address.user:
        return Left.NOTHING if address.external_id is None else Left.ALL
    told = work.delivery(Kind.SILENT_START, address.user)
    if told is not None and told.state is DeliveryState.SENT:
        return Left.NOTHING
    says_why = card is not None and is_shown and card.hash == wanted_card
    return Left.POINTER if says_why else Left.ALL


def say_at(recording: Recording, work: Work) -> datetime:
    """Return when to say that it failed: after "Starting", and after the next edit of the card."""
    card = work.delivery(Kind.CARD, recording.origin)
    if recording.problem is None or card is None or card.message is None:
        return recording.requested_at
    answered_at = recording.requested_at + ANSWERED_WITHIN
    return max(answered_at, card.retry.not_before or answered_at)
