"""What was typed into one field of the start form: its value, or what is wrong and the way out."""

import re
from dataclasses import dataclass

from pydantic import ValidationError

from bot.core.options import (
    LONG_SIDE_PX,
    MAX_CONTEXT_CHARS,
    MAX_SECTION_TITLE_CHARS,
    MAX_VOCABULARY,
    SHORT_SIDE_PX,
    TEMPERATURE,
    RecordingOptions,
    Resolution,
)
from bot.kit.typed_text import fold, strip_invisible
from bot.ui import ids
from bot.ui.text import count

MAX_URL_CHARS = 2000
MAX_DESTINATION_CHARS = 255
_SUGGESTION_MOST = 120
_NUMBER = re.compile(r"[0-9]{0,9}[.,]?[0-9]{1,20}|[0-9]{1,9}[.,]")
_WHOLE = re.compile(r"[0-9]{1,100}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_NEAR_SCHEME = re.compile(r"\A(?:https?:?)?/+|\Ahttps?:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What to say at the field."""

    text: str


def meeting_url(typed: str) -> str | Wrong | None:
    url = strip_invisible(typed).strip()
    if not url:
        return None
    if any(c.isspace() for c in url):
        return Wrong("A web address has no spaces or line breaks. Remove them.")
    if len(url) > MAX_URL_CHARS:
        return _too_long(url, MAX_URL_CHARS)
    if _is_web_address(url):
        return url
    meant = url if _SCHEME.match(url) else "https://" + _NEAR_SCHEME.sub("", url)
    host = meant.partition("://")[2].partition("/")[0]
    if meant != url and "." in host.strip(".") and _is_web_address(meant):
        if len(meant) <= _SUGGESTION_MOST:
            return Wrong(f"Add https:// at the start: {meant}")
        return Wrong("Add https:// at the start.")
    return Wrong("Enter the full web address, such as https://acme.app.100ms.live/preview/….")


def _is_web_address(url: str) -> bool:
    try:
        return RecordingOptions(meeting_url=url).meeting_url == url
    except ValidationError:
        return False


def destination(typed: str) -> str | Wrong | None:
    return _within(typed, MAX_DESTINATION_CHARS)


def context(typed: str) -> str | Wrong | None:
    return _within(typed, MAX_CONTEXT_CHARS)


def section_title(typed: str) -> str | Wrong:
    title = _within(typed, MAX_SECTION_TITLE_CHARS)
    return Wrong("Give this section a title, or remove it.") if title is None else title


def _within(typed: str, most: int) -> str | Wrong | None:
    text = typed.strip()
    return _too_long(text, most) if len(text) > most else text or None


def _too_long(text: str, most: int) -> Wrong:
    over = count(len(text) - most, "character")
    return Wrong(f"This is {over} too long. Shorten it to {most:,} or fewer.")


def vocabulary(typed: str) -> tuple[str, ...] | Wrong:
    """One per line or separated by commas; each counts once."""
    parts = (part.strip() for part in re.split(r"[,\n\r]", typed))
    terms = tuple(dict.fromkeys(part for part in parts if part))
    over = len(terms) - MAX_VOCABULARY
    if over > 0:
        return Wrong(f"At most {MAX_VOCABULARY} words or terms. Remove {over:,} of them.")
    return terms


def temperature(typed: str) -> float | Wrong | None:
    """Half of the world writes 0,3."""
    low, high = TEMPERATURE
    text = fold(typed)
    if not text:
        return None
    number = float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None
    if number is None or not low <= number <= high:
        return Wrong(f"Enter a number from {low} to {high}, such as 0.5.")
    return number


def resolution(width: str, height: str) -> Resolution | dict[str, Wrong]:
    """Or what is wrong, at the side that should change."""
    sides = {
        ids.START_WIDTH: _side(width, "width", 1280),
        ids.START_HEIGHT: _side(height, "height", 720),
    }
    match tuple(sides.values()):
        case int(wide), int(high):
            wrong = _against_each_other(wide, high)
            return wrong or Resolution(width=wide, height=high)
        case _:
            return {field: side for field, side in sides.items() if isinstance(side, Wrong)}


def _side(typed: str, name: str, example: int) -> int | Wrong:
    """What neither side may be, whatever the other one is."""
    low, high = SHORT_SIDE_PX[0], LONG_SIDE_PX[1]
    text = fold(typed).removesuffix("px").strip()
    if not text:
        return Wrong(f"Enter the {name} in pixels, such as {example}.")
    if not _WHOLE.fullmatch(text):
        return Wrong(f"Enter the {name} as a whole number of pixels, such as {example}.")
    if not low <= int(text) <= high:
        return Wrong(f"The {name} must be {low} to {high} pixels.")
    return int(text)


def _against_each_other(width: int, height: int) -> dict[str, Wrong]:
    """The smaller side too large: it is the one to change. The larger too small: likewise."""
    smaller, larger = (
        (ids.START_WIDTH, ids.START_HEIGHT)
        if width < height
        else (ids.START_HEIGHT, ids.START_WIDTH)
    )
    if min(width, height) > SHORT_SIDE_PX[1]:
        text = f"The smaller side must be at most {SHORT_SIDE_PX[1]} pixels: reduce the {smaller}."
        return {smaller: Wrong(text)}
    if max(width, height) < LONG_SIDE_PX[0]:
        text = f"The larger side must be at least {LONG_SIDE_PX[0]} pixels: increase the {larger}."
        return {larger: Wrong(text)}
    return {}
