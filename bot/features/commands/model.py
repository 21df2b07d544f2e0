"""What people ask for with `/record …`, as values, and how a command is written.

`parser.parse` makes them of text. Errors carry what people typed as plain text: escape it
before showing it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from bot.core.options import RecordingOptions
from bot.features.commands.table import COUNT, DEFAULT_LIST_COUNT
from bot.features.options.table import PRESET, START_FLAGS, Takes, write_options
from bot.kit.typed_text import quote
from bot.ui.ids import COMMAND


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
class Schedule:
    """`room` is the room and the time, as typed. None: list what is scheduled."""

    room: str | None = None
    options: RecordingOptions = field(default_factory=RecordingOptions)
    preset: str | None = None


@dataclass(frozen=True, slots=True)
class Schedules:
    pass


@dataclass(frozen=True, slots=True)
class Auto:
    """`room` is the room and what to do, as typed: `standup on`."""

    room: str | None = None


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
class Find:
    """`words` are what was said, and filters, as typed but for white space."""

    words: str | None = None


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
    | Schedule
    | Schedules
    | Auto
    | Stop
    | Pause
    | Resume
    | Status
    | List
    | Find
    | Follow
    | Unfollow
    | Doctor
    | Settings
    | Presets
    | Help
)


@dataclass(frozen=True, slots=True)
class Understood:
    """What could be read of a start, right or wrong: the form goes on from here.

    `raw` is what `options.table.parse_options` takes.
    """

    room: str | None = None
    raw: Mapping[str, str] = field(default_factory=dict)
    preset: str | None = None


@dataclass(frozen=True, slots=True)
class CommandError:
    """Why a command was not understood: one line of `reason` for each thing that is wrong.

    `corrected` is ready to paste and always parses; it is there where a name of a command or an
    option was nearly right and nothing else is wrong. `understood`: the start form can help.
    """

    reason: str
    accepted: str | None
    corrected: str | None
    usage: str
    understood: Understood | None = None


def command_line(command: Command) -> str:
    """The command as people would type it: `parse(command_line(c)) == c`."""
    match command:
        case OpenForm():
            return COMMAND
        case Start(room, options, preset) | Schedule(room, options, preset):
            raw = write_options(options) | ({PRESET: preset} if preset else {})
            return _line(type(command).__name__.lower(), _room(room), *_flag_words(raw))
        case Auto(room) | Stop(room) | Pause(room) | Resume(room) | Follow(room) | Unfollow(room):
            return _line(type(command).__name__.lower(), _room(room))
        case Schedules():
            return _line("schedules")
        case Status():
            return _line("status")
        case List(room, count):
            return _line("list", _room(room), "" if count == DEFAULT_LIST_COUNT else str(count))
        case Find(words):
            return _line("find", words or "")
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
    return "" if room is None else quote(room, always=bool(COUNT.fullmatch(room)))


def _flag_words(raw: Mapping[str, str]) -> Iterator[str]:
    for flag in START_FLAGS:
        for text in flag.write(raw):
            yield f"--{flag.name}"
            if flag.takes is not Takes.NOTHING:
                yield quote(text)
