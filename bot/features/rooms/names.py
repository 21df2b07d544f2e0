"""Finds room names inside a sentence, exactly or as suggestions.

Pure. A name matches if its words are in the text, with any separators: `sales weekly` is
sales-weekly. Anything less is a suggestion.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import ChainMap, Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop
from itertools import chain, islice, takewhile
from math import ceil

from rapidfuzz import fuzz, process

from bot.core.when_clauses import NUMBERS
from bot.features.rooms.model import RoomEntry, digest_of
from bot.kit.typed_text import DASHES, DOUBLE_QUOTES, SINGLE_QUOTES, fold

SUGGESTIONS_MOST = 5
CUT_OFF = 75  # of rapidfuzz, out of 100
LENGTHS_DIFFER = 0.75  # names more than a quarter shorter or longer are not compared
SHORTEST_MISSPELT = 4  # characters of a word that is compared with the words of names
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


class _Names:
    """Indexes over the names of rooms. Several rooms may share a name.

    Names are plain here: the words of their keys joined by spaces.
    """

    def __init__(self) -> None:
        self.rooms: dict[str, tuple[str, ...]] = {}  # ids
        self.lengths: dict[str, Counter[int]] = defaultdict(Counter)  # in words, by first word
        self.joined: dict[str, tuple[str, ...]] = {}
        self.with_word: dict[str, set[str]] = defaultdict(set)
        self._words: dict[int, dict[str, None]] = defaultdict(dict)  # of letters, by length
        self._sorted: list[str] = []
        # By the numbers in it and its length: each name, and the name with its words sorted.
        self._shapes: dict[tuple[tuple[str, ...], int], dict[str, str]] = defaultdict(dict)

    def add(self, key: Key, room_id: str) -> None:
        plain, joined = " ".join(key), "".join(key)
        known = self.rooms.get(plain, ())
        self.rooms[plain] = (*known, *({room_id} - {*known}))
        if known:
            return
        self.lengths[key[0]][len(key)] += 1
        self.joined[joined] = (*self.joined.get(joined, ()), plain)
        for word in key:
            self.with_word[word].add(plain)
            if len(word) >= SHORTEST_MISSPELT and word.isalpha():
                self._words[len(word)][word] = None
        insort(self._sorted, plain)
        self._shapes[_shape(plain)][plain] = " ".join(sorted(key))

    def remove(self, key: Key, room_id: str) -> None:
        """Remove one room of a name, and the name with its last room."""
        plain, joined = " ".join(key), "".join(key)
        self.rooms[plain] = _without(self.rooms[plain], room_id)
        if self.rooms[plain]:
            return
        del self.rooms[plain]
        self.lengths[key[0]] -= Counter([len(key)])
        self.joined[joined] = _without(self.joined[joined], plain)
        for word in key:
            self.with_word[word].discard(plain)
            if not self.with_word[word]:
                self._words[len(word)].pop(word, None)
        del self._sorted[bisect_left(self._sorted, plain)]
        del self._shapes[_shape(plain)][plain]

    def begun(self, wanted: str) -> Iterator[str]:
        """Yield the names that begin with a text."""
        return beginning_with(wanted, self._sorted)

    def with_all(self, words: Sequence[str]) -> set[str]:
        return set.intersection(*(self.with_word.get(word, set()) for word in words))

    def spelt(self, word: str) -> str | None:
        """Return the word in a room name that `word` misspells."""
        lengths = range(len(word) - 1, len(word) + 2)
        words = [one for n in lengths for one in self._words.get(n, ())]
        best = process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=CUT_OFF)
        return best[0] if best else None

    def alike(self, wanted: str) -> Iterator[tuple[float, str]]:
        """Yield similar names with their scores: the ten best as written and with words sorted.

        Only names with the same numbers and of about the same length are compared: 50,000 names
        take 10 ms.
        """
        numbers, length = _shape(wanted)
        lengths = range(ceil(length * LENGTHS_DIFFER), int(length / LENGTHS_DIFFER) + 1)
        shapes = [names for n in lengths if (names := self._shapes.get((numbers, n)))]
        in_order = " ".join(sorted(wanted.split(" ")))
        for asked, form in ((wanted, dict.keys), (in_order, dict.values)):
            best = [one for names in shapes for one in _ten_best(asked, names, form(names))]
            yield from sorted(best, key=lambda one: -one[0])[:10]


def _ten_best(
    asked: str, names: Iterable[str], forms: Iterable[str]
) -> Iterator[tuple[float, str]]:
    plains = list(names)
    for _, score, n in process.extract(
        asked, list(forms), scorer=fuzz.ratio, score_cutoff=CUT_OFF, limit=10
    ):
        yield score, plains[n]


def beginning_with(wanted: str, names: Sequence[str]) -> Iterator[str]:
    """Yield the names that begin with `wanted`; `names` are sorted."""
    following = map(names.__getitem__, range(bisect_left(names, wanted), len(names)))
    return takewhile(lambda name: name.startswith(wanted), following)


def _without(some: tuple[str, ...], one: str) -> tuple[str, ...]:
    return tuple(other for other in some if other != one)


def _shape(plain: str) -> tuple[tuple[str, ...], int]:
    return tuple(digits_in(plain)), len(plain)


class RoomNames:
    """Rooms by id, by room code, and by their names inside a sentence."""

    def __init__(
        self, rooms: Iterable[RoomEntry] = (), codes: Mapping[str, str] | None = None
    ) -> None:
        """Index `rooms`; `codes` maps digests of room codes to room ids, and may grow."""
        self._codes = codes if codes is not None else {}
        self.by_id: MutableMapping[str, RoomEntry] = {}
        self._own = _Names()
        self._layers: tuple[_Names, ...] = (self._own,)
        for room in rooms:
            self._also(room)

    @property
    def rooms(self) -> list[RoomEntry]:
        return list(self.by_id.values())

    def among(self, room_ids: Iterable[str]) -> tuple[RoomEntry, ...]:
        """Return the known rooms with these ids, sorted by name."""
        found = [self.by_id[one] for one in room_ids if one in self.by_id]
        return tuple(sorted(found, key=lambda room: (fold(room.name), room.room_id)))

    def of_code(self, code: str | None) -> RoomEntry | None:
        """Return the room that a code opens; None if the code is not known."""
        return self.by_id.get(self._codes.get(digest_of(code), "")) if code else None

    def put(self, room: RoomEntry) -> None:
        """Add a room, or replace the one with this id."""
        known = self.by_id.get(room.room_id)
        if known and known.name == room.name:
            self.by_id[room.room_id] = room
            return
        self.drop(room.room_id)
        self._also(room)

    def drop(self, room_id: str) -> None:
        """Remove a room, if it is here."""
        room = self.by_id.pop(room_id, None)
        if room and (key := key_of(room.name)):
            self._own.remove(key, room_id)

    def _also(self, room: RoomEntry) -> None:
        """Add a room, or one more name of a known one."""
        self.by_id.setdefault(room.room_id, room)
        if key := key_of(room.name):
            self._own.add(key, room.room_id)

    def plus(self, more: Iterable[RoomEntry]) -> RoomNames:
        """Return a copy with more rooms; a known room gets the given name as an additional one."""
        new = [room for room in dict.fromkeys(more) if not self._knows(room)]
        if not new:
            return self
        both = RoomNames((), self._codes)
        both.by_id = ChainMap({}, self.by_id)
        both._layers = (*self._layers, both._own)
        for room in new:
            both._also(room)
        return both

    def _knows(self, room: RoomEntry) -> bool:
        """Whether the room is already found by this name."""
        plain = " ".join(key_of(room.name))
        if not plain:
            return room.room_id in self.by_id
        return any(room.room_id in layer.rooms.get(plain, ()) for layer in self._layers)

    def in_words(self, words: Sequence[str]) -> list[Named]:
        """Find the names in the words of a sentence, left to right, the longest first."""
        places = [n for n, word in enumerate(words) if word not in _SEPARATORS]
        plain = [words[n] for n in places]
        found: list[Named] = []
        at = 0
        while at < len(plain):
            name = self._longest(plain, at)
            if name is None:
                at += 1
                continue
            end = at + name.count(" ") + 1
            found.append(Named(places[at], places[end - 1] + 1, self._best(name)))
            at = end
        return found

    def _longest(self, words: Sequence[str], at: int) -> str | None:
        """Return the longest name that begins at a word; its last word may be a possessive."""
        firsts = {words[at], _bare(words[at])}
        known = [c for layer in self._layers for one in firsts if (c := layer.lengths.get(one))]
        if not known:
            return None
        lengths = set(chain.from_iterable(known))
        for length in sorted(lengths, reverse=True):
            *head, last = words[at : at + length]
            if len(head) + 1 < length:
                continue
            for name in (" ".join([*head, last]), " ".join([*head, _bare(last)])):
                if any(name in layer.rooms for layer in self._layers):
                    return name
        return None

    def beginning(self, text: str) -> RoomEntry | None:
        """Return the only room whose name begins with a text of at least three characters.

        None if there are several. Disabled rooms count only if all are disabled.
        """
        wanted = " ".join(key_of(text))
        if len(wanted) < 3:
            return None
        enabled: dict[str, RoomEntry] = {}
        disabled: dict[str, RoomEntry] = {}
        for name in chain.from_iterable(layer.begun(wanted) for layer in self._layers):
            for room in self._best(name):
                (enabled if room.enabled else disabled)[room.room_id] = room
            if len(enabled) > 1:
                return None
        rooms = [*(enabled or disabled).values()]
        return rooms[0] if len(rooms) == 1 else None

    def like(self, text: str) -> tuple[RoomEntry, ...]:
        """Suggest rooms for a text that names none: names that contain it, and similar names."""
        key = key_of(text[:LONGEST_REFERENCE])
        wanted = " ".join(key)
        if len(wanted) < 3:
            return ()
        joined = "".join(key)
        same = dict.fromkeys(one for layer in self._layers for one in layer.joined.get(joined, ()))
        if same:  # differs in spaces only
            return tuple(room for name in same for room in self._best(name) if room.enabled)
        found: dict[str, RoomEntry] = {}
        for name in chain(_fewest_words_first(self._with_part(key, wanted)), self._alike(wanted)):
            found |= {room.room_id: room for room in self._best(name) if room.enabled}
            if len(found) >= SUGGESTIONS_MOST:
                break
        if not found and (spelt := self._spelt(key)) != key:
            return self.like(" ".join(spelt))
        return tuple(found.values())[:SUGGESTIONS_MOST]

    def with_words(self, text: str) -> tuple[RoomEntry, ...]:
        """Return the rooms whose names have all the words of a text, in any order: a few."""
        words = key_of(text[:LONGEST_REFERENCE])
        names = [one for layer in self._layers for one in layer.with_all(words)] if words else []
        few = dict.fromkeys(islice(_fewest_words_first(names), SUGGESTIONS_MOST))
        rooms = dict.fromkeys(room for name in few for room in self._best(name) if room.enabled)
        return tuple(rooms)[:SUGGESTIONS_MOST]

    def _spelt(self, key: Key) -> Key:
        """Correct the words of a reference to those of names: `weakly` to `weekly`, `one` to 1."""
        return tuple(
            str(NUMBERS[word])
            if word in NUMBERS
            else next((known for layer in self._layers if (known := layer.spelt(word))), word)
            if len(word) >= SHORTEST_MISSPELT and word.isalpha()
            else word
            for word in key
        )

    def _with_part(self, key: Key, wanted: str) -> set[str]:
        """Return names that begin with a text or have all its significant words: 1:1 with Ana."""
        names = {one for layer in self._layers for one in layer.begun(wanted)}
        telling = [word for word in key if word not in _SMALL]
        if any(len(word) > 2 for word in telling):
            names.update(*(layer.with_all(telling) for layer in self._layers))
        return names

    def _alike(self, wanted: str) -> Iterator[str]:
        """Yield names spelt similarly and with the same numbers, best first."""
        scored: dict[str, float] = {}
        for layer in self._layers:
            for score, plain in layer.alike(wanted):
                scored[plain] = max(score, scored.get(plain, 0))
        yield from sorted(scored, key=scored.__getitem__)[::-1]

    def _best(self, name: str) -> tuple[RoomEntry, ...]:
        """Return the rooms of a name; disabled ones only if all are disabled."""
        ids = dict.fromkeys(one for layer in self._layers for one in layer.rooms.get(name, ()))
        rooms = [self.by_id[one] for one in ids if one in self.by_id]
        return tuple([room for room in rooms if room.enabled] or rooms)


def _fewest_words_first(names: Iterable[str]) -> Iterator[str]:
    """Yield names with few words first: thousands may share a common word, and five are shown."""
    by_words: dict[int, list[str]] = defaultdict(list)
    for name in names:
        by_words[name.count(" ")].append(name)
    for words in sorted(by_words):
        waiting = by_words[words]
        heapify(waiting)
        while waiting:
            yield heappop(waiting)


def _bare(word: str) -> str:
    """Return a word without its possessive: standup's."""
    return word[:-2] if word.endswith("'s") else word


def digits_in(text: str) -> list[str]:
    """Return the numbers in a name; similar names must have the same ones."""
    return sorted(_DIGITS.findall(text))
