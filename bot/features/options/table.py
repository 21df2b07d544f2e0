"""Every option of a recording in one table: how it is written, named, judged and shown.

`Raw` is what somebody typed or chose, right or wrong, by the id of the form's input. The command
line makes one of its flags and the form one of its inputs; `parse_options` judges both.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import get_args

from pydantic import ValidationError

from bot.core.options import (
    LONG_SIDE_PX,
    MAX_CONTEXT_CHARS,
    MAX_DESTINATION_CHARS,
    MAX_SECTION_TITLE_CHARS,
    MAX_SECTIONS,
    MAX_URL_CHARS,
    MAX_VOCABULARY,
    NAMED_RESOLUTIONS,
    SHORT_SIDE_PX,
    TEMPERATURE,
    Conflict,
    OutputMode,
    RecordingOptions,
    SectionFormat,
)
from bot.kit.typed_text import fold, strip_invisible, unwrap_link
from bot.ui import ids
from bot.ui.forms import FieldErrors
from bot.ui.text import count, esc

Raw = Mapping[str, str]

ON, OFF = "on", "off"
CUSTOM = "custom"  # the resolution is in width and height
PRESET = "preset"  # stands for other options; a name
PRESET_NAME_MOST = 40
MODES: tuple[OutputMode, ...] = get_args(OutputMode)
FORMATS: tuple[SectionFormat, ...] = get_args(SectionFormat)

_SUGGESTION_MOST = 120
_SIZE = re.compile(r"([0-9]{1,100})\s*[x×*]\s*([0-9]{1,100})")
_WHOLE = re.compile(r"[0-9]{1,100}")
_NUMBER = re.compile(r"[0-9]{0,9}[.,]?[0-9]{1,20}|[0-9]{1,9}[.,]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_NEAR_SCHEME = re.compile(r"\A(?:https?:?)?/+|\Ahttps?:", re.IGNORECASE)


class Takes(Enum):
    """How many words after a flag are its value, when they are not in quotes."""

    NOTHING = auto()
    WORD = auto()
    SIZE = auto()  # a word, or 1280 x 720 in three
    LIST = auto()  # goes on after a comma
    TEXT = auto()  # every word up to the next flag


@dataclass(frozen=True, slots=True)
class Flag:
    """How an option is written after `/record start`.

    `read` makes raw of the text that follows the flag; `write` is its inverse, one text for each
    time that the flag is given. `accepted` is what help says of the value.
    """

    name: str
    help: str
    read: Callable[[str], Raw]
    write: Callable[[Raw], Iterable[str]]
    placeholder: str = ""
    accepted: str = ""
    takes: Takes = Takes.NOTHING
    separators: str = ""  # a value of nothing but these is none
    repeatable: bool = False  # the ids of its inputs are numbered
    hints: tuple[str, ...] = ()  # other names people try; they are suggested, not accepted

    @property
    def usage(self) -> str:
        return f"--{self.name} {self.placeholder}".rstrip()


class Wrong(Exception):
    """A value is not accepted: input id → what is wrong and what is accepted instead."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__()
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Option:
    """One field of `RecordingOptions`.

    `parse` gives its value, None where nothing was said, or raises `Wrong`; `write` is the
    inverse: `parse(write(options))` is the field's value. `show` is for the line of a recording's
    settings, already escaped. `needs` is the switch that must be on, `excluded_by` the one that
    must be off.
    """

    field: str
    label: str
    flags: tuple[Flag, ...]
    parse: Callable[[Raw], object]
    write: Callable[[RecordingOptions], Raw]
    show: Callable[[RecordingOptions], str]
    needs: str | None = None
    excluded_by: str | None = None
    inputs: tuple[str, ...] = ()  # of the form, besides the field itself


# ---- what the options share ------------------------------------------------------------------


def _value_flag(
    field: str,
    name: str,
    placeholder: str,
    about: str,
    accepted: str,
    *,
    takes: Takes = Takes.TEXT,
    separators: str = "",
    hints: tuple[str, ...] = (),
) -> Flag:
    """The text after the flag is the text of the input."""
    return Flag(
        name=name,
        help=about,
        read=lambda text: {field: text},
        write=lambda raw: (raw[field],) if field in raw else (),
        placeholder=placeholder,
        accepted=accepted,
        takes=takes,
        separators=separators,
        hints=hints,
    )


