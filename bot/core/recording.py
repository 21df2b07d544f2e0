"""One recording, as the facts about it describe it: where it is, and everything known of it.

`derive` makes it.
"""

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
)
from bot.core.options import RecordingOptions


class Phase(StrEnum):
    """Where a recording is. `NOT_STARTED` and `POINTER` are ends that 100ms never saw."""

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
ENDED = frozenset({Phase.COMPLETED, Phase.FAILED, Phase.NOT_STARTED, Phase.POINTER})


class Why(StrEnum):
    """Why a recording did not start or failed; the words for it are the views' business."""

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
    """`status` is an HTTP status, `detail` is 100ms' or Slack's own word.

    `after` is the last failed call to 100ms before the start became too old.
    """

    why: Why
    detail: str = ""
    status: int | None = None
    after: CallFailed | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """Everything the facts say. Times are aware UTC, durations are seconds."""

    key: str
    phase: Phase
    problem: Problem | None
    request_id: str
    room_id: str
    room_name: str
    title: str | None  # what somebody called this recording
    options: RecordingOptions
    starter: str | None  # None: nobody asked us for it
    channels: tuple[str, ...]  # the first is where it was asked for
    waiting: tuple[str, ...]  # follow it, but nobody knows yet whether they may have it
    withdrawn: tuple[str, ...]  # followed it, and may not have it
    is_private: bool | None  # None: nobody has asked yet
    place_asked: bool  # of its end, too: results may go to other channels
    requested_at: datetime
    hms_id: str | None
    elsewhere: bool
    points_to: str | None
    session_id: str | None
    attempted_at: datetime | None  # the oldest attempt to start whose outcome is unknown
    accepted_at: datetime | None
    started_at: datetime | None
    stopped_at: datetime | None
    completed_at: datetime | None  # when the video was there
    duration_s: float | None
    stop_reason: str | None
    stop_pending: bool
    end: EndSet | None  # the last one set
    ends_at: datetime | None  # None: it has no end, or its start is not known yet
    recorder_peer: str | None  # the recorder among the peers of the room
    stop_failed: CallFailed | None  # how 100ms answered the stop that is pending, if not well
    stop_suggestions: tuple[str, ...]  # who asked for a stop without a right to it
    pause_pending: PauseRequested | None
    moments: tuple[MomentShared, ...]  # each as it was first shared to a channel
    forget_by: str | None  # who wants it forgotten
    assets: Assets
    transcription: Transcription
    results: ResultsChecked | None
    attendees: tuple[Attendee, ...] | None  # who was there; None: 100ms was not asked yet
    log: tuple[Fact, ...]  # every fact once, oldest first

    @property
    def name(self) -> str:
        """What it is called wherever it is shown: its title, else its room."""
        return self.title or self.room_name

    @property
    def audio_only(self) -> bool:
        """Without a video, as far as we know: of others' recordings nobody knows the options."""
        return self.options.audio_only and not self.elsewhere

    @property
    def origin(self) -> str:
        return self.channels[0]

    @property
    def people(self) -> tuple[str, ...]:
        """The names of those who were there, as far as 100ms has told."""
        return tuple(dict.fromkeys(one.name for one in self.attendees or () if one.name))

    @property
    def speakers(self) -> dict[str, str]:
        """Names from Slack for the peers who joined by a link that we signed for them."""
        known = [one for one in self.attendees or () if one.slack and one.name]
        return {peer: one.name for one in known for peer in one.peers}

    @property
    def is_settled(self) -> bool:
        """Nothing more is to come, and 100ms did record."""
        if self.phase not in (Phase.COMPLETED, Phase.FAILED):
            return False
        if self.results or self.transcription in (Transcription.OFF, Transcription.GIVEN_UP):
            return True
        return self.phase is Phase.FAILED and not self.transcription.settled

    @property
    def is_unread(self) -> bool:
        """100ms has said its last word about the texts, and they were not read since."""
        ended = self.phase in (Phase.COMPLETED, Phase.FAILED)
        read = self.results is not None and not self.results.partial
        return ended and self.transcription.settled and not read


def can_watch(recording: Recording) -> bool:
    """The video is there, or must be: 100ms may say that it is done before it lists the file."""
    if recording.assets.video:
        return True
    listed = any(a.type in VIDEO_TYPES for a in recording.assets.all)
    return recording.phase is Phase.COMPLETED and not listed


def can_read(recording: Recording) -> bool:
    """There is a transcript, and as far as we know something is in it."""
    empty = recording.results is not None and recording.results.text == "empty"
    return recording.assets.best_transcript is not None and not empty
