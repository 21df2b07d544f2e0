"""The words that several views use for the same thing."""

from bot.core.assets import VIDEO_TYPES, Transcription
from bot.core.facts import AssetSeen
from bot.core.options import NAMED_RESOLUTIONS, RecordingOptions
from bot.core.recording import ON_AIR, Phase, Recording, Why
from bot.ui.text import count, esc

REASONS = {
    "max duration reached": "the template allows no more",
    "room ended": "the room was ended",
    "last peer left": "the last person left",
}
MARKS = {
    Phase.RUNNING: "🔴",
    Phase.PAUSED: "⏸️",
    Phase.COMPLETED: "✅",
    Phase.FAILED: "⚠️",
    Phase.NOT_STARTED: "⚠️",
}
NO_TRANSCRIPT_YET = (
    "The transcript did not come in time. If it still comes, the 100ms dashboard has it."
)
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


def mark_of(recording: Recording) -> str:
    stopping = recording.stop_pending and recording.phase in ON_AIR
    return "" if stopping or _cancelled(recording) else MARKS.get(recording.phase, "")


def state_of(recording: Recording) -> str:
    """The state in words, as a heading says it."""
    if recording.stop_pending and recording.phase in ON_AIR:
        return PHASES[Phase.STOPPING]
    if _cancelled(recording):
        return "Cancelled"
    if recording.phase is Phase.COMPLETED:
        return _ready(recording)
    asked = recording.pause_pending
    if asked and recording.phase in (Phase.RUNNING, Phase.PAUSED):
        return f"{PHASES[recording.phase]}, {'pausing' if asked.pause else 'resuming'}"
    return PHASES[recording.phase]


def _ready(recording: Recording) -> str:
    video = "Audio ready" if recording.options.audio_only else "Video ready"
    if recording.results and recording.results.words:
        return PHASES[Phase.COMPLETED]
    coming = recording.transcription.pending and recording.transcription is not Transcription.MAYBE
    return f"{video}, transcript to come" if coming or _to_be_checked(recording) else video


def _to_be_checked(recording: Recording) -> bool:
    return recording.transcription is Transcription.READY and recording.results is None


def _cancelled(recording: Recording) -> bool:
    return recording.problem is not None and recording.problem.why is Why.CANCELLED


def options_line(options: RecordingOptions) -> str:
    """What was asked for, on one line. What is not named is as the template has it."""
    parts = [*_picture(options), *_transcript(options), *_summary(options)]
    if options.meeting_url:
        parts.append("own meeting URL")
    if options.destination:
        parts.append(f"to {esc(options.destination, 60)}")
    return ", ".join(parts) or "template settings"


def _picture(options: RecordingOptions) -> list[str]:
    if options.audio_only:
        return ["audio only"]
    if options.resolution is None:
        return []
    named = next((n for n, r in NAMED_RESOLUTIONS.items() if r == options.resolution), None)
    return [named or f"{options.resolution.width}×{options.resolution.height}"]


def _transcript(options: RecordingOptions) -> list[str]:
    if options.transcription is None:
        return []
    if not options.transcription:
        return ["no transcript"]
    modes = f" ({', '.join(options.output_modes)})" if options.output_modes else ""
    words = [count(len(options.vocabulary), "special word")] if options.vocabulary else []
    return [f"transcript{modes}", *words]


def _summary(options: RecordingOptions) -> list[str]:
    if options.summary is None:
        return []
    if not options.summary:
        return ["no summary"] if options.transcription else []
    sections = f" ({count(len(options.sections), 'section')})" if options.sections else ""
    return [f"summary{sections}"]


def file_name(asset: AssetSeen) -> str:
    """What a file is, for people."""
    if asset.type in VIDEO_TYPES:
        return "Video"
    mode = f" ({asset.mode})" if asset.mode else ""
    known = {"transcript": "Transcript", "summary": "Summary", "chat": "Chat"}
    return f"{known.get(asset.type) or esc(asset.type, 40)}{mode}"


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
