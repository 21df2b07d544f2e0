"""Parts of a kept meeting as they are shown: a moment, and the brief."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.sourcing import SourcedSection, is_agenda
from bot.core.transcript import Sentence


@dataclass(frozen=True, slots=True)
class Moment:
    """A search hit. `around` has the sentences just before and after, and the sentence itself."""

    recording: str
    name: str
    began_at: datetime
    sentence: Sentence
    around: tuple[Sentence, ...]


LINES_MOST = 3


@dataclass(frozen=True, slots=True)
class Brief:
    """The speakers, in order of their first sentence, and the summary in a few lines."""

    people: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


def brief_of(people: Iterable[str], summary: Sequence[SourcedSection]) -> Brief:
    """Build a brief: the first paragraph of the summary as one line, else its first bullets.

    Agenda sections are left out.
    """
    sections = [section for section in summary if not is_agenda(section.title)]
    prose = next((section for section in sections if not section.is_list), None)
    if prose is not None:
        lines: tuple[str, ...] = (" ".join(line.text for line in prose.lines),)
    else:
        bullets = [line.text for section in sections for line in section.lines]
        lines = tuple(bullets[:LINES_MOST])
    return Brief(tuple(name for name in dict.fromkeys(people) if name), lines)
