"""A search question, and a page of hits."""

from dataclasses import dataclass
from datetime import date

from bot.core.moments import Moment
from bot.core.search import Query

PER_PAGE = 5
PAGES_MOST = 20
TEXT_MOST = 300  # characters of a question, which is part of button values


@dataclass(frozen=True, slots=True)
class FoundPage:
    """One page of hits. `text` is the question.

    Each moment has at least `need` of the `words` words. If not `complete`, Slack did not say for
    every channel whether the person can see it, or the app `lacks` the permission to ask. If not
    `keeps`, the bot does not keep transcripts. `opens` and `shares`: the person may open the
    transcripts, and share moments.
    """

    text: str
    query: Query
    moments: tuple[Moment, ...] = ()
    count: int = 0
    words: int = 0
    need: int = 0
    meant: tuple[tuple[str, str], ...] = ()
    page: int = 0
    complete: bool = True
    keeps: bool = True
    lacks: str | None = None
    opens: bool = True
    shares: bool = True

    @property
    def first(self) -> int:
        return self.page * PER_PAGE

    @property
    def more(self) -> bool:
        last = min(self.count, PAGES_MOST * PER_PAGE)
        return self.first + len(self.moments) < last


def page_value(page: int, text: str) -> str:
    return f"{page} {text}"


def page_of_value(value: str) -> tuple[int, str]:
    """Parse a page and a question from a button's value, which is not trusted."""
    page, _, text = value.partition(" ")
    number = int(page) if page.isascii() and page.isdecimal() and len(page) <= 3 else 0
    return min(number, PAGES_MOST - 1), text


def question(
    words: str,
    *,
    room: str | None = None,
    person: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> str:
    """Build the text for `find` from the parts of an understood sentence."""
    days = (
        f"on: {_day(since)}" if since and since == until else "",
        f"since {_day(since)}" if since and since != until else "",
        f"until: {_day(until)}" if until and since != until else "",
    )
    filters = (
        f'in:"{room}"' if room else "",
        f'from:"{person}"' if person else "",
        *days,
    )
    return " ".join(part for part in (words.strip(), *filters) if part)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
