"""What a person means by a text: `understand`, one function for commands, mentions and messages.

Pure. The outcome is *do* only where every word of an order is explained and it is clear which
recording is meant; a question, a negated verb, a misspelling or a word that is left over makes it
*ask*. Nothing that was not asked for is offered as a start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum, auto

from bot.core.options import RecordingOptions
from bot.core.when import Day, Moment, Past, Reading, Refused, Repeat, Unclear, When
from bot.core.when_days import Purpose
from bot.core.when_grammar import find_times
from bot.features.commands.names import RoomNames, digits_in, is_separator, key_of
from bot.features.commands.options_in_words import Options, options_in, split_flags
from bot.features.commands.senses import Force, Sense, sense_of
from bot.features.commands.sentences import (
    Piece,
    Sentence,
    Sort,
    Span,
    Word,
    clean,
    rooms_in,
    sentences_of,
    words_of,
)
from bot.features.commands.words import SPELT, Intent, Kind
from bot.features.rooms.model import RoomEntry, room_code_of_link, room_id_of_link

LONGEST = 8000  # characters that are read at all
LONGEST_READ = 1000  # characters beside options: what is behind them is prose
LONGEST_ORDER = 400  # characters of a text that is done at once


class Where(StrEnum):
    """Where a text was typed."""

    SLASH = auto()
    MENTION = auto()
    THREAD = auto()  # a mention in the thread of a recording's card
    DM = auto()


class Outcome(StrEnum):
    """How the bot reacts."""

    DO = auto()
    ASK = auto()  # with buttons
    ANSWER = auto()
    SILENCE = auto()


class State(StrEnum):
    """The state of a recording that occupies a room."""

    RUNNING = auto()
    PAUSED = auto()


class Why(StrEnum):
    """What the reply says beside the intent."""

    CLEAR = auto()
    UNSURE = auto()  # the order was not quite read
    WHICH_ROOM = auto()
    NO_ROOM = auto()  # no such room; `reference` has the words
    UNKNOWN_CODE = auto()  # a room code or link of a room that is not known
    NEEDS_ROOM = auto()
    ALREADY = auto()  # recorded already
    NOT_RECORDED = auto()
    NOT_PAUSED = auto()
    DISABLED = auto()
    BAD_TIME = auto()  # `when` says why
    BAD_OPTIONS = auto()  # `detail` says why
    NOT_SCHEDULED = auto()
    UNSUPPORTED = auto()  # understood, but the bot does not do it in words
    TOO_LONG = auto()
    ABOUT_BOT = auto()


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A recording that is planned."""

    room_id: str
    at: datetime
    rrule: str | None = None


