"""Options in words."""

from bot.core.options import NAMED_RESOLUTIONS, RecordingOptions
from bot.ui.text import count, esc


def options_line(options: RecordingOptions) -> str:
    """Summarize the options on one line; unnamed ones use the template's defaults."""
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
