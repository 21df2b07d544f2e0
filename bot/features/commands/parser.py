"""Reads what people type after `/record`: text in, one command or a helpful error out.

Everything that is said of the grammar — what parses, what help says, what is suggested — comes
from `TABLE`; what an option may be is decided by `options.table.parse_options`, as in the form.
Values are never guessed. Where only the name of a command or an option was nearly right, the
error has a correction: it is built as a command and written by `command_line`, so it parses.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.core.options import RecordingOptions
from bot.features.commands.lexer import Token, lex
from bot.features.commands.model import (
    Auto,
    Command,
    CommandError,
    Doctor,
    Find,
    Follow,
    Help,
    List,
    OpenForm,
    Pause,
    Presets,
    Resume,
    Schedule,
    Schedules,
    Settings,
    Start,
    Status,
    Stop,
    Understood,
    Unfollow,
    command_line,
)
from bot.features.commands.table import (
    COUNT,
    DEFAULT_LIST_COUNT,
    MAX_LIST_COUNT,
    ArgumentKind,
    Entry,
    command_words,
    entry_of,
    match_entry,
    nearest_entry,
    nearest_option,
)
from bot.features.options.table import (
    PRESET,
    PRESET_NAME_MOST,
    Flag,
    Takes,
    option_of,
    parse_options,
)
from bot.features.options.values import brief
from bot.kit.typed_text import DASHES, fold, strip_invisible
from bot.ui.forms import FieldErrors
from bot.ui.ids import COMMAND, numbered

MAX_TEXT_CHARS = 8000
FILLERS = ("record", "please", "pls", "just")  # before a command
_MARKED = re.compile(rf"([{DASHES}]+)([^\W\d_].*|\?)", re.DOTALL)
_ANY_DASH = re.compile(rf"[{DASHES}_]")
_SIZE_SO_FAR = re.compile(r"[0-9]+ ?[x×*](?: ?[0-9]+)?", re.IGNORECASE)
_FIND = re.compile(rf"\s*(?:{COMMAND}\s+)?find(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_HELP_NAMES = ("help", "h", "?")
_YES_OR_NO = ("no", "false", "off", "none", "yes", "true", "on")


@dataclass(frozen=True, slots=True)
class Problem:
    """`named`: a name was nearly right, and the nearest one was read in its place."""

    reason: str
    accepted: str | None = None
    named: bool = False


@dataclass(slots=True)
class Reading:
    """What was understood so far. `raw` and `flags`: what was given for an input, by which flag."""

    words: list[Token] = field(default_factory=list)
    raw: dict[str, str] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
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
class _Read:
    """The command that was read; with problems, what remains of it without them."""

    command: Command
    entry: Entry
    problems: tuple[Problem, ...]
    understood: Understood | None = None


def parse(text: str) -> Command | CommandError:
    """The command in `text`, as Slack sends it (without `/record`). Never raises."""
    if len(text) > MAX_TEXT_CHARS:
        accepted = f"A command can have at most {MAX_TEXT_CHARS} characters. Use the form for more."
        return CommandError("The command is too long.", accepted, None, COMMAND, Understood())
    if found := _FIND.fullmatch(text):
        return Find(" ".join((found[1] or "").split()) or None)
    lexed = lex(text)
    tokens = lexed.tokens
    if tokens and not tokens[0].quoted and fold(tokens[0].text) == COMMAND:
        tokens = tokens[1:]
    read = _understand(tokens)
    if lexed.unclosed is not None:
        after = brief(lexed.unclosed, 30)
        where = f"The quote before “{after}”" if after else "The quote at the end"
        unclosed = Problem(f"{where} is not closed.")
        read = replace(read, problems=(unclosed, *read.problems))
    return _error(read) if read.problems else read.command


def _understand(tokens: Sequence[Token]) -> _Read:
    matched = match_entry(tokens)
    if matched:
        entry, used = matched
        return _read(entry, tokens[used:])
    first = tokens[0]
    start = entry_of("start")
    mark = mark_of(first, start.options)
    if mark and not mark.is_help:
        problem = Problem("The command is missing.", f"Commands: {command_words()}.", named=True)
    elif mark:
        return _Read(Help(), entry_of("help"), ())
    else:
        missing = f"Unknown command “{brief(first.text)}”."
        problem = Problem(missing, f"Commands: {command_words()}.", named=True)
    nearest = _read(start, tokens) if mark else _nearest(tokens, start)
    return replace(nearest, problems=(problem, *nearest.problems))


def _nearest(tokens: Sequence[Token], start: Entry) -> _Read:
    """What was probably meant by a first word that is no command; perhaps it is the room."""
    if fold(tokens[0].text) in FILLERS and (later := match_entry(tokens[1:])) and later[1]:
        entry, used = later
        return _read(entry, tokens[1 + used :])
    near = nearest_entry(tokens[0])
    return _read(near, tokens[1:]) if near else _read(start, tokens)


def _read(entry: Entry, tokens: Sequence[Token]) -> _Read:
    """Arguments and options of one command; what cannot be used is left out and said."""
    reading = read_words(entry, tokens)
    if reading.wants_help:
        return _Read(Help(entry.word or None), entry, ())
    problems = reading.problems
    if reading.words and not entry.arguments:
        extra = brief(" ".join(t.text for t in reading.words))
        problems.append(Problem(f"“{entry.word}” does not accept “{extra}”: leave it out."))
    count = _take_count(reading) if entry.takes(ArgumentKind.COUNT) else DEFAULT_LIST_COUNT
    topic = _take_topic(reading) if entry.takes(ArgumentKind.TOPIC) else None
    room = " ".join(t.text for t in reading.words).strip() or None
    preset = _take_preset(reading)
    understood = Understood(room, dict(reading.raw), preset) if entry.word == "start" else None
    options = parse_options(reading.raw)
    if isinstance(options, FieldErrors):
        problems.extend(_option_problems(options, reading.flags))
        options = RecordingOptions()
    command = _build(entry.word, room, options, count, topic)
    if isinstance(command, Start | Schedule):
        command = replace(command, preset=preset)
    return _Read(command, entry, tuple(problems), understood)


def _take_preset(reading: Reading) -> str | None:
    name = " ".join(strip_invisible(reading.raw.pop(PRESET, "")).split())
    if len(name) > PRESET_NAME_MOST:
        wrong = f"--preset: The name of a preset has at most {PRESET_NAME_MOST} characters."
        reading.problems.append(Problem(wrong))
        return None
    return name or None


def _option_problems(errors: FieldErrors, flags: Mapping[str, str]) -> Iterator[Problem]:
    """One for each option, under the name of the flag that was given."""
    by_field: dict[str, list[str]] = {}
    for input_id, sentence in errors.items():
        option = option_of(input_id)
        name = flags.get(input_id) or flags.get(option.field) or option.flags[0].name
        by_field.setdefault(name, []).append(sentence)
    for name, sentences in by_field.items():
        yield Problem(f"--{name}: {' '.join(dict.fromkeys(sentences))}")


def _build(
    word: str, room: str | None, options: RecordingOptions, count: int, topic: str | None
) -> Command:
    commands: dict[str, Command] = {
        "": OpenForm(),
        "start": Start(room, options),
        "schedule": Schedule(room, options),
        "schedules": Schedules(),
        "auto": Auto(room),
        "stop": Stop(room),
        "pause": Pause(room),
        "resume": Resume(room),
        "status": Status(),
        "list": List(room, count),
        "find": Find(room),
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
        accepted = f"It shows 1 to {MAX_LIST_COUNT}. Quote a room name that ends in a number."
        reading.problems.append(Problem(f"The list cannot show {last} recordings.", accepted))
        return DEFAULT_LIST_COUNT
    return count


def _take_topic(reading: Reading) -> str | None:
    """The command to explain; `help record start` would be a topic of several words."""
    if not reading.words:
        return None
    matched = match_entry(reading.words)
    if matched and matched[1] == len(reading.words):
        return matched[0].word
    named = brief(" ".join(t.text for t in reading.words))
    near = matched[0] if matched else nearest_entry(reading.words[0])
    missing, words = f"Unknown command “{named}”.", f"Commands: {command_words()}."
    reading.problems.append(Problem(missing, words, named=near is not None))
    return near.word if near else None


def _error(read: _Read) -> CommandError:
    problems = read.problems
    accepted = "\n".join(dict.fromkeys(p.accepted for p in problems if p.accepted))
    corrected = command_line(read.command) if all(p.named for p in problems) else None
    return CommandError(
        reason="\n".join(dict.fromkeys(p.reason for p in problems)),
        accepted=accepted or None,
        corrected=corrected if corrected and len(corrected) <= MAX_TEXT_CHARS else None,
        usage=read.entry.usage,
        understood=read.understood,
    )


def mark_of(token: Token, flags: Sequence[Flag]) -> Mark | None:
    """A word with two hyphens or a long dash is an option; with one hyphen, only a known one."""
    if token.quoted:
        return None
    head, equals, value = token.text.partition("=")
    found = _MARKED.fullmatch(strip_invisible(head))
    if not found:
        return None
    name = _ANY_DASH.sub("-", fold(found[2]))
    if found[1] == "-" and name not in (*_HELP_NAMES, *(f.name for f in flags)):
        return None
    inline = Token(value, bare=token.bare, goes_on=token.goes_on) if equals and value else None
    return Mark(name, brief(found[2], 40), inline)


def read_words(entry: Entry, tokens: Sequence[Token]) -> Reading:
    """Words up to the first option are the arguments; words after a value are, if none came."""
    reading = Reading()
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
        flag = _find_flag(entry, mark, reading)
        if flag is None:
            if reading.words:  # else these words may be the room
                at += len(_run_of_words(entry, tokens, at))
            continue
        words = _value_words(entry, flag, mark, tokens[at:])
        at += len(words) - (1 if mark.inline and words else 0)
        _keep(flag, words, reading)
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
    extra = brief(" ".join(t.text for t in run))
    reading.problems.append(
        Problem(f"“{extra}” does not belong to an option.", "Put text of several words in quotes.")
    )


def _find_flag(entry: Entry, mark: Mark, reading: Reading) -> Flag | None:
    exact = next((o for o in entry.options if o.name == mark.name), None)
    if exact:
        return exact
    if not entry.options:
        what = f"“{entry.word}”" if entry.word else "This command"
        reading.problems.append(Problem(f"{what} does not accept options."))
        return None
    names = ", ".join(f"--{o.name}" for o in entry.options)
    near = nearest_option(mark.name, entry.options)
    missing = f"Unknown option --{mark.typed}."
    reading.problems.append(Problem(missing, f"Options: {names}.", named=near is not None))
    return near


def _value_words(entry: Entry, flag: Flag, mark: Mark, rest: Sequence[Token]) -> list[Token]:
    words = [mark.inline] if mark.inline else []
    if flag.takes is Takes.NOTHING:
        said = rest[:1] if not words and rest and rest[0].bare else ()
        return words or [token for token in said if fold(token.text) in _YES_OR_NO]
    for token in rest:
        if mark_of(token, entry.options) or not _continues(flag.takes, words, token):
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


def _keep(flag: Flag, words: Sequence[Token], reading: Reading) -> None:
    """What was given for it, right or wrong. Given twice, the last one is kept."""
    text = " ".join(word.text for word in words)
    if flag.takes is Takes.NOTHING and words:
        reading.problems.append(Problem(f"--{flag.name} does not accept a value."))
        return
    if flag.takes is not Takes.NOTHING and not text.strip(f" {flag.separators}"):
        reading.problems.append(Problem(f"--{flag.name} needs a value: {flag.accepted}."))
        return
    given = flag.read(text)
    if flag.repeatable:
        number = sum(name == flag.name for name in reading.flags.values()) // len(given)
        given = {numbered(input_id, number): value for input_id, value in given.items()}
    before = next((reading.flags[i] for i in given if i in reading.flags), None)
    if before == flag.name:
        reading.problems.append(Problem(f"--{flag.name} is given twice. Give it once."))
    elif before is not None:
        both = f"--{before} and --{flag.name} exclude each other. Give one of them."
        reading.problems.append(Problem(both))
    reading.raw.update(given)
    reading.flags.update(dict.fromkeys(given, flag.name))
