"""What of a recording can be opened; lists keep the answer in a column."""

from bot.core.assets import VIDEO_TYPES
from bot.core.recording import Phase, Recording


def can_watch(recording: Recording) -> bool:
    """The video is there, or must be: 100ms may say that it is done before it lists the file."""
    if recording.assets.video:
        return True
    listed = any(a.type in VIDEO_TYPES for a in recording.assets.all)
    return recording.phase is Phase.COMPLETED and not listed


def can_read(recording: Recording) -> bool:
    """There is a transcript, and as far as we know something is in it."""
    empty = recording.results is not None and not recording.results.words
    return recording.assets.best_transcript is not None and not empty
