"""The steps: all actions of the engine on a recording.

`plan` chooses among them; `bot/dispatch.py` maps each to the feature that performs it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.core.deliveries import Kind


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop the recording at 100ms, by its id."""


@dataclass(frozen=True, slots=True)
class Start:
    """Start at 100ms, or find the recording of an attempt whose answer was lost."""


@dataclass(frozen=True, slots=True)
class Pause:
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Resume:
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class PostCard:
    channel: str


@dataclass(frozen=True, slots=True)
class UpdateCard:
    channel: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Show the outcome where the person waits, in their form or command. `target` is the person."""

    target: str


@dataclass(frozen=True, slots=True)
class Poll:
    """Poll 100ms for the state of the recording."""


@dataclass(frozen=True, slots=True)
class ListAttendees:
    """Ask 100ms who was in the session."""


@dataclass(frozen=True, slots=True)
class FetchTranscript:
    """Read the files: which exist, and which are empty."""


@dataclass(frozen=True, slots=True)
class PostSummary:
    """Post the results message, with the summary if there is one."""

    target: str


@dataclass(frozen=True, slots=True)
class UpdateResults:
    """Edit the results message after something came late or was given up."""

    target: str


@dataclass(frozen=True, slots=True)
class UploadFile:
    """Upload a file (a transcript in any format, or the chat) into the thread."""

    kind: Kind
    target: str


@dataclass(frozen=True, slots=True)
class KeepTranscript:
    """Store and index the transcript for search, and its summary with the source of each line."""


@dataclass(frozen=True, slots=True)
class PostMoment:
    """Post a shared sentence. `target` is the channel and the sentence's number."""

    target: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Say that the card cannot be updated: directly to the starter, or below the card."""

    target: str


@dataclass(frozen=True, slots=True)
class TellSilence:
    """Tell the starter that 100ms does not answer a start or stop; edit that once it does."""

    kind: Kind
    target: str


@dataclass(frozen=True, slots=True)
class AskToStop:
    """Tell the starter that `target`, who may not stop the recording, suggests stopping it."""

    target: str


@dataclass(frozen=True, slots=True)
class SayItEnds:
    """Warn below the card that the recording is about to stop. `target` is from `end_name`."""

    target: str


@dataclass(frozen=True, slots=True)
class SayInRoom:
    """Announce the recording, and who requested it, in the room's chat."""

    target: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Stop waiting for something that never came."""

    on_recording: bool


@dataclass(frozen=True, slots=True)
class AskPlace:
    """Ask Slack whether the origin is private; other channels wait for the card or results."""

    ended: bool


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Edit the card in a channel that must not have it, so that it shows nothing."""

    channel: str


@dataclass(frozen=True, slots=True)
class Erase:
    """Delete a message or file of ours in Slack; harmless to repeat."""

    kind: Kind
    target: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """Tell `target`, who asked to forget the recording, what was deleted and what remains."""

    target: str


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete every row of the recording; always the last step."""


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left to do until a new fact comes."""


Notice = AskToStop | SayInRoom | SayItEnds
Action = (
    Stop
    | Start
    | Pause
    | Resume
    | PostCard
    | UpdateCard
    | Outcome
    | Poll
    | ListAttendees
    | FetchTranscript
    | PostSummary
    | UpdateResults
    | UploadFile
    | KeepTranscript
    | PostMoment
    | Tell
    | TellSilence
    | Notice
    | GiveUp
    | AskPlace
    | Withdraw
    | Erase
    | Receipt
)
Step = Action | Forget | Wait | Done


def end_name(ends_at: datetime) -> str:
    """The target of the warning about an end: each end has a message of its own."""
    return ends_at.astimezone(UTC).isoformat(timespec="seconds")


def retry_name(step: Action | Forget) -> str:
    """The name of a step's retry: one per step, kind and target."""
    target = getattr(step, "channel", None) or getattr(step, "target", "")
    kind = getattr(step, "kind", "")
    return ":".join(p for p in (type(step).__name__, str(kind), target) if p)


POLL = retry_name(Poll())
UNKNOWN_AT_100MS = f"{POLL}:404"  # counts 404s in a row for this recording
