"""Words that several views share."""

from datetime import datetime

from bot.core.assets import VIDEO_TYPES, Transcription
from bot.core.facts import AssetSeen
from bot.core.policy import Silence
from bot.core.recording import ON_AIR, FailureReason, Phase, Recording
from bot.ui.text import clock, esc, is_near, when

REASONS = {
    "max duration reached": "it reached the maximum length",
    "room ended": "the room was ended",
    "last peer left": "nobody was in the room",
}
MARKS = {
    Phase.RUNNING: "🔴",
    Phase.PAUSED: "⏸️",
    Phase.COMPLETED: "✅",
    Phase.FAILED: "⚠️",
    Phase.NOT_STARTED: "⚠️",
}
NO_TRANSCRIPT_YET = (
    "The transcript did not arrive in time. If it is made later, find it in the 100ms dashboard."
)
UNREAD = (
    "100ms made a transcript, but the bot could not read its file. Press Transcript to open it."
)
NOT_YET, UNCONFIRMED = "Not recording yet", "Starting, not confirmed"
PHASES = {
    Phase.REQUESTED: "Starting",
    Phase.STARTING: "Starting",
    Phase.RUNNING: "Recording",
    Phase.PAUSED: "Paused",
    Phase.STOPPING: "Stopping",
    Phase.PROCESSING: "Processing",
    Phase.COMPLETED: "Ready",
    Phase.FAILED: "Failed",
    Phase.NOT_STARTED: "Not started",
    Phase.POINTER: "Already being recorded",
}


def stops(recording: Recording, at: datetime) -> str:
    """Say `stops at 14:30`, or `stops tomorrow at 8:00`."""
    return f"stops at {clock(at)}" if is_near(at, recording.began) else f"stops {when(at)}"


def media_ready(*, audio_only: bool) -> str:
    return "Audio ready" if audio_only else "Video ready"


def mark_of(recording: Recording) -> str:
    stopping = recording.stop_pending and recording.phase in ON_AIR | {Phase.REQUESTED}
    return "" if stopping or _cancelled(recording) else MARKS.get(recording.phase, "")


def state_of(recording: Recording, silent: Silence | None) -> str:
    """Name the state. `silent`: a start or stop that 100ms has not answered, as cards show it."""
    if silent and silent.on == "start" and not silent.cancelled:
        return UNCONFIRMED if silent.accepted else NOT_YET
    if recording.stop_pending and recording.phase in ON_AIR:
        return PHASES[Phase.STOPPING]
    if recording.stop_pending and recording.phase is Phase.REQUESTED:
        return "Cancelling"
    if _cancelled(recording):
        return "Cancelled"
    if recording.phase is Phase.COMPLETED:
        return _ready(recording)
    asked = recording.pause_pending
    if asked and recording.phase in (Phase.RUNNING, Phase.PAUSED):
        return f"{PHASES[recording.phase]}, {'pausing' if asked.pause else 'resuming'}"
    return PHASES[recording.phase]


def expected(at: datetime | None, now: datetime, *, what: str = "it") -> str:
    """Say when 100ms should have a result; '' if that is not known."""
    if at is None:
        return ""
    if at <= now:
        return " This is taking longer than usual; the bot is still checking with 100ms."
    return f" 100ms should have {what} by {when(at)}."


def still(recording: Recording) -> str:
    """Say that a recording is not over."""
    name = f"*{esc(recording.name, 100)}*"
    if recording.phase in (Phase.REQUESTED, Phase.STARTING):
        return f"100ms has not confirmed yet that {name} is being recorded."
    if recording.stop_pending or recording.phase is Phase.STOPPING:
        return f"The recording of {name} is being stopped."
    return f"{name} is still being recorded."


def _ready(recording: Recording) -> str:
    video = media_ready(audio_only=recording.audio_only)
    if recording.results and recording.results.words:
        return PHASES[Phase.COMPLETED]
    coming = recording.transcription.pending and recording.transcription is not Transcription.MAYBE
    return f"{video}, transcript to come" if coming or _to_be_checked(recording) else video


def _to_be_checked(recording: Recording) -> bool:
    return recording.transcription is Transcription.READY and recording.results is None


def _cancelled(recording: Recording) -> bool:
    return recording.problem is not None and recording.problem.why is FailureReason.CANCELLED


def file_name(asset: AssetSeen, *, audio_only: bool) -> str:
    """Name a file of a recording for people."""
    if asset.type in VIDEO_TYPES:
        return "Audio" if audio_only else "Video"
    mode = f" ({asset.mode})" if asset.mode else ""
    known = {"transcript": "Transcript", "summary": "Summary", "chat": "Chat"}
    return f"{known.get(asset.type) or esc(asset.type, 40)}{mode}"


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


DETAILS = "Recording details"