@dataclass(frozen=True, slots=True)
class World:
    """What is known where the text was typed. Rooms are named by their ids."""

    names: RoomNames
    now: datetime
    zone: str
    recorded: Mapping[str, State] = field(default_factory=dict)
    cards_here: frozenset[str] = frozenset()
    thread: str | None = None  # the room of the recording whose card's thread this is
    default_room: str | None = None
    presets: tuple[str, ...] = ()
    follows_here: frozenset[str] = frozenset()
    schedules: tuple[Scheduled, ...] = ()
    bot_user: str | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done, or done by a button. `verb` is an intent, or open-form."""

    verb: str
    room: RoomEntry | None = None
    words: str | None = None  # a choice of time that the button stands for

    def __str__(self) -> str:
        """Write it as `verb:room`."""
        return f"{self.verb}:{self.room.name if self.room else ''}"


@dataclass(frozen=True, slots=True)
class Understood:
    """What was meant and what follows.

    `sure`: no word was left over and nothing was guessed. `reference` are words that may name a
    room that is not known, `detail` a reason in words.
    """

    intent: Intent
    outcome: Outcome
    why: Why = Why.CLEAR
    room: RoomEntry | None = None
    sure: bool = True
    acts: tuple[Deed, ...] = ()
    offers: tuple[Deed, ...] = ()
    options: RecordingOptions = field(default_factory=RecordingOptions)
    preset: str | None = None
    when: Reading | None = None
    query: str | None = None
    speaker: str | None = None
    to: str | None = None
    count: int | None = None
    topic: str | None = None
    reference: str | None = None
    detail: str | None = None
    link: str | None = None


OPEN_FORM = "open-form"
_STEERING = (Intent.STOP, Intent.PAUSE, Intent.RESUME)
_PURPOSES = {
    Intent.STOP: Purpose.STOP,
    Intent.UNSCHEDULE: Purpose.DAY,
    Intent.LIST: Purpose.PAST,
    Intent.FIND: Purpose.PAST,
    Intent.STATUS: Purpose.PAST,
    Intent.SUMMARY: Purpose.PAST,
    Intent.DOCTOR: Purpose.PAST,
    Intent.SHARE: Purpose.PAST,
    Intent.JOIN: Purpose.PAST,
}


def understand(text: str, where: Where, world: World) -> Understood:
    """Say what a text means. Never raises; takes any text."""
    if len(text) > LONGEST:
        return Understood(Intent.UNKNOWN, Outcome.ANSWER, Why.TOO_LONG, sure=False)
    return _Reader(text, where, world).read()


class _Reader:
    """One text being read."""

    def __init__(self, text: str, where: Where, world: World) -> None:
        self.where, self.world = where, world
        head, self.flags = split_flags(clean(text).strip())
        self.long = len(head) > LONGEST_ORDER
        self.text = _without_command(head)[:LONGEST_READ]
        self.words = words_of(self.text, world.bot_user)
        self.named = rooms_in(self.words, world.names)
        self.thread = world.names.by_id.get(world.thread) if world.thread else None

    def read(self) -> Understood:
        """Find the sentence that matters, and decide."""
        named = self.named
        if self.thread and (pure := self._pure_stop()):
            return pure
        sentences = sentences_of(self.words, named)
        main, _ = _main(sentences, self.where)
        self.when, times, self.loose = self._times(main)
        sentences = sentences_of(self.words, named, times)
        main, rest = _main(sentences, self.where)
        self.sense = self._settled(main, rest)
        self.pieces = [piece for sentence in sentences for piece in sentence.pieces]
        self.rooms, self.doubt = self._rooms_meant()
        if self._is_about_the_bot():
            return Understood(Intent.UNKNOWN, Outcome.SILENCE, Why.ABOUT_BOT)
        return self._decided()

    # What the text has beside its verb.

    def _pure_stop(self) -> Understood | None:
        """In a card's thread, nothing but a stop word stops, whatever rooms are called."""
        sentences = sentences_of(self.words, ())
        kinds = {piece.kind for sentence in sentences for piece in sentence.pieces}
        if Kind.VERB not in kinds or self.long or self.flags.text:
            return None
        senses = [_sense(sentence, self.where) for sentence in sentences]
        orders = [sense for sense in senses if sense.intent is Intent.STOP]
        if not orders or any(
            sense.left or sense.force not in (Force.ORDER, Force.NONE) for sense in senses
        ):
            return None
        if any(sense.intent not in (Intent.STOP, None, *_POLITE) for sense in senses):
            return None
        pieces = [piece for sentence in sentences for piece in sentence.pieces]
        if any(p.kind is Kind.ALL or p.sort in (Sort.CHANNEL, Sort.LINK) for p in pieces):
            return None
        if self.named and not all(piece.sort is Sort.PHRASE for piece in pieces):
            return None
        if self._times(sentences[0])[1]:
            return None
        return self._steer(Intent.STOP, self.thread, sure=True)

    def _times(self, main: Sentence | None) -> tuple[Reading | None, list[Span], list[Span]]:
        """Read the times, by what they are wanted for."""
        sense = _sense(main, self.where) if main else Sense()
        purpose = _PURPOSES.get(sense.intent or Intent.UNKNOWN, Purpose.START)
        if sense.intent is Intent.STOP and sense.force is Force.UNWANTED:
            purpose = Purpose.DAY
        text = _POSSESSIVE.sub("  ", self.text[:LONGEST_ORDER])
        found = find_times(
            text,
            now=self.world.now,
            zone=self.world.zone,
            purpose=purpose,
            protected=self._protected(),
        )
        reading = found.reading
        spans, loose = list(found.spans), list(found.loose)
        if isinstance(reading, Refused) and purpose is Purpose.STOP:
            return self._read_again(text, spans), spans, loose
        if reading is None and loose and purpose in (Purpose.DAY, Purpose.PAST):
            # `skip design review thursday`, `what was said last thursday`
            said = ", ".join(f"on {text[start:end]}" for start, end in loose)
            again = find_times(said, now=self.world.now, zone=self.world.zone, purpose=purpose)
            past = purpose is Purpose.PAST and said.startswith(("on last", "on this"))
            if isinstance(again.reading, Day) or (past and isinstance(again.reading, Past)):
                return again.reading, loose, []
        return reading, spans, loose

    def _read_again(self, text: str, spans: Sequence[Span]) -> Reading | None:
        """Read the times of a stop once more, as a length: `stop for 5 minutes`."""
        said = ", ".join(text[start:end] for start, end in spans)
        return find_times(said, now=self.world.now, zone=self.world.zone).reading

    def _protected(self) -> list[Span]:
        """Return what is no time: room names, words in quotes, links, and `right now`."""
        spans = [(self.words[one.first].start, self.words[one.last - 1].end) for one in self.named]
        spans += [
            (word.start, word.end)
            for word in self.words
            if word.quoted or word.sort in ("link", "channel", "emoji") or word.key in _NO_TIMES
        ]
        return sorted(spans)

    def _settled(self, main: Sentence | None, rest: Sequence[Sentence]) -> Sense:
        """Return what the main sentence means; less surely if others say something, too."""
        sense = _sense(main, self.where) if main else Sense()
        for sentence in rest:
            other = _sense(sentence, self.where)
            if other.intent in (None, *_POLITE) and not other.left:
                continue
            if sense.intent is Intent.STOP and all(p.kind is Kind.HINT for p in other.left):
                continue
            sense = replace(sense, left=(*sense.left, *other.left), other=other.intent)
        return sense

    def _rooms_meant(self) -> tuple[list[tuple[RoomEntry, ...]], str | None]:
        """Return the rooms named, and words beside a name that may belong to it."""
        rooms: list[tuple[RoomEntry, ...]] = []
        for piece in self.pieces:
            if piece.sort is Sort.ROOM:
                if piece.rooms not in rooms:
                    rooms.append(piece.rooms)
            elif (room := self._by_token(piece)) and (room,) not in rooms:
                rooms.append((room,))
        doubt = None
        if len(rooms) == 1:
            doubt = self._words_around(rooms[0])
        return rooms, doubt

    def _by_token(self, piece: Piece) -> RoomEntry | None:
        """Return the room of a link."""
        if piece.sort is not Sort.LINK:
            return None
        names, link = self.world.names, piece.words[0].text
        found = names.by_id.get(room_id_of_link(link) or "")
        return found or names.by_code.get(room_code_of_link(link) or "")

    def _words_around(self, rooms: tuple[RoomEntry, ...]) -> str | None:
        """Return a longer name, where unread words stand right beside the room's."""
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
        if last > at and (self.where is Where.SLASH or digits_in(longer)):
            return longer
        likes = self.world.names.like(longer)
        return longer if any(room not in rooms for room in likes) else None

    def _may_belong(self, piece: Piece) -> bool:
        return piece.sort is Sort.UNREAD and piece in self.sense.left

    def _is_about_the_bot(self) -> bool:
        """Say whether a message with the bot's name inside is not said to the bot."""
        at = next((n for n, p in enumerate(self.pieces) if p.sort is Sort.BOT), None)
        if at is None or self.where is not Where.MENTION:
            return False
        before = self.pieces[:at]
        said_to = all(
            piece.kind in _BEFORE_NAME or piece.sort in (Sort.USER, Sort.COMMA) for piece in before
        )
        return not said_to and (bool(self.sense.left) or self.sense.force is not Force.ORDER)

    # What is done about it.

    def _decided(self) -> Understood:
        sense = self.sense
        intent = sense.intent
        match intent:
            case None:
                return self._without_verb()
            case Intent.UNKNOWN:
                return self._answer(Intent.UNKNOWN, room=self._room_or_thread(), sure=False)
            case Intent.START | Intent.SCHEDULE:
                return self._start(sense)
            case Intent.STOP | Intent.PAUSE | Intent.RESUME:
                return self._steering(sense, intent)
            case Intent.UNSCHEDULE:
                return self._unschedule(sense)
            case Intent.FOLLOW | Intent.UNFOLLOW:
                return self._following(sense, intent)
            case Intent.SHARE:
                return self._share(sense)
            case Intent.FIND:
                return self._find(sense)
            case Intent.SETTINGS:
                told = Outcome.DO if not sense.left and self.where is Where.SLASH else Outcome.ASK
                return Understood(intent, told, room=self._room(), sure=not sense.left)
            case Intent.PRESETS if self._options().preset and self.rooms:
                return self._start(replace(sense, intent=Intent.START, force=Force.TOLD))
            case Intent.PRESETS:
                told = Outcome.DO if self.where is Where.SLASH else Outcome.ASK
                return Understood(intent, told)
            case Intent.RENAME:
                return self._answer(intent, Why.UNSUPPORTED, room=self._room_or_thread())
            case Intent.HELP | Intent.THANKS:
                return self._answer(intent, topic=sense.topic)
            case _:
                return self._answer(
                    intent, room=self._room_or_thread(), count=self._count(), when=self._past()
                )

    def _answer(self, intent: Intent, why: Why = Why.CLEAR, **more: object) -> Understood:
        return replace(Understood(intent, Outcome.ANSWER, why), **more)  # type: ignore[arg-type]

    def _past(self) -> Reading | None:
        return self.when if isinstance(self.when, Past | Day) else None

    def _room(self) -> RoomEntry | None:
        """Return the one room that is named for sure."""
        if len(self.rooms) == 1 and len(self.rooms[0]) == 1 and not self.doubt:
            return self.rooms[0][0]
        return None

    def _room_or_thread(self) -> RoomEntry | None:
        if self.rooms:
            return self.rooms[0][0] if len(self.rooms[0]) == 1 else None
        return self.thread

    def _count(self) -> int | None:
        """Return a number of recordings to list."""
        timed = {word for p in self.pieces if p.sort is Sort.TIME for word in p.words}
        roomed = {word for p in self.pieces if p.sort is Sort.ROOM for word in p.words}
        for word in self.words:
            if word.key.isascii() and word.key.isdigit() and word not in timed | roomed:
                return min(int(word.key[:4]), 20) or None
        return None

    def _suggested(self, intent: Intent) -> tuple[tuple[RoomEntry, ...], str | None]:
        """Return the rooms that the unread words may name, and these words."""
        reference = self.doubt or self._reference()
        if reference is None:
            return (), None
        near = self.world.names.like(reference)
        if not near:
            words = reference.split()
            near = self.world.names.like(" ".join(words[:-1])) if len(words) > 1 else ()
            near = near if key_of(words[-1])[-1:] in _MEETINGS else ()
        if self.doubt and self.rooms:
            same = [room for room in self.rooms[0] if digits_in(room.name) == digits_in(reference)]
            near = tuple(dict.fromkeys((*same, *near)))
        if intent is Intent.STOP or intent is Intent.PAUSE:
            near = tuple(r for r in near if r.room_id in self.world.recorded) or near
        return near[:5], reference

    def _reference(self) -> str | None:
        """Return the words that may name a room: those in quotes, else the first unread run."""
        for at, piece in enumerate(self.pieces):
            if piece.sort is not Sort.UNREAD:
                continue
            last = at
            while last + 1 < len(self.pieces) and self._goes_on(self.pieces[last + 1]):
                last += 1
            while self.pieces[last].kind in _NAME_INNER or self.pieces[last].sort is Sort.COMMA:
                if self.pieces[last].kind is Kind.THING:
                    break  # `bord room`
                last -= 1
            first = at
            while first > 0 and self.pieces[first - 1].kind in (Kind.ALL, Kind.THING):
                first -= 1
            return self.text[self.pieces[first].start : self.pieces[last].end]
        return None

    def _goes_on(self, piece: Piece) -> bool:
        inner = piece.sort is Sort.COMMA and is_separator(piece.words[0].key)
        return inner or piece.sort is Sort.UNREAD or piece.kind in _NAME_INNER

    # Without a verb.

    def _without_verb(self) -> Understood:
        if self.rooms:
            return self._bare_room()
        options = self._options()
        given = options.values != {} or self.flags.text
        if self.where is Where.SLASH and not self.text:
            return self._form(options)
        if given and not self.sense.left and self.where is not Where.THREAD:
            return self._form(options)
        if not self.sense.left:
            return self._answer(Intent.HELP)
        if glued := self._glued():
            return glued
        near, reference = self._suggested(Intent.START)
        if self.where is Where.SLASH and near and not self.sense.other:
            return Understood(
                Intent.START,
                Outcome.ASK,
                Why.WHICH_ROOM,
                near[0] if len(near) == 1 else None,
                sure=False,
                offers=_deeds(Intent.START, near),
                options=options.built,
                reference=reference,
            )
        return self._answer(Intent.UNKNOWN, sure=False)

    def _glued(self) -> Understood | None:
        """Read a verb and a room typed as one word: `stopwebinar`. That is asked about."""
        word = self.sense.left[0].words[0].key
        for verb, intent in SPELT.items():
            near = self.world.names.like(word[len(verb) :]) if word.startswith(verb) else ()
            if near and intent in _STEERING:
                return self._which(intent, near)
            if near and intent is Intent.START:
                return Understood(
                    intent,
                    Outcome.ASK,
                    Why.WHICH_ROOM,
                    near[0] if len(near) == 1 else None,
                    sure=False,
                    offers=_deeds(intent, near),
                )
        return None

    def _bare_room(self) -> Understood:
        """Say nothing but a room's name: ask. A name that is itself an order is never obeyed."""
        rooms = self.rooms[0]
        inside = [_sense(s, self.where) for s in sentences_of(self.words, ())]
        verb = next((sense.intent for sense in inside if sense.intent in _STEERING), None)
        if verb:
            return self._steer(verb, self._room(), sure=False)
        if len(self.rooms) > 1 or self.sense.left:
            return self._answer(Intent.UNKNOWN, room=self._room(), sure=False)
        if all(room.room_id in self.world.recorded for room in rooms):
            return self._answer(Intent.STATUS, room=self._room())
        return self._start(replace(self.sense, intent=Intent.START, force=Force.GUESS))

    def _form(self, options: Options) -> Understood:
        return Understood(
            Intent.START,
            Outcome.ASK,
            Why.BAD_OPTIONS if options.problem else Why.NEEDS_ROOM,
            offers=(Deed(OPEN_FORM),),
            options=options.built,
            preset=options.preset,
            detail=options.problem,
        )

    # Starts.

    def _options(self) -> Options:
        return options_in(self.pieces, self.flags, self.world.presets)

    def _start(self, sense: Sense) -> Understood:
        options = self._options()
        left = [piece for piece in sense.left if piece not in options.pieces]
        timed = self._start_time()
        when = self.when if timed else None
        intent = Intent.SCHEDULE if timed or sense.intent is Intent.SCHEDULE else Intent.START
        made = Understood(
            intent,
            Outcome.ASK,
            options=options.built,
            preset=options.preset,
            when=when or (self.when if _is_length(self.when) else None),
            detail=options.problem,
            sure=False,
        )
        if options.problem:
            made = replace(made, why=Why.BAD_OPTIONS)
        room = self._room()
        if room is None and len(self.rooms) > 1 and not self.doubt:
            each = [rooms[0] for rooms in self.rooms if len(rooms) == 1]
            return replace(made, why=Why.WHICH_ROOM, offers=_deeds(intent, each))
        if room is None:
            if self.rooms and not self.doubt:
                return replace(made, why=Why.WHICH_ROOM, offers=_deeds(intent, self.rooms[0]))
            self_left = [p for p in left if p.sort is Sort.UNREAD]
            found = self._start_unknown(made, self_left, sense)
            if isinstance(found, Understood):
                return found
            room, left = found, [p for p in left if p not in self_left]
        return self._start_room(made, room, left, sense)

    def _start_unknown(
        self, made: Understood, left: Sequence[Piece], sense: Sense
    ) -> Understood | RoomEntry:
        """Decide about a start of a room that is not named exactly; a room where it is clear."""
        link = next((p.words[0].text for p in self.pieces if p.sort is Sort.LINK), None)
        code = next((p for p in left if p.words[0].sort == "code"), None)
        if link or code:
            reference = code.words[0].text if code else None
            form = (Deed(OPEN_FORM),)
            why = Why.UNKNOWN_CODE
            return replace(made, why=why, offers=form, link=link, reference=reference)
        near, reference = self._suggested(Intent.START)
        verb = Intent(made.intent)
        if reference is None:
            default = self.world.names.by_id.get(self.world.default_room or "")
            if self.where is Where.THREAD and self.thread and verb is Intent.START:
                return self.thread
            if default and not left:
                return default
            if sense.weak and self.where is not Where.SLASH:
                return self._answer(Intent.UNKNOWN, sure=False)
            return replace(made, why=Why.NEEDS_ROOM, offers=(Deed(OPEN_FORM),))
        begun = self.world.names.beginning(reference)
        if self.where is Where.SLASH and len(begun) == 1 and not self.doubt:
            return begun[0]
        if near:
            single = near[0] if len(near) == 1 and not self.doubt else None
            return replace(
                made,
                why=Why.WHICH_ROOM,
                room=single,
                offers=_deeds(verb, near),
                reference=reference,
            )
        other_words = [p for p in sense.left if p.sort is not Sort.UNREAD and p.option is None]
        if self.where is not Where.SLASH and (sense.weak or sense.article or other_words):
            return self._answer(Intent.UNKNOWN, sure=False)
        return replace(made, why=Why.NO_ROOM, offers=(Deed(OPEN_FORM),), reference=reference)

    def _start_room(
        self, made: Understood, room: RoomEntry, left: Sequence[Piece], sense: Sense
    ) -> Understood:
        made = replace(made, room=room)
        offer = replace(made, offers=(Deed(made.intent, room),))
        if not room.enabled:
            return replace(made, outcome=Outcome.ANSWER, why=Why.DISABLED)
        if isinstance(self.when, Unclear):
            choices = tuple(Deed(Intent.SCHEDULE, room, words) for words in self.when.choices)
            return replace(made, why=Why.BAD_TIME, offers=choices or (Deed(OPEN_FORM, room),))
        if isinstance(self.when, Refused) and made.intent is Intent.SCHEDULE:
            return replace(made, outcome=Outcome.ANSWER, why=Why.BAD_TIME)
        if made.intent is Intent.SCHEDULE and not self._start_time():
            return replace(made, why=Why.BAD_TIME, offers=(Deed(OPEN_FORM, room),))
        state = self.world.recorded.get(room.room_id)
        if made.intent is Intent.START and state:
            if state is State.PAUSED:
                deed = (Deed(Intent.RESUME, room),)
                return replace(made, why=Why.ALREADY, offers=deed)
            return replace(made, outcome=Outcome.ANSWER, why=Why.ALREADY)
        if made.why is Why.BAD_OPTIONS:
            return replace(made, offers=(Deed(OPEN_FORM, room),))
        if self._orders_more():
            return replace(offer, why=Why.UNSURE, offers=(*offer.offers, *self._second()))
        clear = sense.force is Force.ORDER and not left and not self._loose_left()
        if clear and not self.long:
            return replace(
                made,
                outcome=Outcome.DO,
                sure=True,
                acts=(Deed(made.intent, room),),
            )
        return replace(offer, why=Why.UNSURE)

    def _start_time(self) -> bool:
        """Say whether the text says when to start; a length alone does not."""
        if self.when is None or isinstance(self.when, Past):
            return False
        return not (isinstance(self.when, When) and self.when.start is None)

    def _loose_left(self) -> bool:
        """Say whether a word that may be a time was not read as one."""
        roomed = [(p.start, p.end) for p in self.pieces if p.sort is Sort.ROOM]
        return any(
            not any(start <= loose[0] and loose[1] <= end for start, end in roomed)
            for loose in self.loose
        )

    def _orders_more(self) -> bool:
        return self.sense.other in _ACTS or self.sense.second is not None

    def _second(self) -> tuple[Deed, ...]:
        """Return the buttons for a second order in the text: only for what its words name."""
        second = self.sense.second or self.sense.other
        rooms = [rooms[0] for rooms in self.rooms[1:] if len(rooms) == 1]
        if second in _STEERING:
            running = [r for r in rooms if r.room_id in self.world.recorded]
            return _deeds(second, running)
        return _deeds(second, rooms) if second is Intent.START else ()

    # Stop, pause, resume.

    def _steering(self, sense: Sense, intent: Intent) -> Understood:
        sure = (
            sense.force is Force.ORDER
            and not sense.left
            and not self._orders_more()
            and not self.long
            and not self._loose_left()
        )
        if sense.force is Force.UNWANTED:
            return self._unwanted(sense)
        if len(self.rooms) > 1 and not self.doubt:
            return self._several(intent, sure=sure and sense.other is None)
        room = self._room()
        if room:
            here = self.thread
            differs = here is not None and here.room_id != room.room_id
            made = self._steer(intent, room, sure=sure and not differs)
            return replace(made, offers=(*made.offers, *self._second()))
        if self.rooms and not self.doubt:
            return self._which(intent, self.rooms[0])
        near, reference = self._suggested(intent)
        if near:
            fits = self._fitting(intent, near)
            made = self._which(intent, fits or near)
            return replace(
                made,
                reference=reference,
                room=near[0] if len(near) == 1 else None,
                outcome=made.outcome if fits else Outcome.ANSWER,
            )
        if self.thread and sense.all_of_them:
            return self._which(intent, self._here(intent))
        if self.thread:
            return self._steer(intent, self.thread, sure=sure)
        return self._unnamed(intent, sense, sure=sure, reference=reference)

    def _unnamed(
        self, intent: Intent, sense: Sense, *, sure: bool, reference: str | None
    ) -> Understood:
        """Decide about an order without a room: this channel's only recording, or ask."""
        here = self._here(intent)
        if sense.weak and not sense.thing and not sense.all_of_them:
            if self.where is not Where.SLASH:
                return self._answer(Intent.UNKNOWN, sure=False)
            sure = False
        if len(here) == 1 and sure:
            return self._steer(intent, here[0], sure=True)
        made = self._which(intent, here)
        return replace(made, reference=reference)

    def _here(self, intent: Intent) -> tuple[RoomEntry, ...]:
        """Return the recordings shown in this channel that an order may mean; else all."""
        known = [
            self.world.names.by_id[room_id]
            for room_id in self.world.recorded
            if room_id in self.world.names.by_id
        ]
        fits = self._fitting(intent, known)
        here = tuple(room for room in fits if room.room_id in self.world.cards_here)
        return here or fits

    def _fitting(self, intent: Intent, rooms: Iterable[RoomEntry]) -> tuple[RoomEntry, ...]:
        recorded = self.world.recorded
        wanted = {
            Intent.PAUSE: (State.RUNNING,),
            Intent.RESUME: (State.PAUSED,),
        }.get(intent, (State.RUNNING, State.PAUSED))
        return tuple(room for room in rooms if recorded.get(room.room_id) in wanted)

    def _which(self, intent: Intent, rooms: Iterable[RoomEntry]) -> Understood:
        fits = self._fitting(intent, rooms)
        if not fits:
            why = Why.NOT_PAUSED if intent is Intent.RESUME else Why.NOT_RECORDED
            return Understood(intent, Outcome.ANSWER, why, sure=False)
        return Understood(
            intent,
            Outcome.ASK,
            Why.WHICH_ROOM,
            fits[0] if len(fits) == 1 else None,
            sure=False,
            offers=_deeds(intent, fits),
            when=self._end(),
        )

    def _several(self, intent: Intent, *, sure: bool) -> Understood:
        rooms = [rooms[0] for rooms in self.rooms if len(rooms) == 1]
        fits = self._fitting(intent, rooms)
        plain = sure and len(fits) == len(self.rooms) and self.thread is None
        if plain and self._end() is None:
            return Understood(intent, Outcome.DO, acts=_deeds(intent, fits))
        offers = [*_deeds(intent, fits), *self._second()]
        if self._orders_more():
            first = self.rooms[0][0]
            offers = [*_deeds(intent, self._fitting(intent, [first])), *self._second()]
            return Understood(intent, Outcome.ASK, Why.UNSURE, first, sure=False, offers=(*offers,))
        return replace(self._which(intent, rooms), offers=tuple(offers))

    def _end(self) -> Reading | None:
        """Return the time that a stop, a pause or a resume names; `now` is none."""
        if isinstance(self.when, When) and self.when.start is None and self.when.stop is None:
            return None
        return self.when

    def _steer(self, intent: Intent, room: RoomEntry | None, *, sure: bool) -> Understood:
        """Act on one recording, if it is in the state for it."""
        if room is None:
            return Understood(intent, Outcome.ANSWER, Why.NOT_RECORDED, sure=False)
        when = self._end() if hasattr(self, "when") else None
        made = Understood(intent, Outcome.ASK, Why.UNSURE, room, sure=False, when=when)
        if not self._fitting(intent, [room]):
            known = self.world.recorded.get(room.room_id)
            why = Why.NOT_PAUSED if intent is Intent.RESUME and known else Why.NOT_RECORDED
            if intent is Intent.PAUSE and known is State.PAUSED:
                why = Why.ALREADY
            return replace(made, outcome=Outcome.ANSWER, why=why)
        deed = Deed(intent, room)
        if when is None:
            done = replace(made, outcome=Outcome.DO, why=Why.CLEAR, sure=True, acts=(deed,))
            return done if sure else replace(made, offers=(deed,))
        return self._steer_later(made, deed, when, sure=sure)

    def _steer_later(
        self, made: Understood, deed: Deed, when: Reading, *, sure: bool
    ) -> Understood:
        """Stop or pause with a time in the text; a time that is not clear is asked about."""
        intent, room = made.intent, made.room
        if isinstance(when, Unclear):
            choices = tuple(Deed(intent, room, words) for words in when.choices)
            return replace(made, why=Why.BAD_TIME, offers=choices or (deed,))
        if not isinstance(when, When):
            return replace(made, why=Why.BAD_TIME, offers=(deed,))
        if intent is Intent.PAUSE and sure and when.start is None:
            return replace(made, outcome=Outcome.DO, why=Why.CLEAR, sure=True, acts=(deed,))
        if intent is Intent.STOP and _is_length(when):
            offers = (Deed(Intent.PAUSE, room), deed)
            return replace(made, offers=offers)  # "stop for 5 minutes" may mean a pause
        if intent is Intent.STOP and sure and when.start is None:
            # The stop is due later: what is done at once is to schedule it.
            act = Deed(Intent.SCHEDULE, room)
            return replace(made, outcome=Outcome.DO, why=Why.CLEAR, sure=True, acts=(act,))
        return replace(made, offers=(deed,))

    def _unwanted(self, sense: Sense) -> Understood:
        """Decide about a wish not to be recorded."""
        room = self._room()
        planned = self._planned(room) if room else ()
        running = room is not None and room.room_id in self.world.recorded
        later = self.when is not None and self._end() is not None
        if room and (later or (planned and not running) or not running):
            return self._unschedule(sense)
        if later and not self.thread:
            return self._unschedule(sense)
        asks = sense.asks or bool(sense.left)
        if room:
            same = self.thread is not None and self.thread.room_id == room.room_id
            return self._steer(Intent.STOP, room, sure=same and not asks)
        if self.thread and not later and not self.rooms:
            return self._steer(Intent.STOP, self.thread, sure=not asks)
        return self._which(Intent.STOP, self._here(Intent.STOP))

    # Schedules, following, sharing, finding.

    def _planned(self, room: RoomEntry) -> tuple[Scheduled, ...]:
        return tuple(one for one in self.world.schedules if one.room_id == room.room_id)

    def _unschedule(self, sense: Sense) -> Understood:
        room = self._room()
        clear = sense.force in (Force.ORDER, Force.UNWANTED) and not sense.left and not sense.asks
        if room is None and self.doubt is None and not self.rooms:
            near, reference = self._suggested(Intent.UNSCHEDULE)
            if not near and self.thread and sense.cancels:
                return self._steer(Intent.STOP, self.thread, sure=clear and not reference)
            if sense.cancels and sense.thing and not reference and not self._end():
                return self._which(Intent.STOP, self._here(Intent.STOP))
            planned = near or tuple(
                self.world.names.by_id[one.room_id]
                for one in self.world.schedules
                if one.room_id in self.world.names.by_id
            )
            planned = tuple(one for one in planned if self._planned(one))
            if not planned:
                return self._answer(Intent.UNSCHEDULE, Why.NOT_SCHEDULED, reference=reference)
            return Understood(
                Intent.UNSCHEDULE,
                Outcome.ASK,
                Why.WHICH_ROOM,
                planned[0] if len(planned) == 1 else None,
                sure=False,
                offers=_deeds(Intent.UNSCHEDULE, planned),
                when=self.when,
            )
        if room is None:
            each = [rooms[0] for rooms in self.rooms if self._planned(rooms[0])]
            return Understood(
                Intent.UNSCHEDULE,
                Outcome.ASK,
                Why.WHICH_ROOM,
                sure=False,
                offers=_deeds(Intent.UNSCHEDULE, each),
            )
        return self._unschedule_room(sense, room, clear=clear)

    def _unschedule_room(self, sense: Sense, room: RoomEntry, *, clear: bool) -> Understood:
        planned = self._planned(room)
        running = room.room_id in self.world.recorded
        deed = Deed(Intent.UNSCHEDULE, room)
        made = Understood(
            Intent.UNSCHEDULE, Outcome.ASK, room=room, sure=False, offers=(deed,), when=self.when
        )
        if running and sense.cancels and self._end() is None:
            if not planned:
                same = self.thread is not None and self.thread.room_id == room.room_id
                return self._steer(Intent.STOP, room, sure=clear and same)
            return replace(made, why=Why.UNSURE, offers=(deed, Deed(Intent.STOP, room)))
        if not planned:
            return replace(made, outcome=Outcome.ANSWER, why=Why.NOT_SCHEDULED, offers=())
        if isinstance(self.when, Unclear | Refused):
            return replace(made, why=Why.BAD_TIME)
        date_said = _date_of(self.when)
        one = next((p for p in planned if date_said in (None, _day_of(p.at, self.world))), None)
        if one is None and not any(p.rrule for p in planned):
            return replace(made, why=Why.NOT_SCHEDULED)
        if one is not None and date_said:
            made = replace(made, when=When(Moment(one.at, self.world.zone), None, self.world.zone))
        repeats = any(p.rrule for p in planned)
        if clear and one is not None and (date_said or not repeats):
            return replace(made, outcome=Outcome.DO, sure=True, offers=(), acts=(deed,))
        return replace(made, why=Why.UNSURE)

    def _following(self, sense: Sense, intent: Intent) -> Understood:
        room = self._room()
        if room is None and not self.rooms:
            near, reference = self._suggested(intent)
            if near:
                return Understood(
                    intent,
                    Outcome.ASK,
                    Why.WHICH_ROOM,
                    near[0] if len(near) == 1 else None,
                    sure=False,
                    offers=_deeds(intent, near),
                    reference=reference,
                )
            if reference and not sense.asks:
                return self._answer(intent, Why.NO_ROOM, reference=reference, sure=False)
            if self.thread and sense.force is Force.ORDER:
                room = self.thread
            elif intent is Intent.FOLLOW:
                return self._answer(intent)
            else:
                known = self.world.names.by_id
                followed = [r for r in self.world.names.rooms if r.room_id in known]
                followed = [r for r in followed if r.room_id in self.world.follows_here]
                return Understood(
                    intent,
                    Outcome.ASK if followed else Outcome.ANSWER,
                    Why.WHICH_ROOM,
                    sure=False,
                    offers=_deeds(intent, followed),
                )
        if room is None:
            near, reference = self._suggested(intent)
            rooms = near or tuple(room for rooms in self.rooms for room in rooms)
            return Understood(
                intent, Outcome.ASK, Why.WHICH_ROOM, sure=False, offers=_deeds(intent, rooms)
            )
        deed = Deed(intent, room)
        if sense.force is Force.ORDER and not sense.left and not self._orders_more():
            return Understood(intent, Outcome.DO, room=room, acts=(deed,))
        return Understood(intent, Outcome.ASK, Why.UNSURE, room, sure=False, offers=(deed,))

    def _share(self, sense: Sense) -> Understood:
        room = self._room_or_thread()
        to = next((_channel(p.words[0]) for p in self.pieces if p.sort is Sort.CHANNEL), None)
        if to is None and any(p.kind is Kind.HERE for p in self.pieces):
            to = "here"
        made = Understood(
            Intent.SHARE, Outcome.ASK, Why.UNSURE, room, sure=False, to=to, when=self._past()
        )
        if room is None:
            near, reference = self._suggested(Intent.SHARE)
            return replace(
                made,
                why=Why.WHICH_ROOM if near else Why.NEEDS_ROOM,
                outcome=Outcome.ASK if near else Outcome.ANSWER,
                offers=_deeds(Intent.SHARE, near),
                reference=reference,
            )
        deed = Deed(Intent.SHARE, room)
        if to and sense.force is Force.ORDER and not sense.left and len(self.rooms) <= 1:
            return replace(made, outcome=Outcome.DO, why=Why.CLEAR, sure=True, acts=(deed,))
        return replace(made, offers=(deed,))

    def _find(self, sense: Sense) -> Understood:
        query = " ".join(word.text for word in sense.query).strip(" .,!?\"'“”")
        if not query:
            return self._answer(Intent.SUMMARY, room=self._room_or_thread(), when=self._past())
        return self._answer(
            Intent.FIND,
            room=self._room_or_thread(),
            query=query,
            speaker=sense.speaker,
            when=self._past(),
        )


