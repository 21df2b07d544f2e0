"""Reads the clauses of a time: `on friday`, `at 9`, `for 30m`, `every mon and wed`.

A hand-written parser of a strict grammar, from left to right. It knows neither today nor a zone
(`when_meaning` resolves the clauses) and corrects nothing: a misspelt word is not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from bot.core.when_clauses import (
    DASHES,
    DAY_NAMES,
    DAY_PLURALS,
    MONTHS,
    NUMBERS,
    ORDINALS,
    PARTS,
    PLACES,
    RELATIVE,
    SECONDS,
    TONIGHT,
    UNTIL,
    WORKDAYS,
    Ask,
    At,
    Bad,
    Clause,
    Except,
    For,
    In,
    LastDay,
    NamedMonth,
    Now,
    Numeric,
    On,
    Part,
    PartOnly,
    Placed,
    Recurrence,
    Since,
    Starting,
    Token,
    Until,
    Weekday,
    Zone,
)
from bot.core.when_scanner import TimeScanner
from bot.core.when_words import DAY_TITLES, listed

WORKWEEK, WEEKEND = (0, 1, 2, 3, 4), (5, 6)
_EXCEPT = ("except", "excluding", "but", "not")
_MOST_DAYS = 14  # in one list
_TOO_OFTEN = "A recording repeats once a day at most."
_TOO_RARE = "A recording repeats once a month at least."
_ONE_DATE = "A single date cannot be left out here. Schedule all dates, then skip that one."
_ADVERBS: dict[str, Recurrence | Bad] = {
    "daily": Recurrence("DAILY"),
    "everyday": Recurrence("DAILY"),
    "weekdays": Recurrence("WEEKLY", days=WORKWEEK),
    "workdays": Recurrence("WEEKLY", days=WORKWEEK),
    "weekends": Recurrence("WEEKLY", days=(5, 6)),
    "weekly": Recurrence("WEEKLY"),
    "fortnightly": Recurrence("WEEKLY", interval=2),
    "monthly": Recurrence("MONTHLY"),
    "hourly": Bad(_TOO_OFTEN),
    "yearly": Bad(_TOO_RARE),
    "annually": Bad(_TOO_RARE),
    "quarterly": Recurrence("MONTHLY", interval=3),
}
_PREPOSITIONS = {"on", "at", "in", "for", "from", "since", "every", "each"}


class ClauseScanner(TimeScanner):
    def __init__(
        self,
        text: str,
        protected: Sequence[tuple[int, int]] = (),
        *,
        rules: bool = True,
        months: bool = False,
    ) -> None:
        """Without `rules`, no recurrence is read: `the sales weekly on monday` names a day.

        With `months`, whole months are: `since october`, `in november`.
        """
        super().__init__(text, protected)
        self.rules = rules
        self.months = months
        self.tries = 0  # how many tokens looked like the start of a clause

    def clause(self, *, led: bool = False) -> Placed | None:
        """Read one clause. `led`: a day came before, so a bare number is an hour."""
        start = self.i
        first = self.peek()
        readers = _READERS.get(first.word or first.raw) or _READERS_OF_KIND.get(first.kind, ())
        if not readers or first.kind == "wall" or not self.fresh():
            return None
        self.tries += 1
        for read in (*readers, ClauseScanner._bare_time) if led else readers:
            if read is ClauseScanner._recurrence and not self.rules:
                continue
            clause = read(self)
            if clause is not None and self.whole():
                last = self.tokens[self.i - 1]
                single = self.i - start == 1
                return Placed(clause, first.start, last.end, weak=_is_weak(clause, first, single))
            self.i = start
        return None

    # The readers below are listed in _READERS, by the words that they begin with.

    def _now(self) -> Clause | None:
        if self.phrase("right now") or self.take("now", "immediately"):
            return Now()
        return None

    def _in(self) -> Clause | None:
        if self.take("in") and (length := self.length()):
            return In(*length)
        return None

    def _from_now(self) -> Clause | None:
        if (length := self.length()) is None or not self.take("from"):
            return None
        days, seconds = length
        if self.take("now"):
            return In(days, seconds)
        day = self.take("today", "tomorrow") if days and not seconds else None
        return In(days + RELATIVE[day], 0) if day else None  # a week from tomorrow

    def _for(self) -> Clause | None:
        if not self.take("for"):
            return None
        if self.phrase("the next") and (unit := self.take("hour", "minute")):
            half = SECONDS[unit] // 2 if self.phrase("and a half") else 0
            return For(0, SECONDS[unit] + half)
        if length := self.maybe(self.length):
            return For(*length)
        raw = self.peek().raw
        if self.peek().kind != "clock" or raw.count(":") > 1:
            return None
        self.i += 1
        hours, minutes = raw.split(":")
        return Ask(
            f"Is “{raw}” how long to record, or when to start?",
            (f"for {int(hours)}h {int(minutes)}m", f"at {raw}"),
        )

    def _until(self) -> Clause | None:
        if not (self.take(*UNTIL) or self.phrase("ending at") or self.phrase("up to")):
            return None
        dated = not self.take("at") and self.peek().kind == "numeric"  # until 31.12.
        clock = None if dated else self.maybe(partial(self.clock, led=True))
        if isinstance(clock, Bad):
            return clock
        if clock:
            part = self.part()
            day = self.maybe(partial(self.later_day, bare=False))
            return Until(clock, day.day if day else None, part, day_last=True)
        day = self.day()
        if day is None:
            return None
        self.sym(",")
        clock = self.maybe(self.led_clock)
        if isinstance(clock, Bad):
            return clock
        return Until(clock, day.day, self.part() or day.part) if clock else LastDay(day.day)

    def _since(self) -> Clause | None:
        if not self.take("since"):
            return None
        if day := self.day():
            clock = self.maybe(self.led_clock)
            return clock if isinstance(clock, Bad) else Since(day.day, clock)
        if month := self._named_month():
            return Since(month, None)
        self.take("at")
        clock = self.clock(led=True)
        return clock if clock is None or isinstance(clock, Bad) else Since(None, clock)

    def _in_month(self) -> Clause | None:
        led = self.take("in", "of", "from", "during")
        return On(month) if led and (month := self._named_month()) else None

    def _named_month(self) -> NamedMonth | None:
        month = self._month() if self.months else None
        return NamedMonth(month, self._year()) if month else None

    def _starting(self) -> Clause | None:
        if not self.phrase("as of"):
            if self.take("from", "starting", "beginning") is None:
                return None
            self.take("on", "from")
        if self.phrase("next week"):
            return Starting(Weekday(0, "week"))
        day = self.day()
        return Starting(day.day) if day and day.part is None else None

    def _zone(self) -> Clause | None:
        opened = self.sym("(")
        token = self.peek()
        if token.kind == "zone":
            self.i += 1
            zone = token.raw
        elif token.word == "utc":
            self.i += 1
            zone = "UTC"
        else:
            zone = self._place_time() or ""
        return Zone(zone) if zone and (not opened or self.sym(")")) else None

    def _place_time(self) -> str | None:
        """Return the zone of a place: `UK time`, `New York time`."""
        for words in (1, 2):
            place = " ".join(self.peek(n).word for n in range(words))
            if self.peek(words).word == "time" and place in PLACES:
                self.i += words + 1
                return PLACES[place]
        return None

    def _part_only(self) -> Clause | None:
        part = self.part()
        return PartOnly(part) if part else None

    def _at(self) -> Clause | None:
        if self.take("from", "between", "at") is None and not self.sym("@"):
            return None
        return self.time_of_day(led=True)

    def _span_of_day(self) -> Clause | None:
        """Read `10 to 11` before a day: `10 to 11 tomorrow`."""
        at = self.time_of_day(led=True)
        end = self.i
        followed = isinstance(at, At) and at.end is not None and self.day() is not None
        self.i = end
        return at if followed else None

    def _explicit_time(self) -> Clause | None:
        return self.time_of_day(led=False)

    def _bare_time(self) -> Clause | None:
        return self.time_of_day(led=True)

    def _bare_length(self) -> Clause | None:
        """Read 30m or 2h without a preposition: a delay, a length, or an hour."""
        start, token = self.i, self.peek()
        if token.kind not in ("num", "word") or self.length() is None:
            return None
        said = self._said(start)
        at = (f"at {said}",) if self.peek(-1).word == "h" else ()
        return Ask(
            f"Is “{said}” how long to record, or when to start?", (f"for {said}", f"in {said}", *at)
        )

    def _said(self, start: int) -> str:
        """Return the text from a token up to the current one, with single spaces."""
        pieces: list[str] = []
        for token in self.tokens[start : self.i]:
            pieces.append(token.raw if token.glued or not pieces else " " + token.raw)
        return "".join(pieces)

    def _on(self) -> Clause | None:
        return self.maybe(self._several_days) or self.day()

    def _several_days(self) -> Clause | None:
        """Read mon and wed, or mon-fri, without `every`: they may repeat or not."""
        self.take("on")
        start = self.i
        days = self._days()
        if days is None or len(days) < 2:
            return None
        titles = [DAY_TITLES[day] for day in days]
        return Ask(
            f"Every week on {listed(titles)}, or once?",
            (f"every {self._said(start)}", f"on {titles[0]}"),
        )

    # Rules.

    def _recurrence(self) -> Clause | None:
        """Read a recurrence."""
        start = self.i
        if self.take("every", "each"):
            return self._except(self._every())
        if clause := self.maybe(self._nth_of_month):
            return clause
        self.i = start
        self.take("on")
        if self.peek().word in DAY_PLURALS and (days := self._days()):
            return self._except(Recurrence("WEEKLY", days=days))
        self.i = start
        if self.take("biweekly") or (self.take("bi") and self.sym("-") and self.take("weekly")):
            return Ask(
                "Does biweekly mean every two weeks, or twice a week?",
                ("every 2 weeks", "every mon and thu"),
            )
        self.i = start
        if self.take("on"):
            word = self.take("weekdays", "weekends", "workdays")
        else:
            word = self.take(*_ADVERBS)
        recurrence = _ADVERBS.get(word or "")
        return (
            self._on_days(recurrence)
            if isinstance(recurrence, Recurrence) and word not in _OWN_DAYS
            else (self._except(recurrence))
        )

    def _except(self, recurrence: Clause | None) -> Clause | None:
        """Read excepted days: every weekday except friday."""
        if not isinstance(recurrence, Recurrence) or self.peek().word not in _EXCEPT:
            return recurrence
        out = self._excepted()
        return recurrence.without(out.days) if isinstance(out, Except) else out

    def _excepted(self) -> Except | Bad | None:
        """Read the days left out: `except friday`, `but not on weekends`."""
        if not self.rules or not self.take(*_EXCEPT):
            return None
        self.take("not", "for")
        self.take("on", "at")
        self.take("the")
        days = WEEKEND if self.take("weekend", "weekends") else self._days()
        if days is None and self._named_date():
            return Bad(_ONE_DATE)
        return Except(days) if days else None

    def _every(self) -> Clause | None:
        """Read the rest of a recurrence after `every`."""
        if clause := self.maybe(self._nth_of_month):
            return clause
        start = self.i
        if clause := self.maybe(self._every_nth_day):
            return clause
        self.i = start
        self.take("single")
        if self.take("working", "business"):
            return Recurrence("WEEKLY", days=WORKWEEK) if self.take("day") else None
        interval = self._interval()
        if interval == 0:
            return Bad("Nothing repeats every 0 days.")
        word = self.take(*_EVERY_UNITS) or ""
        match _EVERY_UNITS.get(word):
            case Bad() as bad:
                return bad
            case Recurrence() as recurrence if interval == 1 or not recurrence.days:
                return self._on_days(replace(recurrence, interval=recurrence.interval * interval))
            case Recurrence():
                return None  # every other weekday
        if part := PARTS.get(self.take(*PARTS) or ""):
            return Recurrence("DAILY", interval=interval, part=part)
        days = self._days()
        if days is None:
            return None
        return Recurrence("WEEKLY", interval=interval, days=days, part=self._part_after())

    def _part_after(self) -> Part | None:
        word = self.take(*PARTS)
        return PARTS[word] if word else None

    def _interval(self) -> int:
        """Read other, 2, two, 2nd or second before a unit; 1 if there is none."""
        start = self.i
        if self.take("other"):
            return 2
        if (nth := self._ordinal()) and nth > 0 and self.peek().word in _EVERY_UNITS:
            return nth
        self.i = start
        count = self._count()
        if count is not None and (self.peek().word in _EVERY_UNITS or count == 0):
            return min(count, 999)
        self.i = start
        return 1

    def _every_nth_day(self) -> Clause | None:
        """Read every first monday; ask about every third, which may mean of the month or not."""
        start = self.i
        nth = self._ordinal()
        days = self._days() if nth else None
        if nth is None or days is None:
            return None
        if nth in (1, -1):
            return Recurrence("MONTHLY", days=days, nth=(nth,))
        said = self._said(start)
        names = listed([DAY_TITLES[day] for day in days])
        return Ask(
            f"Every {nth} weeks, or once a month?",
            (f"every {nth} weeks on {names}", f"every {said} of the month"),
        )

    def _on_days(self, recurrence: Recurrence) -> Clause | None:
        """Read the days after a unit: `on tue and thu` of every 2 weeks on tue and thu."""
        start = self.i
        if recurrence.freq == "WEEKLY" and not recurrence.days and self.take("on"):
            if days := self._days():
                return replace(recurrence, days=days, part=self._part_after())
        elif recurrence.freq == "MONTHLY":
            self.take("on")
            if found := self.maybe(self._nth):
                return replace(found, interval=recurrence.interval)
        self.i = start
        return recurrence

    def _nth_of_month(self) -> Clause | None:
        """Read `first monday of the month`, `the 1st and 15th of every month`."""
        self.take("on")
        recurrence = self._nth()
        if recurrence is None:
            return None
        if self.take("monthly"):
            return recurrence
        if not self.take("of", "in"):
            return recurrence if self.take("every", "each") and self.take("month") else None
        if self.take("the", "a"):
            return recurrence if self.take("month") else None
        if self.take("every", "each"):
            interval = self._interval()
            return replace(recurrence, interval=interval) if self.take("month", "months") else None
        return None

    def _nth(self) -> Recurrence | None:
        """Read first and third monday, 1st and 15th, last day, first weekday."""
        self.take("the")
        nth = [self._ordinal()]
        while nth[-1] is not None and len(nth) < _MOST_DAYS and self.maybe(self._and):
            self.take("the")
            nth.append(self._ordinal())
        if self.peek().word == "day" and len(nth) == 1:
            self.i += 1
            return Recurrence("MONTHLY", month_days=(nth[0],)) if nth[0] else None
        numbers = tuple(dict.fromkeys(n for n in nth if n is not None))
        if len(numbers) < len(nth):
            return None
        if self.peek().word in WORKDAYS or self.peek().word in ("working", "business"):
            if self.take("working", "business") and self.peek().word != "day":
                return None
            self.i += 1
            return (
                Recurrence("MONTHLY", days=WORKWEEK, position=numbers[0]) if len(nth) == 1 else None
            )
        if days := self._days():
            fits = all(-1 <= n <= 5 for n in numbers)
            return Recurrence("MONTHLY", days=days, nth=numbers) if fits else None
        if all(1 <= n <= 31 for n in numbers):
            return Recurrence("MONTHLY", month_days=tuple(sorted(numbers)))
        return None

    def _and(self) -> bool | None:
        comma = self.sym(",", "+", "/")
        return bool(self.take("and")) or comma or None

    def _ordinal(self) -> int | None:
        """Read first, 1st or last."""
        if word := self.take(*ORDINALS):
            return ORDINALS[word]
        token, suffix = self.peek(), self.peek(1)
        if token.kind == "num" and suffix.glued and suffix.word in ("st", "nd", "rd", "th"):
            if len(token.raw) > 2 or not 1 <= int(token.raw) <= 31:
                return None
            self.i += 2
            return int(token.raw)
        return None

    def _days(self) -> tuple[int, ...] | None:
        """Read weekdays in any order: `mon, wed and fri`, `monday to friday`.

        A comma before anything else is not consumed.
        """
        found: list[int] = []
        while len(found) < _MOST_DAYS:
            before = self.i
            if found and not self._and():
                break
            self.take("on")
            first = self._one_day()
            if first is None:
                self.i = before
                break
            last = self.maybe(self._end_of_days)
            found += _days_between(first, first if last is None else last)
        return tuple(sorted(set(found))) or None

    def _one_day(self) -> int | None:
        word = self.peek().word
        day = DAY_NAMES.get(word, DAY_PLURALS.get(word))
        if day is not None:
            self.i += 1
        return day

    def _end_of_days(self) -> int | None:
        if not (self.sym(*DASHES) or self.take("to", "through", "thru")):
            return None
        return self._one_day()


def _days_between(first: int, last: int) -> list[int]:
    return [(first + n) % 7 for n in range((last - first) % 7 + 1)]


def _is_weak(clause: Clause, first: Token, single: bool) -> bool:
    """Whether a clause, alone in a sentence, may be part of a name: weekly, monday."""
    match clause:
        case On(day=Numeric() | Weekday()) | Ask():
            return first.word not in _PREPOSITIONS
        case PartOnly() | Zone() | Except():
            return True
        case Recurrence() | At():
            return single and first.kind == "word"
        case _:
            return False


_OWN_DAYS = {"weekdays", "workdays", "weekends", "daily", "everyday"}
_EVERY_UNITS: dict[str, Recurrence | Bad] = (
    {
        "day": Recurrence("DAILY"),
        "days": Recurrence("DAILY"),
        "week": Recurrence("WEEKLY"),
        "weeks": Recurrence("WEEKLY"),
        "month": Recurrence("MONTHLY"),
        "months": Recurrence("MONTHLY"),
        "weekday": Recurrence("WEEKLY", days=WORKWEEK),
        "workday": Recurrence("WEEKLY", days=WORKWEEK),
        "weekend": Recurrence("WEEKLY", days=(5, 6)),
        "quarter": Recurrence("MONTHLY", interval=3),
    }
    | dict.fromkeys(("year", "years"), Bad(_TOO_RARE))
    | dict.fromkeys(
        ("hour", "hours", "minute", "minutes", "min", "mins", "second", "seconds"), Bad(_TOO_OFTEN)
    )
)
# ruff: noqa: SLF001 (the table names the methods of the class above)
_Reader = Callable[[ClauseScanner], Clause | None]
_LENGTHS = (ClauseScanner._from_now, ClauseScanner._explicit_time, ClauseScanner._bare_length)
# The words that each reader may begin with; readers are tried in this order.
_TABLE: tuple[tuple[_Reader, Iterable[str]], ...] = (
    (ClauseScanner._recurrence, ["every", "each", "on", "the", "bi", "biweekly", "day"]),
    (ClauseScanner._recurrence, (*_ADVERBS, *DAY_PLURALS, *ORDINALS)),
    (ClauseScanner._excepted, _EXCEPT),
    (ClauseScanner._now, ("right", "now", "immediately")),
    (ClauseScanner._in, ("in",)),
    (ClauseScanner._in_month, ("in", "of", "from", "during")),
    (ClauseScanner._for, ("for",)),
    (ClauseScanner._until, (*UNTIL, "ending", "up")),
    (ClauseScanner._since, ("since",)),
    (ClauseScanner._starting, ("as", "from", "starting", "beginning")),
    (ClauseScanner._at, ("at", "from", "between", "@")),
    (ClauseScanner._on, ["on", "the", "this", "next", "last", "past", "coming", "day", *TONIGHT]),
    (ClauseScanner._on, (*DAY_NAMES, *DAY_PLURALS, *MONTHS, *RELATIVE)),
    (ClauseScanner._explicit_time, ("noon", "midday", "midnight")),
    (ClauseScanner._zone, ("utc", "(", *dict.fromkeys(place.split()[0] for place in PLACES))),
    (ClauseScanner._part_only, ("in", "at")),
    *((read, ("a", "an", "half", "quarter", *NUMBERS)) for read in _LENGTHS),
)
_READERS: dict[str, tuple[_Reader, ...]] = {}
for _read, _words in _TABLE:
    for _word in _words:
        _READERS[_word] = (*_READERS.get(_word, ()), _read)
_READERS_OF_KIND: dict[str, tuple[_Reader, ...]] = {
    "num": (ClauseScanner._recurrence, ClauseScanner._on, *_LENGTHS, ClauseScanner._span_of_day),
    "clock": (ClauseScanner._explicit_time,),
    "iso": (ClauseScanner._on,),
    "numeric": (ClauseScanner._on,),
    "zone": (ClauseScanner._zone,),
}
