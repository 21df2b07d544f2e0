"""A text typed in a place, parsed into sentences, rooms and times.

Pure. It makes no decisions; `understand` does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import category

from bot.core.when import Day, Past, Reading, When
from bot.core.when_clauses import NUMBERS
from bot.core.when_days import Purpose
from bot.core.when_grammar import find_times, read_when
from bot.features.commands.flags import Flags, split_flags
from bot.features.commands.model import Scheduled, State, Where, World
from bot.features.commands.options_in_words import Options, options_in
from bot.features.commands.parse_sentence import parse_sentence, says_only_no
from bot.features.commands.parsed import REFERRING, Mood, Parsed, has_order
from bot.features.commands.sentences import (
    AND_SIGNS,
    Piece,
    Sentence,
    Sort,
    Span,
    clean,
    parted,
    rooms_in,
    sentences_of,
    words_of,
)
from bot.features.commands.table import MAX_LIST_COUNT
from bot.features.commands.times_in_text import (
    LONGEST_ORDER,
    NO_TIMES,
    TimeReader,
    is_ahead,
    overlap,
    reasons_in,
)
from bot.features.commands.vocabulary import ORDERS, SCHEDULED, Intent, Role
from bot.features.rooms.model import ROOM_CODE, RoomEntry, room_id_of_link
from bot.features.rooms.names import digits_in, is_separator, key_of
from bot.kit.typed_text import DOUBLE_QUOTES

LONGEST_READ = 1000  # characters without options; a longer text is prose
CONTROLS = (Intent.STOP, Intent.PAUSE, Intent.RESUME)
POLITE = (Intent.THANKS, Intent.HELP)
LATER = frozenset({("week",), ("weekend",), ("month",), ("later",), ("soon",), ("afterwards",)})
_MEETINGS = {(word,) for word in ["meeting", "call", "room", "session", "recording", "thing"]}
# Numbers with letters that no room is called by: `3o`, `7200p`, `20mn`.
_LIKE_A_VALUE = re.compile(r"[0-9]+o|[0-9]{3,}[a-z]+|[0-9]{1,3}[mhs][a-z]+")
_JOINERS = frozenset("\u200d\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_IT = {("it",), ("this",), ("that",)}
_ADDRESSED = (Role.VERB, Role.CANCEL, Role.REQUEST)
_COULD = {(word,) for word in ("could", "can", "would", "will")}  # could @bot record this?
_BEFORE_NAME = (Role.FILLER, Role.HELLO, Role.THANKS, Role.REQUEST, Role.AND, Role.WISH)
_NAME_INNER = (Role.FILLER, Role.WITH, Role.AND, Role.ARTICLE, Role.THING)


_SAID = (Mood.ORDER, Mood.NEGATED, Mood.UNWANTED)
_MENTIONED = (Mood.TOLD, Mood.QUESTION)
_STAYING = {
    (*verb, *more)
    for verb in (("goes",), ("continues",), ("stays",), ("keeps",), ("remains",), ("runs",))
    for more in ((), ("on",))
} | {("continue",), ("go", "on"), ("keep", "going"), ("keep", "recording"), ("carry", "on")}
_SHOWING = {Intent.LIST, Intent.STATUS, Intent.SUMMARY, Intent.FIND, Intent.JOIN, Intent.DOCTOR}
_PEOPLE = {("team",), ("people",), ("friends",)}
_BEFORE_A_NAME = {("the",), ("my",), ("our",), ("please",), ("pls",)}
_OVER = {("is", "over"), ("over",), ("done",), ("is", "done"), ("finished",)}
_JOINS = {(",",), *AND_SIGNS}
_WANTED = {("just",), ("only",)}
_EXCLUDING = {("not",), ("keep",), ("leave",), ("except",), ("keep", "recording")}


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence that orders or forbids something, as typed, and its meaning."""

    text: str
    sentence: Sentence
    parsed: Parsed


