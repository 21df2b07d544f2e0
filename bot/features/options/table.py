"""All options of a recording in one table: flags, labels, validation and display.

`Raw` maps the ids of form inputs to the typed or chosen values, valid or not. The command line
builds one from its flags and the form one from its inputs; `parse_options` validates both.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from pydantic import ValidationError

from bot.core.options import (
    LONG_SIDE_PX,
    MAX_CONTEXT_CHARS,
    MAX_DESTINATION_CHARS,
    MAX_SECTION_TITLE_CHARS,
    MAX_SECTIONS,
    MAX_VOCABULARY,
    NAMED_RESOLUTIONS,
    SHORT_SIDE_PX,
    TEMPERATURE,
    Conflict,
    RecordingOptions,
)
from bot.features.options import values
from bot.features.options.values import FORMATS, OFF, ON, Wrong
from bot.kit.typed_text import fold
from bot.ui import ids
from bot.ui.forms import FieldErrors
from bot.ui.text import count, esc

Raw = Mapping[str, str]

CUSTOM = "custom"  # the resolution is in width and height
PRESET = "preset"  # the name of a preset, which stands for other options
PRESET_NAME_MOST = 40
SECTIONS = "sections"
_SIZE = re.compile(r"([0-9]{1,100})\s*[x×*]\s*([0-9]{1,100})")


class Takes(Enum):
    """How many words after a flag are its value, if they are not quoted."""

    NOTHING = auto()
    WORD = auto()
    SIZE = auto()  # a word, or 1280 x 720 in three
    LIST = auto()  # continues after a comma
    TEXT = auto()  # every word up to the next flag


@dataclass(frozen=True, slots=True)
class Flag:
    """The syntax of an option after `/record start`.

    `read` converts the text after the flag to raw. `accepted` describes the value in the help.
    """

    name: str
    help: str
    read: Callable[[str], Raw]
    placeholder: str = ""
    accepted: str = ""
    takes: Takes = Takes.NOTHING
    separators: str = ""  # a value of only these counts as empty
    repeatable: bool = False  # the ids of its inputs are numbered
    hints: tuple[str, ...] = ()  # other names that people try; the bot suggests the flag for them

    @property
    def usage(self) -> str:
        return f"--{self.name} {self.placeholder}".rstrip()


@dataclass(frozen=True, slots=True)
class Option:
    """One field of `RecordingOptions`.

    `parse` returns its value, None if none was given, or the errors by input. `write` is the
    inverse: `parse(write(options))` is the field's value. `show` writes it, escaped, for the line
    of a recording's settings. The switch `needs` must be on, and `excluded_by` off.
    """

    field: str
    label: str
    flags: tuple[Flag, ...]
    parse: Callable[[Raw], object | FieldErrors]
    write: Callable[[RecordingOptions], Raw]
    show: Callable[[RecordingOptions], str]
    needs: str | None = None
    excluded_by: str | None = None
    inputs: tuple[str, ...] = ()  # of the form, in addition to the field itself


# ---- options of one input --------------------------------------------------------------------


def _judged(field: str, judge: Callable[[str], object], text: str) -> object | FieldErrors:
    try:
        return judge(text)
    except Wrong as wrong:
        return FieldErrors({field: str(wrong)})


def _option(
    field: str,
    label: str,
    *flags: Flag,
    judge: Callable[[str], object],
    show: Callable[[RecordingOptions], str] = lambda _: "",
    text: Callable[[Any], str] = str,
    needs: str | None = None,
) -> Option:
    """Build an option with one input. `text` writes a value as typed; defaults are not written."""
    default = RecordingOptions.model_fields[field].default

    def write(options: RecordingOptions) -> Raw:
        value = getattr(options, field)
        return {} if value == default else {field: text(value)}

    return Option(
        field=field,
        label=label,
        flags=flags,
        parse=lambda raw: _judged(field, judge, raw[field]) if field in raw else None,
        write=write,
        show=show,
        needs=needs,
    )


def _flag(
    field: str,
    name: str,
    placeholder: str,
    about: str,
    accepted: str,
    **more: Any,
) -> Flag:
    """Build a flag whose text is the input's value."""
    return Flag(
        name=name,
        help=about,
        read=lambda text: {field: text},
        placeholder=placeholder,
        accepted=accepted,
        **{"takes": Takes.TEXT, **more},
    )


def _switch(field: str, name: str, about: str, turns: str, hints: tuple[str, ...] = ()) -> Flag:
    return Flag(name, about, read=lambda _: {field: turns}, hints=hints)


def _on_or_off(value: bool) -> str:
    return ON if value else OFF


# ---- resolution ------------------------------------------------------------------------------


