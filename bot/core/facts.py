"""The facts: everything that people, the bot, 100ms or Slack said or did about one recording.

Facts are immutable and stored append-only. `derive` reads the *set* of them, so order and
repetition do not matter. `identity` is a hash of the content: two facts with one identity are the
same fact received twice, whatever ids 100ms or Slack gave the two deliveries.
"""

import hashlib
import json
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from bot.core.options import OutputMode, RecordingOptions
from bot.core.places import Place

HmsStatus = Literal["starting", "running", "stopping", "post_processing", "completed", "failed"]
AssetStatus = Literal["processing", "completed", "failed"]
# The result of reading a file. Only `empty` means that it has no content.
FileReading = Literal["none", "read", "empty", "unreadable", "too_large", "refused", "blocked"]
Via = Literal["command", "form", "again", "schedule", "rule"]
# Why a call to 100ms failed. `error` is a 5xx. `limited` is a 429, or without a status a call that
# the bot held back because of the 429 of another call.
Cause = Literal["refused", "error", "limited", "timeout", "network", "unreadable"]


class _Fact(BaseModel):
    """`at` is when it happened, by the clock of its source; aware, UTC."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    each_time_counts: ClassVar[bool] = False

    at: AwareDatetime

    @property
    def identity(self) -> str:
        said = self.model_dump(mode="json", exclude=None if self.each_time_counts else {"at"})
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
        return f"{said['kind']}:{digest[:32]}"


# Requests of people.


class StartRequested(_Fact):
    """The beginning of a requested recording. `request_id` identifies repeated requests."""

    kind: Literal["requested"] = "requested"
    request_id: str
    room_id: str
    room_name: str
    options: RecordingOptions
    by: str
    channel_id: str
    via: Via


class Discovered(_Fact):
    """The beginning of a recording that nobody requested, found running in a followed room."""

    kind: Literal["discovered"] = "discovered"
    hms_id: str
    room_id: str
    room_name: str
    channels: tuple[str, ...]


class Followed(_Fact):
    """One more channel gets the card. `by` is None if the channel follows the room."""

    kind: Literal["followed"] = "followed"
    channel_id: str
    by: str | None = None


class Shared(_Fact):
    """A person who can see the recording shared it to one more channel that they are in."""

    kind: Literal["shared"] = "shared"
    channel_id: str
    by: str


class MomentShared(_Fact):
    """A person who can see the recording shared a sentence of it to a channel they are in."""

    kind: Literal["moment_shared"] = "moment_shared"
    channel_id: str
    by: str
    sentence: int

    @property
    def target(self) -> str:
        """The target of the delivery that shows it."""
        return f"{self.channel_id}:{self.sentence}"


class PlaceSeen(_Fact):
    """Slack's answer about the kind of place of the recording's channel.

    The bot asks at the start and after the end, before results go to other channels. If Slack
    answers no attempt, the place is `unknown`.
    """

    kind: Literal["place_seen"] = "place_seen"
    channel_id: str
    place: Place
    ended: bool = False


class EndSet(_Fact):
    """The end of the recording: `after_s` from the real start, or `until` a time; neither: none.

    The last one counts. `by` is None if a schedule or a rule set it.
    """

    kind: Literal["end_set"] = "end_set"
    each_time_counts: ClassVar[bool] = True
    by: str | None = None
    after_s: int | None = None
    until: AwareDatetime | None = None


class StopDue(_Fact):
    """The recording must stop although nobody asked: its end has come, or the room is empty."""

    kind: Literal["stop_due"] = "stop_due"
    each_time_counts: ClassVar[bool] = True
    why: Literal["time", "empty"]


class Renamed(_Fact):
    """Somebody gave the recording a title; the last one counts. An empty one removes it."""

    kind: Literal["renamed"] = "renamed"
    each_time_counts: ClassVar[bool] = True
    by: str
    title: str


class StopRequested(_Fact):
    kind: Literal["stop_requested"] = "stop_requested"
    each_time_counts: ClassVar[bool] = True
    by: str


class StopSuggested(_Fact):
    """A person who may not stop the recording suggested stopping it. Once per person."""

    kind: Literal["stop_wished"] = "stop_wished"  # the stored name since the first version
    by: str


class PauseRequested(_Fact):
    """`pause=False` is a request to resume."""

    kind: Literal["pause_requested"] = "pause_requested"
    each_time_counts: ClassVar[bool] = True
    by: str
    pause: bool


class ForgetRequested(_Fact):
    """Delete everything stored and shown of the recording, once it has ended."""

    kind: Literal["forget_requested"] = "forget_requested"
    by: str


# Actions of the bot, and their results.


class StartAttempted(_Fact):
    """Committed before the call: after a crash, the request may have reached 100ms."""

    kind: Literal["start_attempted"] = "start_attempted"
    each_time_counts: ClassVar[bool] = True


class StartNotDone(_Fact):
    """The attempt of that time certainly did not reach 100ms, so it may be repeated."""

    kind: Literal["start_not_done"] = "start_not_done"
    attempted_at: AwareDatetime


class StartAccepted(_Fact):
    kind: Literal["start_accepted"] = "start_accepted"
    hms_id: str


class Adopted(_Fact):
    """A recording that was found running in the room is this one.

    `elsewhere`: someone else started it, so our options do not apply (409 on start).
    Otherwise our own attempt started it, and its answer was lost.
    """

    kind: Literal["adopted"] = "adopted"
    hms_id: str
    elsewhere: bool


class PointsTo(_Fact):
    """Another of our recordings already records the room; `key` is its key."""

    kind: Literal["points_to"] = "points_to"
    key: str


class StartRefused(_Fact):
    """100ms refused the start for good. `status` is HTTP, `message` is 100ms' text."""

    kind: Literal["start_refused"] = "start_refused"
    status: int
    message: str