_POSSESSIVE = re.compile(r"(?<=[a-z])['’]s\b")  # yesterday's
_POLITE = (Intent.THANKS, Intent.HELP)
_ACTS = frozenset(
    {
        Intent.START,
        Intent.STOP,
        Intent.PAUSE,
        Intent.RESUME,
        Intent.SCHEDULE,
        Intent.UNSCHEDULE,
        Intent.FOLLOW,
        Intent.UNFOLLOW,
        Intent.SHARE,
    }
)
_MEETINGS = {(word,) for word in ["meeting", "call", "room", "session", "recording", "thing"]}
_NO_TIMES = frozenset({"right", "now"})
_BEFORE_NAME = (Kind.FILLER, Kind.HELLO, Kind.THANKS, Kind.REQUEST, Kind.AND, Kind.WISH)
_NAME_INNER = (Kind.FILLER, Kind.WITH, Kind.AND, Kind.ARTICLE, Kind.THING)


def _sense(sentence: Sentence, where: Where) -> Sense:
    return sense_of(sentence, slash=where is Where.SLASH, thread=where is Where.THREAD)


def _main(sentences: Sequence[Sentence], where: Where) -> tuple[Sentence | None, list[Sentence]]:
    """Return the sentence that says what is wanted, and the others."""

    def weight(sentence: Sentence) -> int:
        sense = _sense(sentence, where)
        if sense.intent in _ACTS and sense.force in (Force.ORDER, Force.UNWANTED):
            return 5
        if sense.intent in _ACTS:
            return 4
        if sense.intent not in (None, Intent.UNKNOWN, *_POLITE):
            return 3
        if sense.intent is Intent.HELP:
            return 2 if sentence.asks else 1
        return 1 if sense.intent else 0

    if not sentences:
        return None, []
    best = max(sentences, key=weight)
    return best, [sentence for sentence in sentences if sentence is not best]


def _without_command(text: str) -> str:
    """Leave out a `/record` that was typed once more."""
    return text[len("/record") :].strip() if text.casefold().startswith("/record ") else text


def _deeds(verb: str | None, rooms: Iterable[RoomEntry]) -> tuple[Deed, ...]:
    return tuple(Deed(verb, room) for room in rooms) if verb else ()


def _is_length(when: Reading | None) -> bool:
    return isinstance(when, When) and when.start is None and when.stop is not None


def _date_of(when: Reading | None) -> date | None:
    match when:
        case Day(date=day):
            return day
        case When(start=Moment(at=at)):
            return at.date()
        case When(start=Repeat(start=start)):
            return start.date()
    return None


def _day_of(at: datetime, world: World) -> date:
    return at.astimezone(world.now.tzinfo).date()


def _channel(word: Word) -> str:
    """Return `#product` for what Slack writes as <#C0123|product>."""
    if not word.text.startswith("<"):
        return word.text
    number, _, name = word.text.strip("<#>").partition("|")
    return f"#{name}" if name else f"<#{number}>"