def _read_size(text: str) -> Raw:
    word = fold(text)
    if size := _SIZE.fullmatch(word):
        return {
            ids.START_RESOLUTION: CUSTOM,
            ids.START_WIDTH: size[1],
            ids.START_HEIGHT: size[2],
        }
    return {ids.START_RESOLUTION: word if word in NAMED_RESOLUTIONS else text}


def _parse_resolution(raw: Raw) -> object | FieldErrors:
    choice = raw.get(ids.START_RESOLUTION)
    if choice is None:
        return None
    if choice != CUSTOM:
        return _judged(ids.START_RESOLUTION, values.named_resolution, choice)
    width = _judged(ids.START_WIDTH, values.width, raw.get(ids.START_WIDTH, ""))
    height = _judged(ids.START_HEIGHT, values.height, raw.get(ids.START_HEIGHT, ""))
    if not (isinstance(width, int) and isinstance(height, int)):
        wrong = [side for side in (width, height) if isinstance(side, FieldErrors)]
        return FieldErrors({field: why for side in wrong for field, why in side.items()})
    if change := values.side_to_change(width, height):
        return FieldErrors([change])
    return {"width": width, "height": height}


def _write_resolution(o: RecordingOptions) -> Raw:
    size = o.resolution
    if size is None:
        return {}
    for name, named in NAMED_RESOLUTIONS.items():
        if named == size:
            return {ids.START_RESOLUTION: name}
    return {
        ids.START_RESOLUTION: CUSTOM,
        ids.START_WIDTH: str(size.width),
        ids.START_HEIGHT: str(size.height),
    }


def _show_resolution(o: RecordingOptions) -> str:
    raw = _write_resolution(o)
    if raw.get(ids.START_RESOLUTION) == CUSTOM:
        return f"{raw[ids.START_WIDTH]}×{raw[ids.START_HEIGHT]}"
    return raw.get(ids.START_RESOLUTION, "")


# ---- sections --------------------------------------------------------------------------------


def _read_section(text: str) -> Raw:
    """Split `title:format`; the colon of “10:30” or “Next: plans” belongs to the title."""
    title, colon, tail = text.rpartition(":")
    form = fold(tail)
    if not colon or (form and form not in FORMATS and not tail.isalpha()):
        title, form = text, ""
    elif form not in FORMATS:
        form = tail.strip()
    return {
        ids.START_SECTION_TITLE: title.strip(),
        ids.START_SECTION_FORMAT: form or FORMATS[0],
    }


def section_ids(raw: Raw) -> list[tuple[str, str]]:
    """Return the input ids of each section, title and format, in the given order."""
    titles = [key for key in raw if key.startswith(f"{ids.START_SECTION_TITLE}.")]
    return [(t, t.replace(ids.START_SECTION_TITLE, ids.START_SECTION_FORMAT, 1)) for t in titles]


def _parse_sections(raw: Raw) -> object | FieldErrors:
    errors = FieldErrors()
    sections: list[object] = []
    for title_id, format_id in section_ids(raw):
        title = _judged(title_id, values.section_title, raw[title_id])
        form = _judged(format_id, values.section_format, raw.get(format_id, FORMATS[0]))
        if len(sections) >= MAX_SECTIONS:
            title = FieldErrors({title_id: f"At most {MAX_SECTIONS} sections. Remove the others."})
        for found in (title, form):
            if isinstance(found, FieldErrors):
                errors.update(found)
        sections.append({"title": title, "format": form})
    return errors or tuple(sections)


def _write_sections(o: RecordingOptions) -> Raw:
    raw: dict[str, str] = {}
    for n, section in enumerate(o.sections):
        raw[ids.numbered(ids.START_SECTION_TITLE, n)] = section.title
        raw[ids.numbered(ids.START_SECTION_FORMAT, n)] = section.format
    return raw


# ---- on one line -----------------------------------------------------------------------------


def _show_transcript(o: RecordingOptions) -> str:
    if o.transcription is None:
        return ""
    modes = f" ({', '.join(o.output_modes)})" if o.output_modes else ""
    return f"transcript{modes}" if o.transcription else "no transcript"


def _show_summary(o: RecordingOptions) -> str:
    if not o.transcription or o.summary is None:
        return ""
    sections = f" ({count(len(o.sections), 'section')})" if o.sections else ""
    return f"summary{sections}" if o.summary else "no summary"


# ---- the table -------------------------------------------------------------------------------

