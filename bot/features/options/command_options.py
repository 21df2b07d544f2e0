"""The options of `/record start`: one table to read, correct, show and explain them.

Which values of them stand, alone and together, is decided in `option_rules`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto

from bot.core.options import (
    LONG_SIDE_PX,
    MAX_CONTEXT_CHARS,
    MAX_SECTION_TITLE_CHARS,
    MAX_SECTIONS,
    MAX_VOCABULARY,
    NAMED_RESOLUTIONS,
    SHORT_SIDE_PX,
    TEMPERATURE,
    RecordingOptions,
)
from bot.features.options import values as v
from bot.features.options.values import NAME_MOST, Bad, Good


class Takes(Enum):
    """How many words after an option are its value, when they are not in quotes."""

    NOTHING = auto()
    WORD = auto()
    SIZE = auto()  # a word, or 1280 x 720 in three
    LIST = auto()  # goes on after a comma
    TEXT = auto()  # every word up to the next option


@dataclass(frozen=True, slots=True)
class Option:
    """One row of the grammar: how an option is written, read, shown and explained."""

    name: str
    field: str
    help: str
    show: Callable[[RecordingOptions], Iterable[str]]
    placeholder: str = ""
    accepted: str = ""
    takes: Takes = Takes.NOTHING
    turns: bool = True  # what a flag sets its field to
    read: Callable[[str], Good | Bad] = Good
    repair: Callable[[object], object] = v.leave_out
    rule: str = ""  # said when a limit is broken that has no sentence of its own
    repeatable: bool = False
    hints: tuple[str, ...] = ()  # other names people try; they are suggested, not accepted

    @property
    def usage(self) -> str:
        return f"--{self.name} {self.placeholder}".rstrip()

    @property
    def takes_sentence(self) -> str:
        return f"--{self.name} accepts {self.accepted}."


def _given(text: str | None) -> Iterable[str]:
    return () if text is None else (text,)


def _flag(shown: bool) -> Iterable[str]:
    return ("",) if shown else ()


def _summary_is_implied(o: RecordingOptions) -> bool:
    return bool(o.context or o.sections) or o.temperature is not None


def _transcript_is_implied(o: RecordingOptions) -> bool:
    return bool(o.summary or o.output_modes or o.vocabulary)


PRESET = "preset"  # no option of 100ms': it stands for others

START_OPTIONS: tuple[Option, ...] = (
    Option(
        name="res",
        field="resolution",
        placeholder="<size>",
        help="Set the size of the video.",
        accepted=f"{', '.join(NAMED_RESOLUTIONS)} or WIDTHxHEIGHT such as 1280x720 (smaller side "
        f"{SHORT_SIDE_PX[0]} to {SHORT_SIDE_PX[1]}, larger side "
        f"{LONG_SIDE_PX[0]} to {LONG_SIDE_PX[1]} pixels)",
        takes=Takes.SIZE,
        read=v.read_resolution,
        repair=v.fit_resolution,
        show=lambda o: _given(v.show_resolution(o.resolution)),
        hints=("resolution", "size", "quality", "video"),
    ),
    Option(
        name="audio",
        field="audio_only",
        help="Record sound only.",
        show=lambda o: _flag(o.audio_only),
        hints=("audio-only", "sound", "no-video"),
    ),
    Option(
        name="url",
        field="meeting_url",
        placeholder="<meeting url>",
        help="Record this page instead of the room's own.",
        accepted="a full web address such as https://acme.app.100ms.live/meeting/abc-defg-hij",
        takes=Takes.WORD,
        read=v.read_url,
        repair=v.add_scheme,
        rule="The meeting URL must be at most 2000 characters.",
        show=lambda o: _given(o.meeting_url),
        hints=("meeting-url", "link", "meeting"),
    ),
    Option(
        name="destination",
        field="destination",
        placeholder="<name>",
        help="Store the files in this destination of the template.",
        accepted="the name of a destination of the room's template, at most 255 characters",
        takes=Takes.TEXT,
        rule="The destination must be at most 255 characters.",
        show=lambda o: _given(o.destination),
        hints=("dest", "storage", "bucket"),
    ),
    Option(
        name="transcript",
        field="transcription",
        help="Make a transcript.",
        show=lambda o: _flag(bool(o.transcription) and not _transcript_is_implied(o)),
        hints=("transcription", "transcribe"),
    ),
    Option(
        name="no-transcript",
        field="transcription",
        turns=False,
        help="Do not make a transcript.",
        show=lambda o: _flag(o.transcription is False),
        hints=("no-transcription",),
    ),
    Option(
        name="modes",
        field="output_modes",
        placeholder="<list>",
        help="Choose the files of the transcript.",
        accepted="txt, srt and json, separated by commas",
        takes=Takes.LIST,
        read=v.read_modes,
        show=lambda o: _given(",".join(o.output_modes) or None),
        hints=("mode", "output-modes", "formats", "format"),
    ),
    Option(
        name="vocab",
        field="vocabulary",
        placeholder='"<a, b, c>"',
        help="List words that the transcript should spell correctly.",
        accepted=f"words separated by commas, at most {MAX_VOCABULARY}",
        takes=Takes.TEXT,
        read=v.read_vocabulary,
        repair=v.first_words,
        rule=f"The vocabulary can have at most {MAX_VOCABULARY} words.",
        show=lambda o: _given(", ".join(o.vocabulary) or None),
        hints=("vocabulary", "custom-vocabulary", "words"),
    ),
    Option(
        name="summary",
        field="summary",
        help="Make a summary, and the transcript for it.",
        show=lambda o: _flag(bool(o.summary) and not _summary_is_implied(o)),
        hints=("summarise", "summarize"),
    ),
    Option(
        name="no-summary",
        field="summary",
        turns=False,
        help="Make a transcript, but no summary.",
        show=lambda o: _flag(o.summary is False),
    ),
    Option(
        name="context",
        field="context",
        placeholder='"<text>"',
        help="Describe what the meeting is about, for the summary.",
        accepted=f"text of at most {MAX_CONTEXT_CHARS} characters",
        takes=Takes.TEXT,
        repair=v.cut_context,
        rule=f"The context must be at most {MAX_CONTEXT_CHARS} characters.",
        show=lambda o: _given(o.context),
        hints=("about", "prompt"),
    ),
    Option(
        name="temperature",
        field="temperature",
        placeholder="<number>",
        help="Set how freely the summary is worded.",
        accepted=f"a number from {TEMPERATURE[0]} to {TEMPERATURE[1]}",
        takes=Takes.WORD,
        read=v.read_temperature,
        repair=v.clamp_temperature,
        rule=f"The temperature must be from {TEMPERATURE[0]} to {TEMPERATURE[1]}.",
        show=lambda o: _given(None if o.temperature is None else repr(o.temperature)),
        hints=("temp",),
    ),
    Option(
        name="section",
        field="sections",
        placeholder='"<title:format>"',
        help="Add a section to the summary. Repeat for more.",
        accepted="a title, then :bullets (the default) or :paragraph. "
        f"At most {MAX_SECTIONS} sections, titles of at most {MAX_SECTION_TITLE_CHARS} characters",
        takes=Takes.TEXT,
        read=v.read_section,
        repair=v.cut_title,
        rule=f"A section title must be at most {MAX_SECTION_TITLE_CHARS} characters.",
        show=lambda o: (f"{s.title}:{s.format}" for s in o.sections),
        repeatable=True,
        hints=("sections",),
    ),
    Option(
        name=PRESET,
        field=PRESET,
        placeholder="<name>",
        help="Use the options of a preset. Options you give override it.",
        accepted=f"the name of a preset, at most {NAME_MOST} characters",
        takes=Takes.TEXT,
        read=v.read_name,
        show=lambda _: (),
        hints=("presets", "template", "like", "use"),
    ),
)
