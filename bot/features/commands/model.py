"""Input and output of `understand`: the world around a text, and its meaning. Values only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum, auto

from bot.core.options import AS_TEMPLATE, RecordingOptions
from bot.core.when import Reading, Repeat
from bot.features.about.model import Asked
from bot.features.commands.vocabulary import Intent
from bot.features.rooms.model import RoomEntry
from bot.features.rooms.names import RoomNames

OPEN_FORM = "open-form"


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


class Reply(StrEnum):
    """How a text may answer a question of the bot that has buttons."""

    YES = auto()
    BOTH = auto()
    ROOM = auto()  # with nothing but the name of a room
    PERHAPS = auto()  # `ok`: a yes, or only thanks, so the buttons are shown again


class State(StrEnum):
    """The state of a recording that occupies a room."""

    RUNNING = auto()
    PAUSED = auto()


class Why(StrEnum):
    """The reason for a reply, in addition to the intent."""

    CLEAR = auto()
    UNSURE = auto()  # part of the order was not understood
    WHICH_ROOM = auto()
    UNKNOWN_WORD = auto()  # an order with a word that is no room; `reference` is the word
    NO_ROOM = auto()  # no such room; `reference` is what was typed
    NO_ROOM_YET = auto()  # not found so far: 100ms did not answer the lookup by name
    UNKNOWN_CODE = auto()  # a room code or link whose room is not known
    NEEDS_ROOM = auto()
    MENU = auto()  # an empty text: show what runs and what the person can do
    NEEDS_TITLE = auto()
    ALREADY = auto()  # the room is recorded already
    NOTHING_ELSE = auto()  # but the recordings that an order leaves out
    NOT_RECORDED = auto()
    NOT_PAUSED = auto()
    ONLY_NOW = auto()  # what was asked for a later time is done at once, or not at all
    DISABLED = auto()
    BAD_TIME = auto()  # `when` says why
    BAD_OPTIONS = auto()  # `detail` says why
    NOT_SCHEDULED = auto()
    WHICH_SCHEDULE = auto()  # the room has several
    WAITS = auto()  # nothing is recorded yet: a date waits for people in the room
    DATE_OR_ALL = auto()  # the next date of a schedule, or all of it
    UNSUPPORTED = auto()  # understood, but not available as a command
    TOO_LONG = auto()
    ABOUT_BOT = auto()
    GREETED = auto()
    MOVE = auto()  # to another time
    ASSENT = auto()  # yes, without an order
    SORRY = auto()
    DISSENT = auto()  # no, never mind
    UNDO = auto()
    APART = auto()  # an order and `cancel the stop`, which is answered by itself; `reference`
    REMIND = auto()  # what is to be done later is only to be reminded of
    FIXED = auto()  # other options for a recording that runs
    LANGUAGE = auto()  # another than English
    KEPT = auto()  # a negated order, or a complaint: "don't stop", "it won't stop"
    HOW = auto()  # how to do something, asked in words
    OFF = auto()  # a rule is to be deleted


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A recording that is planned."""

    room_id: str
    at: datetime  # the next date
    repeat: Repeat | None = None
    schedule_id: str = ""
    skips: frozenset[datetime] = frozenset()
    own: bool = False  # the person set it up
    waits: bool = False  # its time has come: it starts when somebody joins


@dataclass(frozen=True, slots=True)
class World:
    """What is known in the place where a text was typed. Rooms are referred to by id."""

    names: RoomNames
    now: datetime
    zone: str
    recorded: Mapping[str, State] = field(default_factory=dict)
    cards_here: frozenset[str] = frozenset()
    thread: str | None = None  # in a card's thread: the room of its recording
    thread_is_over: bool = False  # the card's recording is over; another one may run in its room
    default_room: str | None = None
    presets: tuple[str, ...] = ()
    follows_here: frozenset[str] = frozenset()
    schedules: tuple[Scheduled, ...] = ()
    bot_user: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An action, done at once or by a button. `verb` is an intent, or open-form."""

    verb: str
    room: RoomEntry | None = None
    words: str | None = None  # the time that the button stands for
    schedule: Scheduled | None = None  # the one to take back
    date: datetime | None = None  # only this date of it
    of: Understood | None = field(default=None, compare=False, repr=False)  # see `parts`

    def __str__(self) -> str:
        """Return `verb:room`."""
        return f"{self.verb}:{self.room.name if self.room else ''}"


@dataclass(frozen=True, slots=True)
class Understood:
    """The meaning of a text and the reaction to it.

    `sure`: every word was understood and nothing was guessed. `reference`: words that may name an
    unknown room. `detail`: a reason in words.
    """

    intent: Intent
    outcome: Outcome
    why: Why = Why.CLEAR
    room: RoomEntry | None = None
    sure: bool = True
    acts: tuple[Order, ...] = ()
    offers: tuple[Order, ...] = ()
    options: RecordingOptions = AS_TEMPLATE
    raw_options: Mapping[str, str] = field(default_factory=dict)  # as typed, if they are wrong
    preset: str | None = None
    when: Reading | None = None
    times: str = ""  # the words of `when`, for the form
    query: str | None = None
    speaker: str | None = None
    to: str | None = None
    channel: str | None = None  # the id of `to`, if it is known
    title: str | None = None
    count: int | None = None
    topic: str | None = None
    reference: str | None = None
    detail: str | None = None
    link: str | None = None
    asked: Asked | None = None  # a question about one recording
    over: bool = False  # that recording has ended
    reply: Reply | None = None  # this may answer a question of the bot
    parts: tuple[Understood, ...] = ()  # the meaning of each order of a text with several


def orders(verb: str | None, rooms: Iterable[RoomEntry]) -> tuple[Order, ...]:
    """Return the same order for each room; none without a verb."""
    return tuple(Order(verb, room) for room in rooms) if verb else ()


def asked_first(done: Understood, offers: Iterable[Order]) -> Understood:
    """Ask about what would be done, with these orders as buttons."""
    if done.intent is Intent.STOP:  # not: to schedule its end
        offers = [replace(order, verb=Intent.STOP) for order in offers]
    return replace(
        done, outcome=Outcome.ASK, why=Why.UNSURE, sure=False, offers=tuple(offers), acts=()
    )


Read = Callable[[str, Where, World], Understood]


def which_of(
    intent: Intent,
    rooms: Sequence[RoomEntry],
    *,
    options: RecordingOptions | None = None,
    reference: str | None = None,
    when: Reading | None = None,
) -> Understood:
    """Ask which of these rooms is meant, with a button for each."""
    return Understood(
        intent,
        Outcome.ASK,
        Why.WHICH_ROOM,
        rooms[0] if len(rooms) == 1 else None,
        sure=False,
        offers=orders(intent, rooms),
        options=options or AS_TEMPLATE,
        reference=reference,
        when=when,
    )


def answered(
    intent: Intent,
    why: Why = Why.CLEAR,
    *,
    room: RoomEntry | None = None,
    sure: bool = True,
    when: Reading | None = None,
    count: int | None = None,
    query: str | None = None,
    speaker: str | None = None,
    topic: str | None = None,
    reference: str | None = None,
) -> Understood:
    """Return a reply that does nothing and offers nothing."""
    return Understood(
        intent,
        Outcome.ANSWER,
        why,
        room,
        sure,
        when=when,
        count=count,
        query=query,
        speaker=speaker,
        topic=topic,
        reference=reference,
    )
