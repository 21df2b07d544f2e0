"""Reads what people type after `/record`: text in, one command or a helpful error out.

Everything that is said of the grammar — what parses, what help says, what is suggested — comes
from `command_table.TABLE`. A correction is built as a command and written by `command_line`, so
it always parses.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.options import RecordingOptions
from bot.features.commands.lexer import Token, fold, lex
from bot.features.commands.model import (
    Command,
    CommandError,
    Doctor,
    Follow,
    Help,
    List,
    OpenForm,
    Pause,
    Presets,
    Resume,
    Settings,
    Start,
    Status,
    Stop,
    Unfollow,
    command_line,
)
from bot.features.commands.reader import Problem, Reading, mark_of, read_words
from bot.features.commands.table import (
    COMMAND,
    COUNT,
    DEFAULT_LIST_COUNT,
    MAX_LIST_COUNT,
    Entry,
    Kind,
    command_words,
    entry_of,
    match_entry,
    nearest_entry,
)
from bot.features.options.command_options import PRESET
from bot.features.options.rules import combine
from bot.features.options.values import shorten

MAX_TEXT_CHARS = 8000
FILLERS = ("record", "please", "pls", "just")  # before a command


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
    if not COUNT.fullmatch(last):
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