OPTIONS: tuple[Option, ...] = (
    Option(
        field=ids.START_RESOLUTION,
        label="Resolution",
        flags=(
            Flag(
                name="res",
                help="Set the size of the video.",
                read=_read_size,
                placeholder="<size>",
                accepted=f"{', '.join(NAMED_RESOLUTIONS)} or WIDTHxHEIGHT such as 1280x720 "
                f"(smaller side {SHORT_SIDE_PX[0]} to {SHORT_SIDE_PX[1]}, larger side "
                f"{LONG_SIDE_PX[0]} to {LONG_SIDE_PX[1]} pixels)",
                takes=Takes.SIZE,
                hints=("resolution", "size", "quality", "video"),
            ),
        ),
        parse=_parse_resolution,
        write=_write_resolution,
        show=_show_resolution,
        excluded_by=ids.START_AUDIO_ONLY,
        inputs=(ids.START_WIDTH, ids.START_HEIGHT),
    ),
    _option(
        ids.START_AUDIO_ONLY,
        "Record",
        _switch(
            ids.START_AUDIO_ONLY,
            "audio",
            "Record sound only.",
            ON,
            hints=("audio-only", "sound", "no-video"),
        ),
        judge=values.switch,
        text=_on_or_off,
        show=lambda o: "audio only" if o.audio_only else "",
    ),
    _option(
        ids.START_TRANSCRIPTION,
        "Transcript",
        _switch(
            ids.START_TRANSCRIPTION,
            "transcript",
            "Make a transcript.",
            ON,
            hints=("transcription", "transcribe"),
        ),
        _switch(
            ids.START_TRANSCRIPTION,
            "no-transcript",
            "Do not make a transcript.",
            OFF,
            hints=("no-transcription",),
        ),
        judge=values.switch,
        text=_on_or_off,
        show=_show_transcript,
    ),
    _option(
        ids.START_OUTPUT_MODES,
        "Transcript files",
        _flag(
            ids.START_OUTPUT_MODES,
            "modes",
            "<list>",
            "Choose the files of the transcript.",
            "txt, srt and json, separated by commas",
            takes=Takes.LIST,
            separators=",;+/",
            hints=("mode", "output-modes", "formats", "format"),
        ),
        judge=values.output_modes,
        text=",".join,
        needs=ids.START_TRANSCRIPTION,
    ),
    _option(
        ids.START_VOCABULARY,
        "Vocabulary",
        _flag(
            ids.START_VOCABULARY,
            "vocab",
            '"<a, b, c>"',
            "List words that the transcript should spell correctly.",
            f"words separated by commas, at most {MAX_VOCABULARY}",
            separators=",",
            hints=("vocabulary", "custom-vocabulary", "words"),
        ),
        judge=values.vocabulary,
        text="\n".join,
        show=lambda o: count(len(o.vocabulary), "special word") if o.vocabulary else "",
        needs=ids.START_TRANSCRIPTION,
    ),
    _option(
        ids.START_SUMMARY,
        "Summary",
        _switch(
            ids.START_SUMMARY,
            "summary",
            "Make a summary, and the transcript for it.",
            ON,
            hints=("summarise", "summarize"),
        ),
        _switch(ids.START_SUMMARY, "no-summary", "Make a transcript, but no summary.", OFF),
        judge=values.switch,
        text=_on_or_off,
        show=_show_summary,
        needs=ids.START_TRANSCRIPTION,
    ),
    _option(
        ids.START_CONTEXT,
        "Context for the summary",
        _flag(
            ids.START_CONTEXT,
            "context",
            '"<text>"',
            "Describe what the meeting is about, for the summary.",
            f"text of at most {MAX_CONTEXT_CHARS} characters",
            hints=("about", "prompt"),
        ),
        judge=values.context,
        needs=ids.START_SUMMARY,
    ),
    _option(
        ids.START_TEMPERATURE,
        "Temperature",
        _flag(
            ids.START_TEMPERATURE,
            "temperature",
            "<number>",
            "Set how freely the summary is worded.",
            f"a number from {TEMPERATURE[0]} to {TEMPERATURE[1]}",
            takes=Takes.WORD,
            hints=("temp",),
        ),
        judge=values.temperature,
        needs=ids.START_SUMMARY,
    ),
    Option(
        field=SECTIONS,
        label="Section",
        flags=(
            Flag(
                name="section",
                help="Add a section to the summary. Repeat for more.",
                read=_read_section,
                placeholder='"<title:format>"',
                accepted="a title, then :bullets (the default) or :paragraph. "
                f"At most {MAX_SECTIONS} sections, titles of at most "
                f"{MAX_SECTION_TITLE_CHARS} characters",
                takes=Takes.TEXT,
                repeatable=True,
                hints=("sections",),
            ),
        ),
        parse=_parse_sections,
        write=_write_sections,
        show=lambda _: "",
        needs=ids.START_SUMMARY,
        inputs=(ids.START_SECTION_TITLE, ids.START_SECTION_FORMAT),
    ),
    _option(
        ids.START_MEETING_URL,
        "Meeting URL",
        _flag(
            ids.START_MEETING_URL,
            "url",
            "<meeting url>",
            "Record this page instead of the room's own.",
            "a full web address such as https://acme.app.100ms.live/meeting/abc-defg-hij",
            takes=Takes.WORD,
            hints=("meeting-url", "link", "meeting"),
        ),
        judge=values.meeting_url,
        show=lambda o: "own meeting URL" if o.meeting_url else "",
    ),
    _option(
        ids.START_DESTINATION,
        "Storage destination",
        _flag(
            ids.START_DESTINATION,
            "destination",
            "<name>",
            "Store the files in this destination of the template.",
            "the name of a destination of the room's template, at most "
            f"{MAX_DESTINATION_CHARS} characters",
            hints=("dest", "storage", "bucket"),
        ),
        judge=values.destination,
        show=lambda o: f"to {esc(o.destination, 60)}" if o.destination else "",
    ),
)

