"""One recording, as derived from its facts (see `derive`)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.assets import VIDEO_TYPES, Assets, Transcription
from bot.core.facts import (
    Attendee,
    CallFailed,
    EndSet,
    Fact,
    MomentShared,
    PauseRequested,
    ResultsChecked,
    StopDue,
    StopRequested,
)
from bot.core.options import RecordingOptions


class Phase(StrEnum):
    """The phase of a recording. `NOT_STARTED` and `POINTER` end it without 100ms."""

    REQUESTED = "requested"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    NOT_STARTED = "not_started"
    POINTER = "pointer"


ON_AIR = frozenset({Phase.STARTING, Phase.RUNNING, Phase.PAUSED})
OCCUPIES_ROOM = ON_AIR | {Phase.REQUESTED, Phase.STOPPING}
NEVER_WAS = frozenset({Phase.NOT_STARTED, Phase.POINTER})
ENDED = frozenset({Phase.COMPLETED, Phase.FAILED, Phase.NOT_STARTED, Phase.POINTER})


class FailureReason(StrEnum):
    """Why a recording did not start or failed; the views put it into words."""

    CANCELLED = "cancelled"
    CANNOT_POST = "cannot_post"
    EXPIRED = "expired"
    REFUSED = "refused"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    MAX_RETRIES_REACHED = "MAX_RETRIES_REACHED"
    UPLOAD_ERROR = "UPLOAD_ERROR"
    BEAM_STOPPED = "BEAM_STOPPED"
    VANISHED = "vanished"
    GIVEN_UP = "given_up"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Problem:
    """`status` is an HTTP status, `detail` is the error text of 100ms or Slack.

    `after` is the last failed call to 100ms before the start expired.
    """

    why: FailureReason
    detail: str = ""
    status: int | None = None
    after: CallFailed | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """Everything known about one recording. Times are aware UTC, durations are seconds."""

    key: str
    phase: Phase
    problem: Problem | None
    request_id: str
    room_id: str
    room_name: str
    title: str | None  # the name that somebody gave it
    options: RecordingOptions
    starter: str | None  # None: nobody requested it from the bot
    channels: tuple[str, ...]  # the first is where it was requested
    waiting: tuple[str, ...]  # channels that follow it, until Slack says if its place is private
    withdrawn: tuple[str, ...]  # channels that followed it and must not have it
    is_private: bool | None  # None: not known yet
    place_asked: bool  # also since it ended, so results may go to other channels
    requested_at: datetime
    hms_id: str | None
    elsewhere: bool
    points_to: str | None
    session_id: str | None
    attempted_at: datetime | None  # the oldest attempt to start whose outcome is unknown
    accepted_at: datetime | None
    started_at: datetime | None
    stopped_at: datetime | None
    completed_at: datetime | None  # when the video became available
    duration_s: float | None
    stop_reason: str | None
    stop_pending: bool
    end: EndSet | None  # the last one set
    ends_at: datetime | None  # None: it has no set end, or its start is not known yet
    recorder_peer: str | None  # the recorder among the peers of the room
    stop_failed: CallFailed | None  # the last failed call of the pending stop
    stop_suggestions: tuple[str, ...]  # people who may not stop it and suggested it
    pause_pending: PauseRequested | None
    moments: tuple[MomentShared, ...]  # the first share of each sentence in each channel
    forget_by: str | None  # the person who asked to forget it
    assets: Assets
    transcription: Transcription
    results: ResultsChecked | None
    attendees: tuple[Attendee, ...] | None  # None: 100ms was not asked yet
    log: tuple[Fact, ...]  # every fact once, oldest first

    @property
    def name(self) -> str:
        """The name to show: its title, else the name of its room."""
        return self.title or self.room_name

    @property
    def began(self) -> datetime:
        """When it started; until that is known, when it was requested."""
        return self.started_at or self.requested_at

    @property
    def audio_only(self) -> bool:
        """Whether it has no video; False if it was started elsewhere with unknown options."""
        return self.options.audio_only and not self.elsewhere

    @property
    def origin(self) -> str:
        return self.channels[0]

    @property
    def people(self) -> tuple[str, ...]:
        """The names of the attendees that 100ms listed."""
        return tuple(dict.fromkeys(one.name for one in self.attendees or () if one.name))

    @property
    def stopped_by(self) -> str | None:
        """The person who last asked to stop it; None if nobody did, or its end or its room did."""
        asked = [f for f in self.log if isinstance(f, StopRequested | StopDue)]
        return asked[-1].by if asked and isinstance(asked[-1], StopRequested) else None

    @property
    def speakers(self) -> dict[str, str]:
        """Slack names by peer id, for people who joined by a link that we signed for them."""
        known = [one for one in self.attendees or () if one.slack and one.name]
        return {peer: one.name for one in known for peer in one.peers}

    @property
    def is_settled(self) -> bool:
        """Whether 100ms recorded, and no more results will come."""
        if self.phase not in (Phase.COMPLETED, Phase.FAILED):
            return False
        if self.results or self.transcription in (Transcription.OFF, Transcription.GIVEN_UP):
            return True
        return self.phase is Phase.FAILED and not self.transcription.settled

    @property
    def is_unread(self) -> bool:
        """Whether the transcript is settled at 100ms and its files are not read yet."""
        ended = self.phase in (Phase.COMPLETED, Phase.FAILED)
        read = self.results is not None and not self.results.partial
        return ended and self.transcription.settled and not read


def can_watch(recording: Recording) -> bool:
    """Whether the video is available. 100ms may report completion before it lists the file."""
    if recording.assets.video:
        return True
    listed = any(a.type in VIDEO_TYPES for a in recording.assets.all)
    return recording.phase is Phase.COMPLETED and not listed


def can_read(recording: Recording) -> bool:
    """Whether there is a transcript that is not known to be empty."""
    empty = recording.results is not None and recording.results.text == "empty"
    return recording.assets.best_transcript is not None and not empty
