"""Reads a time that a person typed, and finds the times in a sentence.

Pure: `now` and the person's zone are arguments. An ambiguous text leads to a question, an
unreadable one to a refusal; nothing is guessed. The less obvious rules:

- A bare hour from 8 to 12 is as written, from 1 to 7 it is the afternoon (`at 3`, `3:30`); with a
  leading zero it is the morning (`03:30`). The end of a span is the next such hour after its start.
- A time without a day is the next such time: `at 9`, typed at 14:20, is tomorrow. During its own
  minute it has not passed. A past day or date is refused; a date without a year is the next one,
  but refused if it passed within the last month.
- A recurrence begins on the next day that fits, whatever its interval.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.core.when import Reading, Refused, Unclear, When, known_zone
from bot.core.when_clauses import (
    ABBREVIATED_ZONES,
    DAY_NAMES,
    DAY_PLURALS,
    MONTHS,
    NUMBERS,
    PARTS,
    Ask,
    At,
    Bad,
    Clock,
    For,
    Now,
    On,
    Placed,
    Recurrence,
    Starting,
    Token,
    Zone,
)
from bot.core.when_days import EXAMPLES, Choose, FinalReading, Purpose
from bot.core.when_meaning import PLURALS, Clauses, Resolver
from bot.core.when_past import read_past
from bot.core.when_rules import ClauseScanner
from bot.kit.fuzzy import nearest

LONGEST_TEXT = 300  # characters, for `read_when`
_FILLERS = {"please", "pls", "plz", "thanks", "thx", "and", "then", "sharp", "repeat", "repeating"}
_POINTS = {",", ".", ";", "!", "(", ")", "?", '"', "'", "“", "”"}
_OWN_TIME = {"my", "our", "local"}  # "my time"
_KNOWN = sorted(
    {name for name in DAY_NAMES if name.endswith("day")}
    | DAY_PLURALS.keys()
    | {"today", "tomorrow", "yesterday", "tonight", "weekday", "weekdays", "every", "until"}
    | {"january", "february", "march", "april", "august", "september", "october", "november"}
    | {"december", "midnight", "afternoon", "morning", "evening", "minutes", "first", "month"}
)
# Limits that bound the time to search a text, far above those of any order to the bot.
_MOST_TRIES = 300  # words that may begin a time
_MOST_CLAUSES = 20
_MOST_GUESSES = 20  # words compared with the known ones
_ALONE = {"tomorrow", "tonight", "yesterday"}  # corrected wherever they are
_BEGIN_ALONE = {"tom", "ton", "tmo", "tor", "yes"}
_LEADING = {"on", "every", "next", "this", "each"}

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class TimesFound:
    """The times in a sentence.

    `spans` are the ranges of characters of the times, in order. `reading` is their joint meaning;
    None if there are none. `loose` are words that may be times or parts of a name (`weekly`,
    `monday`, `30m`); they are not part of the reading.
    """

    spans: tuple[Span, ...]
    reading: Reading | None
    loose: tuple[Span, ...]


def read_when(text: str, *, now: datetime, zone: str, purpose: Purpose = Purpose.START) -> Reading:
    """Read a text that consists of a time only. Never raises.

    `now` is aware; `zone` is the IANA name of the person's zone (unknown: UTC).
    """
    examples = EXAMPLES[purpose]
    if len(text) > LONGEST_TEXT:
        return Refused("That is too long for a time.", examples)
    text = _plainer(text, now=now, zone=zone, purpose=purpose)
    scan = _Scan(text, purpose)
    rest = [token for token in _without_own_time(scan.unread) if not _is_filler(token)]
    if rest:
        return _unread(text, scan, rest, now=now, zone=zone, purpose=purpose)
    if all(isinstance(piece.clause, Zone) for piece in scan.placed):
        return Refused("There is no time in that.", examples)
    return _understood(text, scan.placed, now=now, zone=zone, purpose=purpose)


def find_times(
    text: str,
    *,
    now: datetime,
    zone: str,
    purpose: Purpose = Purpose.START,
    protected: Sequence[Span] = (),
) -> TimesFound:
    """Find the times in a sentence, and read them together. Never raises.

    Nothing that overlaps a `protected` range, such as the name of a room, is a time.
    """
    text = _plainer(text, now=now, zone=zone, purpose=purpose)
    scan = _Scan(text, purpose, protected)
    groups = scan.groups()
    spans = [(group[0].start, group[-1].end) for group in groups if not _all_weak(group)]
    loose = tuple((group[0].start, group[-1].end) for group in groups if _all_weak(group))
    if rhythms := _rhythms_of(groups):
        spans = sorted([*spans, *rhythms])
        loose = tuple(span for span in loose if span not in rhythms)
    misspelt = scan.misspelt(spans)
    if misspelt:
        spans = _joined([*spans, *((token.start, token.end) for token in misspelt)], text)
        loose = tuple(span for span in loose if not _inside(span, spans))
    if not spans:
        return TimesFound((), None, loose)
    said = ", ".join(text[start:end] for start, end in spans)
    only = [group for group in groups if not _all_weak(group)]
    if spans == [(group[0].start, group[-1].end) for group in only[:1]]:
        placed = [_moved(piece, -spans[0][0]) for piece in only[0]]
        reading = _understood(said, placed, now=now, zone=zone, purpose=purpose)
    else:
        reading = read_when(said, now=now, zone=zone, purpose=purpose)
    return TimesFound(tuple(spans), reading, loose)


def _moved(piece: Placed, by: int) -> Placed:
    return Placed(piece.clause, piece.start + by, piece.end + by, piece.weak)


_SPOKEN = re.compile(
    r"2m|by |about|around|approx|roughly|half|quarter|hour|max|most|tops|each|up to|teen|thirty|"
    r"five|after |first|second|third|[0-9],[0-9]",
    re.IGNORECASE,
)
_COMMA = re.compile(r"(?<![0-9.,:])([0-9]),(?=(?:5|25|75) ?(?:h|hrs?|hours?)\b)")  # 1,5 h
_TWO = re.compile(r"\b2(?=m(?:oro|orrow|rw|ro)\b)", re.IGNORECASE)  # 2moro
_ABOUT = r"(?:about|around|approximately|approx|roughly)"
_ABOUT_LENGTH = re.compile(rf"(?<=\bfor )({_ABOUT})(?= (?:[0-9]|an? |half))", re.IGNORECASE)
_ABOUT_TIME = re.compile(
    rf"\b(?:(?:at )?{_ABOUT}|by)(?= (?:[01]?[0-9]|2[0-4])(?:[:.][0-9]{{2}})?(?: ?[ap]m)?"
    r"(?:$|[,.!?]| (?:for|until|till|to|with|without|no|please|pls|plz|thanks|thx|today|"
    r"tomorrow|on|and)\b))",
    re.IGNORECASE,
)
# A minute of an hour that is not said: `at half past`, `on the hour`.
_NO_HOUR = re.compile(
    r"\b(?:(?:at )?(?:a )?(?P<minute>half past|quarter past|quarter to)"
    r"(?! ?(?:[0-9]|noon|midnight|" + "|".join(NUMBERS) + r"))"
    r"|(?:at|on) the (?:full |top of the )?hour)\b",
    re.IGNORECASE,
)
# `max 2h` is for 2h; `at four thirty` is at 4:30.
_LENGTH_AHEAD = r"(?= (?:[0-9]+|an?|half an|one|two|three|five|ten|fifteen|twenty|thirty) ?[mh])"
_AT_MOST = re.compile(
    rf"\b(?:for )?(?:max\.?|maximum|at most|up to){_LENGTH_AHEAD}",
    re.IGNORECASE,
)
_TWO_NUMBERS = re.compile(
    r"\b(?P<lead>(?:at|by|from|until|till|to|around|about|today|tomorrow|tonight|[a-z]+day) )"
    r"(?P<hour>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)[ -]"
    r"(?P<minute>fifteen|thirty|forty[ -]five)\b(?! ?(?:m|h))",
    re.IGNORECASE,
)
# `half an hour tops` is for half an hour, and so is `half an hour each`.
_TOPS = re.compile(
    r"(?<![\w.-])(?<!for )(?<!in )(?P<length>(?:[0-9]+ ?|an? |half an |one |two |three |thirty |"
    r"twenty )(?:min|minutes|h|hours?)) "
    r"(?:tops\b|max\b\.?|at most\b|maximum\b|each(?=[\s,.!?]*$| time))",
    re.IGNORECASE,
)
# `after 10 minutes` is in 10 minutes; `the first of january` is the 1st.
_AFTER = re.compile(rf"\bafter{_LENGTH_AHEAD}(?! \w+ ?\w+ of\b)", re.IGNORECASE)
_ORDINAL = {"first": "1st", "second": "2nd", "third": "3rd"}
_DATE_IN_WORDS = re.compile(
    rf"\b(?:{'|'.join(_ORDINAL)})(?= of (?:{'|'.join(MONTHS)}))",
    re.IGNORECASE,
)
_MINUTES_IN_WORDS = {"fifteen": 15, "thirty": 30}
_MINUTES = {"half past": 30, "quarter past": 15, "quarter to": 45}


def _clock_in_words(found: re.Match[str]) -> str:
    hour = NUMBERS[found["hour"].lower()]
    minute = _MINUTES_IN_WORDS.get(found["minute"].lower(), 45)
    return found["lead"] + f"{hour}:{minute:02}".ljust(len(found[0]) - len(found["lead"]))


def _plainer(text: str, *, now: datetime, zone: str, purpose: Purpose) -> str:
    """Write spoken times as the grammar has them; positions in the text stay the same.

    `at half past` is the next such time, `around 3` is at 3.
    """
    if _SPOKEN.search(text) is None:
        return text
    text = _COMMA.sub(r"\1.", _TWO.sub("t", text))
    text = _TOPS.sub(lambda found: f"for {found['length']}".ljust(len(found[0])), text)
    text = _AT_MOST.sub(lambda found: "for".ljust(len(found[0])), text)
    text = _TWO_NUMBERS.sub(_clock_in_words, text)
    text = _AFTER.sub("in   ", text)
    text = _DATE_IN_WORDS.sub(lambda found: _ORDINAL[found[0].lower()].ljust(len(found[0])), text)
    if purpose is not Purpose.PAST:
        text = _ABOUT_LENGTH.sub(lambda found: " " * len(found[0]), text)
        text = _ABOUT_TIME.sub(lambda found: "at".ljust(len(found[0])), text)

    def clock(found: re.Match[str]) -> str:
        there = now.astimezone(ZoneInfo(known_zone(zone)))
        minute = _MINUTES.get((found["minute"] or "").lower(), 0)
        hour = there.hour + (minute <= there.minute)
        return "at".ljust(len(found[0]) - 5) + f"{hour % 24:02}:{minute:02}"

    return _NO_HOUR.sub(clock, text)


class _Scan:
    """A text cut into clauses and unread tokens."""

    def __init__(self, text: str, purpose: Purpose, protected: Sequence[Span] = ()) -> None:
        rules, months = purpose is Purpose.START, purpose is Purpose.PAST
        scanner = ClauseScanner(text, protected, rules=rules, months=months)
        self.tokens = scanner.tokens
        self.placed: list[Placed] = []
        self.unread: list[Token] = []
        self._gap_before: list[bool] = []  # per clause: words between it and the one before
        led, gap = False, True
        while scanner.i < len(scanner.tokens):
            if scanner.tries > _MOST_TRIES or len(self.placed) > _MOST_CLAUSES:
                self.unread += scanner.tokens[scanner.i :]
                break
            placed = scanner.clause(led=led)
            if placed:
                self.placed.append(placed)
                self._gap_before.append(gap)
                gap = False
                led = isinstance(placed.clause, On | Recurrence | Starting | Ask)
                continue
            token = scanner.peek()
            scanner.i += 1
            self.unread.append(token)
            comma = token.raw == ","
            gap = gap or not (comma or token.word in ("and", "then"))
            led = led and comma

    def groups(self) -> list[list[Placed]]:
        """Group adjacent clauses; an unread word separates groups."""
        groups: list[list[Placed]] = []
        for placed, gap in zip(self.placed, self._gap_before, strict=True):
            if gap or not groups:
                groups.append([])
            groups[-1].append(placed)
        return groups

    def misspelt(self, spans: Sequence[Span]) -> list[Token]:
        """Return the unread words that belong to a time: zones, and misspelt words."""
        ends = {end for _, end in spans}
        starts = {start for start, _ in spans}
        places = {token.start: n for n, token in enumerate(self.tokens)}
        found: list[Token] = []
        guesses = 0
        for token in self.unread:
            n = places[token.start]
            before = self.tokens[n - 1] if n else None
            after = self.tokens[n + 1] if n + 1 < len(self.tokens) else None
            follows = before is not None and before.end in ends
            if follows and after is not None and after.word == "time" and token.word:
                found += [token, after]  # London time, my time
                continue
            if follows and _is_zone(token, after):
                found.append(token)
                continue
            near = follows or (after is not None and after.start in starts)
            led = before is not None and before.word in _LEADING
            near = near or (before is not None and before.kind == "num")
            alone = token.word[:3] in _BEGIN_ALONE and token.word.isalpha()
            if not (near or led or alone) or guesses >= _MOST_GUESSES:
                continue
            guesses += 1
            guess = _guess(token)
            if guess and (near or led or guess in _ALONE):
                dated = guess in MONTHS and before is not None and before.kind == "num"
                found += [before] if before and (dated or led) and before in self.unread else []
                found.append(token)
        return found


def _understood(
    text: str, placed: Sequence[Placed], *, now: datetime, zone: str, purpose: Purpose
) -> Reading:
    """Return the joint meaning of clauses."""
    gathered = _gathered(placed, purpose)
    if isinstance(gathered, Refused):
        return gathered
    clauses, question = gathered
    meant_zone = clauses.zone.name if clauses.zone else known_zone(zone)
    if known_zone(meant_zone) != meant_zone:
        return Refused(f"I do not know the time zone {meant_zone}.", EXAMPLES[purpose])
    if question and isinstance(question.clause, Ask):
        choices = [
            text[: question.start] + instead + text[question.end :]
            for instead in question.clause.instead
        ]
        asked = _choice(question.clause.question, choices, now=now, zone=zone, purpose=purpose)
        may_be_length = question.clause.instead[0].startswith("for ")
        parted = text[: question.start].rstrip().endswith(",")
        if may_be_length and parted and asked.choices == (choices[0],):  # at 10, 1h
            return read_when(choices[0], now=now, zone=zone, purpose=purpose)
        if may_be_length and len(asked.choices) == 2:
            length, start = (
                read_when(one, now=now, zone=zone, purpose=purpose) for one in asked.choices
            )
            if isinstance(length, Unclear) and isinstance(start, When):
                return start  # `every tuesday 10h`: as a length, it would leave the time open
        return asked
    resolver = Resolver(now=now, zone=meant_zone, purpose=purpose)
    try:
        return _read(clauses, resolver)
    except FinalReading as answer:
        return _with_examples(answer.reading, text, clauses, resolver)
    except Choose as choose:
        choices = [
            re.sub(choose.pattern, instead, text, count=1, flags=re.IGNORECASE)
            for instead in choose.instead
        ]
        return _choice(choose.question, choices, now=now, zone=zone, purpose=purpose)


def _gathered(
    placed: Sequence[Placed], purpose: Purpose
) -> tuple[Clauses, Placed | None] | Refused:
    """Collect the clauses, apart from an ambiguous one, or refuse two of a kind."""
    clauses, question = Clauses(), None
    for piece in placed:
        match piece.clause:
            case Bad(reason=reason):
                return Refused(reason, EXAMPLES[purpose])
            case Ask() if question:
                return Refused("I cannot tell what that means.", EXAMPLES[purpose])
            case Ask():
                question = piece
            case clause:
                if not clauses.add(clause):
                    return Refused(f"That says two {PLURALS[type(clause)]}.", EXAMPLES[purpose])
    if all(isinstance(piece.clause, Now | For | Zone) for piece in placed):
        clauses.zone = None  # irrelevant: now is the same in every zone
    return clauses, question


_WORD = re.compile(r"[^\W\d_]+")


def _corrected(word: str) -> str:
    """Return a word as it is written: tomorow was read as tomorrow."""
    near = None if word.casefold() in PARTS else _near(word.casefold())
    return near if near in _ALONE else word


def _read(clauses: Clauses, resolver: Resolver) -> Reading:
    """Resolve the clauses. Raises FinalReading and Choose, like the resolver."""
    if clauses.since or resolver.purpose is Purpose.PAST:
        return read_past(resolver, clauses)
    return resolver.read(clauses)


def _with_examples(reading: Reading, text: str, clauses: Clauses, resolver: Resolver) -> Reading:
    """Replace the examples by the person's own text with a time added, if the time is missing."""
    if not isinstance(reading, Unclear) or "what time" not in reading.question or clauses.at:
        return reading
    for one, other in _EXAMPLE_TIMES:
        if _may_be_at(one, clauses, resolver) and _may_be_at(other, clauses, resolver):
            text = _WORD.sub(lambda word: _corrected(word[0]), text.strip())
            return replace(reading, examples=(f"{text} at {one}", f"{text} at {other}"))
    return reading


