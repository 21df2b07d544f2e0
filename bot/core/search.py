"""Search in transcripts: parses queries, matches their words to the index, and ranks the hits.

Hits are windows of three sentences, including the names of their speakers. The index has one entry
per block of ten sentences, and a block begins every eight sentences: each window is within one
block, and most stems are stored once instead of three times (`blocks`, `sentence_stems`).

A query (`parse`) has words and filters. `wanted` chooses the stems of the index that match each
word of the query, and `similar` the words that a misspelt one may mean. `needs` lists how many of
the words a window must have: all; if nothing is found, all but one; then any two of four or more;
never one word of several. `fts5` and `tsquery` write the query for the two databases, every word
quoted. `windows` finds the matching windows of a block, and `rank` sorts them.

Pure: no I/O.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import chain, combinations, islice, pairwise

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from bot.core.terms import STOP_WORDS, Term, fold, stem, stems, terms

WINDOW = 3  # sentences
BLOCK = 8  # sentences after which the next block begins
IN_BLOCK = BLOCK + WINDOW - 1  # sentences in a block, so that each window is within one
WORDS_MOST = 8  # of a query; more would make too many combinations
STEMS_MOST = 1600  # of a sentence; PostgreSQL stores positions up to 16,383 in a block
_NAME_SHARE = 0.5  # weight of a word in the speaker's name, relative to one in the text
_PAIR_LEAST = 5  # letters of two words joined into one

Phrase = tuple[str, ...]  # adjacent stems


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query.

    `words` are the terms to search for, `said` all typed terms in order. `rooms` and `people` are
    some of the names given to `parse`; empty means any. Days begin and end in `zone`, an IANA name.
    `text` is the typed text without the filters.
    """

    words: tuple[Term, ...]
    said: tuple[Term, ...]
    rooms: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None  # the last day
    unknown: tuple[str, ...] = ()  # filters with an unknown value, such as `in:nowhere`
    text: str = ""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word of the query, and the phrases of the index that match it, if any."""

    word: str
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A query matched to the index; `meant` maps misspelt words to known ones."""

    wanted: tuple[QueryWord, ...]
    meant: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A matching window: (speaker, `sentence_stems`) of each sentence.

    `first` is the number of its first sentence in the recording.
    """

    recording: str
    first: int
    sentences: tuple[tuple[str, Phrase], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit: a recording, and the number of the sentence that matches the query best."""

    recording: str
    sentence: int
    score: float


class Vocabulary:
    """Unstemmed words with their counts."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = counts

    @cached_property
    def by_stem(self) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for word, n in self.counts.items():
            found[stem_of(word)] = found.get(stem_of(word), 0) + n
        return found

    @cached_property
    def total(self) -> int:
        return sum(self.counts.values())

    def rarity(self, phrase: Phrase) -> float:
        """The weight of a phrase: higher if its rarest stem is rarer, always positive."""
        n = min(self.by_stem.get(one, 0) for one in phrase)
        return math.log(1 + (self.total + 1) / (n + 1))


def stem_of(word: str) -> str:
    return word if word[:1].isdigit() else stem(word)


# The index


def sentence_terms(speaker: str, text: str) -> tuple[Term, ...]:
    """The terms of the speaker's name, then those of the text."""
    return terms(speaker) + terms(text)


def sentence_stems(said: Sequence[Term]) -> Phrase:
    """The stems that the index stores for a sentence with these terms."""
    return tuple(term.stem for term in said[:STEMS_MOST])


