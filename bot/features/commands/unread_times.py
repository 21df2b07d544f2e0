"""Finds words that stand where a time would but are none: `at noonish`, `every blursday`. Pure.

A recording is not offered now if it was asked for at a time that was not understood. Places and
the like are no times: `at work`, `every word`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.core.when import Refused
from bot.core.when_clauses import NUMBERS
from bot.core.when_days import EXAMPLES, Purpose
from bot.features.commands.parsed_text import ParsedText
from bot.features.commands.sentences import Piece, Sort, like_a_time
from bot.features.commands.vocabulary import Role

_EACH = {("every",), ("each",)}
_BEFORE_A_TIME = {
    (word,)
    for word in (
        *("at", "@", "on", "in", "from", "by", "around", "about", "after", "before", "over"),
        *("until", "till", "til", "next", "this", "coming", "starting", "since", "towards"),
    )
}
# `in a while`: times only behind such a word.
_VAGUE = frozenset(
    {
        *("while", "bit", "few", "moment", "jiffy", "lunch", "breakfast", "dinner", "supper"),
        *("tea", "dawn", "dusk", "sunrise", "sunset", "eod", "cob", "eob", "christmas"),
        *("xmas", "easter", "night", "evening", "morning", "afternoon", "week", "weekend"),
        *("month", "quarter", "year", "hour", "hours", "minute", "minutes"),
    }
)
# `every word of it` says what is recorded, not when.
_PARTS = frozenset(
    {
        *("time", "word", "words", "speaker", "speakers", "person", "people", "participant"),
        *("participants", "voice", "sentence", "detail", "thing", "bit", "minute", "second"),
        *("moment", "syllable", "joke", "question", "slide", "attendee", "one", "single"),
        *("step", "part", "topic"),
    }
)
_HOUR = re.compile(r"[0-9]{1,2}(?:[:.h]?[0-9]{2})?[a-z]{0,4}")
_EXACT = {("at",), ("@",), ("from",), ("around",), ("by",), ("until",), ("till",), ("after",)}
_TIME_OR = [Sort.TIME, ("or",)]
_MOST_BETWEEN = 2  # `in a little while`
_BUT_A_PART = re.compile(
    r"\b(?:except|without|skip|not|minus)(?: for)? the (?:first|last)\b[^,.!?]*"
)


def unread_time(said: ParsedText, left: Sequence[Piece], purpose: Purpose) -> Refused | None:
    """Refuse the unread words that stand for a time; None if there are none.

    Beside a time that is read, only an unread rhythm matters: `every blursday 9:30`.
    """
    if part := _BUT_A_PART.search(said.text):  # except the first 10 minutes
        return Refused(f"I do not understand “{part[0]}”.", EXAMPLES[purpose])
    for n, piece in enumerate(said.pieces):
        if (piece.sort is not Sort.UNREAD and piece.key != ("while",)) or piece not in left:
            continue
        if any(start <= piece.start < end for start, end in said.reasons):
            continue
        first = _first_word(said.pieces, n)
        or_time = n > 1 and [said.pieces[n - 2].sort, said.pieces[n - 1].key] == _TIME_OR
        if or_time and piece.key[0][0].isdigit():  # at 3 or 4
            return Refused("That says two times.", EXAMPLES[purpose])
        if first is not None and (first.key in _EACH or not said.start_time()):
            words = said.text[first.start : piece.end]
            return Refused(f"I do not understand “{words}”.", EXAMPLES[purpose])
    return None


def _first_word(pieces: Sequence[Piece], n: int) -> Piece | None:
    """Return the first piece of the time that the piece at `n` ends."""
    piece, word = pieces[n], pieces[n].words[0].key
    if word.startswith("@"):
        return piece
    before = pieces[n - 1] if n else None
    if before is not None and before.key in _EACH:
        after = pieces[n + 1] if n + 1 < len(pieces) else None
        part = word in _PARTS or (after is not None and after.key == ("of",))
        return None if part else before
    leads = [before] if before is not None else []
    at = n - 1
    while at > 0 and len(leads) <= _MOST_BETWEEN and _is_between(pieces[at]):
        at -= 1
        leads.append(pieces[at])
    lead = next((one for one in leads if one.key in _BEFORE_A_TIME), None)
    if lead is None:
        return piece if like_a_time(word) else None
    after = pieces[n + 1] if n + 1 < len(pieces) else None
    spelt = word in NUMBERS and (after is None or after.key == ("to",))  # from ten to three
    hour = lead.key in _EXACT and (spelt or _HOUR.fullmatch(word))
    return lead if hour or word in _VAGUE or like_a_time(word) else None


def _is_between(piece: Piece) -> bool:
    return piece.role is Role.ARTICLE or piece.key == ("the",) or piece.sort is Sort.UNREAD
