"""The steps: everything that can be the next thing to do about a recording.

`plan` chooses among them; `bot/dispatch.py` says who does which.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.core.deliveries import Kind


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop the recording at 100ms, by its id."""


@dataclass(frozen=True, slots=True)
class Start:
    """Start at 100ms, or find out what became of an attempt whose answer was lost."""


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
    """Tell the form or command what came of it, where the person is waiting: `target` is theirs."""

    target: str


@dataclass(frozen=True, slots=True)
class Poll:
    """Poll 100ms how the recording is."""


@dataclass(frozen=True, slots=True)
class ListAttendees:
    """Ask 100ms who was in the session."""


@dataclass(frozen=True, slots=True)
class FetchTranscript:
    """Look into the files: which are there, and is anything in them."""


@dataclass(frozen=True, slots=True)
class PostSummary:
    """Post the message that brings the results, with the summary if there is one."""

    target: str


@dataclass(frozen=True, slots=True)
class UpdateResults:
    """Edit the results message: something came, or was given up, after it was posted."""

    target: str


@dataclass(frozen=True, slots=True)
class UploadFile:
    """Upload a file (`Kind.TRANSCRIPT` or `Kind.CHAT`) into the thread."""

    kind: Kind
    target: str


@dataclass(frozen=True, slots=True)
class KeepTranscript:
    """Store and index the transcript for search, and its summary with the source of each line."""


@dataclass(frozen=True, slots=True)
class PostMoment:
    """Post a sentence that somebody shared: `target` is the channel and the sentence's number."""

    target: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Say that the card cannot be updated: to the starter directly, or below it."""

    target: str


@dataclass(frozen=True, slots=True)
class TellSilence:
    """Tell the starter that 100ms does not answer a start or stop; edit that once it does."""

    kind: Kind
    target: str


@dataclass(frozen=True, slots=True)
class AskToStop:
    """Tell the starter that `target`, who may not, wants it stopped."""

    target: str


@dataclass(frozen=True, slots=True)
class SayItEnds:
    """Say below the card that the recording is about to stop. `target` is when, by `end_name`."""

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
    """Ask Slack whether the recording's channel is private: others wait for its card or results."""

    ended: bool


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Edit the card in a channel that may not have it: what it showed is gone from there."""

    channel: str


@dataclass(frozen=True, slots=True)
class Erase:
    """Delete a message or file of ours in Slack; harmless to repeat."""

    kind: Kind
    target: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """Tell `target`, who wanted it, what is gone and what remains."""

    target: str


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete every row: the last thing that is done."""


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is to be done, now or later, unless a new fact comes."""


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
    """The target of what is said about an end: another end is another message."""
    return ends_at.astimezone(UTC).isoformat(timespec="seconds")


def retry_name(step: Action | Forget) -> str:
    """The name of the retry of a step: one per step and target."""
    target = getattr(step, "channel", None) or getattr(step, "target", "")
    kind = getattr(step, "kind", "")
    return ":".join(p for p in (type(step).__name__, str(kind), target) if p)


POLL = retry_name(Poll())
UNKNOWN_AT_100MS = f"{POLL}:404"  # counts how often in a row 100ms did not know the recording