def blocks(first: int, end: int) -> range:
    """The first sentences of all blocks that begin from `first` up to, not including, `end`."""
    return range(-(-first // BLOCK) * BLOCK, end, BLOCK)


# The query


_FILTER = re.compile(r"\b(?:(in|from|since)(:\s*|\s+)|(until|on)(:\s*))(?=\S)", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:in|from)[:\s]", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“”]([^\"“”]+)[\"“”]")
_MOST_WORDS_OF_NAME = 6


def parse(
    text: str, *, rooms: Collection[str] = (), people: Collection[str] = (), today: date
) -> Query:
    """Parse words and filters: `in <room>`, `from <person>`, `since <date>`, anywhere in the text.

    `until:<date>` is the last day and `on:<date>` the only one. Both need the colon, because these
    words are common.

    `in` and `from` are common too. They are filters if one of the given names follows, or if
    written with a colon (`in:weekly`); any part of a person's name is enough.
    """
    known = {"in": _KnownNames(rooms), "from": _KnownNames(people)}
    found: dict[str, tuple[str, ...]] = {"in": (), "from": ()}
    days: dict[str, date] = {}
    unknown: list[str] = []
    rest, at = "", 0
    while (match := _FILTER.search(text, at)) is not None:
        kind, explicit = (match[1] or match[3]).casefold(), ":" in (match[2] or match[4])
        rest += text[at : match.start()]
        at = match.end()
        if kind in ("since", "until", "on"):
            day, length = _day(text[at:], today)
            both = ("since", "until") if kind == "on" else (kind,)
            days |= dict.fromkeys(both, day) if day else {}
        else:
            names, length = _names(text[at:], known[kind], by_part=kind == "from")
            found[kind] += names
        if not length and explicit:
            length = _value_length(text[at:])
            unknown.append(text[match.start() : at + length].strip())
        if not length:
            rest += text[match.start() : at]
        at += length
        rest += " " if length else ""
    rest += text[at:]
    said = terms(rest)
    words = tuple(dict.fromkeys(t for t in said if not t.is_part and not t.is_stop))
    if not words:
        words = tuple(dict.fromkeys(t for t in said if not t.is_part))
    return Query(
        words[:WORDS_MOST],
        said,
        found["in"],
        found["from"],
        days.get("since"),
        days.get("until"),
        tuple(unknown),
        " ".join(rest.split()),
    )


def may_name(text: str) -> bool:
    """Whether the text may have a filter with a name: if not, `parse` needs no known names."""
    return _NAMED.search(text) is not None


def _value_length(text: str) -> int:
    quoted = _QUOTED.match(text)
    return quoted.end() if quoted else len(text.split(maxsplit=1)[0])


def _names(text: str, known: _KnownNames, *, by_part: bool) -> tuple[tuple[str, ...], int]:
    """The known names that match as many words as possible at the start, and their length."""
    quoted = _QUOTED.match(text)
    ends = [found.end() for found in islice(re.finditer(r"\S+", text), _MOST_WORDS_OF_NAME)]
    for end in [quoted.end()] if quoted else reversed(ends):
        wanted = _comparable(quoted[1] if quoted else text[:end])
        if names := known.with_all(wanted) if by_part else known.same.get(wanted, ()):
            return tuple(names), end
    return (), 0


class _KnownNames:
    """Names by their words; compared only if the text has a filter."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = names

    @cached_property
    def same(self) -> Mapping[tuple[str, ...], list[str]]:
        found: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for name in self._names:
            if words := _comparable(name):
                found[words].append(name)
        return found

    @cached_property
    def _with_word(self) -> Mapping[str, dict[str, None]]:
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for words, names in self.same.items():
            for word in words:
                found[word].update(dict.fromkeys(names))
        return found

    def with_all(self, words: Sequence[str]) -> list[str]:
        """The names that have all these words; none for no words."""
        each = sorted((self._with_word.get(word, {}) for word in words), key=len)
        return [name for name in each[0] if all(name in one for one in each)] if each else []


def _comparable(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", fold(name)))


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"
_DAY_FORMS = [
    re.compile(form + r"(?![\w-])", re.IGNORECASE)
    for form in (
        r"(?P<iso>\d{4}-\d{2}-\d{2})",
        r"(?P<word>today|yesterday)",
        r"(?:the )?last (?P<last>week|month|year)",
        r"(?P<n>\d{1,4}) (?P<unit>day|week|month|year)s?(?: ago)?",
        r"(?:last )?(?P<weekday>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?",
        rf"(?P<day>\d{{1,2}})\.? {_MONTH}(?:,? (?P<year>\d{{4}}))?",
        rf"{_MONTH} (?P<day>\d{{1,2}})(?:,? (?P<year>\d{{4}}))?",
        rf"(?:last )?{_MONTH}(?: (?P<year>\d{{4}}))?",
    )
]
_UNIT_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def _day(text: str, today: date) -> tuple[date | None, int]:
    """The day at the start of the text, and its length; a date without a year is a past one."""
    for form in _DAY_FORMS:
        match = form.match(text)
        if match is None:
            continue
        try:
            day = _day_of(match.groupdict(), today)
        except (ValueError, OverflowError):
            continue  # the 31st of February
        if date.min.year < day.year < date.max.year:  # in every zone
            return day, match.end()
    return None, 0


def _day_of(parts: Mapping[str, str | None], today: date) -> date:
    if iso := parts.get("iso"):
        return date.fromisoformat(iso)
    if word := parts.get("word"):
        return today - timedelta(days=word.casefold() == "yesterday")
    if unit := parts.get("last") or parts.get("unit"):
        return today - timedelta(days=int(parts.get("n") or 1) * _UNIT_DAYS[unit.casefold()])
    if weekday := parts.get("weekday"):
        back = (today.weekday() - _DAYS.index(weekday.casefold())) % 7
        return today - timedelta(days=back or 7)
    month = _MONTHS.index(str(parts["month"]).casefold()[:3]) + 1
    day, year = int(parts.get("day") or 1), parts.get("year")
    if year:
        return date(int(year), month, day)
    this_year = date(today.year, month, day)
    return this_year if this_year <= today else date(today.year - 1, month, day)


# Matching words


def pieces(query: Query) -> frozenset[str]:
    """Every stem that may match a word of the query, apart from corrections.

    `wanted` needs a vocabulary of those that the index has.
    """
    found = {term.stem for term in query.words}
    for term in query.words:
        found.update(_shorter(term))
        found.update(part for split in _splits(term) for part in split)
    return frozenset(found | {joined for _, joined in _joined(query)})


def edits(word: str) -> tuple[int, int]:
    """The most edits between a misspelt word and a known one, and between their stems.

    Both are 0 for a word that is not corrected: a number, or one with fewer than four letters.
    """
    if len(word) < 4 or not word.isalpha():
        return 0, 0
    return (2 if len(word) >= 9 else 1), (1 if len(stem(word)) >= 5 else 0)


def similar(word: str, known: Mapping[str, str]) -> list[str]:
    """The known words, given with their stems, that a misspelt one may mean, best first.

    They have the same first letter and are at most `edits` away (a swap of neighbours is one).
    Endings do not count: "excluzive" may mean "exclusivity".
    """
    of_word, of_stem = edits(word)
    stemmed = {
        w: its_stem for w, its_stem in known.items() if w[:1] == word[:1] and w not in STOP_WORDS
    }
    by_word = _within(word, {w: w for w in stemmed}, of_word) if of_word else {}
    by_stem = _within(stem(word), stemmed, of_stem) if of_stem else {}
    distances = {w: min(by_word.get(w, 9), by_stem.get(w, 9)) for w in by_word | by_stem}
    return sorted(distances, key=lambda w: (distances[w], abs(len(w) - len(word)), w))


def _within(word: str, choices: Mapping[str, str], most: int) -> dict[str, float]:
    found = extract(word, choices, scorer=OSA.distance, score_cutoff=most, limit=50)
    return {key: distance for _, distance, key in found}


def wanted(query: Query, vocabulary: Vocabulary) -> tuple[QueryWord, ...]:
    """Match each word to the vocabulary: its stem, a shorter one, the word split into two, or
    joined with its neighbour.

    A word without any match has no phrases and may be misspelt (`similar`).
    """
    known = vocabulary.by_stem
    joined: dict[str, list[Phrase]] = {}
    for word, one in _joined(query):
        if one in known:
            joined.setdefault(word, []).append((one,))
    found: list[QueryWord] = []
    for term in query.words:
        phrases: list[Phrase] = [(term.stem,)] if term.stem in known else []
        phrases += [(shorter,) for shorter in _shorter(term) if shorter in known]
        phrases += [split for split in _splits(term) if all(part in known for part in split)]
        phrases += joined.get(term.word, [])
        found.append(QueryWord(term.word, tuple(dict.fromkeys(phrases))))
    return tuple(found)


def _shorter(term: Term) -> Iterator[str]:
    """Shorter stems of related words that Porter's rules do not unify: "delivery", "deliver"."""
    if term.word.isalpha():
        for end in range(len(term.stem) - 1, max(len(term.stem) - 4, 4), -1):
            yield term.stem[:end]


def _splits(term: Term) -> Iterator[Phrase]:
    """Split the word into two: speech recognition writes "run book" or "runbook"."""
    word = term.word
    if len(word) >= _PAIR_LEAST and word.isalpha():
        for at in range(2, len(word) - 1):
            yield stem(word[:at]), stem(word[at:])


def _joined(query: Query) -> Iterator[tuple[str, str]]:
    """Yield words of the query, each with the stem of it joined with its neighbour."""
    for one, other in pairwise(query.said):
        if (
            one.word.isalpha()
            and other.word.isalpha()
            and len(one.word + other.word) >= _PAIR_LEAST
        ):
            joined = stem(one.word + other.word)
            yield one.word, joined
            yield other.word, joined


# Queries for the databases


def needs(words: int) -> tuple[int, ...]:
    """The numbers of words that a window must have, in the order in which to try them."""
    tries = [words]
    if words >= 3:
        tries.append(words - 1)
    if words >= 4:
        tries.append(2)
    return tuple(tries)


def likely(resolved: Resolved, need: int, counts: Mapping[str, int]) -> int:
    """Estimate the number of blocks with `need` of the words, by the count of the rarest one."""
    said = [
        sum(min(counts.get(stem, 0) for stem in phrase) for phrase in one.phrases)
        for one in resolved.wanted
    ]
    return sum(min(some) for some in combinations(said, need))


def fts5(resolved: Resolved, need: int) -> str:
    """The query for SQLite's FTS5."""
    return _expression(resolved, need, _fts5_phrase, " AND ", " OR ")


def tsquery(resolved: Resolved, need: int) -> str:
    """The query for PostgreSQL, to be cast to `tsquery` without a parser."""
    return _expression(resolved, need, _tsquery_phrase, " & ", " | ")


def tsvector(found: Phrase) -> str:
    """The stems of a block for PostgreSQL, to be cast to `tsvector` without a parser."""
    return " ".join(f"{_quoted(one)}:{at}" for at, one in enumerate(found, start=1))


def _fts5_phrase(phrase: Phrase) -> str:
    return '"' + " ".join(one.replace('"', '""') for one in phrase) + '"'


def _tsquery_phrase(phrase: Phrase) -> str:
    return "(" + " <-> ".join(map(_quoted, phrase)) + ")"


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def _expression(
    resolved: Resolved, need: int, phrase: Callable[[Phrase], str], both: str, either: str
) -> str:
    words = ["(" + either.join(map(phrase, one.phrases)) + ")" for one in resolved.wanted]
    return either.join("(" + both.join(some) + ")" for some in combinations(words, need))


# Matching windows


def windows(
    recording: str, block: Sequence[tuple[int, str, Phrase]], resolved: Resolved, need: int
) -> Iterator[Candidate]:
    """Yield the windows of a block that have at least `need` of the words, the last one first.

    The block has (number, speaker, `sentence_stems`) of each sentence, in order. A transcript with
    fewer than three sentences is one window.
    """
    is_short = 0 < len(block) < WINDOW and block[0][0] == 0
    starts = range(1) if is_short else range(min(len(block) - WINDOW + 1, BLOCK))
    for start in reversed(starts):
        inside = block[start : start + WINDOW]
        said = tuple(chain.from_iterable(stems for _, _, stems in inside))
        known = frozenset(said)
        has = (
            any(known.issuperset(phrase) and _last(said, phrase) >= 0 for phrase in one.phrases)
            for one in resolved.wanted
        )
        if sum(has) >= need:
            yield Candidate(recording, inside[0][0], tuple((who, what) for _, who, what in inside))


# Ranking


def rank(
    candidates: Sequence[Candidate],
    resolved: Resolved,
    vocabulary: Vocabulary,
    *,
    people: Collection[str] = (),
) -> list[Hit]:
    """The hits, best first; of hits close to each other, only the best one.

    The score of a window is the sum of the rarities of its words, plus that of the words of its
    best sentence, because words in one sentence are a better hit than words in several. If people
    are given, the best sentence is by one of them and has a word of the query.
    """
    rarity = {p: vocabulary.rarity(p) for one in resolved.wanted for p in one.phrases}
    names = {speaker: len(stems(speaker)) for one in candidates for speaker, _ in one.sentences}
    scores_of = cache(lambda who, said: _scores(said, names[who], resolved, rarity))
    hits: list[Hit] = []
    for one in candidates:
        scores = [scores_of(who, said) for who, said in one.sentences]
        window = sum(map(max, zip(*(word_scores for word_scores, _ in scores), strict=True)))
        theirs = {
            at: score
            for at, (_, score) in enumerate(scores)
            if not people or (one.sentences[at][0] in people and score > 0)
        }
        if theirs:
            best = max(theirs, key=lambda at: (theirs[at], -at))
            hits.append(Hit(one.recording, one.first + best, window + theirs[best]))
    hits.sort(key=lambda hit: (-hit.score, hit.recording, hit.sentence))
    return list(_apart(hits))


def _scores(
    said: Phrase, names: int, resolved: Resolved, rarity: Mapping[Phrase, float]
) -> tuple[list[float], float]:
    """The rarity of each word of the query that the sentence has, else 0; and the sum.

    In the sum, a word that is only in the speaker's name counts half.
    """
    scores: list[float] = []
    total = 0.0
    for one in resolved.wanted:
        found = [(rarity[phrase], _last(said, phrase)) for phrase in one.phrases]
        found = [(rare, at) for rare, at in found if at >= 0]
        scores.append(max((rare for rare, _ in found), default=0.0))
        total += max((rare * (1 if at >= names else _NAME_SHARE) for rare, at in found), default=0)
    return scores, total


def _last(said: Phrase, phrase: Phrase) -> int:
    """The last position of a phrase; -1 if it does not occur."""
    if phrase[0] not in said:
        return -1
    starts = range(len(said) - len(phrase), -1, -1)
    return next((at for at in starts if said[at : at + len(phrase)] == phrase), -1)


def _apart(hits: Iterable[Hit]) -> Iterator[Hit]:
    taken: dict[str, list[int]] = {}
    for hit in hits:
        others = taken.setdefault(hit.recording, [])
        if all(abs(hit.sentence - other) >= WINDOW for other in others):
            others.append(hit.sentence)
            yield hit