class ParsedText:
    """A parsed text: sentences, rooms, times, and the meaning of its main sentence.

    Without `with_flags`, `--words` are ordinary words.
    """

    def __init__(self, text: str, where: Where, world: World, *, with_flags: bool = True) -> None:
        self.where, self.world = where, world
        typed = clean(text).strip()
        head, self.flags = split_flags(typed) if with_flags else (typed, Flags())
        self.long = len(head) > LONGEST_ORDER
        self.text = _unquoted(_without_command(head))[:LONGEST_READ]
        self.words = parted(words_of(self.text, world.bot_user), world.names)
        self.named = rooms_in(self.words, world.names)
        self.reasons = reasons_in(self.text)
        self._parses: dict[int, tuple[Sentence, Parsed]] = {}
        self.thread = world.names.by_id.get(world.thread) if world.thread else None
        sentences = sentences_of(self.words, self.named)
        self.when, self.times, self.loose = self._times(*self._main(sentences))
        if self.times:
            sentences = sentences_of(self.words, self.named, self.times)
        self.sentences = sentences
        self.parsed = self._settled(*self._main(sentences))
        self.first = self.meaning(sentences[0]) if sentences else Parsed()
        if self.parsed.mood is Mood.NEGATED:
            self.when = None  # "don't stop at 3" has no time to stop at
        self.pieces = [piece for sentence in sentences for piece in sentence.pieces]
        self._options = options_in(self.pieces, self.flags, world.presets)
        self.rooms, self.doubt = self._rooms_meant()

    def _times(
        self, main: Sentence | None, rest: Sequence[Sentence]
    ) -> tuple[Reading | None, list[Span], list[Span]]:
        """Read the times of the main sentence, and of others that contain nothing else."""
        parsed = self.meaning(main) if main else Parsed()
        reader = TimeReader(self.text, self._protected(), self.world.now, self.world.zone)
        everywhere = reader.read(main, parsed, ())
        others = [(one.pieces[0].start, one.pieces[-1].end) for one in rest]
        if not any(
            overlap(one, other) for one in everywhere[1] + everywhere[2] for other in others
        ):
            return everywhere
        found = reader.read(main, parsed, others)
        if found[0] or found[2]:
            return found
        _, rest = self._main(sentences_of(self.words, self.named, everywhere[1]))
        unread = any(piece.sort is Sort.UNREAD for one in rest for piece in one.pieces)
        return found if unread and not _refers_back(main) else everywhere

    def _protected(self) -> list[Span]:
        """Return the spans that are not times: room names, quotes, links, and `right now`."""
        spans = [(self.words[one.first].start, self.words[one.last - 1].end) for one in self.named]
        spans += [
            (word.start, word.end)
            for word in self.words
            if word.quoted or word.sort in ("link", "channel", "emoji") or word.key in NO_TIMES
        ]
        return sorted([*spans, *self.reasons])

    def meaning(self, sentence: Sentence) -> Parsed:
        """Parse a sentence, cached."""
        known = self._parses.get(id(sentence))
        if known is None:
            stays = self._stays(sentence)
            known = sentence, Parsed() if stays else parse_in_place(sentence, self.where)
            self._parses[id(sentence)] = known
        return known[1]

    def _stays(self, sentence: Sentence) -> bool:
        """Whether it only says that what runs has to go on: `webinar must continue`."""
        if not any(piece.key in _STAYING for piece in sentence.pieces):
            return False  # most sentences
        pieces = [piece for piece in sentence.pieces if piece.role is not Role.FILLER][:3]
        if len(pieces) < 3 or pieces[2].key not in _STAYING:
            return False
        if pieces[1].role not in (Role.WISH, Role.HEDGE):
            return False
        states = {self.world.recorded.get(room.room_id) for room in pieces[0].rooms}
        return states == {State.RUNNING}

    def _main(self, sentences: Sequence[Sentence]) -> tuple[Sentence | None, list[Sentence]]:
        """Return the sentence that decides the meaning, and the others."""
        if not sentences:
            return None, []
        best = max(sentences, key=lambda one: _weight(one, self.meaning(one)))
        return best, [sentence for sentence in sentences if sentence is not best]

    def _settled(self, main: Sentence | None, rest: Sequence[Sentence]) -> Parsed:
        """Return the meaning of the main sentence; less certain if others have a meaning, too."""
        parsed = self.meaning(main) if main else Parsed()
        if parsed.intent is Intent.LIST and is_ahead(self.when, self.world.now):
            # A recording of a time ahead is yet to be made.
            parsed = parsed._replace(intent=Intent.START, mood=Mood.TOLD, left=())
        if parsed.intent is Intent.SUMMARY and is_ahead(self.when, self.world.now) and self.named:
            # The transcript of a time ahead is an option.
            parsed = parsed._replace(intent=Intent.START, mood=Mood.TOLD, left=())
        if parsed.intent is Intent.STATUS and is_ahead(self.when, self.world.now):
            parsed = parsed._replace(topic=SCHEDULED)  # will it be recorded on friday?
        if parsed.intent is Intent.DOCTOR and is_ahead(self.when, self.world.now):
            # There is no standup tomorrow.
            parsed = parsed._replace(intent=Intent.UNSCHEDULE, mood=Mood.TOLD)
        for sentence in rest:
            if main and says_only_no(sentence) and sentence.pieces[0].start < main.pieces[0].start:
                continue  # `no! stop`
            other = self.meaning(sentence)
            if other.intent in (None, *POLITE) and not other.left:
                continue
            if parsed.intent is Intent.STOP and all(p.role is Role.HINT for p in other.left):
                continue
            parsed = parsed._replace(left=(*parsed.left, *other.left), other=other.intent)
        return parsed

    def _rooms_meant(self) -> tuple[list[tuple[RoomEntry, ...]], str | None]:
        """Return the named rooms, and words next to a name that may belong to it."""
        rooms: list[tuple[RoomEntry, ...]] = []
        named = {piece.rooms for piece in self.pieces if piece.sort is Sort.ROOM}
        for piece in self.pieces:
            if piece.sort is Sort.ROOM:
                if piece.rooms not in rooms and not (len(named) > 1 and self._excluded(piece)):
                    rooms.append(piece.rooms)
            elif (room := self._by_token(piece)) and (room,) not in rooms:
                rooms.append((room,))
        doubt = self._words_around(rooms[0]) if len(rooms) == 1 else None
        if doubt and (whole := self.world.names.with_words(doubt)):
            return [whole], None  # start emea weekly: the room with all these words
        if len(rooms) == 1 and (one := self._narrowed()):
            return [one], None
        return rooms, doubt

    def _narrowed(self) -> tuple[RoomEntry, ...]:
        """Return the room that a second name tells apart: `the sales weekly, the emea one`."""
        at = next((n for n, p in enumerate(self.pieces) if p.sort is Sort.ROOM), None)
        behind = self.pieces[at + 1 :] if at is not None else []
        if at is None or [p.sort for p in behind[:1]] != [Sort.COMMA]:
            return ()
        words = [p for p in behind[1:] if p.key != ("the",)][:2]
        if [p.sort is Sort.UNREAD for p in words] != [True, False] or words[1].key != ("one",):
            return ()
        room = self.text[self.pieces[at].start : self.pieces[at].end]
        return self.world.names.with_words(f"{room} {words[0].words[0].text}")

    def _excluded(self, room: Piece) -> bool:
        """Whether a room is named in order to exclude it: `A, not B`, `B goes on`."""
        at = self.pieces.index(room)
        behind = self.pieces[at + 1 : at + 3]
        behind = [p for p in behind if p.role not in (Role.IS, Role.WISH, Role.HEDGE)][:1]
        if any(piece.key in _STAYING for piece in behind):
            return True
        if self.parsed.intent is Intent.START and any(piece.key in _OVER for piece in behind):
            return True  # start A, B is over
        at -= 1
        while at > 0 and (self.pieces[at].key in (("the",), ("and",)) or self.pieces[at].rooms):
            at -= 1  # all except A and the B
        if at >= 0 and self.shows(self.pieces[at]):
            return True  # stop A and show B
        unwanted = self.parsed.mood is Mood.UNWANTED  # don't record A, just B
        return at >= 0 and self.pieces[at].key in (_WANTED if unwanted else _EXCLUDING)

    def shows(self, piece: Piece) -> bool:
        """Whether a piece of an order asks to be shown something, too."""
        told = piece.role in (Role.VERB, Role.SOFT) and piece.intent in _SHOWING
        return told and piece.option is None and self.parsed.intent in ORDERS

    def left_out(self) -> list[RoomEntry]:
        """Return the rooms that are named only in order to exclude them: `leave A running`."""
        named = [piece for piece in self.pieces if piece.sort is Sort.ROOM]
        if not all(self._excluded(piece) for piece in named):
            return []
        return [room for piece in named for room in piece.rooms]

    def _by_token(self, piece: Piece) -> RoomEntry | None:
        """Return the room of a link."""
        if piece.sort is not Sort.LINK:
            return None
        names, link = self.world.names, piece.words[0].text
        found = names.by_id.get(room_id_of_link(link) or "")
        codes = (part for part in link.casefold().split("/") if ROOM_CODE.fullmatch(part))
        return found or names.of_code(next(codes, None))

    def _words_around(self, rooms: tuple[RoomEntry, ...]) -> str | None:
        """Return the room's name with the unread words directly next to it, if there are any."""
        at = next((n for n, p in enumerate(self.pieces) if p.rooms == rooms), None)
        if at is None:
            return None
        first = last = at
        while last + 1 < len(self.pieces) and self._may_belong(self.pieces[last + 1]):
            last += 1
        while first > 0 and self._may_belong(self.pieces[first - 1]):
            first -= 1
        if first == last:
            return None
        longer = self.text[self.pieces[first].start : self.pieces[last].end]
        around = [p for p in self.pieces[first : last + 1] if p.rooms != rooms]
        days = all(
            any(start <= p.start and p.end <= end for start, end in self.loose) for p in around
        )  # start all hands friday
        if days and not any(room not in rooms for room in self.world.names.like(longer)):
            return None
        if last > at and (self.where is Where.SLASH or digits_in(longer)):
            return longer
        likes = self.world.names.like(longer)
        return longer if any(room not in rooms for room in likes) else None

    def _may_belong(self, piece: Piece) -> bool:
        return (
            piece.sort is Sort.UNREAD
            and piece in self.parsed.left
            and piece.key not in LATER
            and not _LIKE_A_VALUE.fullmatch(piece.key[0])
            and piece not in self._options.pieces
        )

    def is_about_the_bot(self) -> bool:
        """Whether a message mentions the bot without addressing it."""
        if self.where is not Where.MENTION:
            return False
        pieces = next(
            (one.pieces for one in self.sentences if any(p.sort is Sort.BOT for p in one.pieces)),
            None,
        )
        if pieces is None:
            return False
        at = next(n for n, p in enumerate(pieces) if p.sort is Sort.BOT)
        before = pieces[:at]
        behind = self.pieces[self.pieces.index(pieces[at]) + 1 :]
        after = [p for p in behind if p.role is not Role.FILLER and p.sort is not Sort.COMMA][:1]
        if before and before[-1].sort is Sort.COMMA and any(p.role in _ADDRESSED for p in after):
            return False  # we are kicking off, @bot please record it
        said_to = all(
            piece.role in _BEFORE_NAME
            or piece.sort in (Sort.USER, Sort.COMMA)
            or piece.key in _COULD
            for piece in before
        )
        return not said_to and (bool(self.parsed.left) or self.parsed.mood is not Mood.ORDER)

    def time_words(self) -> str:
        """Return the time expressions as typed."""
        return " ".join(self.text[start:end].strip() for start, end in self.times)

    def past(self) -> Reading | None:
        return self.when if isinstance(self.when, Past | Day) else None

    def room(self) -> RoomEntry | None:
        """Return the only room that is certainly named."""
        if len(self.rooms) == 1 and len(self.rooms[0]) == 1 and not self.doubt:
            return self.rooms[0][0]
        return None

    def room_or_thread(self) -> RoomEntry | None:
        if self.rooms:
            return self.rooms[0][0] if len(self.rooms[0]) == 1 else None
        return self.thread

    def count(self) -> int | None:
        """Return the number of recordings to list, if there is one."""
        timed = {word for p in self.pieces if p.sort is Sort.TIME for word in p.words}
        roomed = {word for p in self.pieces if p.sort is Sort.ROOM for word in p.words}
        for word in self.words:
            if word.key.isascii() and word.key.isdigit() and word not in timed | roomed:
                return min(int(word.key[:4]), MAX_LIST_COUNT) or None
            if word.key != "one" and word.key in NUMBERS and word not in timed | roomed:
                return min(NUMBERS[word.key], MAX_LIST_COUNT)
        return None

    def suggested(self, intent: Intent) -> tuple[tuple[RoomEntry, ...], str | None]:
        """Return the rooms that the unread words may name, and those words."""
        reference = self.doubt or self.reference()
        if reference is None:
            return (), None
        near = self.world.names.like(reference.replace("&", " "))
        words = reference.split()
        if not near and words[1:] and (words[0] in NUMBERS or words[0].isdigit()):
            near = self.world.names.like(" ".join(words[1:]))  # the next three design reviews
        if not near:
            near = self.world.names.like(" ".join(words[:-1])) if len(words) > 1 else ()
            near = near if key_of(words[-1])[-1:] in _MEETINGS else ()
        if self.doubt and self.rooms:
            same = [room for room in self.rooms[0] if digits_in(room.name) == digits_in(reference)]
            near = tuple(dict.fromkeys((*same, *near)))
        if intent is Intent.STOP or intent is Intent.PAUSE:
            near = tuple(r for r in near if r.room_id in self.world.recorded) or near
        return near[:5], reference

    def reference(self) -> str | None:
        """Return words that may name a room: quoted ones, else the first run of unread words."""
        for at, piece in enumerate(self.pieces):
            if piece.sort is not Sort.UNREAD or piece in self._options.pieces:
                continue
            if piece in self.parsed.guessed:
                continue
            last = at
            while last + 1 < len(self.pieces) and self._goes_on(self.pieces[last + 1]):
                last += 1
            while self.pieces[last].role in _NAME_INNER or self.pieces[last].sort is Sort.COMMA:
                if self.pieces[last].role is Role.THING:
                    break  # `bord room`
                last -= 1
            first = at
            while first > 0 and self.pieces[first - 1].role in (Role.ALL, Role.THING):
                first -= 1
            return self.text[self.pieces[first].start : self.pieces[last].end]
        return None

    def called_like_people(self) -> str | None:
        """Return `team` right behind the verb at the end of a text: a room may be called so."""
        pieces = [
            piece
            for piece in self.pieces
            if piece.key not in _BEFORE_A_NAME and piece.sort is not Sort.TIME
        ]
        if len(pieces) < 2 or pieces[-1].key not in _PEOPLE or pieces[-2].role is not Role.VERB:
            return None
        return self.text[pieces[-1].start : pieces[-1].end]

    def _goes_on(self, piece: Piece) -> bool:
        inner = piece.sort is Sort.COMMA and is_separator(piece.words[0].key)
        return inner or piece.sort is Sort.UNREAD or piece.role in _NAME_INNER

    def options(self) -> Options:
        return self._options

    def start_time(self) -> bool:
        """Whether the text has a start time; a length alone is none."""
        return _has_start(self.when)

    def loose_left(self) -> bool:
        """Whether a possible time expression is left that was not read as one."""
        roomed = [(p.start, p.end) for p in self.pieces if p.sort is Sort.ROOM]
        return any(
            not any(start <= loose[0] and loose[1] <= end for start, end in roomed)
            for loose in self.loose
        )

    def names_a_room(self, clause: Clause) -> bool:
        """Whether a clause names a room, perhaps one that there is not."""
        pieces = clause.sentence.pieces
        if any(piece.sort in (Sort.ROOM, Sort.LINK) for piece in pieces):
            return True
        if clause.parsed.intent is Intent.RENAME:
            return False  # the other words are the title
        unread = [piece.start - pieces[0].start for piece in pieces if piece.sort is Sort.UNREAD]
        if not unread:
            return False
        now, zone = self.world.now, self.world.zone
        times = find_times(clause.text, now=now, zone=zone, purpose=Purpose.STOP).spans
        return any(not any(start <= at < end for start, end in times) for at in unread)

    def is_of_another_sentence(self, room: RoomEntry) -> bool:
        """Whether only a sentence with a meaning of its own names the room that is acted on.

        `how many people are in the webinar. make it stop`: it is likely, but not certain.
        """
        main, _ = self._main(self.sentences)
        named = [one for one in self.sentences if any(room in p.rooms for p in one.pieces)]
        return bool(named) and all(
            one is not main and self.meaning(one).intent not in (None, *POLITE) for one in named
        )

    def denies_a_room(self) -> bool:
        """Whether `no` is right before a room: `start no town hall`."""
        return any(
            piece.key == ("no",) and after.sort is Sort.ROOM
            for piece, after in pairwise(self.pieces)
        )

    def speaks_to_a_person(self) -> bool:
        """Whether it mentions somebody other than the bot: `@ana can you start standup`."""
        return any(word.sort == "user" or word.text.startswith("<!") for word in self.words)

    def lists_rooms(self) -> bool:
        """Whether commas or `and` join the rooms: `stop webinar in standup` is no list."""
        rooms = [n for n, piece in enumerate(self.pieces) if piece.sort is Sort.ROOM]
        between = [self.pieces[one + 1 : other] for one, other in pairwise(rooms)]
        return all(
            any(p.role is Role.AND or p.key in _JOINS for p in pieces)
            and all(
                p.role in (Role.AND, Role.THING) or p.key in _JOINS or p.key == ("the",)
                for p in pieces
            )
            for pieces in between
        )

    def orders_more(self) -> bool:
        return self.parsed.other in ORDERS

    def clauses(self) -> list[Clause]:
        """Return the sentences that order or forbid something."""
        found = []
        for n, sentence in enumerate(self.sentences):
            parsed = self.meaning(sentence)
            following = self.sentences[n + 1 : n + 2]
            more = sentence.goes_on or any(one.goes_on for one in following)
            told = parsed.mood in _SAID or (more and parsed.mood in _MENTIONED)
            titled = sentence.goes_on and parsed.intent is Intent.RENAME
            soft = more and parsed.intent is Intent.SHARE  # put this one in #product
            ordered = parsed.intent in ORDERS and (has_order(sentence.pieces) or soft)
            if told and (ordered or titled):
                after = following[0].pieces[0].start if following else None
                text = self.text[sentence.pieces[0].start : after].strip(" &+")
                found.append(Clause(text, sentence, parsed))
        return found

    def is_of_emoji(self) -> bool:
        """Whether the text consists of emoji."""
        signs = [word for word in self.words if word.key not in _JOINERS]
        return bool(signs) and all(
            word.sort == "emoji" or (len(word.text) == 1 and category(word.text) == "So")
            for word in signs
        )

    def end(self) -> Reading | None:
        """Return the time given for a stop, pause or resume; None for `now`."""
        if isinstance(self.when, When) and self.when.start is None and self.when.stop is None:
            return None
        return self.when

    def stop_time(self) -> Reading | None:
        """Return the time of a text without a verb, read as an end: `at 4`, `until 4`."""
        if not self.start_time():
            return self.end()
        now, zone = self.world.now, self.world.zone
        when = read_when(self.time_words(), now=now, zone=zone, purpose=Purpose.STOP)
        return when if isinstance(when, When) and when.start is None else None

    def planned_rooms(self) -> tuple[RoomEntry, ...]:
        by_id = self.world.names.by_id
        rooms = (by_id.get(one.room_id) for one in self.world.schedules)
        return tuple(dict.fromkeys(room for room in rooms if room))

    def planned(self, room: RoomEntry) -> tuple[Scheduled, ...]:
        return tuple(one for one in self.world.schedules if one.room_id == room.room_id)


