"""What people ask for with `/record …`: text in, one command or a helpful error out. Pure.

Everything that is said of the grammar — what parses, what help says, what is suggested — comes
from `command_table.TABLE`. A correction is built as a command and written by `command_line`, so
it always parses. Errors carry what people typed as plain text: escape it before showing it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from bot.domain.command_options import PRESET, START_OPTIONS, Takes, combine
from bot.domain.command_reader import Problem, Reading, mark_of, read_words
from bot.domain.command_table import (
    COMMAND,
    DEFAULT_LIST_COUNT,
    MAX_LIST_COUNT,
    Entry,
    Kind,
    command_words,
    entry_of,
    match_entry,
    nearest_entry,
)
from bot.domain.lexer import Token, fold, lex, quote
from bot.domain.option_values import shorten
from bot.domain.options import RecordingOptions

MAX_TEXT_CHARS = 8000

FILLERS = ("record", "please", "pls", "just")  # before a command
_COUNT = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True, slots=True)
class OpenForm:
    pass


@dataclass(frozen=True, slots=True)
class Start:
    """`room` is a reference as typed (see `rooms.find_room`); None means: open the form.

    `preset` is a name as typed; what `options` say goes before what it says.
    """

    room: str | None = None
    options: RecordingOptions = field(default_factory=RecordingOptions)
    preset: str | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    room: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    room: str | None = None


@dataclass(frozen=True, slots=True)
class Resume:
    room: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    pass


@dataclass(frozen=True, slots=True)
class List:
    room: str | None = None
    count: int = DEFAULT_LIST_COUNT


@dataclass(frozen=True, slots=True)
class Follow:
    """Without a room: list what the channel follows."""

    room: str | None = None


@dataclass(frozen=True, slots=True)
class Unfollow:
    room: str | None = None


@dataclass(frozen=True, slots=True)
class Doctor:
    pass


@dataclass(frozen=True, slots=True)
class Settings:
    pass


@dataclass(frozen=True, slots=True)
class Presets:
    pass


@dataclass(frozen=True, slots=True)
class Help:
    topic: str | None = None


Command = (
    OpenForm
    | Start
    | Stop
    | Pause
    | Resume
    | Status
    | List
    | Follow
    | Unfollow
    | Doctor
    | Settings
    | Presets
    | Help
)


@dataclass(frozen=True, slots=True)
class CommandError:
    """Why a command was not understood. `corrected` is ready to paste and always parses."""

    reason: str
    accepted: str | None
    corrected: str | None
    usage: str


@dataclass(frozen=True, slots=True)
class _Understood:
    """The command that was read; with problems, the nearest correct one."""

    command: Command
    entry: Entry
    problems: tuple[Problem, ...]


def parse(text: str) -> Command | CommandError:
    """The command in `text`, as Slack sends it (without `/record`). Never raises."""
    if len(text) > MAX_TEXT_CHARS:
        accepted = f"A command holds at most {MAX_TEXT_CHARS} characters. Use the form for more."
        return CommandError("The command is too long.", accepted, COMMAND, COMMAND)
    lexed = lex(text)
    tokens = lexed.tokens
    if tokens and not tokens[0].quoted and fold(tokens[0].text) == COMMAND:
        tokens = tokens[1:]
    understood = _understand(tokens)
    if lexed.unclosed is not None:
        after = shorten(lexed.unclosed, 30)
        where = f"The quote before “{after}”" if after else "The quote at the end"
        unclosed = Problem(f"{where} is never closed.")
        understood = replace(understood, problems=(unclosed, *understood.problems))
    return _error(understood) if understood.problems else understood.command


def command_line(command: Command) -> str:
    """The command as people would type it: `parse(command_line(c)) == c`."""
    match command:
        case OpenForm():
            return COMMAND
        case Start(room, options, preset):
            named = [f"--preset {quote(preset)}"] if preset else []
            return _line("start", _room(room), *named, *_option_words(options))
        case Stop(room) | Pause(room) | Resume(room) | Follow(room) | Unfollow(room):
            return _line(type(command).__name__.lower(), _room(room))
        case Status():
            return _line("status")
        case List(room, count):
            return _line("list", _room(room), "" if count == DEFAULT_LIST_COUNT else str(count))
        case Doctor():
            return _line("doctor")
        case Settings():
            return _line("settings")
        case Presets():
            return _line("presets")
        case Help(topic):
            return _line("help", topic or "")
        case _:
            assert_never(command)


def _line(*words: str) -> str:
    return " ".join(word for word in (COMMAND, *words) if word)


def _room(room: str | None) -> str:
    """A name like “5” needs quotes, or it would be a number of recordings."""
    return "" if room is None else quote(room, always=bool(_COUNT.fullmatch(room)))


def _option_words(options: RecordingOptions) -> list[str]:
    words: list[str] = []
    for option in START_OPTIONS:
        for shown in option.show(options):
            words.append(f"--{option.name}")
            if option.takes is not Takes.NOTHING:
                words.append(quote(shown))
    return words


def _understand(tokens: Sequence[Token]) -> _Understood:
    matched = match_entry(tokens)
    if matched:
        entry, used = matched
        return _read(entry, tokens[used:])
    first = tokens[0]
    start = entry_of("start")
    mark = mark_of(first, start.options)
    if mark and not mark.is_help:
        problem = Problem("The command is missing.", f"Commands: {command_words()}.")
    elif mark:
        return _Understood(Help(), entry_of("help"), ())
    else:
        problem = Problem(
            f"There is no command “{shorten(first.text)}”.", f"Commands: {command_words()}."
        )
    nearest = _read(start, tokens) if mark else _nearest(tokens, start)
    return replace(nearest, problems=(problem, *nearest.problems))


def _nearest(tokens: Sequence[Token], start: Entry) -> _Understood:
    """What was probably meant by a first word that is no command; perhaps it is the room."""
    if fold(tokens[0].text) in FILLERS and (later := match_entry(tokens[1:])) and later[1]:
        entry, used = later
        return _read(entry, tokens[1 + used :])
    near = nearest_entry(tokens[0])
    return _read(near, tokens[1:]) if near else _read(start, tokens)


def _read(entry: Entry, tokens: Sequence[Token]) -> _Understood:
    """Arguments and options of one command; what cannot be used is left out and said."""
    reading = read_words(entry, tokens)
    if reading.wants_help:
        return _Understood(Help(entry.word or None), entry, ())
    problems = reading.problems
    if reading.words and not entry.arguments:
        extra = shorten(" ".join(t.text for t in reading.words))
        problems.append(Problem(f"“{entry.word}” takes nothing after it: leave out “{extra}”."))
    count = _take_count(reading) if entry.takes(Kind.COUNT) else DEFAULT_LIST_COUNT
    topic = _take_topic(reading) if entry.takes(Kind.TOPIC) else None
    preset = reading.values.pop(PRESET, None)
    options, settled = combine(reading.values)
    problems.extend(Problem(reason, accepted) for reason, accepted in settled)
    room = " ".join(t.text for t in reading.words).strip() or None
    command = _build(entry.word, room, options, count, topic)
    if isinstance(command, Start) and isinstance(preset, str):
        command = replace(command, preset=preset)
    return _Understood(command, entry, tuple(problems))


def _build(
    word: str, room: str | None, options: RecordingOptions, count: int, topic: str | None
) -> Command:
    commands: dict[str, Command] = {
        "": OpenForm(),
        "start": Start(room, options),
        "stop": Stop(room),
        "pause": Pause(room),
        "resume": Resume(room),
        "status": Status(),
        "list": List(room, count),
        "follow": Follow(room),
        "unfollow": Unfollow(room),
        "doctor": Doctor(),
        "settings": Settings(),
        "presets": Presets(),
        "help": Help(topic),
    }
    return commands[word]


def _take_count(reading: Reading) -> int:
    """The number at the end; in quotes, or longer than four digits, it is part of the name."""
    if not reading.words or not reading.words[-1].bare:
        return DEFAULT_LIST_COUNT
    last = reading.words[-1].text
    if not _COUNT.fullmatch(last):
        return DEFAULT_LIST_COUNT
    reading.words = reading.words[:-1]
    count = int(last)
    if not 1 <= count <= MAX_LIST_COUNT:
        accepted = f"It holds 1 to {MAX_LIST_COUNT}. Put a name that ends in a number in quotes."
        reading.problems.append(Problem(f"The list cannot hold {last} recordings.", accepted))
    return max(1, min(MAX_LIST_COUNT, count))


def _take_topic(reading: Reading) -> str | None:
    """The command to explain; `help record start` would be a topic of several words."""
    if not reading.words:
        return None
    matched = match_entry(reading.words)
    if matched and matched[1] == len(reading.words):
        return matched[0].word
    named = shorten(" ".join(t.text for t in reading.words))
    reading.problems.append(
        Problem(f"There is no command “{named}”.", f"Commands: {command_words()}.")
    )
    near = matched[0] if matched else nearest_entry(reading.words[0])
    return near.word if near else None


def _error(understood: _Understood) -> CommandError:
    problems = understood.problems
    accepted = "\n".join(dict.fromkeys(p.accepted for p in problems if p.accepted))
    corrected = command_line(understood.command)
    return CommandError(
        reason=" ".join(dict.fromkeys(p.reason for p in problems)),
        accepted=accepted or None,
        corrected=corrected if len(corrected) <= MAX_TEXT_CHARS else None,
        usage=understood.entry.usage,
    )
