"""The facts: everything that was ever said, heard or done about one recording.

A fact is immutable and stored append-only. `derive` reads the *set* of them, so order and
repetition cannot matter. `identity` names what a fact says: two facts with one identity are the
same fact heard twice, whatever ids 100ms or Slack gave the two deliveries.
"""

import hashlib
import json
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from bot.core.options import OutputMode, RecordingOptions
from bot.core.places import Place

HmsStatus = Literal["starting", "running", "stopping", "post_processing", "completed", "failed"]
AssetStatus = Literal["processing", "completed", "failed"]
# What came of reading a file. Only `empty` says that nothing is in it.
Reading = Literal["none", "read", "empty", "unreadable", "too_large", "refused", "blocked"]
Via = Literal["command", "form", "again", "schedule", "rule"]
# Why a call to 100ms brought no answer of use: a clear no, an error of its own, a rate limit …
Cause = Literal["refused", "error", "limited", "timeout", "network", "unreadable"]


class _Fact(BaseModel):
    """`at` is when it happened, by whoever said so; aware, UTC."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    each_time_counts: ClassVar[bool] = False

    at: AwareDatetime

    @property
    def identity(self) -> str:
        said = self.model_dump(mode="json", exclude=None if self.each_time_counts else {"at"})
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
        return f"{said['kind']}:{digest[:32]}"


# What people asked for.


class StartRequested(_Fact):
    """How a recording of ours begins. `request_id` makes a repeated request the same one."""

    kind: Literal["requested"] = "requested"
    request_id: str
    room_id: str
    room_name: str
    options: RecordingOptions
    by: str
    channel_id: str
    via: Via


class Discovered(_Fact):
    """How a recording begins that nobody asked us for: found running in a room that is followed."""

    kind: Literal["discovered"] = "discovered"
    hms_id: str
    room_id: str
    room_name: str
    channels: tuple[str, ...]


class Followed(_Fact):
    """One more channel gets the card. `by` is None where the channel follows the whole room."""

    kind: Literal["followed"] = "followed"
    channel_id: str
    by: str | None = None


class Shared(_Fact):
    """Somebody who sees the recording showed it in one more channel that they are in."""

    kind: Literal["shared"] = "shared"
    channel_id: str
    by: str


class MomentShared(_Fact):
    """Somebody who sees the recording showed one sentence of it in a channel that they are in."""

    kind: Literal["moment_shared"] = "moment_shared"
    channel_id: str
    by: str
    sentence: int

    @property
    def target(self) -> str:
        """Of the message that shows it."""
        return f"{self.channel_id}:{self.sentence}"


class PlaceSeen(_Fact):
    """What kind of place the recording's channel is, by Slack's answer.

    Asked when the start is made, and again once it has ended, before results go elsewhere. Slack
    may never say: then the tries end, and the place is `unknown`.
    """

    kind: Literal["place_seen"] = "place_seen"
    channel_id: str
    place: Place
    ended: bool = False


class EndSet(_Fact):
    """When it is to stop by itself: so long after the real start, or at a time; neither: never.

    Each one counts: the last is in force. `by` is None where a calendar or a rule said it.
    """

    kind: Literal["end_set"] = "end_set"
    each_time_counts: ClassVar[bool] = True
    by: str | None = None
    after_s: int | None = None
    until: AwareDatetime | None = None


class StopDue(_Fact):
    """It is to stop although nobody asked: its time is over, or everybody has left the room."""

    kind: Literal["stop_due"] = "stop_due"
    each_time_counts: ClassVar[bool] = True
    why: Literal["time", "empty"]


class Renamed(_Fact):
    """Somebody gave the recording a title; the last counts. An empty one takes it back."""

    kind: Literal["renamed"] = "renamed"
    each_time_counts: ClassVar[bool] = True
    by: str
    title: str


class StopRequested(_Fact):
    kind: Literal["stop_requested"] = "stop_requested"
    each_time_counts: ClassVar[bool] = True
    by: str


class StopSuggested(_Fact):
    """Somebody who may not stop it asks for that. Once per person."""

    kind: Literal["stop_wished"] = "stop_wished"  # as it is stored since the first version
    by: str


class PauseRequested(_Fact):
    """`pause=False` asks to resume."""

    kind: Literal["pause_requested"] = "pause_requested"
    each_time_counts: ClassVar[bool] = True
    by: str
    pause: bool


class ForgetRequested(_Fact):
    """Delete what we know and have shown of it; once it has ended."""

    kind: Literal["forget_requested"] = "forget_requested"
    by: str


# What we did, and what came of it.


class StartAttempted(_Fact):
    """Committed before the call: after a crash we know that 100ms may have heard us."""

    kind: Literal["start_attempted"] = "start_attempted"
    each_time_counts: ClassVar[bool] = True


class StartNotDone(_Fact):
    """The attempt of that time certainly did not reach 100ms: it may be made again."""

    kind: Literal["start_not_done"] = "start_not_done"
    attempted_at: AwareDatetime


class StartAccepted(_Fact):
    kind: Literal["start_accepted"] = "start_accepted"
    hms_id: str


class Adopted(_Fact):
    """A recording found running in the room is this one.

    `elsewhere`: someone else started it, so our settings are not in force (409 on start).
    Otherwise it is the one of our own attempt whose answer was lost.
    """

    kind: Literal["adopted"] = "adopted"
    hms_id: str
    elsewhere: bool


class PointsTo(_Fact):
    """The room is already recorded by another of our recordings: look there."""

    kind: Literal["points_to"] = "points_to"
    key: str


class StartRefused(_Fact):
    """100ms said no for good. `status` is the HTTP status, `message` is 100ms' own."""

    kind: Literal["start_refused"] = "start_refused"
    status: int
    message: str


