"""Reads what people type after `/record`: text in, one command or a helpful error out.

Everything that is said of the grammar — what parses, what help says, what is suggested — comes
from `command_table.TABLE`. A correction is built as a command and written by `command_line`, so
it always parses.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.core.options import RecordingOptions
from bot.features.commands.lexer import Token, lex
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
from bot.features.commands.table import (
    COUNT,
    DEFAULT_LIST_COUNT,
    MAX_LIST_COUNT,
    Entry,
    Kind,
    command_words,
    entry_of,
    match_entry,
    nearest_entry,
    nearest_option,
)
from bot.features.options.command_options import PRESET, Option, Takes
from bot.features.options.rules import combine, judge, refusal
from bot.features.options.values import Bad, Good, shorten
from bot.kit.typed_text import DASHES, fold, strip_invisible
from bot.ui.ids import COMMAND

MAX_TEXT_CHARS = 8000
FILLERS = ("record", "please", "pls", "just")  # before a command
_MARKED = re.compile(rf"([{DASHES}]+)([^\W\d_].*|\?)", re.DOTALL)
_ANY_DASH = re.compile(rf"[{DASHES}_]")
_SIZE_SO_FAR = re.compile(r"[0-9]+ ?[x×*](?: ?[0-9]+)?", re.IGNORECASE)
_HELP_NAMES = ("help", "h", "?")
_NO = ("no", "false", "off", "none")
_YES = ("yes", "true", "on")


@dataclass(frozen=True, slots=True)
class Problem:
    reason: str
    accepted: str | None = None


@dataclass(slots=True)
class Reading:
    """What was understood so far. Values are already repaired where a problem was found."""

    words: list[Token] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    wants_help: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A word that is an option: its name as the table spells names, and what follows `=`."""

    name: str
    typed: str
    inline: Token | None

    @property
    def is_help(self) -> bool:
        return self.name in _HELP_NAMES


@dataclass(frozen=True, slots=True)
class _Understood:
    """The command that was read; with problems, the nearest correct one."""

    command: Command
    entry: Entry
    problems: tuple[Problem, ...]


def parse(text: str) -> Command | CommandError:
    """The command in `text`, as Slack sends it (without `/record`). Never raises."""
    if len(text) > MAX_TEXT_CHARS:
        accepted = f"A command can have at most {MAX_TEXT_CHARS} characters. Use the form for more."
        return CommandError("The command is too long.", accepted, COMMAND, COMMAND)
    lexed = lex(text)
    tokens = lexed.tokens
    if tokens and not tokens[0].quoted and fold(tokens[0].text) == COMMAND:
        tokens = tokens[1:]
    understood = _understand(tokens)
    if lexed.unclosed is not None:
        after = shorten(lexed.unclosed, 30)
        where = f"The quote before “{after}”" if after else "The quote at the end"
        unclosed = Problem(f"{where} is not closed.")
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
            f"Unknown command “{shorten(first.text)}”.", f"Commands: {command_words()}."
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
        problems.append(Problem(f"“{entry.word}” does not accept “{extra}”: leave it out."))
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
        accepted = (
            f"It shows 1 to {MAX_LIST_COUNT}. Put a room name that ends in a number in quotes."
        )
        reading.problems.append(Problem(f"The list cannot show {last} recordings.", accepted))
    return max(1, min(MAX_LIST_COUNT, count))


def _take_topic(reading: Reading) -> str | None:
    """The command to explain; `help record start` would be a topic of several words."""
    if not reading.words:
        return None
    matched = match_entry(reading.words)
    if matched and matched[1] == len(reading.words):
        return matched[0].word
    named = shorten(" ".join(t.text for t in reading.words))
    reading.problems.append(Problem(f"Unknown command “{named}”.", f"Commands: {command_words()}."))
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


def mark_of(token: Token, options: Sequence[Option]) -> Mark | None:
    """A word with two hyphens or a long dash is an option; with one hyphen, only a known one."""
    if token.quoted:
        return None
    head, equals, value = token.text.partition("=")
    found = _MARKED.fullmatch(strip_invisible(head))
    if not found:
        return None
    name = _ANY_DASH.sub("-", fold(found[2]))
    if found[1] == "-" and name not in (*_HELP_NAMES, *(o.name for o in options)):
        return None
    inline = Token(value, bare=token.bare, goes_on=token.goes_on) if equals and value else None
    return Mark(name, shorten(found[2], 40), inline)