def _switch_flag(
    field: str, name: str, about: str, turns: str = ON, hints: tuple[str, ...] = ()
) -> Flag:
    """Not written where an option that needs the switch turns it on anyway."""

    def write(raw: Raw) -> Iterable[str]:
        implied = any(o.needs == field and is_said(o, raw) for o in OPTIONS)
        return ("",) if raw.get(field) == turns and not (turns == ON and implied) else ()

    return Flag(name, about, read=lambda _: {field: turns}, write=write, hints=hints)


def _parse_switch(field: str) -> Callable[[Raw], bool | None]:
    return lambda raw: {ON: True, OFF: False}.get(raw.get(field, ""))


def _write_switch(field: str, value: bool | None) -> Raw:
    return {} if value is None else {field: ON if value else OFF}


def _parse_text(field: str, most: int) -> Callable[[Raw], str | None]:
    def parse(raw: Raw) -> str | None:
        text = raw.get(field, "").strip()
        return _within(field, text, most) or None

    return parse


def _within(field: str, text: str, most: int) -> str:
    if len(text) > most:
        over = count(len(text) - most, "character")
        raise Wrong({field: f"This is {over} too long. Shorten it to {most:,} or fewer."})
    return text


def _write_text(field: str, text: str | None) -> Raw:
    return {} if text is None else {field: text}


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


def _size_words(raw: Raw) -> Iterable[str]:
    choice = raw.get(ids.START_RESOLUTION)
    if choice == CUSTOM:
        yield f"{raw[ids.START_WIDTH]}x{raw[ids.START_HEIGHT]}"
    elif choice:
        yield choice


def _parse_resolution(raw: Raw) -> object:
    choice = raw.get(ids.START_RESOLUTION)
    if choice is None:
        return None
    if choice in NAMED_RESOLUTIONS:
        return NAMED_RESOLUTIONS[choice]
    if choice != CUSTOM:
        names = ", ".join(NAMED_RESOLUTIONS)
        sentence = f"“{brief(choice)}” is not a resolution. Give {names} or a size like 1280x720."
        raise Wrong({ids.START_RESOLUTION: sentence})
    sides: dict[str, int] = {}
    errors: dict[str, str] = {}
    for field, name, example in (
        (ids.START_WIDTH, "width", 1280),
        (ids.START_HEIGHT, "height", 720),
    ):
        side = _side(raw.get(field, ""), name, example)
        if isinstance(side, int):
            sides[field] = side
        else:
            errors[field] = side
    if errors:
        raise Wrong(errors)
    width, height = sides[ids.START_WIDTH], sides[ids.START_HEIGHT]
    _check_sides_together(width, height)
    return {"width": width, "height": height}


def _side(typed: str, name: str, example: int) -> int | str:
    """The number of pixels; or, in a sentence, why it can be none, whatever the other side is."""
    low, high = SHORT_SIDE_PX[0], LONG_SIDE_PX[1]
    text = fold(typed).removesuffix("px").strip()
    if not text:
        return f"Give the {name} in pixels, such as {example}."
    if not _WHOLE.fullmatch(text):
        return f"Give the {name} as a whole number of pixels, such as {example}."
    if not low <= int(text) <= high:
        return f"The {name} must be {low} to {high} pixels."
    return int(text)


def _check_sides_together(width: int, height: int) -> None:
    """Raises Wrong at the side to change."""
    smaller, larger = ("width", "height") if width < height else ("height", "width")
    if min(width, height) > SHORT_SIDE_PX[1]:
        limit = f"must be at most {SHORT_SIDE_PX[1]} pixels"
        raise Wrong({smaller: f"The smaller side {limit}. Change the {smaller}."})
    if max(width, height) < LONG_SIDE_PX[0]:
        limit = f"must be at least {LONG_SIDE_PX[0]} pixels"
        raise Wrong({larger: f"The larger side {limit}. Change the {larger}."})


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
    if o.resolution is None or o.audio_only:
        return ""
    raw = _write_resolution(o)
    named = raw[ids.START_RESOLUTION]
    return named if named != CUSTOM else f"{o.resolution.width}×{o.resolution.height}"


# ---- page and storage ------------------------------------------------------------------------


def _parse_url(raw: Raw) -> str | None:
    field = ids.START_MEETING_URL
    url = strip_invisible(unwrap_link(raw.get(field, ""))).strip()
    if not url:
        return None
    if any(c.isspace() for c in url):
        raise Wrong({field: "A web address has no spaces or line breaks. Take them out."})
    _within(field, url, MAX_URL_CHARS)
    if _is_web_address(url):
        return url
    meant = url if _SCHEME.match(url) else "https://" + _NEAR_SCHEME.sub("", url)
    host = meant.partition("://")[2].partition("/")[0]
    if meant != url and "." in host.strip(".") and _is_web_address(meant):
        shown = f": {meant}" if len(meant) <= _SUGGESTION_MOST else "."
        raise Wrong({field: f"Put https:// in front of it{shown}"})
    raise Wrong(
        {field: "Give the full web address, such as https://acme.app.100ms.live/preview/…."}
    )


