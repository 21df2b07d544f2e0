"""What is kept of a meeting, as it is shown: a moment, and its brief."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.sourcing import SourcedSection, is_agenda
from bot.core.transcript import Sentence


@dataclass(frozen=True, slots=True)
class Moment:
    """A hit. `around` is what was said just before and after, the sentence itself included."""

    recording: str
    name: str
    began_at: datetime
    sentence: Sentence
    around: tuple[Sentence, ...]


LINES_MOST = 3


@dataclass(frozen=True, slots=True)
class Brief:
    """Who spoke, in the order in which they first did, and the summary in a few lines."""

    people: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


def brief_of(people: Iterable[str], summary: Sequence[SourcedSection]) -> Brief:
    """The paragraph of the summary as one line, else its first bullets; no agenda."""
    sections = [section for section in summary if not is_agenda(section.title)]
    prose = next((section for section in sections if not section.is_list), None)
    if prose is not None:
        lines: tuple[str, ...] = (" ".join(line.text for line in prose.lines),)
    else:
        bullets = [line.text for section in sections for line in section.lines]
        lines = tuple(bullets[:LINES_MOST])
    return Brief(tuple(name for name in dict.fromkeys(people) if name), lines)