def _may_be_at(clock: str, clauses: Clauses, resolver: Resolver) -> bool:
    """Whether the clauses can be read once they have this time."""
    try:
        return isinstance(_read(replace(clauses, at=At(_CLOCKS[clock])), resolver), When)
    except (FinalReading, Choose):
        return False


_EXAMPLE_TIMES = (("9:30", "15:00"), ("8", "9"), ("5", "6"))
_CLOCKS = {
    "9:30": Clock(9, 30, loose=True),
    "15:00": Clock(15),
    **{str(hour): Clock(hour, loose=True) for hour in (5, 6, 8, 9)},
}


def _choice(
    question: str, choices: Iterable[str], *, now: datetime, zone: str, purpose: Purpose
) -> Unclear:
    """Ask which of several texts was meant; unreadable ones are left out."""
    good = tuple(
        choice
        for choice in choices
        if not isinstance(read_when(choice, now=now, zone=zone, purpose=purpose), Refused)
    )
    return Unclear(question, good, EXAMPLES[purpose])


def _unread(
    text: str, scan: _Scan, rest: list[Token], *, now: datetime, zone: str, purpose: Purpose
) -> Refused:
    """Refuse a text with unread words, with a corrected text if one is misspelt."""
    examples = EXAMPLES[purpose]
    for n, token in enumerate(rest):
        after = rest[n + 1] if n + 1 < len(rest) else None
        if scan.placed and _is_zone(token, after):
            return Refused(
                f"Times are in your own zone, {known_zone(zone)}. For another one, write its full "
                "name, like America/New_York.",
                examples,
            )
    bad = next((piece.clause for piece in scan.placed if isinstance(piece.clause, Bad)), None)
    if bad:
        return Refused(bad.reason, examples)
    said = text[rest[0].start : rest[-1].end]
    better, changed = text, False
    for token in reversed(rest[:_MOST_GUESSES]):
        guess = _guess(token)
        if guess:
            better, changed = better[: token.start] + guess + better[token.end :], True
    if changed and not isinstance(read_when(better, now=now, zone=zone, purpose=purpose), Refused):
        return Refused(f"I cannot read “{_short(said)}” as a time.", examples, better)

    return Refused(f"I cannot read “{_short(said)}” as a time.", examples)


