"""The clauses of a typed time, the words in them, and the tokens of a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

Part = Literal["morning", "afternoon", "evening", "night"]


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day. `loose`: an hour from 1 to 12 with no sign of the half of the day.

    `halved`: written with am or pm.
    """

    hour: int
    minute: int = 0
    loose: bool = False
    halved: bool = False
    midnight: bool = False  # the word "midnight", which may mean either end of a day


@dataclass(frozen=True, slots=True)
class Relative:
    """A number of days from today, such as `tomorrow`."""

    days: int


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week, Monday is 0. `next week` is `which="week"`."""

    day: int
    which: Literal["", "this", "next", "last", "week"] = ""


@dataclass(frozen=True, slots=True)
class OnDate:
    """A date; without a year, the next one. If a weekday is given, it must agree."""

    month: int
    day: int
    year: int | None = None
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class MonthDay:
    """The 5th, of this month or the next. If a weekday is given, it must agree."""

    day: int
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class Numeric:
    """A date as two numbers, either of which may be the day: `1.2.`, `2/1`."""

    first: int
    second: int
    year: int | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Last week, this month, the last 3 days."""

    unit: Literal["day", "week", "month"]
    back: int  # 0: the current one
    rolling: bool = False  # counted back from now, not by the calendar


@dataclass(frozen=True, slots=True)
class NamedMonth:
    """A whole month of the past: october, november 2025."""

    month: int
    year: int | None = None


DayRef = Relative | Weekday | OnDate | MonthDay | Numeric | Stretch | NamedMonth


@dataclass(frozen=True, slots=True)
class At:
    """A time of day at which something starts; with `end`, from this time to that."""

    clock: Clock
    part: Part | None = None
    end: Clock | None = None


@dataclass(frozen=True, slots=True)
class On:
    """A day, optionally with a part of it."""

    day: DayRef
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class In:
    """A delay from now; days and weeks keep the wall time."""

    days: int
    seconds: int


@dataclass(frozen=True, slots=True)
class For:
    """A length."""

    days: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Until:
    """Until a time of day, optionally of a given day.

    `day_last`: the day comes behind the time, and may be that of the start, too.
    """

    clock: Clock
    day: DayRef | None = None
    part: Part | None = None
    day_last: bool = False


@dataclass(frozen=True, slots=True)
class LastDay:
    """Until a day."""

    day: DayRef


@dataclass(frozen=True, slots=True)
class Since:
    """Since a day, a time, or a time of a day."""

    day: DayRef | None
    clock: Clock | None


@dataclass(frozen=True, slots=True)
class Starting:
    """The first day of a recurrence, or (`from friday`) a day."""

    day: DayRef


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A recurrence. `nth` with `days`: the nth such day of a month; -1 is the last."""

    freq: Literal["DAILY", "WEEKLY", "MONTHLY"]
    interval: int = 1
    days: tuple[int, ...] = ()
    nth: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    position: int | None = None
    part: Part | None = None

    def without(self, days: tuple[int, ...]) -> Recurrence | Bad:
        """Return the recurrence without some days of the week."""
        all_days = self.days or (tuple(range(7)) if self.freq == "DAILY" else ())
        if not {*days} <= {*all_days} or self.interval > 1 or self.nth:
            return Bad("It does not repeat on the days to leave out.")
        left = tuple(day for day in all_days if day not in days)
        return replace(self, freq="WEEKLY", days=left) if left else Bad("No day is left.")


@dataclass(frozen=True, slots=True)
class Except:
    """Days of the week that a recurrence leaves out."""

    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Zone:
    """The IANA name of a zone, as written."""

    name: str


@dataclass(frozen=True, slots=True)
class Now:
    """`now`."""


@dataclass(frozen=True, slots=True)
class PartOnly:
    """A part of a day without a day: `in the morning`."""

    part: Part


@dataclass(frozen=True, slots=True)
class Bad:
    """A text that looks like a time but is not one, with the reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Ask:
    """An ambiguous text: a question, and the replacement text for each answer."""

    question: str
    instead: tuple[str, ...] = ()