def parse_in_place(sentence: Sentence, where: Where) -> Parsed:
    """Parse a sentence that was typed in `where`."""
    return parse_sentence(sentence, slash=where is Where.SLASH, thread=where is Where.THREAD)


def _refers_back(sentence: Sentence | None) -> bool:
    """Whether an order is about what another sentence names: `can you record it`."""
    pieces = sentence.pieces if sentence else []
    if any(piece.sort in (Sort.ROOM, Sort.UNREAD, Sort.LINK) for piece in pieces):
        return False
    return any(
        (piece.key in _IT and before.role is Role.VERB)
        or (piece.key in REFERRING and before.key == ("get",))  # get that one recorded
        for before, piece in pairwise(pieces)
    )


def _has_start(when: Reading | None) -> bool:
    if when is None or isinstance(when, Past):
        return False
    return not (isinstance(when, When) and when.start is None)


def _weight(sentence: Sentence, parsed: Parsed) -> int:
    """Return how strongly a sentence determines the meaning of the text."""
    if parsed.intent in ORDERS and parsed.mood in (Mood.ORDER, Mood.UNWANTED) and not parsed.weak:
        return 5
    if parsed.intent in ORDERS:
        return 4
    if parsed.intent is Intent.SUMMARY and parsed.mood is Mood.NONE and parsed.left:
        return 2  # the transcript is empty
    if parsed.intent not in (None, Intent.UNKNOWN, *POLITE):
        return 3
    if parsed.intent is Intent.HELP:
        return 2 if sentence.asks else 1
    return 1 if parsed.intent else 0


def _unquoted(text: str) -> str:
    """Strip quotes around the whole text."""
    quoted = len(text) > 2 and text[0] in DOUBLE_QUOTES and text[-1] in DOUBLE_QUOTES
    inside = text[1:-1]
    return inside if quoted and not any(char in DOUBLE_QUOTES for char in inside) else text


def _without_command(text: str) -> str:
    """Strip a repeated `/record`."""
    return text[len("/record") :].strip() if text.casefold().startswith("/record ") else text
