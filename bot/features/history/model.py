"""A recording as a row of lists."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.recording import Phase


@dataclass(frozen=True, slots=True)
class CardState:
    """What the card of a recording says of its state. `stops`: it offers Stop."""

    state: str
    mark: str
    stops: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list. `channel` has the card, `permalink` leads to it.

    `opens`: the person may open the recording's files. `state`, `mark` and `stops` (Stop is
    offered) are as on its card.
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
    state: str
    mark: str
    stops: bool

    @property
    def began(self) -> datetime:
        """When it started; until that is known, when it was requested."""
        return self.started_at or self.requested_at
