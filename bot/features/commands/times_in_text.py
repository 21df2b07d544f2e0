"""Reads the times of a text by what they are for: to start, to stop, or to look back. Pure.

Spans are character offsets in the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.when import Day, Once, Past, Reading, Refused, When
from bot.core.when_days import Purpose
from bot.core.when_grammar import find_times
from bot.features.commands.parsed import Mood, Parsed, skipped
from bot.features.commands.sentences import Sentence, Sort, Span
from bot.features.commands.vocabulary import Intent, Role

LONGEST_ORDER = 400  # characters of a text that is obeyed without a question
_PURPOSES = {
    Intent.STOP: Purpose.STOP,
    Intent.EXTEND: Purpose.STOP,
    Intent.UNSCHEDULE: Purpose.DAY,
    Intent.LIST: Purpose.PAST,
    Intent.FIND: Purpose.PAST,
    Intent.STATUS: Purpose.PAST,
    Intent.SUMMARY: Purpose.PAST,
    Intent.DOCTOR: Purpose.PAST,
    Intent.SHARE: Purpose.PAST,
    Intent.JOIN: Purpose.PAST,
}
_POSSESSIVE = re.compile(r"(?<=[a-z])['’]s\b")  # yesterday's
_MORE = re.compile(r"(?<=[0-9])\s+more(?=\s+(?:m|h)[a-z]*\b)", re.IGNORECASE)  # in 5 more minutes
# `stop in 5`, `start standup in 15`; fewer may be hours, or people.
_BARE_MINUTES = re.compile(
    r"\b(?:in|for) (?:[5-9]|[1-9][0-9])"
    r"(?=[ .,!?]*$|[.,!?](?![0-9])| (?:please|pls|plz|thx|thanks|with|no|and)\b| (?:in|for) [0-9])"
)
# The comma in `start standup in 5, stop at 3`.
_BARE_BEFORE_MARK = re.compile(r"\b((?:in|for) (?:[5-9]|[1-9][0-9]))[,.;](?= )")
# `so that she can catch up this evening`: the time is not that of the order before it.
_REASON = re.compile(
    r"\bso (?:that )?(?:i|we|he|she|they|you|everyone|everybody|people|others|[a-z]+) can "
    r"(?!start|begin|record|stop|meet|join)[^.!?\n]*",
    re.IGNORECASE,
)
NO_TIMES = frozenset({"right", "now"})


@dataclass(frozen=True, slots=True)
class TimeReader:
    """Reads the times of one text. `protected`: spans that are no times, such as names of rooms.

    `now` is aware; `zone` is the IANA name of the person's zone.
    """

    text: str
    protected: Sequence[Span]
    now: datetime
    zone: str

    def read(
        self, main: Sentence | None, parsed: Parsed, others: Sequence[Span]
    ) -> tuple[Reading | None, list[Span], list[Span]]:
        """Read the times outside the ranges of `others`, according to their purpose."""
        purpose = _PURPOSES.get(parsed.intent or Intent.UNKNOWN, Purpose.START)
        if parsed.intent is Intent.STOP and parsed.mood is Mood.UNWANTED:
            purpose = Purpose.DAY
        if parsed.intent is Intent.UNKNOWN and parsed.mood is Mood.QUESTION:
            purpose = Purpose.PAST  # who was in standup yesterday?
        text = _POSSESSIVE.sub("  ", self.text[:LONGEST_ORDER])
        text = _MORE.sub(lambda found: " " * len(found[0]), text)
        text = _BARE_BEFORE_MARK.sub(r"\1m", text)
        found = find_times(
            text,
            now=self.now,
            zone=self.zone,
            purpose=purpose,
            protected=sorted([*self.protected, *others]),
        )
        if main and (planned := _purpose_ahead(main, parsed)):
            zone = self.zone
            ahead = find_times(text, now=self.now, zone=zone, purpose=planned)
            found = ahead if is_ahead(ahead.reading, self.now) else found
            day = self._as_days(text, ahead.loose, planned) if not ahead.spans else None
            if is_ahead(day, self.now):  # there is no town hall this friday
                return day, list(ahead.loose), []
        reading = found.reading
        spans, loose = list(found.spans), list(found.loose)
        bare = list(_BARE_MINUTES.finditer(text)) if reading is None else []
        if bare and not any(overlap(one.span(), other) for one in bare for other in others):
            said = ", ".join(f"{one[0]} min" for one in bare)
            again = find_times(said, now=self.now, zone=self.zone, purpose=purpose)
            return again.reading, [one.span() for one in bare], []
        if isinstance(reading, Refused) and purpose is Purpose.STOP:
            return self._read_again(text, spans), spans, loose
        if reading is None and loose and purpose in (Purpose.DAY, Purpose.PAST):
            # `skip design review thursday`, `what was said last thursday`
            day = self._as_days(text, loose, purpose)
            past = text[loose[0][0] :].startswith(("last", "this")) or _POSSESSIVE.search(self.text)
            if isinstance(day, Day) or (past and isinstance(day, Past)):
                return day, loose, []
        if isinstance(reading, When) and loose and purpose is Purpose.START and not reading.stop:
            # `every day at 5 pm record town hall, 20 minutes`
            said = ", ".join(text[start:end] for start, end in spans)
            said += "".join(f", for {text[start:end]}" for start, end in loose)
            longer = find_times(said, now=self.now, zone=self.zone)
            if isinstance(longer.reading, When) and longer.reading.stop and not longer.loose:
                return longer.reading, sorted([*spans, *loose]), []
        if reading is None and loose and purpose is Purpose.START:
            # `start standup 30m`
            text = ", ".join(f"for {text[start:end]}" for start, end in loose)
            again = find_times(text, now=self.now, zone=self.zone)
            if isinstance(again.reading, When) and again.reading.stop and not again.loose:
                return again.reading, loose, []
        return reading, spans, loose

    def _as_days(self, text: str, loose: Sequence[Span], purpose: Purpose) -> Reading | None:
        """Read words that may be days, such as `this friday`, as if `on` led them."""
        said = ", ".join(f"on {text[start:end]}" for start, end in loose)
        now, zone = self.now, self.zone
        return find_times(said, now=now, zone=zone, purpose=purpose).reading if loose else None

    def _read_again(self, text: str, spans: Sequence[Span]) -> Reading | None:
        """Read the times of a stop again, as a length: `stop for 5 minutes`."""
        said = ", ".join(text[start:end] for start, end in spans)
        now, zone = self.now, self.zone
        again = find_times(said, now=now, zone=zone).reading
        if isinstance(again, When) and isinstance(again.start, Once):  # at 14:10, typed at 14:20
            return find_times(said, now=now, zone=zone, purpose=Purpose.STOP).reading
        return again


def reasons_in(text: str) -> list[Span]:
    """Return the spans that say what an order is good for."""
    return [found.span() for found in _REASON.finditer(text)] if " can " in text else []


def is_ahead(when: Reading | None, now: datetime) -> bool:
    """Whether it is a start, or a day after today."""
    if isinstance(when, Day):
        return when.date > now.date()
    return isinstance(when, When) and when.start is not None


def overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


_NONE = {("there", "is", "no"), ("theres", "no")}


def _purpose_ahead(sentence: Sentence, parsed: Parsed) -> Purpose | None:
    """Return the purpose that a time ahead has where the bot is asked what there is."""
    made = parsed.intent is Intent.LIST and parsed.article
    if made or (parsed.intent is Intent.SUMMARY and _names_only_options(sentence)):
        return Purpose.START
    return Purpose.DAY if _may_be_ahead(sentence, parsed) else None


def _may_be_ahead(sentence: Sentence, parsed: Parsed) -> bool:
    """Whether a day in it may be ahead, although the bot is asked what there is."""
    if parsed.intent is Intent.DOCTOR:  # there is no standup tomorrow
        head, *rest = sentence.pieces
        beside = any(piece.role not in (None, Role.FILLER) for piece in rest)
        return head.key in _NONE and bool(rest) and rest[0].sort is Sort.ROOM and not beside
    return parsed.intent is Intent.STATUS and _asks_ahead(sentence)


def _names_only_options(sentence: Sentence) -> bool:
    """Whether it has no words but names, times and options: `standup: 4pm, transcript please`."""
    return all(p.option or p.sort is Sort.UNREAD or skipped(p) for p in sentence.pieces)


def _asks_ahead(question: Sentence) -> bool:
    """Whether it is a question such as `is it recorded on friday`, but not `was it`."""
    verb = next((p for p in question.pieces if p.role in (Role.IS, Role.WAS, Role.HEDGE)), None)
    recorded = any(piece.intent is Intent.START for piece in question.pieces)
    if verb is None or verb.role is Role.WAS:
        return False
    return verb.key[0] == "will" or verb.key[-1] == "we" or (verb.role is Role.IS and recorded)
