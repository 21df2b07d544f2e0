"""What was found in a recording's transcript and summary."""

from dataclasses import dataclass

from bot.core.options import SectionFormat


@dataclass(frozen=True, slots=True)
class SummarySection:
    """One section of the summary, as 100ms wrote it: user text, not escaped.

    `format` says which of `bullets` and `paragraph` is meant to be shown; that one is never empty.
    """

    title: str
    format: SectionFormat
    bullets: tuple[str, ...] = ()
    paragraph: str = ""