def _is_web_address(url: str) -> bool:
    try:
        return RecordingOptions(meeting_url=url).meeting_url == url
    except ValidationError:
        return False


# ---- transcript and summary ------------------------------------------------------------------


def mode_words(raw: Raw) -> list[str]:
    return [w for w in re.split(r"[\s,;+/]+", fold(raw.get(ids.START_OUTPUT_MODES, ""))) if w]


def _parse_modes(raw: Raw) -> tuple[str, ...]:
    words = mode_words(raw)
    for word in words:
        if word not in MODES:
            sentence = f"“{brief(word)}” is not a transcript file. Choose from txt, srt and json."
            raise Wrong({ids.START_OUTPUT_MODES: sentence})
    return tuple(dict.fromkeys(words))


def _parse_vocabulary(raw: Raw) -> tuple[str, ...]:
    """One per line or separated by commas; each counts once."""
    parts = (part.strip() for part in re.split(r"[,\n\r]", raw.get(ids.START_VOCABULARY, "")))
    terms = tuple(dict.fromkeys(part for part in parts if part))
    if over := max(0, len(terms) - MAX_VOCABULARY):
        sentence = f"At most {MAX_VOCABULARY} words or terms. Take out {over:,} of them."
        raise Wrong({ids.START_VOCABULARY: sentence})
    return terms


def _vocabulary_words(raw: Raw) -> Iterable[str]:
    text = raw.get(ids.START_VOCABULARY)
    return () if text is None else (text.replace("\n", ", "),)


def _parse_temperature(raw: Raw) -> float | None:
    """Half of the world writes 0,3."""
    low, high = TEMPERATURE
    text = fold(raw.get(ids.START_TEMPERATURE, ""))
    if not text:
        return None
    number = float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None
    if number is None or not low <= number <= high:
        sentence = f"Give a number from {low} to {high}, such as 0.5."
        raise Wrong({ids.START_TEMPERATURE: sentence})
    return number


def _read_section(text: str) -> Raw:
    """`title:format`; the colon of “10:30” or “Next: plans” belongs to the title."""
    title, colon, tail = text.rpartition(":")
    word = fold(tail)
    if colon and (not word or word in FORMATS or tail.isalpha()):
        given = word if word in FORMATS else tail.strip()
        return {
            ids.START_SECTION_TITLE: title.strip(),
            ids.START_SECTION_FORMAT: given or FORMATS[0],
        }
    return {ids.START_SECTION_TITLE: text.strip(), ids.START_SECTION_FORMAT: FORMATS[0]}


def section_ids(raw: Raw) -> list[str]:
    """The numbers of the sections, in the order given."""
    prefix = f"{ids.START_SECTION_TITLE}."
    return [key.removeprefix(prefix) for key in raw if key.startswith(prefix)]


def _section_words(raw: Raw) -> Iterable[str]:
    for n in section_ids(raw):
        title, form = (
            raw[f"{field}.{n}"] for field in (ids.START_SECTION_TITLE, ids.START_SECTION_FORMAT)
        )
        yield f"{title}:{form}"


def _parse_sections(raw: Raw) -> tuple[object, ...]:
    errors: dict[str, str] = {}
    sections: list[object] = []
    for place, n in enumerate(section_ids(raw)):
        title_id, format_id = f"{ids.START_SECTION_TITLE}.{n}", f"{ids.START_SECTION_FORMAT}.{n}"
        title, form = raw[title_id].strip(), raw.get(format_id, FORMATS[0])
        if place >= MAX_SECTIONS:
            errors[title_id] = f"At most {MAX_SECTIONS} sections. Remove the others."
        elif not title:
            errors[title_id] = "Give this section a title, or remove it."
        else:
            try:
                _within(title_id, title, MAX_SECTION_TITLE_CHARS)
            except Wrong as wrong:
                errors |= wrong.errors
        if form not in FORMATS:
            errors[format_id] = f"“{brief(form)}” is not a format. Choose {' or '.join(FORMATS)}."
        sections.append({"title": title, "format": form})
    if errors:
        raise Wrong(errors)
    return tuple(sections)


def _write_sections(o: RecordingOptions) -> Raw:
    raw: dict[str, str] = {}
    for n, section in enumerate(o.sections):
        raw[ids.numbered(ids.START_SECTION_TITLE, n)] = section.title
        raw[ids.numbered(ids.START_SECTION_FORMAT, n)] = section.format
    return raw


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