Clause = (
    At | On | In | For | Until | LastDay | Since | Starting | Recurrence | Zone | Now | PartOnly
    | Except | Bad | Ask
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placed:
    """A clause and its range of characters. `weak`: in a sentence it may be part of a name."""

    clause: Clause
    start: int
    end: int
    weak: bool


class Token(NamedTuple):
    """A piece of text. `glued`: no space before it. `word` is lower case, "" for other kinds.

    A tuple, because every text has many and they are made quickly.
    """

    kind: str
    raw: str
    word: str
    start: int
    end: int
    glued: bool


DAY_NAMES = {
    name: day
    for day, names in enumerate(
        (
            "mon monday",
            "tue tues tuesday",
            "wed weds wednesday",
            "thu thur thurs thursday",
            "fri friday",
            "sat saturday",
            "sun sunday",
        )
    )
    for name in names.split()
}
DAY_PLURALS = {f"{name}s": day for name, day in DAY_NAMES.items() if name.endswith("day")}
MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_MISSPELT = ("tomorow", "tommorow", "tommorrow", "tomorro", "tomoro", "tmoro", "tmorrow", "tmro")
RELATIVE = {"today": 0, "tomorrow": 1, "yesterday": -1} | dict.fromkeys(
    ("tmrw", "tmr", "tmw", "tomo", *_MISSPELT), 1
)
TONIGHT = ("tonight", "tonite", "tnite")
PARTS: dict[str, Part] = {
    "morning": "morning",
    "afternoon": "afternoon",
    "evening": "evening",
    "night": "night",
}
SECONDS = {
    unit: seconds
    for units, seconds in (
        ("s sec secs second seconds", 1),
        ("m min mins minute minutes", 60),
        ("h hr hrs hour hours", 3600),
    )
    for unit in units.split()
}
DAYS = {"d": 1, "day": 1, "days": 1, "w": 7, "wk": 7, "wks": 7, "week": 7, "weeks": 7}
_SMALL = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = {
    word: 10 * n
    for n, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
NUMBERS = {word: n for n, word in enumerate(_SMALL, start=1)} | _TENS
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
WORKDAYS = {"weekday", "weekdays", "workday", "workdays"}
UNTIL = ("until", "till", "til", "'til", "’til", "’till", "'till")
DASHES = ("-", "–", "—")
# Refused: an abbreviation is ambiguous (CST, IST), or is valid for half a year only (PST).
ABBREVIATED_ZONES = frozenset(
    [
        "cet",
        "cest",
        "est",
        "edt",
        "cst",
        "cdt",
        "mst",
        "mdt",
        "pst",
        "pdt",
        "et",
        "ct",
        "mt",
        "pt",
        "bst",
        "ist",
        "jst",
        "kst",
        "sgt",
        "hkt",
        "aest",
        "aedt",
        "acst",
        "awst",
        "nzst",
        "nzdt",
        "eet",
        "eest",
        "wet",
        "west",
        "msk",
        "gmt",
        "z",
    ]
)

# Places that people name before `time`: `4pm UK time`.
PLACES = {
    **dict.fromkeys(("uk", "british", "london"), "Europe/London"),
    **dict.fromkeys(("german", "berlin"), "Europe/Berlin"),
    **dict.fromkeys(("french", "paris"), "Europe/Paris"),
    **dict.fromkeys(("spanish", "madrid"), "Europe/Madrid"),
    **dict.fromkeys(("india", "indian", "delhi", "mumbai", "bangalore"), "Asia/Kolkata"),
    **dict.fromkeys(("japan", "japanese", "tokyo"), "Asia/Tokyo"),
    **dict.fromkeys(("singapore",), "Asia/Singapore"),
    **dict.fromkeys(("dubai",), "Asia/Dubai"),
    **dict.fromkeys(("sydney", "melbourne"), "Australia/Sydney"),
    **dict.fromkeys(("eastern", "us eastern", "new york", "boston"), "America/New_York"),
    **dict.fromkeys(("us central", "chicago"), "America/Chicago"),
    **dict.fromkeys(("pacific", "us pacific", "san francisco", "seattle"), "America/Los_Angeles"),
}

_FORMAT = {"*", "_", "~", "`"}
_TOKEN = re.compile(
    r"""
    (?P<zone>[A-Z][A-Za-z_]{1,20}/[A-Z][A-Za-z_+\-]{1,30}(?:/[A-Z][A-Za-z_\-]{1,30})?)
    |(?P<iso>[0-9]{4}(?P<sep>[-/])[0-9]{1,2}(?P=sep)[0-9]{1,2}(?![0-9/\-])
        (?:T(?=[0-9]{2}:[0-9]{2}))?)
    |(?P<numeric>
        [0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{4}|/[0-9]{2})?(?![0-9/])
        |[0-9]{1,2}\.[0-9]{1,2}\.(?:[0-9]{4}|[0-9]{2})?(?![0-9])
        |[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}(?![0-9]))
    |(?P<clock>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9:]))
    |(?P<num>[0-9]+(?:\.[0-9]+)?)
    |(?P<word>['’]till?(?![^\W_])|[^\W\d_]+(?:['’][^\W\d_]+)*)
    |(?P<amp>&amp;)
    |(?P<sym>\S)
    """,
    re.VERBOSE,
)


def tokens(text: str, protected: Sequence[tuple[int, int]] = ()) -> list[Token]:
    """Split a text; tokens that overlap a protected span become walls that no clause crosses."""
    found = []
    end = 0
    spans = sorted(span for span in protected if span[0] < span[1])
    at = 0
    for match in _TOKEN.finditer(text):
        start, stop = match.span()
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        kind = match.lastgroup or "sym"
        raw = match.group()
        if raw in _FORMAT and _is_outside(text, start, stop):
            continue
        if at < len(spans) and spans[at][0] < stop:
            kind = "wall"
        word = raw.lower() if kind == "word" else "and" if kind == "amp" else ""
        if kind == "sym" and raw == "&":
            word = "and"
        found.append(Token(kind, raw, word, start, stop, start == end and start > 0))
        end = -1 if raw.endswith("T") and kind == "iso" else stop  # 2026-12-05T09:00
    return found


def _is_outside(text: str, start: int, end: int) -> bool:
    """Whether a character of Slack's formatting is at the edge of a word, as in `*9:30*`."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not before or not after or before.isspace() or after.isspace() or after in ",.;!?"
