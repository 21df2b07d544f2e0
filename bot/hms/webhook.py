"""Parse a 100ms webhook and turn it into a fact.

100ms does not sign webhooks: the endpoint checks the secret header before calling `parse`. `parse`
removes secrets, so its result can be stored as it is.

Source: 100ms docs, how-to-guides/configure-webhooks/webhook.
"""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    SkipValidation,
)

from bot.core.facts import (
    BeamFailed,
    BeamStarted,
    BeamStopped,
    Fact,
    RecordingUploaded,
    TranscriptionReported,
)
from bot.hms import lenient
from bot.hms.models import Text, Time
from bot.hms.redact import TooDeep, redact, strip_secrets

MAX_WORDS_CHARS = 500
ID_KEYS = ("job_id", "beam_id", "recording_id", "transcription_id")
_SORTED = json.JSONEncoder(sort_keys=True)
# A repeated event may have other values in these.
VOLATILE = frozenset({"metadata_id", "metadata_timestamp", "state_timestamp"})


class BadWebhook(ValueError):
    """The body is not a 100ms event. `why` can be logged: it quotes nothing of the body."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Envelope(BaseModel):
    """One event. `id` may change when 100ms sends it again: see `inbox_identity`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: Annotated[str, BeforeValidator(lenient.text)]
    id: Text = None
    timestamp: Time = None
    data: Annotated[
        SkipValidation[dict[str, JsonValue]],  # it was JSON
        BeforeValidator(lambda data: data if isinstance(data, dict) else {}),
    ] = Field(default_factory=dict)

    def stored(self) -> dict[str, JsonValue]:
        """Return the form in which the inbox stores it; `model_validate` reads it back."""
        timestamp = self.timestamp.isoformat() if self.timestamp else None
        return {"type": self.type, "id": self.id, "timestamp": timestamp, "data": self.data}


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of an event that help to find its recording.

    Each of `aliases` identifies the recording; room and session only narrow it down.
    """

    aliases: frozenset[str]
    room_id: str | None
    session_id: str | None


@dataclass(frozen=True, slots=True)
class Times:
    """The times of the recording, as far as the event has them."""

    started_at: datetime | None = None
    stopped_at: datetime | None = None
    failed_at: datetime | None = None  # set for a failure event, which has no start time


def parse(body: bytes) -> Envelope:
    """Parse a body and remove its secrets.

    Raises:
        BadWebhook: not UTF-8, not JSON, no object, nested too deeply, or without a type.
    """
    try:
        payload = json.loads(
            body.decode("utf-8-sig"), parse_constant=_no_constant, parse_float=_finite
        )
    except UnicodeDecodeError:
        raise BadWebhook("not UTF-8") from None
    except RecursionError:
        raise BadWebhook("nested too deeply") from None
    except ValueError:
        raise BadWebhook("not JSON") from None
    if not isinstance(payload, dict):
        raise BadWebhook("not a JSON object")
    if lenient.text(payload.get("type")) is None:
        raise BadWebhook("no type")
    try:
        return Envelope.model_validate(strip_secrets(payload))
    except TooDeep:
        raise BadWebhook("nested too deeply") from None


def ids_of(envelope: Envelope) -> Ids:
    """Return the ids in an event of any type; the inbox stores them beside it."""
    data = envelope.data
    named = {lenient.text(data.get(key)) for key in ID_KEYS}
    files = {lenient.text(value) for key, value in data.items() if key.endswith("asset_id")}
    return Ids(
        aliases=frozenset(name for name in named | files if name is not None),
        room_id=lenient.text(data.get("room_id")),
        session_id=lenient.text(data.get("session_id")),
    )


def times_of(envelope: Envelope) -> Times:
    """Return the recording's times, from the event's fields or its own time."""
    data, happened_at = envelope.data, _happened_at(envelope)
    started_at = lenient.moment(data.get("started_at"))
    stopped_at = lenient.moment(data.get("stopped_at"))
    match envelope.type:
        case "beam.started.success":
            return Times(started_at or happened_at, stopped_at)
        case "beam.stopped.success":
            return Times(started_at, stopped_at or happened_at)
        case "beam.failure":
            return Times(started_at, stopped_at, happened_at)
    return Times(started_at, stopped_at)


PRESENCE = frozenset(
    {
        "session.open.success",
        "session.close.success",
        "peer.join.success",
        "peer.leave.success",
    }
)


def room_changed(envelope: Envelope) -> str | None:
    """Return the room that somebody joined or left; None for any other event."""
    return lenient.text(envelope.data.get("room_id")) if envelope.type in PRESENCE else None


def states_a_fact(envelope: Envelope) -> bool:
    """Whether the event is about a recording; a beam may also only stream to RTMP."""
    return envelope.type in FACT_OF and envelope.data.get("recording_enabled") is not False


def fact_of(envelope: Envelope, received_at: datetime) -> Fact | None:
    """Convert an event to a fact; None if it is not about a recording.

    The fact has the event's timestamp, or `received_at` if that is missing or over 5 minutes ahead.
    """
    if not states_a_fact(envelope):
        return None
    return FACT_OF[envelope.type](
        envelope, lenient.past(envelope.timestamp, received_at) or received_at
    )


def inbox_identity(envelope: Envelope) -> str:
    """Return the same key for every delivery of an event, whatever id 100ms gives it."""
    stable = {
        key: value
        for key, value in envelope.data.items()
        if key not in VOLATILE and value not in (None, "")
    }
    content = _SORTED.encode([envelope.type, stable])
    digest = hashlib.sha256(content.encode()).hexdigest()
    return f"{envelope.type[:64]}:{digest[:32]}"


def beam_started(envelope: Envelope, at: datetime) -> BeamStarted:
    return BeamStarted(
        at=at,
        session_id=lenient.text(envelope.data.get("session_id")),
        started_at=lenient.past(times_of(envelope).started_at, at),
        peer_id=lenient.text(envelope.data.get("peer_id")),
    )


def beam_stopped(envelope: Envelope, at: datetime) -> BeamStopped:
    return BeamStopped(
        at=at,
        reason=_words(envelope.data.get("reason")) or "unknown",
        duration_s=lenient.seconds(envelope.data.get("duration")),
    )


def recording_uploaded(envelope: Envelope, at: datetime) -> RecordingUploaded:
    return RecordingUploaded(
        at=at,
        duration_s=lenient.seconds(envelope.data.get("duration")),
        size=lenient.whole(envelope.data.get("size")),
        started_at=lenient.past(lenient.moment(envelope.data.get("started_at")), at),
        stopped_at=lenient.past(lenient.moment(envelope.data.get("stopped_at")), at),
    )


def beam_failed(envelope: Envelope, at: datetime) -> BeamFailed:
    return BeamFailed(
        at=at,
        error_type=_words(envelope.data.get("error_type")) or "unknown",
        message=_words(envelope.data.get("error_message")) or "",
    )


def transcription_started(envelope: Envelope, at: datetime) -> TranscriptionReported:
    return _transcription(envelope, at, "started")


def transcription_succeeded(envelope: Envelope, at: datetime) -> TranscriptionReported:
    return _transcription(envelope, at, "success")


def transcription_failed(envelope: Envelope, at: datetime) -> TranscriptionReported:
    return _transcription(envelope, at, "failure")


FACT_OF: Mapping[str, Callable[[Envelope, datetime], Fact]] = {
    "beam.started.success": beam_started,
    "beam.stopped.success": beam_stopped,
    "beam.recording.success": recording_uploaded,
    "beam.failure": beam_failed,
    "transcription.started.success": transcription_started,
    "transcription.success": transcription_succeeded,
    "transcription.failure": transcription_failed,
    "transcription.failed": transcription_failed,  # the docs use both names
}


def _transcription(
    envelope: Envelope, at: datetime, outcome: Literal["started", "success", "failure"]
) -> TranscriptionReported:
    data = envelope.data
    return TranscriptionReported(
        at=at,
        outcome=outcome,
        txt_asset_id=lenient.text(data.get("transcript_txt_asset_id")),
        srt_asset_id=lenient.text(data.get("transcript_srt_asset_id")),
        json_asset_id=lenient.text(data.get("transcript_json_asset_id")),
        summary_asset_id=lenient.text(data.get("summary_json_asset_id")),
        duration_s=lenient.seconds(data.get("duration")),
    )


def _happened_at(envelope: Envelope) -> datetime | None:
    return lenient.moment(envelope.data.get("state_timestamp")) or envelope.timestamp


def _words(value: object) -> str | None:
    words = lenient.text(value)
    return None if words is None else redact(words)[:MAX_WORDS_CHARS]


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


HEADER = "X-Record-Bot-Secret"
NAME = "default"  # the last part of the webhook's path
