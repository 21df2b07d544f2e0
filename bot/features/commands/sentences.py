"""Splits a text into sentences of pieces: rooms, times, known phrases, and other words.

Pure. Positions are character offsets in the cleaned text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto
from functools import lru_cache
from typing import NamedTuple

from bot.core.when_clauses import NUMBERS
from bot.features.commands.vocabulary import (
    FIRST_WORDS,
    KNOWN_WORDS,
    LENGTHS,
    OPTION_OF,
    ORDERS,
    PHRASES,
    Intent,
    Meaning,
    Role,
)
from bot.features.rooms.model import RoomEntry
from bot.features.rooms.names import Named, RoomNames
from bot.kit.typed_text import DOUBLE_QUOTES, SINGLE_QUOTES, strip_invisible

Span = tuple[int, int]

_ENTITY = re.compile(r"&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_LINK = re.compile(r"<(https?://[^\s<>|]+)(?:\|[^<>]*)?>", re.IGNORECASE)
_ITALIC = re.compile(r"(?<!\w)_([^\s_](?:[^_\n]*[^\s_])?)_(?!\w)")
_STRAIGHT = str.maketrans(
    dict.fromkeys(SINGLE_QUOTES, "'") | dict.fromkeys(DOUBLE_QUOTES, '"') | {"…": "."}
)
# Of Asian keyboards, the letters, digits and marks of ASCII in full width.
_WIDE = str.maketrans({0xFEE0 + n: n for n in range(0x21, 0x7F)} | {0x3000: " "})
_TOKEN = re.compile(
    r"(?P<user><@[A-Z0-9]+(?:\|[^<>]*)?>|<!subteam[^<>]*>)"
    r"|(?P<channel><\#[A-Z0-9]+(?:\|[^<>]*)?>|(?<![\w#])\#[\w-]*[^\W_])"
    r"|(?P<emoji><![^<>]*>|(?<!\w):[a-z+][\w+'-]*:)"
    r"|(?P<link>https?://[^\s<>|\"]*[^\s<>|\".,;:!?)\]}'’*_~`。，）–])"
    r"|(?P<code>(?<![\w-])(?:[a-z]{3}-[a-z]{4}-[a-z]{3}|[0-9a-f]{24})(?![\w-]))"
    r"|(?P<word>@?\w+(?:'\w+)*)"
    r"|(?P<mark>[^\w\s])",
    re.IGNORECASE,
)
_REPEATED = re.compile(r"(.)\1+")
_THRICE = re.compile(r"(.)\1\1")
_ENDS = frozenset(".!?;\n")


class Sort(StrEnum):
    """The kind of a piece."""

    ROOM = auto()
    TIME = auto()
    PHRASE = auto()
    CHANNEL = auto()
    LINK = auto()
    BOT = auto()
    USER = auto()
    COMMA = auto()
    UNREAD = auto()


class Word(NamedTuple):
    """A word or punctuation mark. `key` is its form for comparison, `sort` its pattern's name.

    `bare` is the key without apostrophes. A tuple, because every text has many.
    """

    text: str
    key: str
    start: int
    end: int
    sort: str
    quoted: bool = False
    bare: str = ""


@dataclass(slots=True, eq=False)
class Piece:
    """One or several words with a common meaning. Compared by identity.

    `key` has the words without apostrophes. `key`, `role` and `intent` are precomputed because
    the parsers read them very often.
    """

    sort: Sort
    words: tuple[Word, ...]
    meaning: Meaning | None = None
    rooms: tuple[RoomEntry, ...] = ()
    role: Role | None = field(init=False)
    intent: Intent | None = field(init=False)
    key: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        meaning = self.meaning
        self.role = meaning.role if meaning else None
        self.intent = meaning.intent if meaning else None
        self.key = tuple([word.bare for word in self.words])

    @property
    def option(self) -> tuple[str, object] | None:
        """The option that the words name where a recording is ordered."""
        if self.sort is not Sort.PHRASE:
            return None
        known = OPTION_OF.get(self.key)
        if known is None and len(self.key) == 1 and self.key not in PHRASES:
            known = OPTION_OF.get((_respelt(self.key[0]) or "",))
        return known

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end


@dataclass(slots=True)
class Sentence:
    """The pieces up to a full stop, a question mark or the like."""

    pieces: list[Piece] = field(default_factory=list)
    asks: bool = False  # ends in a question mark
    goes_on: bool = False  # an order behind that of the sentence before


def clean(text: str) -> str:
    """Undo what Slack and phones do to a text: escapes, link wrappers, invisible characters."""
    if not text.isascii():
        text = strip_invisible(text.translate(_WIDE))
    if "_" in text:
        text = _ITALIC.sub(r"\1", text)
    text = _LINK.sub(r"\1", text)
    return _ENTITY.sub(lambda found: _ENTITIES[found[1]], text)


def without_bot(text: str, bot_user: str | None) -> str:
    """Leave out mentions of the bot, wherever they are."""
    name = rf"<@{re.escape(bot_user)}(?:\|[^<>]*)?>" if bot_user else "@bot"
    return re.sub(rf"{name}|@bot\b", " ", text, flags=re.IGNORECASE)


def words_of(text: str, bot_user: str | None = None) -> list[Word]:
    """Split a cleaned text into words. Line ends count as marks; quoted words are flagged."""
    words: list[Word] = []
    quoted = _quoted(text)
    at, last = 0, 0
    for found in _TOKEN.finditer(text.translate(_STRAIGHT)):
        start, end = found.span()
        if start > last and "\n" in text[last:start]:
            words.append(Word("\n", "\n", start, start, "mark", bare="\n"))
        last = end
        while at < len(quoted) and quoted[at][1] <= start:
            at += 1
        inside = at < len(quoted) and quoted[at][0] <= start
        raw = found[0]
        sort = found.lastgroup or "mark"
        if raw[0] in "@<":
            sort = _addressed(raw, sort, bot_user)
        key = raw.casefold()
        words.append(Word(text[start:end], key, start, end, sort, inside, key.replace("'", "")))
    return words


def _addressed(raw: str, sort: str, bot_user: str | None) -> str:
    """Return the sort of a word that may be a mention: `@bot`, `@ana`, but not `@3pm`."""
    if raw.lower() == "@bot" or (bot_user and raw.startswith(f"<@{bot_user}")):
        return "bot"
    return "user" if sort == "word" and not like_a_time(raw[1:]) else sort


# `noonish`, `3ish`, `blursday`, `lunchtime`: not times that the bot reads, but not names either.
_TIME_LIKE = re.compile(
    r"[0-9]{1,2}(?:[:.h]?[0-9]{2})?-?ish"
    r"|(?:noon|midday|midnight|lunch|one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve|[a-z]*day)-?ish"
    r"|[a-z]{2,}day|[a-z]{2,}noon|(?:lunch|show|tea|bed|some|any)time|someday|eventually|shortly",
    re.IGNORECASE,
)


def like_a_time(word: str) -> bool:
    """Whether a word without a meaning is formed like a time."""
    return _TIME_LIKE.fullmatch(word) is not None


_DOUBLE_QUOTE = re.compile(f"[{re.escape(DOUBLE_QUOTES)}]")


def _quoted(text: str) -> list[Span]:
    """Return the spans between double quotes, without the quotes."""
    places = [found.start() for found in _DOUBLE_QUOTE.finditer(text)]
    return [(places[n] + 1, places[n + 1]) for n in range(0, len(places) - 1, 2)]


_GLUED = re.compile(
    r"(stop|end|pause|resume|start|record|join|share|cancel)"
    r"(it|this|all|both|everything|now|recording|recordings|record|rec|meeting|please|pls|plz)"
)


def parted(words: Sequence[Word], names: RoomNames) -> list[Word]:
    """Part a verb from the word typed to its end: `stopall`. The name of a room stays whole."""
    found: list[Word] = []
    for word in words:
        able = word.sort == "word" and not word.quoted and word.bare not in FIRST_WORDS
        glued = _GLUED.fullmatch(word.key) if able else None
        if glued is None or names.in_words([word.key]):
            found.append(word)
            continue
        at = word.start + len(glued[1])
        first, second = word.text[: len(glued[1])], word.text[len(glued[1]) :]
        found.append(word._replace(text=first, key=glued[1], end=at, bare=glued[1]))
        found.append(word._replace(text=second, key=glued[2], start=at, bare=glued[2]))
    return found


def rooms_in(words: Sequence[Word], names: RoomNames) -> list[Named]:
    """Find room names. A name that is also a common word yields to another name.

    In `record the town hall now`, `now` is not a room, even if a room has that name.
    """
    found = names.in_words([word.key for word in words])
    found += [
        Named(n, n + 1, (room,))
        for n, word in enumerate(words)
        if word.sort == "code" and (room := names.by_id.get(word.key) or names.of_code(word.key))
    ]
    ends, begins = {one.last for one in found}, {one.first for one in found}
    telling = [
        one
        for one in found
        if not _common(words[one.first : one.last])
        or (one.first - 1 in ends and words[one.first - 1].key in ("and", "&"))
        or (_is_recorded(words, one.first) and any(end < one.first for end in ends))
        or (_is_recorded(words, one.first) and _and_room(words, one.last, begins))
        or (_is_recorded(words, one.first) and _verb_ahead(words, one.last, begins))
        or (_is_listed(words, one.first, ends) and _and_room(words, one.last, begins))
    ]
    if telling and len({one.rooms for one in found}) > 1:
        return telling
    return found


def _is_recorded(words: Sequence[Word], at: int) -> bool:
    """Whether a word is the object of a verb: `record the weekly`."""
    before = at - 1 if words[at - 1].key != "the" else at - 2
    return before >= 0 and words[before].key in _RECORD


def _is_listed(words: Sequence[Word], at: int, ends: set[int]) -> bool:
    """Whether a room and a comma are before a word: `start board room, weekly and all hands`."""
    return at - 1 in ends and words[at - 1].key == ","


def _and_room(words: Sequence[Word], at: int, begins: set[int]) -> bool:
    """Whether `and` and another room follow: `start weekly and all hands`."""
    return at < len(words) and words[at].key in ("and", "&") and bool({at + 1, at + 2} & begins)


def _verb_ahead(words: Sequence[Word], at: int, begins: set[int]) -> bool:
    """Whether a time or an order of its own follows: `record weekly at 9, start all hands`."""
    ahead = min((begin for begin in begins if begin >= at), default=at)
    every = at < len(words) and words[at].key in ("every", "each")  # record weekly every monday
    return every or any(word.key in _RECORD for word in words[at:ahead])


_RECORD = (
    "start",
    "record",
    "stop",
    "schedule",
    "begin",
    "pause",
)  # start standup, then record weekly


def _common(words: Sequence[Word]) -> bool:
    """Whether a room name is a single word that also has another meaning."""
    if len(words) != 1 or words[0].quoted:
        return False
    return (words[0].key,) in PHRASES or words[0].key in _TIME_NAMES


_TIME_NAMES = frozenset(
    {
        *("weekly", "daily", "monthly", "hourly", "biweekly", "fortnightly"),
        *("today", "tomorrow", "tonight", "morning", "noon", "evening"),
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    }
)


def sentences_of(
    words: Sequence[Word], named: Sequence[Named], times: Sequence[Span] = ()
) -> list[Sentence]:
    """Group words into pieces and sentences. Empty sentences are left out."""
    sentences = [Sentence()]
    rooms = {one.first: one for one in named}
    at, time_at = 0, 0
    while at < len(words):
        word = words[at]
        while time_at < len(times) and times[time_at][1] <= word.start:
            time_at += 1
        if room := rooms.get(at):
            piece = Piece(Sort.ROOM, tuple(words[at : room.last]), rooms=room.rooms)
        elif time_at < len(times) and times[time_at][0] <= word.start and word.key != "\n":
            end = at + 1
            while end < len(words) and words[end].start < times[time_at][1]:
                end += 1
            piece = Piece(Sort.TIME, tuple(words[at:end]))
        elif word.key in _ENDS and _ends(words, at):
            sentences[-1].asks = sentences[-1].asks or word.key == "?"
            if word.key == "\n" or word.key != "?" or sentences[-1].pieces:
                sentences.append(Sentence())
            at += 1
            continue
        else:
            piece = _piece(words, at, rooms, times)
        before = sentences[-1].pieces
        if not before or (piece.role not in _BEGINNING and piece.key not in _LEADS):
            pass  # most pieces
        elif _begins_order(piece, before):
            sentences.append(Sentence())
        elif _begins_another(
            piece,
            before,
            room_ahead=any(n >= at for n in rooms),
            room_next=_room_at(words, at + len(piece.words), rooms),
        ):
            denial = [before.pop()] if before[-1].role is Role.NOT else []
            sentences.append(Sentence(denial, goes_on=True))  # start A, but don't stop B
        if piece.sort is not Sort.COMMA or sentences[-1].pieces:
            sentences[-1].pieces.append(piece)
        at += len(piece.words)
    return [sentence for sentence in sentences if sentence.pieces]


def _begins_order(piece: Piece, before: Sequence[Piece]) -> bool:
    """Whether an order begins another sentence: `why is this on, stop it`."""
    if before and before[-1].key == ("for",):
        return False  # thanks for stopping
    if piece.key in _TURNS:
        return before[-1].sort is Sort.COMMA
    if before and _asks_politely(piece, before[-1]):
        return any(p.role not in _LIGHT and p.sort is not Sort.COMMA for p in before)
    if piece.role is Role.WHY and before and before[-1].sort is Sort.COMMA:
        return True  # nothing arrives, what's wrong with you
    order = piece.role is Role.VERB and piece.intent in ORDERS
    if not order and piece.role is not Role.NOT:
        return False
    comma = next((n for n in range(len(before) - 1, -1, -1) if before[n].key in _PARTS), None)
    if comma is None or any(p.role not in _LIGHT for p in before[comma + 1 :]):
        return False
    return any(p.role in _OPENERS for p in before[:comma])


def _room_at(words: Sequence[Word], at: int, rooms: Mapping[int, Named]) -> bool:
    return at in rooms or (at + 1 in rooms and words[at].key == "the")


def _begins_another(
    piece: Piece, before: Sequence[Piece], *, room_ahead: bool, room_next: bool
) -> bool:
    """Whether an order follows another one: `stop webinar and record all hands at 15:00`."""
    if piece.role not in (Role.VERB, Role.CANCEL) or piece.sort is not Sort.PHRASE:
        return False
    verb = Intent.UNSCHEDULE if piece.role is Role.CANCEL else piece.intent
    if before and (before[-1].key == ("the",) or before[-1].role is Role.ARTICLE):
        return False  # stop the pause
    first = next((p for p in before if p.role not in _UNSURE and p.sort is Sort.PHRASE), None)
    if first is None or first.role not in _FIRST or verb not in _ORDERED:
        return False
    if first.role is Role.SOFT and before[-1].role is Role.NOT:
        return False  # let it run, don't stop
    if verb is Intent.RESUME and before[-1].role in (Role.WISH, Role.HEDGE):
        return False  # stop A, B must continue
    told = Intent.UNSCHEDULE if first.role is Role.CANCEL else first.intent
    negated = first.role is Role.NOT
    if not negated and told not in ORDERS:
        return False
    at = len(before) - 1
    while at > 0 and before[at].role in _LIGHT - {Role.AND} | {Role.NOT}:
        at -= 1
    joined = before[at].role is Role.AND or before[at].sort is Sort.COMMA
    joined = joined or before[at].key in AND_SIGNS or (before[-1].sort is Sort.ROOM and room_next)
    if negated:
        return joined and (cancels_an_end(first) or any(p.role is Role.VERB for p in before))
    if verb is Intent.RENAME:
        return joined and told in (Intent.STOP, Intent.SHARE)  # stop and call it Retro
    if verb is told or {verb, told} <= {Intent.START, Intent.SCHEDULE}:
        # A time may hide a room: schedule weekly on mondays at 9 and start town hall
        named = any(p.sort in (Sort.ROOM, Sort.TIME) for p in before)
        return joined and named and (room_ahead or verb is Intent.SCHEDULE)
    starts = verb in (Intent.START, Intent.SCHEDULE)
    if piece.option is not None and told in (Intent.START, Intent.SCHEDULE):
        return False
    return joined or not (starts or first.role is Role.SOFT)


def cancels_an_end(piece: Piece) -> bool:
    """Whether it is `cancel the stop`: the end that is set is no longer wanted."""
    return piece.role is Role.NOT and len(piece.key) > 1 and piece.key[-1] in _SET_ENDS


_SET_ENDS = ("stop", "end", "timer")


def _asks_politely(piece: Piece, before: Piece) -> bool:
    """Whether a piece begins a request: `it is late, can you stop`, `so please stop`."""
    if piece.role is Role.REQUEST:
        return before.key in _JOINS
    return piece.key in _PLEASE and before.key == ("so",)


_BEGINNING = frozenset({Role.VERB, Role.CANCEL, Role.NOT, Role.REQUEST, Role.WHY})
_PLEASE = {("please",), ("pls",), ("plz",)}
_TURNS = {("no", "more"), ("therefore",), ("hence",), ("dont", "forget", "to")}
_LEADS = _TURNS | _PLEASE
_PARTS = {(",",), *_PLEASE}
_JOINS = {(",",), ("so",), ("and",)}
AND_SIGNS = {("&",), ("+",), ("n",)}
_LIGHT = frozenset({Role.FILLER, Role.THANKS, Role.HELLO, Role.REQUEST, Role.AND, Role.WISH})
_UNSURE = _LIGHT | {Role.HEDGE, Role.MAY}  # should we stop A and record B?
_ORDERED = ORDERS | {Intent.RENAME}
_FIRST = frozenset({Role.VERB, Role.SOFT, Role.CANCEL, Role.NOT})
_OPENERS = frozenset(
    {Role.WHY, Role.WAS, Role.IS, Role.WHEN, Role.WHICH, Role.HOW, Role.PAST, Role.HINT}
)


def _ends(words: Sequence[Word], at: int) -> bool:
    """Whether a mark ends a sentence; the full stop in `1.2` does not."""
    if words[at].key != ".":
        return True
    before = [word.key for word in words[max(0, at - 3) : at]]
    if len(before) == 3 and before[1] == "." and before[0].isdigit() and before[2].isdigit():
        return False  # on 12.12. at 10
    after = words[at + 1] if at + 1 < len(words) else None
    return after is None or after.start > words[at].end or after.sort == "mark"


def _piece(words: Sequence[Word], at: int, rooms: dict[int, Named], times: Sequence[Span]) -> Piece:
    word = words[at]
    if sort := _SORTS.get(word.sort):
        return Piece(sort, (word,))
    if not word.quoted:
        length, meaning = _longest(words, at, rooms, times)
        counted = at > 0 and word.key in ("minutes", "minute") and _is_number(words[at - 1])
        if meaning and not counted:
            return Piece(Sort.PHRASE, tuple(words[at : at + length]), meaning)
    if word.sort == "mark":
        return Piece(Sort.COMMA, (word,))
    return Piece(Sort.UNREAD, (word,))


def _is_number(word: Word) -> bool:
    return word.key.isdigit() or word.key in NUMBERS


_SORTS = {
    "channel": Sort.CHANNEL,
    "link": Sort.LINK,
    "bot": Sort.BOT,
    "user": Sort.USER,
    "emoji": Sort.USER,
}


def _longest(
    words: Sequence[Word], at: int, rooms: dict[int, Named], times: Sequence[Span]
) -> tuple[int, Meaning | None]:
    """Return the number of words and the meaning of the longest known phrase that begins here."""
    first = words[at].bare
    if first not in FIRST_WORDS:
        known = _respelt(first)
        return 1, PHRASES[known,] if known else None
    lengths = LENGTHS.get((first, words[at + 1].bare), ()) if at + 1 < len(words) else ()
    for length in lengths:
        run = words[at : at + length]
        if len(run) < length:
            continue
        meaning = PHRASES.get(tuple([word.bare for word in run]))
        if meaning is None or any(word.quoted for word in run):
            continue
        if any(n in rooms for n in range(at + 1, at + length)):
            continue
        if any(run[0].start < start < run[-1].end for start, _ in times[:20]):
            continue
        return length, meaning
    return 1, PHRASES.get((first,))


def is_known(word: Word) -> bool:
    """Whether a word is one of a phrase."""
    return word.bare in KNOWN_WORDS or _respelt(word.bare) is not None


@lru_cache(maxsize=4096)
def _respelt(word: str) -> str | None:
    """Return the known word that has these letters, repeated, swapped or without one."""
    squeezed = _SQUEEZED.get(_REPEATED.sub(r"\1", word))
    if squeezed and (len(squeezed) < 2 or (len(squeezed) < 3 and not _THRICE.search(word))):
        squeezed = None  # `aaaa` is not an article
    return squeezed or _SWAPPED.get(word) or _SHORTENED.get(word)


# For `stoppp` and `pleaaase`: known words by their letters without repetition.
_SQUEEZED = {
    _REPEATED.sub(r"\1", phrase[0]): phrase[0]
    for phrase in reversed(list(PHRASES))
    if len(phrase) == 1 and phrase[0].isalpha()
}


# For `hwo` and `waht`: words of questions with two letters swapped. A verb is only guessed.
_ASKING = (Role.HOW, Role.WHY, Role.WHICH, Role.WHEN, Role.IS, Role.WAS)
_LONG_OPTIONS = [word for word, *more in OPTION_OF if not more and len(word) > 6 and word.isalpha()]
_SWAPPED = {
    word[:n] + word[n + 1] + word[n] + word[n + 2 :]: word
    for word in (
        *_LONG_OPTIONS,
        *(
            phrase[0]
            for phrase, meaning in reversed(PHRASES.items())
            if not phrase[1:] and meaning.role in _ASKING and len(phrase[0]) > 2
        ),
    )
    for n in range(len(word) - 1)
}
# For `transcipt`: names of options without one of their letters.
_SHORTENED = {
    word[:n] + word[n + 1 :]: word for word in reversed(_LONG_OPTIONS) for n in range(len(word))
}