class CallFailed(_Fact):
    """A call to 100ms failed, and not in the same way as the one before. It is made again."""

    kind: Literal["call_failed"] = "call_failed"
    each_time_counts: ClassVar[bool] = True
    call: Literal["start", "stop"]
    cause: Cause
    status: int | None = None
    message: str = ""

    def says_the_same(self, other: "CallFailed") -> bool:
        return (self.cause, self.status) == (other.cause, other.status)


class StartExpired(_Fact):
    """Too late to start without asking the person again."""

    kind: Literal["start_parked"] = "start_parked"  # as it is stored since the first version


class CannotPost(_Fact):
    """Slack does not let us post in this channel; `error` is Slack's name for why."""

    kind: Literal["cannot_post"] = "cannot_post"
    channel_id: str
    error: str


class StopSent(_Fact):
    """Each one counts: the last must be told from those before the last wish."""

    kind: Literal["stop_sent"] = "stop_sent"
    each_time_counts: ClassVar[bool] = True


class StopRefused(_Fact):
    """404 means that nothing ran any more, which is as good as stopped."""

    kind: Literal["stop_refused"] = "stop_refused"
    each_time_counts: ClassVar[bool] = True
    status: int
    message: str


class PauseSent(_Fact):
    """100ms took the pause (or resume) that was asked for at `asked_at`."""

    kind: Literal["pause_sent"] = "pause_sent"
    asked_at: AwareDatetime
    pause: bool


class PauseDropped(_Fact):
    """The pause (or resume) asked for at `asked_at` was not done: too late, or refused."""

    kind: Literal["pause_dropped"] = "pause_dropped"
    asked_at: AwareDatetime
    pause: bool
    why: Literal["late", "refused", "not_running"]
    status: int | None = None
    message: str = ""


# What 100ms answered when asked.


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
    """100ms does not know the recording, or does not show it to us any more."""

    kind: Literal["vanished"] = "vanished"
    status: int


# What 100ms told us by webhook. Ids that name the recording travel as aliases, not here.


class BeamStarted(_Fact):
    kind: Literal["beam_started"] = "beam_started"
    session_id: str | None = None
    started_at: AwareDatetime | None = None
    peer_id: str | None = None  # the recorder's own, among the peers of the room


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

    The asset ids say which files were asked for; after a failure some of them may still exist.
    """

    kind: Literal["transcription_reported"] = "transcription_reported"
    outcome: Literal["started", "success", "failure"]
    txt_asset_id: str | None = None
    srt_asset_id: str | None = None
    json_asset_id: str | None = None
    summary_asset_id: str | None = None
    duration_s: float | None = None


# What we found in the results.


class ResultsChecked(_Fact):
    """The files were fetched and read; their content is not kept.

    `words` of the transcript: 0 is an empty one, None means that none was read. `transcript` and
    `summary` are None in facts of earlier versions. `status`: HTTP, of a file that was refused.
    `partial`: late, and 100ms was still making something; there may be another check.
    """

    kind: Literal["results_checked"] = "results_checked"
    words: int | None
    has_summary: bool
    transcript: Reading | None = None
    summary: Reading | None = None
    status: int | None = None
    partial: bool = False

    @property
    def text(self) -> Reading:
        """What came of the transcript."""
        if self.transcript is not None:
            return self.transcript
        if self.words is None:
            return "none"
        return "read" if self.words else "empty"

    @property
    def digest(self) -> Reading:
        """What came of the summary."""
        return self.summary or ("read" if self.has_summary else "none")


class Attendee(BaseModel):
    """Somebody who was in the meeting. `slack` is their Slack id, if they joined by our link.

    Then `name` is Slack's, and `peers` are their ids in transcripts.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    slack: str | None = None
    peers: tuple[str, ...] = ()


class AttendeesListed(_Fact):
    """Who was in the room while it was recorded, in the order in which they came.

    Nobody where 100ms could not tell: it is not asked again.
    """

    kind: Literal["attendees_listed"] = "attendees_listed"
    people: tuple[Attendee, ...] = ()


class GaveUp(_Fact):
    """We stopped asking: what was waited for did not come in all that time."""

    kind: Literal["gave_up"] = "gave_up"
    on: Literal["recording", "transcript", "results"]  # results: there, but not to be read


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