def read_words(entry: Entry, tokens: Sequence[Token]) -> Reading:
    """Words up to the first option are the arguments; words after a value are, if none came."""
    reading = Reading()
    given: set[str] = set()
    at = 0
    while at < len(tokens):
        mark = mark_of(tokens[at], entry.options)
        if mark is None:
            run = _run_of_words(entry, tokens, at)
            _take_words(reading, run)
            at += len(run)
            continue
        at += 1
        if mark.is_help:
            reading.wants_help = True
            continue
        option = _find_option(entry, mark, reading)
        if option is None:
            if reading.words:  # else these words may be the room
                at += len(_run_of_words(entry, tokens, at))
            continue
        words = _value_words(entry, option, mark, tokens[at:])
        at += len(words) - (1 if mark.inline and words else 0)
        value = _value(option, words, reading)
        if value is not None:
            _keep(option, value, given, reading)
    return reading


def _run_of_words(entry: Entry, tokens: Sequence[Token], at: int) -> list[Token]:
    end = at
    while end < len(tokens) and mark_of(tokens[end], entry.options) is None:
        end += 1
    return list(tokens[at:end])


def _take_words(reading: Reading, run: list[Token]) -> None:
    if not reading.words:
        reading.words = run
        return
    extra = shorten(" ".join(t.text for t in run))
    reading.problems.append(
        Problem(f"“{extra}” does not belong to an option.", "Put text of several words in quotes.")
    )


def _find_option(entry: Entry, mark: Mark, reading: Reading) -> Option | None:
    exact = next((o for o in entry.options if o.name == mark.name), None)
    if exact:
        return exact
    if not entry.options:
        what = f"“{entry.word}”" if entry.word else "This command"
        reading.problems.append(Problem(f"{what} does not accept options."))
        return None
    names = ", ".join(f"--{o.name}" for o in entry.options)
    reading.problems.append(Problem(f"Unknown option --{mark.typed}.", f"Options: {names}."))
    return nearest_option(mark.name, entry.options)


def _value_words(entry: Entry, option: Option, mark: Mark, rest: Sequence[Token]) -> list[Token]:
    words = [mark.inline] if mark.inline else []
    if option.takes is Takes.NOTHING:
        said = rest[:1] if not words and rest and rest[0].bare else ()
        return words or [token for token in said if fold(token.text) in (*_NO, *_YES)]
    for token in rest:
        if mark_of(token, entry.options) or not _continues(option.takes, words, token):
            break
        words.append(token)
    return words


def _continues(takes: Takes, words: list[Token], token: Token) -> bool:
    if not words:
        return True
    if takes is Takes.WORD:
        return False
    if takes is Takes.SIZE:
        return bool(_SIZE_SO_FAR.fullmatch(" ".join(word.text for word in (*words, token))))
    if words[-1].goes_on or (token.bare and token.text.startswith((",", ":"))):
        return True
    return takes is Takes.TEXT and token.bare and all(w.bare for w in words)


def _value(option: Option, words: list[Token], reading: Reading) -> object:
    """The value to use, repaired if need be; None leaves the option out."""
    text = " ".join(word.text for word in words)
    if option.takes is not Takes.NOTHING:
        verdict = judge(option, text)
    elif not words:
        verdict = Good(option.turns)
    else:
        meant = option.turns != (fold(text) in (*_NO, "0"))
        verdict = Bad(f"--{option.name} does not accept a value.", meant)
    if isinstance(verdict, Good):
        return verdict.value
    accepted = option.takes_sentence if option.accepted else None
    reading.problems.append(Problem(verdict.reason, accepted))
    return verdict.repaired


def _keep(option: Option, value: object, given: set[str], reading: Reading) -> None:
    """Given twice, the last one stands; of a yes and a no, the no: it records less."""
    before = reading.values.get(option.field)
    if option.repeatable:
        earlier = before if isinstance(before, tuple) else ()
        if refusal(option, (*earlier, value)):
            reading.problems.append(
                Problem(f"Too many --{option.name} options.", option.takes_sentence)
            )
            return
        reading.values[option.field] = (*earlier, value)
        return
    if option.name in given:
        reading.problems.append(
            Problem(f"--{option.name} is given twice.", f"Give --{option.name} once.")
        )
    elif before is not None:
        reading.problems.append(
            Problem("These options contradict each other.", "Give one of the two options.")
        )
    given.add(option.name)
    reading.values[option.field] = False if before is False else value
