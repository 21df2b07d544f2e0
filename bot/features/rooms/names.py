"""Rooms by their names inside a sentence: exactly, or as suggestions.

Pure. A name fits where its words stand in the text, whatever parts them: `sales weekly` is
sales-weekly. Anything less than that is a suggestion.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from heapq import heapify, heappop
from itertools import chain, islice, takewhile

from rapidfuzz import fuzz, process

from bot.features.rooms.model import RoomEntry, digest_of
from bot.kit.typed_text import DASHES, DOUBLE_QUOTES, SINGLE_QUOTES, fold

SUGGESTIONS_MOST = 5
CUT_OFF = 75  # of rapidfuzz, out of 100
LENGTHS_DIFFER = 0.6  # by more, and the score is below the cut-off: 2 · 0.6 / 1.6 = 0.75
LONGEST_REFERENCE = 80  # characters of a name that is compared with the others
_PART = re.compile(r"\w+(?:'\w+)*|[^\w\s]", re.UNICODE)
_SEPARATORS = frozenset("_.:/" + DASHES)
_QUOTES = str.maketrans(dict.fromkeys(SINGLE_QUOTES, "'") | dict.fromkeys(DOUBLE_QUOTES, '"'))
_SMALL = frozenset({"with", "and", "of", "the", "for"})
_DIGITS = re.compile(r"[0-9]+")

Key = tuple[str, ...]


def key_of(text: str) -> Key:
    """Return the words of a name as they are compared; separators do not count."""
    folded = fold(text).translate(_QUOTES).replace("_", " ")
    return tuple(part for part in _PART.findall(folded) if part not in _SEPARATORS)


def is_separator(word: str) -> bool:
    return word in _SEPARATORS


@dataclass(frozen=True, slots=True)
class Named:
    """A room name found in a sentence: words `first` to `last` (exclusive).

    Several rooms where they share the name.
    """

    first: int
    last: int
    rooms: tuple[RoomEntry, ...]


class Alike:
    """Names to compare with a reference, the shortest first, in one form.

    A name that is far shorter or longer than the reference cannot reach the cut-off.
    """

    def __init__(self, plains: Iterable[str], form: Callable[[str], str]) -> None:
        written = sorted(((form(plain), plain) for plain in plains), key=lambda it: len(it[0]))
        self._form = form
        self._forms = [form for form, _ in written]
        self._plains = [plain for _, plain in written]
        self._lengths = [len(form) for form in self._forms]

    def best(self, wanted: str) -> Iterator[tuple[float, str]]:
        """Yield the ten names most alike, with their scores."""
        asked = self._form(wanted)
        first = bisect_left(self._lengths, len(asked) * LENGTHS_DIFFER)
        last = bisect_right(self._lengths, len(asked) / LENGTHS_DIFFER)
        for _, score, n in process.extract(
            asked, self._forms[first:last], scorer=fuzz.ratio, score_cutoff=CUT_OFF, limit=10
        ):
            yield score, self._plains[first + n]


def _sorted_words(plain: str) -> str:
    return " ".join(sorted(plain.split()))


class RoomNames:
    """The room directory, indexed by name, id and room code. Build it once per directory."""

    def __init__(self, rooms: Iterable[RoomEntry], codes: Mapping[str, str] | None = None) -> None:
        """Index `rooms`; `codes` maps digests of room codes to room ids, and may grow."""
        self.rooms = tuple(rooms)
        self._codes = codes if codes is not None else {}
        self.by_id: dict[str, RoomEntry] = {}
        self._by_key: dict[Key, list[RoomEntry]] = defaultdict(list)
        for room in self.rooms:
            first = self.by_id.setdefault(room.room_id, room)
            if key := key_of(room.name):
                self._by_key[key].append(first)
        self._by_first: dict[str, list[Key]] = defaultdict(list)
        for key in sorted(self._by_key, key=len, reverse=True):
            self._by_first[key[0]].append(key)
        self._plain = {" ".join(key): key for key in self._by_key}
        self._index()
        self._joined: dict[str, list[Key]] = defaultdict(list)
        self._with_word: dict[str, set[Key]] = defaultdict(set)
        for key in self._by_key:
            self._joined["".join(key)].append(key)
            for word in key:
                self._with_word[word].add(key)

    def of_code(self, code: str | None) -> RoomEntry | None:
        """Return the room that a code opens, as far as it was met."""
        return self.by_id.get(self._codes.get(digest_of(code), "")) if code else None

    def plus(self, more: Iterable[RoomEntry]) -> RoomNames:
        """Return an index that knows these rooms, too; a known room by one more name."""
        new = [
            room
            for room in dict.fromkeys(more)
            if room.room_id not in self.by_id
            or all(one.room_id != room.room_id for one in self._by_key.get(key_of(room.name), ()))
        ]
        if not new:
            return self
        added = copy(self)
        added.learn(new)
        return added

    def learn(self, new: Sequence[RoomEntry]) -> None:
        """Index more rooms, in copies of what this shares with the index it was copied from."""
        self.rooms = (*self.rooms, *(room for room in new if room.room_id not in self.by_id))
        self.by_id = {**{room.room_id: room for room in reversed(new)}, **self.by_id}
        self._by_key = self._by_key.copy()
        self._by_first = self._by_first.copy()
        self._plain = self._plain.copy()
        self._joined = self._joined.copy()
        self._with_word = self._with_word.copy()
        for room in new:
            self._add(self.by_id[room.room_id], key_of(room.name))
        self._index()

    def _index(self) -> None:
        """Sort the names: for their beginnings, and to compare those with the same digits."""
        self._sorted = sorted(self._plain)
        self._words: Alike | None = None  # made when a word is first misspelt
        by_digits: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for plain in self._plain:
            by_digits[tuple(digits_in(plain))].append(plain)
        self._alike = {
            digits: (Alike(plains, str), Alike(plains, _sorted_words))
            for digits, plains in by_digits.items()
        }

    def _add(self, room: RoomEntry, key: Key) -> None:
        """Index one more name of a room, without touching lists of the index it was copied from."""
        if not key:
            return
        self._by_key[key] = [*self._by_key.get(key, ()), room]
        if len(self._by_key[key]) > 1:
            return
        first = [*self._by_first.get(key[0], ()), key]
        self._by_first[key[0]] = sorted(first, key=len, reverse=True)
        self._plain[" ".join(key)] = key
        joined = "".join(key)
        self._joined[joined] = [*self._joined.get(joined, ()), key]
        for word in key:
            self._with_word[word] = {*self._with_word.get(word, ()), key}

    def in_words(self, words: Sequence[str]) -> list[Named]:
        """Find the names in the words of a sentence, left to right, the longest first."""
        places = [n for n, word in enumerate(words) if word not in _SEPARATORS]
        plain = [words[n] for n in places]
        found: list[Named] = []
        at = 0
        while at < len(plain):
            keys = self._by_first.get(_bare(plain[at]), ()) or self._by_first.get(plain[at], ())
            key = next((key for key in keys if _fits(plain, at, key)), None)
            if key is None:
                at += 1
                continue
            end = at + len(key)
            found.append(Named(places[at], places[end - 1] + 1, self._best(key, None)))
            at = end
        return found

    def beginning(self, text: str) -> tuple[RoomEntry, ...]:
        """Return the rooms whose names begin with a text of at least three characters."""
        wanted = " ".join(key_of(text))
        if len(wanted) < 3:
            return ()
        keys = self._begun(wanted)
        rooms = [room for key in keys for room in self._best(key, None)]
        return tuple([room for room in rooms if room.enabled] or rooms)

    def like(self, text: str) -> tuple[RoomEntry, ...]:
        """Suggest rooms for a text that names none: those that it is part of, and those alike."""
        key = key_of(text[:LONGEST_REFERENCE])
        wanted = " ".join(key)
        if len(wanted) < 3:
            return ()
        digits = digits_in(wanted)
        keys = list(self._joined.get("".join(key), ()))
        if keys:  # the same but for the spaces
            return tuple(room for key in keys for room in self._best(key, None) if room.enabled)
        part_of = _shortest_first({*self._begun(wanted), *self._with_all(key)})
        scored: dict[str, float] = {}
        for like in self._alike.get(tuple(digits), ()):
            for score, plain in like.best(wanted):
                scored[plain] = max(score, scored.get(plain, 0))
        alike = (self._plain[plain] for plain in sorted(scored, key=scored.__getitem__)[::-1])
        found: list[RoomEntry] = []
        seen: set[Key] = set()
        for other in chain(part_of, alike):
            if other not in seen:
                seen.add(other)
                found += [room for room in self._best(other, None) if room.enabled]
            if len(found) >= SUGGESTIONS_MOST:
                break
        if not found and (spelt := self._spelt(key)) != key:
            others = _shortest_first(self._with_all(spelt))
            named = chain.from_iterable(self._best(other, None) for other in others)
            found = [room for room in named if room.enabled]
        return tuple(found[:SUGGESTIONS_MOST])

    def _spelt(self, key: Key) -> Key:
        """Return a reference with each misspelt word as names have it: `weakly` of Weekly sync."""
        if self._words is None:
            telling = (word for word in self._with_word if len(word) > 3 and word.isalpha())
            self._words = Alike(telling, str)
        return tuple(
            word
            if word in self._with_word or len(word) < 4
            else next((known for _, known in self._words.best(word)), word)
            for word in key
        )

    def _begun(self, wanted: str) -> list[Key]:
        """Return the keys that begin with a text."""
        first = bisect_left(self._sorted, wanted)
        names = takewhile(lambda name: name.startswith(wanted), islice(self._sorted, first, None))
        return [self._plain[name] for name in names]

    def _with_all(self, key: Key) -> set[Key]:
        """Return the keys with all telling words of a reference: 1:1 with Ana."""
        telling = [word for word in key if word not in _SMALL]
        if not any(len(word) > 2 for word in telling):
            return set()
        return set.intersection(*(self._with_word.get(word, set()) for word in telling))

    def _best(self, key: Key, text: str | None) -> tuple[RoomEntry, ...]:
        """Return the rooms of a key: as it is spelt before others, enabled before disabled."""
        rooms = self._by_key.get(key, ())
        spelt = [room for room in rooms if room.name == text]
        rooms = spelt or rooms
        return tuple([room for room in rooms if room.enabled] or rooms)


def _shortest_first(keys: Iterable[Key]) -> Iterator[Key]:
    """Yield keys with few words first. A common word has thousands, and five are shown."""
    waiting = [(len(key), key) for key in keys]
    heapify(waiting)
    while waiting:
        yield heappop(waiting)[1]


def _fits(words: Sequence[str], at: int, key: Key) -> bool:
    end = at + len(key)
    if end > len(words):
        return False
    *head, last = words[at:end]
    return (*head, last) == key or (*head, _bare(last)) == key


def _bare(word: str) -> str:
    """Return a word without its possessive: standup's."""
    return word[:-2] if word.endswith("'s") else word


def digits_in(text: str) -> list[str]:
    """Return the numbers in a name: they must agree."""
    return sorted(_DIGITS.findall(text))