class CallFailed(_Fact):
    """A call to 100ms failed, in another way than the one before. It is retried."""

    kind: Literal["call_failed"] = "call_failed"
    each_time_counts: ClassVar[bool] = True
    call: Literal["start", "stop"]
    cause: Cause
    status: int | None = None
    message: str = ""

    @property
    def is_held_back(self) -> bool:
        """Whether the bot did not make the call: 100ms allows no more requests for a while."""
        return self.cause == "limited" and self.status is None

    def adds_to(self, earlier: "CallFailed") -> bool:
        """Whether it says more than the failure before it."""
        if self.is_held_back:
            return earlier.cause != "limited"
        return (self.cause, self.status) != (earlier.cause, earlier.status)


class StartExpired(_Fact):
    """It became too late to start without asking the person again."""

    kind: Literal["start_parked"] = "start_parked"  # the stored name since the first version


class CannotPost(_Fact):
    """Slack does not let us post in this channel; `error` is Slack's error code."""

    kind: Literal["cannot_post"] = "cannot_post"
    channel_id: str
    error: str


class StopSent(_Fact):
    """100ms accepted a stop. Each one is stored, to compare it with the last request."""

    kind: Literal["stop_sent"] = "stop_sent"
    each_time_counts: ClassVar[bool] = True


class StopRefused(_Fact):
    """100ms refused a stop. 404 means that nothing was running, which counts as stopped."""

    kind: Literal["stop_refused"] = "stop_refused"
    each_time_counts: ClassVar[bool] = True
    status: int
    message: str


class PauseSent(_Fact):
    """100ms accepted the pause (or resume) that was requested at `asked_at`."""

    kind: Literal["pause_sent"] = "pause_sent"
    asked_at: AwareDatetime
    pause: bool


class PauseDropped(_Fact):
    """The pause (or resume) requested at `asked_at` was not done: too late, or refused."""

    kind: Literal["pause_dropped"] = "pause_dropped"
    asked_at: AwareDatetime
    pause: bool
    why: Literal["late", "refused", "not_running"]
    status: int | None = None
    message: str = ""


# Answers of 100ms to polls.


class Observed(_Fact):
    """The recording as `GET /recordings/{id}` shows it."""

    kind: Literal["observed"] = "observed"
    status: HmsStatus
    session_id: str | None = None
    started_at: AwareDatetime | None = None
    stopped_at: AwareDatetime | None = None
    meeting_url: str | None = None


class AssetSeen(_Fact):
    """One file of the recording. `size` in bytes, `duration_s` in seconds."""

    kind: Literal["asset_seen"] = "asset_seen"
    asset_id: str
    type: str
    status: AssetStatus
    mode: OutputMode | None = None
    size: int | None = None
    duration_s: float | None = None


