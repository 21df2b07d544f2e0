"""What lists show: recordings, rooms that are followed; and one page of Home."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.recording import Phase


@dataclass(frozen=True, slots=True)
class Row:
    """What a list shows. `channel` is where the card is, `permalink` leads to it.

    `opens`: the person may open its files.
    """

    key: str
    name: str
    phase: Phase
    starter: str | None
    requested_at: datetime
    started_at: datetime | None
    duration_s: float | None
    channel: str
    permalink: str | None
    has_video: bool
    has_transcript: bool
    audio_only: bool
    opens: bool
