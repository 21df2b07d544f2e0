"""Parses the value of each option from typed text.

Each function returns the value, or raises `Wrong` with the error and the accepted values. Empty
text returns None or an empty value.
"""

import re
from typing import get_args

from pydantic import ValidationError

from bot.core.options import (
    LONG_SIDE_PX,
    MAX_CONTEXT_CHARS,
    MAX_DESTINATION_CHARS,
    MAX_SECTION_TITLE_CHARS,
    MAX_URL_CHARS,
    MAX_VOCABULARY,
    NAMED_RESOLUTIONS,
    SHORT_SIDE_PX,
    TEMPERATURE,
    OutputMode,
    RecordingOptions,
    Resolution,
    SectionFormat,
)
from bot.kit.typed_text import fold, strip_invisible, unwrap_link
from bot.ui.text import count

ON, OFF = "on", "off"
MODES: tuple[OutputMode, ...] = get_args(OutputMode)
FORMATS: tuple[SectionFormat, ...] = get_args(SectionFormat)

_SUGGESTION_MOST = 120
_WHOLE = re.compile(r"[0-9]{1,100}")
_NUMBER = re.compile(r"[0-9]{0,9}[.,]?[0-9]{1,20}|[0-9]{1,9}[.,]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_NEAR_SCHEME = re.compile(r"\A(?:https?:?)?/+|\Ahttps?:", re.IGNORECASE)


class Wrong(Exception):
    """A value is not accepted; the message says why and which values are."""


def brief(text: str, limit: int = 60) -> str:
    """Shorten a person's text so that it fits in a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def switch(text: str) -> bool | None:
    return {ON: True, OFF: False}.get(text)


def _within(text: str, most: int) -> str:
    if len(text) > most:
        over = count(len(text) - most, "character")
        raise Wrong(f"This is {over} too long. Shorten it to {most:,} or fewer.")
    return text


def context(text: str) -> str | None:
    return _within(text.strip(), MAX_CONTEXT_CHARS) or None


def destination(text: str) -> str | None:
    return _within(text.strip(), MAX_DESTINATION_CHARS) or None


def meeting_url(text: str) -> str | None:
    url = strip_invisible(unwrap_link(text)).strip()
    if not url:
        return None
    if any(c.isspace() for c in url):
        raise Wrong("A web address has no spaces or line breaks. Remove them.")
    if _is_web_address(_within(url, MAX_URL_CHARS)):
        return url
    meant = url if _SCHEME.match(url) else "https://" + _NEAR_SCHEME.sub("", url)
    host = meant.partition("://")[2].partition("/")[0]
    if meant != url and "." in host.strip(".") and _is_web_address(meant):
        shown = f": {meant}" if len(meant) <= _SUGGESTION_MOST else "."
        raise Wrong(f"Add https:// at the start{shown}")
    raise Wrong("Enter the full web address, such as https://acme.app.100ms.live/preview/….")


def _is_web_address(url: str) -> bool:
    try:
        return RecordingOptions(meeting_url=url).meeting_url == url
    except ValidationError:
        return False


def mode_words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,;+/]+", fold(text)) if word]


def output_modes(text: str) -> tuple[str, ...]:
    words = mode_words(text)
    for word in words:
        if word not in MODES:
            raise Wrong(f"“{brief(word)}” is not a transcript file. Choose from txt, srt and json.")
    return tuple(dict.fromkeys(words))


def vocabulary(text: str) -> tuple[str, ...]:
    """Split terms at lines and commas, and drop repeats."""
    parts = (part.strip() for part in re.split(r"[,\n\r]", text))
    terms = tuple(dict.fromkeys(part for part in parts if part))
    if over := max(0, len(terms) - MAX_VOCABULARY):
        raise Wrong(f"At most {MAX_VOCABULARY} words or terms. Remove {over:,} of them.")
    return terms


def temperature(text: str) -> float | None:
    """Parse a number; a decimal comma is accepted."""
    low, high = TEMPERATURE
    typed = fold(text)
    if not typed:
        return None
    number = float(typed.replace(",", ".")) if _NUMBER.fullmatch(typed) else None
    if number is None or not low <= number <= high:
        raise Wrong(f"Enter a number from {low} to {high}, such as 0.5.")
    return number


def section_title(text: str) -> str:
    title = _within(text.strip(), MAX_SECTION_TITLE_CHARS)
    if not title:
        raise Wrong("Give this section a title, or remove it.")
    return title


def section_format(text: str) -> str:
    if text not in FORMATS:
        raise Wrong(f"“{brief(text)}” is not a format. Choose {' or '.join(FORMATS)}.")
    return text


def named_resolution(text: str) -> Resolution:
    if text not in NAMED_RESOLUTIONS:
        names = ", ".join(NAMED_RESOLUTIONS)
        raise Wrong(f"“{brief(text)}” is not a resolution. Use {names} or a size like 1280x720.")
    return NAMED_RESOLUTIONS[text]


def width(text: str) -> int:
    return _side(text, "width", 1280)


def height(text: str) -> int:
    return _side(text, "height", 720)


def _side(text: str, name: str, example: int) -> int:
    """Parse a side in pixels, with the limits that apply to either side."""
    low, high = SHORT_SIDE_PX[0], LONG_SIDE_PX[1]
    typed = fold(text).removesuffix("px").strip()
    if not typed:
        raise Wrong(f"Enter the {name} in pixels, such as {example}.")
    if not _WHOLE.fullmatch(typed):
        raise Wrong(f"Enter the {name} as a whole number of pixels, such as {example}.")
    if not low <= int(typed) <= high:
        raise Wrong(f"The {name} must be {low} to {high} pixels.")
    return int(typed)


def side_to_change(wide: int, high: int) -> tuple[str, str] | None:
    """Return the side to change and the reason if two sides do not fit: `("width", …)`."""
    smaller, larger = ("width", "height") if wide < high else ("height", "width")
    if min(wide, high) > SHORT_SIDE_PX[1]:
        limit = f"must be at most {SHORT_SIDE_PX[1]} pixels"
        return smaller, f"The smaller side {limit}. Change the {smaller}."
    if max(wide, high) < LONG_SIDE_PX[0]:
        limit = f"must be at least {LONG_SIDE_PX[0]} pixels"
        return larger, f"The larger side {limit}. Change the {larger}."
    return None