def _guess(token: Token) -> str | None:
    """Return the known word that a token may be a misspelling of."""
    return None if _is_filler(token) else _near(token.word)


@lru_cache(maxsize=4096)
def _near(word: str) -> str | None:
    if not 4 <= len(word) <= 12 or not word.isascii():
        return None
    close = nearest(word, _KNOWN, cutoff=80)
    return close if close != word else None


def _is_zone(token: Token, after: Token | None) -> bool:
    """Whether a token after a time names a zone: PST, London time."""
    if after is not None and after.word == "time" and token.word:
        return token.word not in _OWN_TIME
    return token.word in ABBREVIATED_ZONES and (token.raw.isupper() or len(token.word) > 2)


def _without_own_time(unread: Sequence[Token]) -> list[Token]:
    """Leave out `my time`."""
    own = {
        n
        for n, (token, after) in enumerate(pairwise(unread))
        if token.word in _OWN_TIME and after.word == "time"
    }
    return [token for n, token in enumerate(unread) if n not in own and n - 1 not in own]


def _is_filler(token: Token) -> bool:
    return token.word in _FILLERS or token.raw in _POINTS


def _all_weak(group: Sequence[Placed]) -> bool:
    """Whether a group of clauses may be part of a name."""
    return (len(group) == 1 and group[0].weak) or all(
        isinstance(piece.clause, Zone) for piece in group
    )


def _rhythms_of(groups: Sequence[Sequence[Placed]]) -> list[Span]:
    """Return the rhythms apart from their days: `a fortnightly recording on tuesdays at 2`."""
    apart: list[Span] = []
    on_days = False
    for group in groups:
        for placed in group:
            recurrence = placed.clause
            if not isinstance(recurrence, Recurrence):
                continue
            on_days = on_days or (bool(recurrence.days) and not _all_weak(group))
            if _all_weak(group) and recurrence.freq == "WEEKLY" and recurrence.interval > 1:
                apart.append((placed.start, placed.end))
    return apart if on_days else []


def _inside(span: Span, spans: Iterable[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)


def _joined(spans: list[Span], text: str) -> list[Span]:
    """Sort the spans, and join those separated by spaces or commas only."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and not text[joined[-1][1] : start].strip(" \t\n,"):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