class Vanished(_Fact):
    """100ms does not know the recording, or no longer lets us see it."""

    kind: Literal["vanished"] = "vanished"
    status: int


# Webhooks of 100ms. Ids of the recording are stored as aliases, not here.


class BeamStarted(_Fact):
    kind: Literal["beam_started"] = "beam_started"
    session_id: str | None = None
    started_at: AwareDatetime | None = None
    peer_id: str | None = None  # of the recorder, which is a peer of the room


class BeamStopped(_Fact):
    kind: Literal["beam_stopped"] = "beam_stopped"
    reason: str
    duration_s: float | None = None


class RecordingUploaded(_Fact):
    kind: Literal["recording_uploaded"] = "recording_uploaded"
    duration_s: float | None = None
    size: int | None = None
    started_at: AwareDatetime | None = None
    stopped_at: AwareDatetime | None = None


class BeamFailed(_Fact):
    kind: Literal["beam_failed"] = "beam_failed"
    error_type: str
    message: str = ""


class TranscriptionReported(_Fact):
    """`transcription.started.success`, `.success` and `.failure` (or `.failed`).

    The asset ids are those of the requested files; after a failure some may still exist.
    """

    kind: Literal["transcription_reported"] = "transcription_reported"
    outcome: Literal["started", "success", "failure"]
    txt_asset_id: str | None = None
    srt_asset_id: str | None = None
    json_asset_id: str | None = None
    summary_asset_id: str | None = None
    duration_s: float | None = None


# Findings in the results.


class ResultsChecked(_Fact):
    """The files were fetched and read; their content is not kept.

    `words`: of the transcript; 0 if it is empty, None if none was read. `transcript` and `summary`
    are None in facts of earlier versions. `status`: HTTP, of a file that was refused. `partial`:
    the check was made late, while 100ms was still processing; another one may follow.
    """

    kind: Literal["results_checked"] = "results_checked"
    words: int | None
    has_summary: bool
    transcript: FileReading | None = None
    summary: FileReading | None = None
    status: int | None = None
    partial: bool = False

    @property
    def text(self) -> FileReading:
        """The result of reading the transcript."""
        if self.transcript is not None:
            return self.transcript
        if self.words is None:
            return "none"
        return "read" if self.words else "empty"

    @property
    def digest(self) -> FileReading:
        """The result of reading the summary."""
        return self.summary or ("read" if self.has_summary else "none")


class Attendee(BaseModel):
    """Somebody who was in the meeting. `slack` is their Slack id, if they joined by our link.

    In that case `name` is from Slack, and `peers` are their ids in transcripts.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    slack: str | None = None
    peers: tuple[str, ...] = ()


class AttendeesListed(_Fact):
    """The people who were in the room while it was recorded, in the order in which they joined.

    Empty if 100ms could not list them; the bot does not ask again.
    """

    kind: Literal["attendees_listed"] = "attendees_listed"
    people: tuple[Attendee, ...] = ()


class GaveUp(_Fact):
    """The bot stopped waiting for something that did not come in time."""

    kind: Literal["gave_up"] = "gave_up"
    on: Literal["recording", "transcript", "results"]  # results: unreadable files


Fact = Annotated[
    StartRequested
    | Discovered
    | Followed
    | Shared
    | MomentShared
    | PlaceSeen
    | EndSet
    | StopDue
    | Renamed
    | StopRequested
    | StopSuggested
    | PauseRequested
    | ForgetRequested
    | StartAttempted
    | StartNotDone
    | StartAccepted
    | Adopted
    | PointsTo
    | StartRefused
    | CallFailed
    | StartExpired
    | CannotPost
    | StopSent
    | StopRefused
    | PauseSent
    | PauseDropped
    | Observed
    | AssetSeen
    | Vanished
    | BeamStarted
    | BeamStopped
    | RecordingUploaded
    | BeamFailed
    | TranscriptionReported
    | ResultsChecked
    | AttendeesListed
    | GaveUp,
    Field(discriminator="kind"),
]

Beginning = StartRequested | Discovered

FACT: TypeAdapter[Fact] = TypeAdapter(Fact)
