"""A moment of a recording that somebody found."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.transcript import Sentence


@dataclass(frozen=True, slots=True)
class Moment:
    """A hit. `around` is what was said just before and after, the sentence itself included."""

    recording: str
    room_name: str
    began_at: datetime
    sentence: Sentence
    around: tuple[Sentence, ...]
