"""What people ask for with `/record …`, as values, and how a command is written.

`command_parser.parse` makes them of text. Errors carry what people typed as plain text: escape it
before showing it.
"""

from dataclasses import dataclass, field
from typing import assert_never

from bot.core.options import RecordingOptions
from bot.features.commands.table import COUNT, DEFAULT_LIST_COUNT
from bot.features.options.command_options import START_OPTIONS, Takes
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
    return "" if room is None else quote(room, always=bool(COUNT.fullmatch(room)))


def _option_words(options: RecordingOptions) -> list[str]:
    words: list[str] = []
    for option in START_OPTIONS:
        for shown in option.show(options):
            words.append(f"--{option.name}")
            if option.takes is not Takes.NOTHING:
                words.append(quote(shown))
    return words
