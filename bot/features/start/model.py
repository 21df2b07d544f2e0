"""What a start is asked with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.deliveries import OutcomeAddress
from bot.core.facts import EndSet, Via
from bot.core.options import RecordingOptions
from bot.core.places import Place
from bot.core.proofs import KnownRoom, MayStart
from bot.core.when import StopAfter, StopAt, When
from bot.features.options.drafts import WhenKind
from bot.ui.forms import FieldErrors
from bot.ui.message import Message


@dataclass(frozen=True, slots=True)
class FormTime:
    """The times of the form, as they were typed."""

    kind: WhenKind
    start: str = ""
    stop: str = ""


@dataclass(frozen=True, slots=True)
class StartRequest:
    """What someone who may start there wants recorded. `channel` None: the card goes to them.

    `request_id` is the same when Slack delivers the same command or submission again.

    A `room` that was chosen comes with all of its options. A room as typed, or None for the
    channel's default, comes with what was said; the preset of that name, or the channel's
    default preset, adds the rest.
    """

    request_id: str
    room: KnownRoom | str | None
    options: RecordingOptions
    may: MayStart
    via: Via
    outcome: OutcomeAddress | None
    preset: str | None = None
    end: EndSet | None = None
    place: Place | None = None  # of the channel, if it is known already
    once: tuple[str, ...] = ()  # names the event that asks for it, if it may come again

    @property
    def by(self) -> str:
        return self.may.by

    @property
    def channel(self) -> str | None:
        return self.may.channel


@dataclass(frozen=True, slots=True)
class SessionRule:
    """Every session of the room, once so many people are there."""

    least_people: int
    until_empty: bool


class Later(Protocol):
    """Starts that have a time: what the form needs of schedules. `wiring` gives the one in use."""

    async def read(self, user: str, when: str, stop_after: str) -> When | FieldErrors:
        """The time as it was typed, in the person's zone; errors are at the form's fields."""
        ...

    async def plan(self, request: StartRequest, when: When) -> Message:
        """Schedule it, and the answer. Raises NoRight, SlackUnavailable."""
        ...

    async def record_sessions(
        self, request: StartRequest, rule: SessionRule
    ) -> Message | FieldErrors:
        """Set the rule, and the answer. Raises NoRight, SlackUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Started:
    """The request is stored. `key` is the recording's."""

    key: str
    room: KnownRoom


@dataclass(frozen=True, slots=True)
class WhichRoom:
    """Nothing is stored: the room is still to be chosen."""


def end_of_start(when: When, *, at: datetime, by: str | None) -> EndSet | None:
    """The end of a start that is made now, as a fact."""
    match when.stop:
        case StopAfter(seconds=seconds):
            return EndSet(at=at, by=by, after_s=seconds)
        case StopAt(at=until):
            return EndSet(at=at, by=by, until=until)
        case _:
            return None