LABELS: Mapping[str, str] = {option.field: option.label for option in OPTIONS}

START_FLAGS: tuple[Flag, ...] = (
    *(flag for option in OPTIONS for flag in option.flags),
    _flag(
        PRESET,
        PRESET,
        "<name>",
        "Use a preset. Options you give override it.",
        f"the name of a preset, at most {PRESET_NAME_MOST} characters",
        hints=("presets", "template", "like", "use"),
    ),
)

_OPTION_OF: Mapping[str, Option] = {
    given: option for option in OPTIONS for given in (option.field, *option.inputs)
}


def option_of(input_id: str) -> Option:
    """Return the option of an input; the input ids of sections are numbered."""
    return _OPTION_OF[input_id.partition(".")[0]]


def is_said(option: Option, raw: Raw) -> bool:
    return any(_OPTION_OF.get(key.partition(".")[0]) is option for key in raw)


def parse_options(raw: Raw) -> RecordingOptions | FieldErrors:
    """Return the options, or all errors by input. Never raises."""
    errors = FieldErrors()
    given: dict[str, object] = {}
    for option in OPTIONS:
        value = option.parse(raw)
        if isinstance(value, FieldErrors):
            errors.update(value)
        elif value is not None:
            given[option.field] = value
    if errors:
        return errors
    try:
        return RecordingOptions.model_validate(given)
    except ValidationError as refused:
        return FieldErrors([_refusal(refused)])


def _refusal(refused: ValidationError) -> tuple[str, str]:
    """Return the field and the reason if options exclude each other."""
    first = refused.errors()[0]
    why = first.get("ctx", {}).get("error")
    if isinstance(why, Conflict):
        return why.field, str(why)
    return str(first["loc"][0]) if first["loc"] else ids.START_RESOLUTION, first["msg"]


def write_options(options: RecordingOptions) -> dict[str, str]:
    """Return options as typed text: `parse_options(write_options(options)) == options`."""
    return {k: text for option in OPTIONS for k, text in option.write(options).items()}


def with_switches(raw: Raw) -> dict[str, str]:
    """Add the switches that the given options imply, as `RecordingOptions` does."""
    on = dict(raw)
    for option in reversed(OPTIONS):  # a switch precedes the options that need it
        if option.needs and is_said(option, on):
            on.setdefault(option.needs, ON)
    return on


def overlaid(base: Raw, over: Raw) -> dict[str, str]:
    """Merge `over` into `base`; if they exclude each other, `over` wins."""
    said = with_switches(over)
    return {k: text for k, text in base.items() if not _gives_way(option_of(k), said)} | said


def laid_over(base: RecordingOptions, over: RecordingOptions) -> RecordingOptions:
    """Merge `over` into `base` like `overlaid`, for valid options."""
    said = write_options(over)
    given_up = {option.field for option in OPTIONS if _gives_way(option, said)}
    kept = base.model_dump(exclude_defaults=True, exclude=given_up)
    return RecordingOptions.model_validate(kept | over.model_dump(exclude_defaults=True))


def _gives_way(option: Option, over: Raw) -> bool:
    return (
        is_said(option, over)
        or over.get(option.excluded_by or "") == ON
        or any(is_said(o, over) for o in OPTIONS if o.excluded_by == option.field)
        or _is_off(option, over)
    )


def _is_off(option: Option, raw: Raw) -> bool:
    """Whether a switch that the option needs, directly or indirectly, is off."""
    if option.needs is None:
        return False
    return raw.get(option.needs) == OFF or _is_off(option_of(option.needs), raw)


def options_line(options: RecordingOptions) -> str:
    """Write the requested options on one line; the others follow the template."""
    shown = (option.show(options) for option in OPTIONS)
    return ", ".join(part for part in shown if part) or "template settings"
