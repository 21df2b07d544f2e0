"""What goes wrong on purpose. Each fault is a small object; `kind` says what it does."""

import fnmatch
from typing import Annotated, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from record_bot_sandbox.hms.feed import Feed

ErrorType = Literal["INTERNAL_ERROR", "MAX_RETRIES_REACHED", "UPLOAD_ERROR", "BEAM_STOPPED"]
# 100ms has texts of its own here: nothing should depend on the wording.
ERROR_MESSAGES: dict[ErrorType, str] = {
    "INTERNAL_ERROR": "Internal error",
    "MAX_RETRIES_REACHED": "The meeting URL could not be opened, after 3 tries",
    "UPLOAD_ERROR": "The upload failed: look at the storage settings",
    "BEAM_STOPPED": "Stopped before it had started",
}


class _Fault(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str = Field(default_factory=lambda: uuid4().hex[:8])
    times: int | None = Field(default=None, ge=1)  # none: until it is cleared
    used: int = 0


class WebhookFault(_Fault):
    """Disturbs the delivery of events whose type matches the pattern, of one room or of all;
    replays are spared."""

    kind: Literal["drop", "delay", "repeat", "reorder"]
    event: str = "*"
    room_id: str | None = None
    delay_s: float = Field(default=30, ge=0)  # delay: held back so long; reorder: at most
    repeat: int = Field(default=2, ge=2, le=50)  # deliveries in all


class ApiFault(_Fault):
    """Disturbs API calls. `after_work`: the call has its effect, only the answer is lost.

    `odd`: 200 with a page of some proxy in place of JSON; `huge`: 200 with `huge_bytes` of JSON.
    """

    kind: Literal["status", "hang", "reset", "odd", "huge"]
    method: str = "*"
    path: str = "*"  # a pattern such as /v2/recordings/room/*/start
    status: int = Field(default=503, ge=400, le=599)
    retry_after_s: int | None = Field(default=None, ge=0)
    huge_bytes: int = Field(default=5_000_000, ge=1)
    hang_s: float = Field(default=30, ge=0)  # real seconds: the caller's time-outs are real
    after_work: bool = False


class RecordingFault(_Fault):
    """Spoils the recordings to come, of one room or of all."""

    kind: Literal[
        "start_fails",
        "upload_error",
        "transcript_failed",
        "summary_failed",
        "transcript_empty",
        "transcript_never",
    ]
    room_id: str | None = None
    error_type: ErrorType = "INTERNAL_ERROR"  # for start_fails


Fault = Annotated[WebhookFault | ApiFault | RecordingFault, Field(discriminator="kind")]
FAULT: TypeAdapter[WebhookFault | ApiFault | RecordingFault] = TypeAdapter(Fault)


class Faults:
    """The faults in force, oldest first; each is spent after its `times`."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self.all: list[WebhookFault | ApiFault | RecordingFault] = []

    def clear(self, fault_id: str | None = None) -> None:
        self.all = [f for f in self.all if fault_id is not None and f.id != fault_id]

    def webhook(self, event_type: str, room_id: str) -> WebhookFault | None:
        for fault in self.all:
            if (
                isinstance(fault, WebhookFault)
                and fnmatch.fnmatchcase(event_type, fault.event)
                and fault.room_id in {None, room_id}
            ):
                self._spend(fault)
                return fault
        return None

    def api(self, method: str, path: str) -> ApiFault | None:
        for fault in self.all:
            if (
                isinstance(fault, ApiFault)
                and fault.method.upper() in {"*", method}
                and fnmatch.fnmatchcase(path, fault.path)
            ):
                self._spend(fault)
                return fault
        return None

    def recording(self, kind: str, room_id: str) -> RecordingFault | None:
        for fault in self.all:
            if (
                isinstance(fault, RecordingFault)
                and fault.kind == kind
                and fault.room_id in {None, room_id}
            ):
                self._spend(fault)
                return fault
        return None

    def _spend(self, fault: WebhookFault | ApiFault | RecordingFault) -> None:
        fault.used += 1
        if fault.times is not None and fault.used >= fault.times:
            self.all.remove(fault)
        self._feed.publish("fault", used=fault.id, in_force=len(self.all))
