"""Reads times of day, lengths and days from the tokens of a text: `half past 9`, `1h30`, `5 dec`.

`when_rules` reads the clauses that contain them. Each reader looks at a bounded number of tokens,
so a text is read in linear time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from bot.core.when_clauses import (
    DASHES,
    DAY_NAMES,
    DAYS,
    MONTHS,
    NUMBERS,
    PARTS,
    RELATIVE,
    SECONDS,
    TONIGHT,
    UNTIL,
    At,
    Bad,
    Clock,
    DayRef,
    MonthDay,
    Numeric,
    On,
    OnDate,
    Part,
    Relative,
    Stretch,
    Token,
    Weekday,
    tokens,
)

T = TypeVar("T")

_END = Token("end", "", "", 0, 0, glued=False)
_OPENING = set("([{<\"'“”‘’«»,;!?>&+|–—")
_CLOSING = set(")]}>\"'“”’»,;!?…<&+|–—")
_TO_DOTS = str.maketrans("/-", "..")
_MINUTES_TO = {"five", "ten", "twenty"}
_UNITS = SECONDS.keys() | DAYS.keys() | {"month", "months", "year", "years"}


class TimeScanner:
    """Reads parts of clauses. A reader consumes the tokens it reads, or returns None.

    After None, `i` may have moved: the caller resets it, usually by `maybe`.
    """

    def __init__(self, text: str, protected: Sequence[tuple[int, int]] = ()) -> None:
        """Split `text`; nothing that overlaps a `protected` range of characters is read."""
        self.tokens = tokens(text, protected)
        self.i = 0

    # One token at a time.

    def peek(self, ahead: int = 0) -> Token:
        """Return a token without consuming it; past the end, an empty one."""
        at = self.i + ahead
        return self.tokens[at] if at < len(self.tokens) else _END

    def take(self, *words: str) -> str | None:
        """Consume the next word if it is one of these."""
        word = self.peek().word
        if word and word in words:
            self.i += 1
            return word
        return None

    def phrase(self, words: str) -> bool:
        """Consume the next words if they are exactly these."""
        if not words.startswith(self.peek().word or " "):
            return False  # most texts
        wanted = words.split()
        if all(self.peek(n).word == word for n, word in enumerate(wanted)):
            self.i += len(wanted)
            return True
        return False

    def sym(self, *signs: str) -> bool:
        """Consume the next character if it is one of these."""
        token = self.peek()
        if token.kind == "sym" and token.raw in signs:
            self.i += 1
            return True
        return False

    def whole(self) -> bool:
        """Whether the last token ends a word, unlike the time in `9:30sync`."""
        token, after = self.peek(), self.peek(1)
        if not token.glued or token is _END or token.kind == "amp":
            return True
        if token.raw == "," and after.glued and after.kind == "num":
            return False  # 9,30
        if token.raw == ".":
            return not after.glued or after.kind == "sym"
        return token.kind == "sym" and token.raw in _CLOSING

    def fresh(self) -> bool:
        """Whether the next token begins a word, unlike the last one of `sales-weekly`."""
        if not self.peek().glued:
            return True
        before = self.tokens[self.i - 1]
        return before.kind == "amp" or before.raw in _OPENING

    def maybe(self, read: Callable[[], T]) -> T:
        """Call a reader; if it returns None, go back to where it began."""
        start = self.i
        value = read()
        if value is None:
            self.i = start
        return value

    # Times of day.

    def time_of_day(self, *, led: bool) -> At | Bad | None:
        """Read a time or a span: `9`, `3 in the afternoon`, `2-3pm`; see `clock` for `led`."""
        clock = self.maybe(partial(self.clock, led=led)) or self.maybe(self._first_of_range)
        if clock is None or isinstance(clock, Bad):
            return clock
        part = self.part()
        end = self.maybe(self._end_of_range)
        if isinstance(end, Bad):
            return end
        return At(clock, part or (self.part() if end else None), end)

    def _first_of_range(self) -> Clock | None:
        """Read the 2 of `2-3pm`: a bare number is a time if the range ends in a time."""
        bare = self.peek()
        begin = self.clock(led=True)
        after = self.i
        if not isinstance(begin, Clock):
            return None
        if bare.kind == "num" and bare.raw[:1] == "0" and len(bare.raw) == 3:
            return None  # `room 001 until 18:00`
        end = self._end_of_range(led=False)
        self.i = after
        return begin if isinstance(end, Clock) else None

    def _end_of_range(self, *, led: bool = True) -> Clock | Bad | None:
        word = "-" if self.sym(*DASHES) else self.take("to", "and", *UNTIL)
        if word is None or (word == "and" and not self._between()):
            return None
        if word in UNTIL and self.peek().kind == "numeric":
            return None  # until 31.12.
        end = self.clock(led=led)
        if word in UNTIL and self.maybe(partial(self.later_day, bare=False)):
            return None  # until noon tomorrow: not the end of a span
        return end if end is not None and self.whole() else None

    def _between(self) -> bool:
        return any(token.word == "between" for token in self.tokens[max(0, self.i - 8) : self.i])

    def led_clock(self) -> Clock | Bad | None:
        """Read the time that follows a day: `, at 9`."""
        self.sym(",")
        if not self.sym("@"):
            self.take("at")
        return self.clock(led=True)

    def clock(self, *, led: bool) -> Clock | Bad | None:
        """Read a time of day. `led`: a word such as `at` came before, so a bare number is one."""
        if self.take("noon", "midday"):
            return Clock(12)
        if self.take("midnight"):
            return Clock(0, midnight=True)
        if spoken := self.maybe(self._spoken_clock):
            return spoken
        token = self.peek()
        self.i += 1
        if led and 1 <= NUMBERS.get(token.word, 0) <= 12 and not self._unit_ahead():
            self.take("o'clock", "o’clock", "oclock")
            if self.peek().word == "to" or self.peek().word in NUMBERS:
                return None  # ten to four, nine thirty
            return self._with_half(NUMBERS[token.word], 0, padded=False)
        if token.kind == "clock":
            hour, minute = (int(n) for n in token.raw.split(":")[:2])
            return self._with_half(hour, minute, padded=token.raw[0] == "0")
        if token.kind == "numeric" and led and token.raw.count(".") == 2:
            return self._dotted(token.raw.rstrip("."))  # at 9.30.
        if token.kind != "num":
            return None
        if "." in token.raw:
            return self._dotted(token.raw) if led or self._half_ahead() else None
        return self._numbered(token.raw, led=led)

    def _dotted(self, raw: str) -> Clock | Bad | None:
        hour, _, minute = raw.partition(".")
        if len(minute) != 2 or len(hour) > 2:
            return None
        return self._with_half(int(hour), int(minute), padded=hour[0] == "0")

    def _numbered(self, raw: str, *, led: bool) -> Clock | Bad | None:
        if len(raw) > 4:
            return None
        number = int(raw)
        if len(raw) > 2:  # at 930, at 1530
            if not led or self._unit_ahead():
                return None
            return self._with_half(number // 100, number % 100, padded=len(raw) == 4)
        if self._half_ahead():
            return self._with_half(number, 0, padded=False)
        if self.take("o'clock", "o’clock", "oclock"):
            return self._with_half(number, 0, padded=False)
        if self.take("noon"):
            return Clock(12) if number == 12 else None
        if self.take("midnight"):
            return Clock(0, midnight=True) if number == 12 else None
        if self.peek().word == "h" and (self.peek().glued or led):
            return self._hours(number, raw, led=led)
        if self._unit_ahead() or not (led or self._part_ahead()):
            return None
        return self._with_half(number, 0, padded=raw[0] == "0")

    def _hours(self, hour: int, raw: str, *, led: bool) -> Clock | Bad | None:
        """Read 15h and 15h30. Without a lead, 2h is as likely to be a length."""
        if not led and hour <= 12:
            return None
        self.i += 1
        minute = 0
        after = self.peek()
        if after.kind == "num" and after.glued:
            if len(after.raw) != 2:
                return None
            minute = int(after.raw)
            self.i += 1
            if self.peek().glued and self.peek().word in _UNITS:
                return None  # 15h30m
        return self._with_half(hour, minute, padded=raw[0] == "0")

    def _spoken_clock(self) -> Clock | None:
        """Read half past 9, quarter to 4, ten past three."""
        led = self.i > 0 and self.tokens[self.i - 1].word in ("at", "by", *UNTIL)
        self.take("a")
        if self.take("half"):
            minutes: int | None = 30
        elif self.take("quarter"):
            minutes = 15
        else:  # "10 to 12" is a range, "at ten to three" a time
            spoken = led and self.peek().word in _MINUTES_TO
            minutes = self._count()
            ranged = not self.take("minutes", "minute") and self.peek().word == "to" and not spoken
            minutes = None if ranged else minutes
        way = self.take("past", "to")
        if minutes is None or not 0 < minutes < 60 or way is None:
            return None
        hour = self._count()
        if hour is None or not 1 <= hour <= 12:
            return None
        minute = minutes if way == "past" else 60 - minutes
        earlier = 0 if way == "past" else 1
        base = self._with_half(hour, 0, padded=False)
        if not isinstance(base, Clock):
            return None
        if base.loose:
            return replace(base, hour=(hour - earlier - 1) % 12 + 1, minute=minute)
        return replace(base, hour=(base.hour - earlier) % 24, minute=minute)

    def _half_ahead(self) -> bool:
        start = self.i
        half = self._half()
        self.i = start
        return half is not None

    def _half(self) -> str | None:
        """Read am or pm, with or without points."""
        if word := self.take("am", "pm"):
            return word
        first = self.take("a", "p")
        if first and self.sym(".") and self.take("m"):
            if self.peek().glued:
                self.sym(".")
            return first + "m"
        return None

    def _with_half(self, hour: int, minute: int, *, padded: bool) -> Clock | Bad:
        if minute > 59:
            return Bad(f"There is no minute {minute}.")
        half = self.maybe(self._half)
        if half is None:
            if hour > 24 or (hour == 24 and minute):
                return Bad(f"{hour}:{minute:02} is not a time.")
            return Clock(hour, minute, loose=1 <= hour <= 12 and not padded)
        if not 1 <= hour <= 12:
            return Bad(f"{hour}:{minute:02} does not go with {half}.")
        return Clock(hour % 12 + (12 if half == "pm" else 0), minute, halved=True)

    def _unit_ahead(self) -> bool:
        """Whether the number counts something: 2 weeks, 5 dec, 1st."""
        after = self.peek(1 if self.peek().raw == "-" else 0)
        return (
            after.word in _UNITS
            or after.word in MONTHS
            or (after.glued and after.word in ("st", "nd", "rd", "th"))
        )

    def _part_ahead(self) -> bool:
        """Whether the number is an hour of a part of the day: 9 in the morning."""
        start = self.i
        part = self.part()
        self.i = start
        return part is not None

    def part(self) -> Part | None:
        """Read `in the morning`, `at night`."""
        start = self.i
        if self.phrase("in the") or self.take("at"):
            word = self.take(*PARTS)
            if word and (word == "night") == (self.tokens[start].word == "at"):
                return PARTS[word]
        self.i = start
        return None

    # Lengths.

    def length(self) -> tuple[int, int] | None:
        """Read a length as days and seconds: `1h 30m`, `half an hour`, `an hour and a half`."""
        days = seconds = 0
        last = 0
        while True:
            start = self.i
            if last:
                self.sym(",")
                self.take("and")
            piece = self._piece(last)
            if piece is None or (last and piece[2] >= last):
                self.i = start
                break
            days, seconds, last = days + piece[0], seconds + piece[1], piece[2]
        return (days, seconds) if last and self.whole() else None

    def _piece(self, last: int) -> tuple[int, int, int] | None:
        """Read a number and its unit; return days, seconds, and the unit in seconds."""
        if half := self.maybe(self._fraction_of_hour):
            return 0, half, 3600
        token = self.peek()
        if last == 3600 and token.glued and token.kind == "num" and len(token.raw) == 2:
            self.i += 1  # 1h30
            if self.peek().glued:
                self.take("m", "min")
            return 0, int(token.raw) * 60, 60
        count: float | None
        if token.kind == "num" and "." in token.raw and len(token.raw) <= 6:
            self.i += 1
            count = float(token.raw)
        else:
            count = self._count()
            if count is None and self.take("a", "an"):
                count = 1
        if count is None:
            return None
        if self.phrase("and a half"):
            count += 0.5
        self.sym("-")
        unit = self.peek().word
        self.i += 1
        if unit in SECONDS:
            if SECONDS[unit] == 3600 and self.phrase("and a half"):
                count += 0.5
            return 0, round(count * SECONDS[unit]), SECONDS[unit]
        if unit in DAYS and count == int(count):
            return int(count) * DAYS[unit], 0, DAYS[unit] * 86400
        return None

    def _fraction_of_hour(self) -> int | None:
        self.take("a")
        if self.take("half"):
            self.sym("-")
            self.take("an", "a")
            return 1800 if self.take("hour", "hr", "h") else None
        if self.take("quarter"):
            self.phrase("of an") or self.phrase("of a") or self.take("an")
            return 900 if self.take("hour", "hr", "h") else None
        return None

    def _count(self) -> int | None:
        token = self.peek()
        if token.kind == "num" and token.raw.isdigit() and len(token.raw) <= 4:
            self.i += 1
            return int(token.raw)
        value = NUMBERS.get(token.word)
        if value is None:
            return None
        self.i += 1
        if value >= 20:
            start = self.i
            self.sym("-")
            ones = NUMBERS.get(self.peek().word, 99)
            if ones < 10:
                self.i += 1
                return value + ones
            self.i = start
        return value

    # Days.

    def day(self) -> On | None:
        """Read a day: `friday`, `on the 5th`, `tomorrow morning`, `next week on tue`."""
        return self.maybe(partial(self.later_day, bare=True))

    def later_day(self, *, bare: bool) -> On | None:
        """Read a day; unless `bare`, a weekday only after `on`."""
        led = self.take("on") is not None
        start = self.i
        for read in (
            self._day_of_week,
            self._relative_day,
            self._numbered_date,
            self._named_date,
        ):
            self.i = start
            day = read()
            if day is not None and (led or bare or not isinstance(day, Weekday)) and self.whole():
                return On(day, self._part_of_day())
        self.i = start
        if (led or self.peek().word == "the") and (day := self._day_of_month()) and self.whole():
            return On(day, self._part_of_day())
        self.i = start
        return None if led else self._part_of_today()

    def _part_of_day(self) -> Part | None:
        word = self.take(*PARTS)
        return PARTS[word] if word else self.part()

    def _part_of_today(self) -> On | None:
        if self.take(*TONIGHT):
            return On(Relative(0), "night")
        if self.take("this"):
            word = self.take("morning", "afternoon", "evening")
            return On(Relative(0), PARTS[word]) if word else None
        return None

    def _relative_day(self) -> DayRef | None:
        start = self.i
        self.take("the")
        if self.phrase("day after tomorrow"):
            return Relative(2)
        if self.phrase("day before yesterday"):
            return Relative(-2)
        if (stretch := self._stretch()) is not None:
            return stretch
        self.i = start
        word = self.take(*RELATIVE)
        return Relative(RELATIVE[word]) if word else None

    def _stretch(self) -> Stretch | None:
        """Read last week, this month, the last 3 days."""
        start = self.i
        which = self.take("last", "past", "this")
        if which is None:
            return None
        count = None if which == "this" else self._count()
        word = self.take("day", "days", "week", "weeks", "month", "months")
        if word is None or (count is None and word not in ("week", "month")):
            self.i = start
            return None
        unit: dict[str, Stretch] = {
            "d": Stretch("day", 1),
            "w": Stretch("week", 1),
            "m": Stretch("month", 1),
        }
        found = unit[word[0]]
        if which == "this":
            return replace(found, back=0)
        return found if count is None else replace(found, back=count, rolling=True)

    def _day_of_week(self) -> DayRef | None:
        """Read a weekday with its qualifier: `next friday`, `friday next week`, `Thu 3 Dec`."""
        if self.phrase("next week"):
            self.take("on")
            name = self.take(*DAY_NAMES)
            return Weekday(DAY_NAMES[name], "week") if name else None
        which = self.take("this", "next", "last", "coming")
        if which == "this":
            self.take("coming")
        name = self.take(*DAY_NAMES)
        if name is None:
            return None
        day = DAY_NAMES[name]
        self._abbreviation_point()
        if which in ("this", "next", "last"):
            return Weekday(day, which)  # type: ignore[arg-type]
        if self.phrase("next week"):
            return Weekday(day, "week")
        start = self.i
        self.sym(",")
        self.take("the")
        date = self._named_date() or self._iso_date()
        if isinstance(date, OnDate):
            return replace(date, weekday=day)
        self.i = start
        return Weekday(day)

    def _iso_date(self) -> OnDate | None:
        token = self.peek()
        if token.kind != "iso":
            return None
        self.i += 1
        year, month, day = (int(n) for n in token.raw.rstrip("T").replace("/", "-").split("-"))
        return OnDate(month, day, year)

    def _numbered_date(self) -> DayRef | None:
        if date := self._iso_date():
            return date
        token = self.peek()
        if token.kind != "numeric":
            return None
        self.i += 1
        first, second, *rest = (int(n) for n in token.raw.translate(_TO_DOTS).strip(".").split("."))
        year = rest[0] + (2000 if rest[0] < 100 else 0) if rest else None
        return Numeric(first, second, year)

    def _named_date(self) -> OnDate | None:
        """Read 5 dec, the 5th of december 2026, dec 5th."""
        start = self.i
        self.take("the")
        day = self._day_number()
        if day is not None:
            self.take("of")
            month = self._month()
        else:
            self.i = start
            month = self._month()
            self.take("the")
            day = self._day_number() if month else None
        if day is None or month is None:
            self.i = start
            return None
        return OnDate(month, day, self._year())

    def _month(self) -> int | None:
        word = self.take(*MONTHS)
        if word is None:
            return None
        self._abbreviation_point()
        return MONTHS[word]

    def _abbreviation_point(self) -> None:
        """Consume the point of `Dec. 5` and `5. december`."""
        if self.peek().glued and not self.peek(1).glued:
            self.sym(".")

    def _day_number(self) -> int | None:
        """Read 5 or 5th; any number of up to two digits, because `32 dec` is refused later."""
        token = self.peek()
        if token.kind != "num" or not token.raw.isdigit() or len(token.raw) > 2:
            return None
        self.i += 1
        if self.peek().glued:
            self.take("st", "nd", "rd", "th")
            self._abbreviation_point()
        return int(token.raw)

    def _year(self) -> int | None:
        start = self.i
        self.sym(",")
        token = self.peek()
        if token.kind == "num" and len(token.raw) == 4 and token.raw[:2] in ("19", "20", "21"):
            self.i += 1
            return int(token.raw)
        self.i = start
        return None

    def _day_of_month(self) -> MonthDay | None:
        self.take("the")
        token, suffix = self.peek(), self.peek(1)
        if suffix.glued and suffix.word in ("st", "nd", "rd", "th"):
            day = self._day_number()
            return MonthDay(day) if day is not None and token.kind == "num" else None
        return None