def _nothing(_: RecordingOptions) -> str:
    """What belongs to another option is shown with it, or left to the form."""
    return ""


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
                write=_size_words,
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
    Option(
        field=ids.START_AUDIO_ONLY,
        label="Record",
        flags=(
            _switch_flag(
                ids.START_AUDIO_ONLY,
                "audio",
                "Record sound only.",
                hints=("audio-only", "sound", "no-video"),
            ),
        ),
        parse=_parse_switch(ids.START_AUDIO_ONLY),
        write=lambda o: _write_switch(ids.START_AUDIO_ONLY, o.audio_only or None),
        show=lambda o: "audio only" if o.audio_only else "",
    ),
    Option(
        field=ids.START_TRANSCRIPTION,
        label="Transcript",
        flags=(
            _switch_flag(
                ids.START_TRANSCRIPTION,
                "transcript",
                "Make a transcript.",
                hints=("transcription", "transcribe"),
            ),
            _switch_flag(
                ids.START_TRANSCRIPTION,
                "no-transcript",
                "Make no transcript.",
                turns=OFF,
                hints=("no-transcription",),
            ),
        ),
        parse=_parse_switch(ids.START_TRANSCRIPTION),
        write=lambda o: _write_switch(ids.START_TRANSCRIPTION, o.transcription),
        show=_show_transcript,
    ),
    Option(
        field=ids.START_OUTPUT_MODES,
        label="Transcript files",
        flags=(
            _value_flag(
                ids.START_OUTPUT_MODES,
                "modes",
                "<list>",
                "Choose the files of the transcript.",
                "txt, srt and json, separated by commas",
                takes=Takes.LIST,
                separators=",;+/",
                hints=("mode", "output-modes", "formats", "format"),
            ),
        ),
        parse=_parse_modes,
        write=lambda o: _write_text(ids.START_OUTPUT_MODES, ",".join(o.output_modes) or None),
        show=_nothing,
        needs=ids.START_TRANSCRIPTION,
    ),
    Option(
        field=ids.START_VOCABULARY,
        label="Vocabulary",
        flags=(
            Flag(
                name="vocab",
                help="Name words that the transcript must spell right.",
                read=lambda text: {ids.START_VOCABULARY: text},
                write=_vocabulary_words,
                placeholder='"<a, b, c>"',
                accepted=f"words separated by commas, at most {MAX_VOCABULARY}",
                takes=Takes.TEXT,
                separators=",",
                hints=("vocabulary", "custom-vocabulary", "words"),
            ),
        ),
        parse=_parse_vocabulary,
        write=lambda o: _write_text(ids.START_VOCABULARY, "\n".join(o.vocabulary) or None),
        show=lambda o: count(len(o.vocabulary), "special word") if o.vocabulary else "",
        needs=ids.START_TRANSCRIPTION,
    ),
    Option(
        field=ids.START_SUMMARY,
        label="Summary",
        flags=(
            _switch_flag(
                ids.START_SUMMARY,
                "summary",
                "Make a summary, and the transcript for it.",
                hints=("summarise", "summarize"),
            ),
            _switch_flag(
                ids.START_SUMMARY,
                "no-summary",
                "Make a transcript, but no summary.",
                turns=OFF,
            ),
        ),
        parse=_parse_switch(ids.START_SUMMARY),
        write=lambda o: _write_switch(ids.START_SUMMARY, o.summary),
        show=_show_summary,
        needs=ids.START_TRANSCRIPTION,
    ),
    Option(
        field=ids.START_CONTEXT,
        label="Context for the summary",
        flags=(
            _value_flag(
                ids.START_CONTEXT,
                "context",
                '"<text>"',
                "Say what the meeting is about, for the summary.",
                f"text of at most {MAX_CONTEXT_CHARS} characters",
                hints=("about", "prompt"),
            ),
        ),
        parse=_parse_text(ids.START_CONTEXT, MAX_CONTEXT_CHARS),
        write=lambda o: _write_text(ids.START_CONTEXT, o.context),
        show=_nothing,
        needs=ids.START_SUMMARY,
    ),
    Option(
        field=ids.START_TEMPERATURE,
        label="Temperature",
        flags=(
            _value_flag(
                ids.START_TEMPERATURE,
                "temperature",
                "<number>",
                "Set how freely the summary is worded.",
                f"a number from {TEMPERATURE[0]} to {TEMPERATURE[1]}",
                takes=Takes.WORD,
                hints=("temp",),
            ),
        ),
        parse=_parse_temperature,
        write=lambda o: _write_text(
            ids.START_TEMPERATURE, None if o.temperature is None else repr(o.temperature)
        ),
        show=_nothing,
        needs=ids.START_SUMMARY,
    ),
    Option(
        field="sections",
        label="Section",
        flags=(
            Flag(
                name="section",
                help="Add a section to the summary. Repeat for more.",
                read=_read_section,
                write=_section_words,
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
        show=_nothing,
        needs=ids.START_SUMMARY,
        inputs=(ids.START_SECTION_TITLE, ids.START_SECTION_FORMAT),
    ),
    Option(
        field=ids.START_MEETING_URL,
        label="Meeting URL",
        flags=(
            _value_flag(
                ids.START_MEETING_URL,
                "url",
                "<meeting url>",
                "Record this page in place of the room's own.",
                "a full web address such as https://acme.app.100ms.live/meeting/abc-defg-hij",
                takes=Takes.WORD,
                hints=("meeting-url", "link", "meeting"),
            ),
        ),
        parse=_parse_url,
        write=lambda o: _write_text(ids.START_MEETING_URL, o.meeting_url),
        show=lambda o: "own meeting URL" if o.meeting_url else "",
    ),
    Option(
        field=ids.START_DESTINATION,
        label="Storage destination",
        flags=(
            _value_flag(
                ids.START_DESTINATION,
                "destination",
                "<name>",
                "Store the files in this destination of the template.",
                "the name of a destination of the room's template, at most "
                f"{MAX_DESTINATION_CHARS} characters",
                hints=("dest", "storage", "bucket"),
            ),
        ),
        parse=_parse_text(ids.START_DESTINATION, MAX_DESTINATION_CHARS),
        write=lambda o: _write_text(ids.START_DESTINATION, o.destination),
        show=lambda o: f"to {esc(o.destination, 60)}" if o.destination else "",
    ),
)

LABELS: Mapping[str, str] = {option.field: option.label for option in OPTIONS}

START_FLAGS: tuple[Flag, ...] = (
    *(flag for option in OPTIONS for flag in option.flags),
    _value_flag(
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
    """The option that an input belongs to; the ids of sections are numbered."""
    return _OPTION_OF[input_id.partition(".")[0]]


def is_said(option: Option, raw: Raw) -> bool:
    return any(_OPTION_OF.get(key.partition(".")[0]) is option for key in raw)


def parse_options(raw: Raw) -> RecordingOptions | FieldErrors:
    """The options; or everything that is wrong, each at its input. Never raises."""
    errors = FieldErrors()
    given: dict[str, object] = {}
    for option in OPTIONS:
        try:
            value = option.parse(raw)
        except Wrong as wrong:
            errors.update(wrong.errors)
        else:
            if value is not None:
                given[option.field] = value
    if errors:
        return errors
    try:
        return RecordingOptions.model_validate(given)
    except ValidationError as refused:
        return FieldErrors([_refusal(refused)])


def _refusal(refused: ValidationError) -> tuple[str, str]:
    """At which field, and why: options that exclude each other."""
    first = refused.errors()[0]
    why = first.get("ctx", {}).get("error")
    if isinstance(why, Conflict):
        return why.field, str(why)
    return str(first["loc"][0]) if first["loc"] else ids.START_RESOLUTION, first["msg"]


def write_options(options: RecordingOptions) -> dict[str, str]:
    """As somebody would type them: `parse_options(write_options(options)) == options`."""
    return {k: text for option in OPTIONS for k, text in option.write(options).items()}


def with_switches(raw: Raw) -> dict[str, str]:
    """With the switches that what is given turns on, as `RecordingOptions` does."""
    on = dict(raw)
    for option in reversed(OPTIONS):  # what needs a switch comes after it
        if option.needs and is_said(option, on):
            on.setdefault(option.needs, ON)
    return on


def overlaid(base: Raw, over: Raw) -> dict[str, str]:
    """`base` with what `over` says; where the two exclude each other, `over` wins."""
    said = with_switches(over)
    return {k: text for k, text in base.items() if not _gives_way(option_of(k), said)} | said


def laid_over(base: RecordingOptions, over: RecordingOptions) -> RecordingOptions:
    """The same for options, which are known to be right."""
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
    """Whether a switch that it needs, directly or not, is turned off."""
    if option.needs is None:
        return False
    return raw.get(option.needs) == OFF or _is_off(option_of(option.needs), raw)


def brief(text: str, limit: int = 60) -> str:
    """Someone's text, short enough for a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
