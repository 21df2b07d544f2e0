"""Reads the value of each start option from text, and finds the nearest accepted one."""

import re
from dataclasses import dataclass
from typing import get_args

from bot.core.options import (
    LONG_SIDE_PX,
    MAX_CONTEXT_CHARS,
    MAX_SECTION_TITLE_CHARS,
    MAX_VOCABULARY,
    NAMED_RESOLUTIONS,
    SHORT_SIDE_PX,
    TEMPERATURE,
    OutputMode,
    Resolution,
    SectionFormat,
)
from bot.kit.fuzzy import nearest
from bot.kit.typed_text import fold, strip_invisible, unwrap_link

NAME_MOST = 40  # of a preset's name
MODES: tuple[str, ...] = get_args(OutputMode)
FORMATS: tuple[str, ...] = get_args(SectionFormat)

_SIZE = re.compile(r"([0-9]{1,5})\s*[x×*]\s*([0-9]{1,5})")
_LINES = re.compile(r"([0-9]{3,5})p?")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)")
_PERCENT = re.compile(r"([0-9]{1,3})\s*%")
_SIZE_NICKNAMES = {
    "hd": "720p",
    "landscape": "720p",
    "1280": "720p",
    "fhd": "1080p",
    "fullhd": "1080p",
    "full-hd": "1080p",
    "1920": "1080p",
    "2k": "1080p",
    "4k": "1080p",
    "8k": "1080p",
    "uhd": "1080p",
    "vertical": "portrait",
}
_MODE_NICKNAMES = {"text": "txt", "subtitles": "srt", "captions": "srt", "vtt": "srt"}
_FORMAT_NICKNAMES = {"list": "bullets", "para": "paragraph"}


@dataclass(frozen=True, slots=True)
class Good:
    value: object


@dataclass(frozen=True, slots=True)
class Bad:
    """Why a value is refused, and the nearest that is accepted; None leaves the option out."""

    reason: str
    repaired: object = None


def shorten(text: str, limit: int = 60) -> str:
    """Someone's text, short enough to stand inside a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def leave_out(_value: object) -> object:
    return None


def read_resolution(text: str) -> Good | Bad:
    word = fold(text)
    if word in NAMED_RESOLUTIONS:
        return Good(NAMED_RESOLUTIONS[word])
    if size := _SIZE.fullmatch(word):
        return Good({"width": int(size[1]), "height": int(size[2])})
    return Bad(f"“{shorten(text)}” is not a resolution.", _guess_resolution(word))


def _guess_resolution(word: str) -> Resolution | None:
    if word in _SIZE_NICKNAMES:
        return NAMED_RESOLUTIONS[_SIZE_NICKNAMES[word]]
    if lines := _LINES.fullmatch(word):
        height = int(lines[1])
        return _fit(height * 16 // 9, height)
    near = nearest(word, NAMED_RESOLUTIONS)
    return NAMED_RESOLUTIONS[near] if near else None


def fit_resolution(value: object) -> Resolution | None:
    match value:
        case {"width": int(width), "height": int(height)}:
            return _fit(width, height)
        case _:
            return None


def _fit(width: int, height: int) -> Resolution:
    """The same shape within the limits; video encoders want even sides."""
    short, long = sorted((max(width, 1), max(height, 1)))
    scale = min(1.0, LONG_SIDE_PX[1] / long, SHORT_SIDE_PX[1] / short)
    short = _within(round(short * scale / 2) * 2, SHORT_SIDE_PX)
    long = _within(round(long * scale / 2) * 2, LONG_SIDE_PX)
    width, height = (long, short) if width >= height else (short, long)
    return Resolution(width=width, height=height)


def _within(number: int, limits: tuple[int, int]) -> int:
    return max(limits[0], min(limits[1], number))


def show_resolution(resolution: Resolution | None) -> str | None:
    if resolution is None:
        return None
    names = (name for name, named in NAMED_RESOLUTIONS.items() if named == resolution)
    return next(names, str(resolution))


def read_name(text: str) -> Good | Bad:
    name = " ".join(strip_invisible(text).split())
    return Good(name) if len(name) <= NAME_MOST else Bad("That preset name is too long.")


def read_url(text: str) -> Good | Bad:
    return Good(strip_invisible(unwrap_link(text)).strip())


def add_scheme(value: object) -> str | None:
    return None if "://" in str(value) else f"https://{value}"


def read_modes(text: str) -> Good | Bad:
    words = [w for w in re.split(r"[\s,;+/]+", fold(text)) if w]
    known = [w if w in MODES else _nearest(w, MODES, _MODE_NICKNAMES) for w in words]
    modes = tuple(dict.fromkeys(mode for mode in known if mode))
    unknown = next((w for w in words if w not in MODES), None)
    if words and unknown is None:
        return Good(modes)
    return Bad(f"“{shorten(unknown or text)}” is not an output mode.", modes or None)


def read_vocabulary(text: str) -> Good | Bad:
    words = tuple(word for part in text.split(",") if (word := part.strip()))
    return Good(words) if words else Bad("--vocab needs words separated by commas.")


def first_words(value: object) -> object:
    return value[:MAX_VOCABULARY] if isinstance(value, tuple) else None


def cut_context(value: object) -> str:
    return _cut(str(value), MAX_CONTEXT_CHARS)


def _cut(text: str, limit: int) -> str:
    """Text within the limit, ending with a whole word where there is one."""
    text = text.strip()
    if len(text) <= limit:
        return text
    whole = text[: limit + 1].rsplit(None, 1)[0]
    return whole if limit // 2 < len(whole) <= limit else text[:limit].rstrip()


def read_temperature(text: str) -> Good | Bad:
    word = fold(text)
    if _NUMBER.fullmatch(word):
        return Good(float(word.replace(",", ".")))
    percent = _PERCENT.fullmatch(word)
    repaired = clamp_temperature(int(percent[1]) / 100) if percent else None
    return Bad(f"“{shorten(text)}” is not a number.", repaired)


def clamp_temperature(value: object) -> float | None:
    if not isinstance(value, float):
        return None
    return max(TEMPERATURE[0], min(TEMPERATURE[1], value))


def read_section(text: str) -> Good | Bad:
    """`title:format`; the colon of “10:30” or “Next: plans” belongs to the title."""
    title, colon, tail = text.rpartition(":")
    if not colon:
        return Good({"title": text.strip(), "format": FORMATS[0]})
    word = fold(tail)
    meant = _nearest(word, FORMATS, _FORMAT_NICKNAMES) if word else FORMATS[0]
    if meant is None and not tail.isalpha():
        return Good({"title": text.strip(), "format": FORMATS[0]})
    if not title.strip():
        return Bad("A section needs a title before the colon.")
    if meant is None:
        refused = f"“{shorten(tail)}” is not a section format."
        return Bad(refused, {"title": title.strip(), "format": FORMATS[0]})
    section = {"title": title.strip(), "format": meant}
    if word in ("", meant):
        return Good(section)
    return Bad(f"“{shorten(tail)}” is not a section format.", section)


def cut_title(value: object) -> object:
    match value:
        case {"title": str(title), "format": str(format_)}:
            return {"title": _cut(title, MAX_SECTION_TITLE_CHARS), "format": format_}
        case _:
            return None


def _nearest(word: str, accepted: tuple[str, ...], nicknames: dict[str, str]) -> str | None:
    if word in nicknames:
        return nicknames[word]
    return nearest(word, accepted)
