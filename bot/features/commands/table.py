"""The grammar of `/record` as one table: parsing, help and suggestions all read it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bot.features.commands.lexer import Token
from bot.features.options.table import START_FLAGS, Flag
from bot.kit.fuzzy import nearest
from bot.kit.typed_text import fold
from bot.ui.ids import COMMAND

DEFAULT_LIST_COUNT = 10
MAX_LIST_COUNT = 20  # as many as one message shows
COUNT = re.compile(r"[0-9]{1,4}")  # a room of that name goes in quotes


class ArgumentKind(Enum):
    ROOM = auto()
    COUNT = auto()
    TOPIC = auto()
    WORDS = auto()  # the rest of the text, as it is


@dataclass(frozen=True, slots=True)
class Argument:
    name: str
    kind: ArgumentKind
    optional: bool = True

    @property
    def usage(self) -> str:
        return f"[{self.name}]" if self.optional else f"<{self.name}>"


ROOM = Argument("room", ArgumentKind.ROOM)


@dataclass(frozen=True, slots=True)
class Entry:
    """One command: what follows `/record`, and what is said about it."""

    word: str
    help: str
    example: str
    arguments: tuple[Argument, ...] = ()
    options: tuple[Flag, ...] = ()
    hints: tuple[str, ...] = ()  # other words people try; they are suggested, not accepted

    @property
    def usage(self) -> str:
        parts = [COMMAND, self.word, *(a.usage for a in self.arguments)]
        return " ".join([p for p in parts if p] + ["[options]"] * bool(self.options))

    def takes(self, kind: ArgumentKind) -> bool:
        return any(a.kind is kind for a in self.arguments)


@dataclass(frozen=True, slots=True)
class HelpLine:
    usage: str
    help: str
    accepted: str = ""


@dataclass(frozen=True, slots=True)
class CommandHelp:
    usage: str
    help: str
    example: str
    options: tuple[HelpLine, ...]


TABLE: tuple[Entry, ...] = (
    Entry("", help="Open the start form.", example="/record"),
    Entry(
        "start",
        help="Start recording a room, at once or at a time: in 10m, at 15:00, for 30m, until "
        "16:00. Without a room, open the form.",
        example='/record start "design review" --res 720p --section "Agenda:bullets"',
        arguments=(ROOM,),
        options=START_FLAGS,
        hints=("begin", "record", "new", "go", "rec"),
    ),
    Entry(
        "schedule",
        help="Record a room at a time, once or repeatedly. Without a room, list what is scheduled.",
        example="/record schedule standup every weekday 9:30 for 20m",
        arguments=(ROOM, Argument("when", ArgumentKind.ROOM)),
        options=START_FLAGS,
        hints=("plan", "later", "repeat"),
    ),
    Entry(
        "schedules",
        help="List what is scheduled and which rooms are recorded automatically.",
        example="/record schedules",
        hints=("scheduled", "upcoming", "planned"),
    ),
    Entry(
        "auto",
        help="Record every session of a room, and stop when the last person leaves. Say on, on 2 "
        "(once two people are there), end (only stop), or off.",
        example='/record auto "design review" on',
        arguments=(ROOM, Argument("on|off", ArgumentKind.ROOM)),
        hints=("automatic", "automatically", "always", "rule", "rules"),
    ),
    Entry(
        "stop",
        help="Stop the recording of a room.",
        example='/record stop "design review"',
        arguments=(ROOM,),
        hints=("end", "finish", "halt"),
    ),
    Entry(
        "pause",
        help="Pause the recording of a room.",
        example='/record pause "design review"',
        arguments=(ROOM,),
        hints=("hold", "mute"),
    ),
    Entry(
        "resume",
        help="Continue a paused recording.",
        example='/record resume "design review"',
        arguments=(ROOM,),
        hints=("unpause", "continue"),
    ),
    Entry(
        "status",
        help="Show what is being recorded now.",
        example="/record status",
        hints=("state", "info"),
    ),
    Entry(
        "list",
        help=f"List past recordings, {DEFAULT_LIST_COUNT} by default.",
        example='/record list "design review" 5',
        arguments=(ROOM, Argument("n", ArgumentKind.COUNT)),
        hints=("ls", "history", "recordings"),
    ),
    Entry(
        "find",
        help="Find what was said: words, then in <room>, from <person>, since <date>.",
        example="/record find budget in weekly sync from Ana since monday",
        arguments=(Argument("words", ArgumentKind.WORDS, optional=False),),
        hints=("search", "grep", "lookup", "query"),
    ),
    Entry(
        "follow",
        help="Show a card here for every recording of a room. Without a room, list followed rooms.",
        example='/record follow "design review"',
        arguments=(ROOM,),
        hints=("subscribe", "watch", "notify"),
    ),
    Entry(
        "unfollow",
        help="Stop following a room in this channel.",
        example='/record unfollow "design review"',
        arguments=(ROOM,),
        hints=("unsubscribe", "unwatch"),
    ),
    Entry(
        "doctor",
        help="Show what is waiting and why, and check the connections to Slack and 100ms.",
        example="/record doctor",
        hints=("health", "check", "debug", "diagnose", "why"),
    ),
    Entry(
        "settings",
        help="Set this channel's default room, who can start and stop, and where results go.",
        example="/record settings",
        hints=("config", "configure", "setup", "preferences", "options"),
    ),
    Entry(
        "presets",
        help="Show, edit and delete presets.",
        example="/record presets",
        hints=("preset", "templates", "bundles"),
    ),
    Entry(
        "help",
        help="Explain all commands, or one of them.",
        example="/record help start",
        arguments=(Argument("command", ArgumentKind.TOPIC),),
        hints=("?", "usage", "commands"),
    ),
)

_LONGEST_FIRST = sorted(
    ((entry.word.split(), entry) for entry in TABLE), key=lambda it: len(it[0]), reverse=True
)
_WORDS = {entry.word: entry for entry in TABLE if entry.word}
_HINTS = {hint: entry for entry in TABLE for hint in entry.hints}


def entry_of(word: str) -> Entry:
    return next(entry for entry in TABLE if entry.word == word)


def match_entry(tokens: Sequence[Token]) -> tuple[Entry, int] | None:
    """The entry with the most words that these words start with, and how many it used."""
    longest = len(_LONGEST_FIRST[0][0])
    given = [None if t.quoted else fold(t.text) for t in tokens[:longest]]
    for wanted, entry in _LONGEST_FIRST:
        if given[: len(wanted)] == wanted and (wanted or not tokens):
            return entry, len(wanted)
    return None


def nearest_entry(token: Token) -> Entry | None:
    """The command that was probably meant. A room name is seldom this close to a command."""
    if token.quoted:
        return None
    word = fold(token.text)
    if word in _HINTS:
        return _HINTS[word]
    near = nearest(word, _WORDS)
    return _WORDS[near] if near else None


def nearest_option(name: str, options: Sequence[Flag]) -> Flag | None:
    """The option that was probably meant; never its opposite."""
    hinted = next((o for o in options if name in o.hints), None)
    if hinted:
        return hinted
    names = {o.name: o for o in options if o.name.startswith("no-") == name.startswith("no-")}
    near = nearest(name, names)
    return names[near] if near else None


def command_words() -> str:
    return ", ".join(entry.word for entry in TABLE if entry.word)


def help_topics() -> tuple[HelpLine, ...]:
    """One line for each command, for `/record help`."""
    return tuple(HelpLine(entry.usage, entry.help) for entry in TABLE)


def command_help(word: str) -> CommandHelp | None:
    """Everything about one command, for `/record help start`; None for a word unknown here."""
    entry = next((e for e in TABLE if e.word == word), None)
    if entry is None:
        return None
    lines = tuple(HelpLine(o.usage, o.help, o.accepted) for o in entry.options)
    return CommandHelp(entry.usage, entry.help, entry.example, lines)
