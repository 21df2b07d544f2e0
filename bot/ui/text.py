"""Escapes user text, and formats times, lengths and sizes.

`plain` is for plain_text objects and rich_text leaves, which Slack shows as they are; `esc` is
for mrkdwn and for the `text` of a message. Lengths are counted in UTF-16 units, the strictest
interpretation of Slack's "characters".
"""

import math
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from bot.core.places import is_channel

ZWNJ, ZWJ, WORD_JOINER = "\u200c", "\u200d", "\u2060"
FIRST_STRONG, POP = "\u2068", "\u2069"
NAMELESS = "unnamed"
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters without a glyph
_MARKS_IN_A_ROW = 4  # more of them overlap the adjacent lines
_SLACK_ID = re.compile(r"[A-Z][A-Z0-9]{1,30}")

# Slack's formatting characters, and similar ones that replace them in user text.
_TWINS = {"*": "\u2217", "~": "\u223c", "`": "\u2035", "_": "\u02cd", "\u2069": ""}
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_EMOJI_NAME = re.compile(r":(?=[\w+'-]+:)")


def plain(text: str, limit: int = 150) -> str:
    """Return one clean line of at most `limit` units, never empty."""
    return shorten(clean(text) or NAMELESS, limit)


def shorten(text: str, limit: int) -> str:
    """Cut a text without splitting a character made of several code points."""
    return text if size(text) <= limit else _cut(text, limit - 1).rstrip() + "…"


def esc(text: str, limit: int = 150) -> str:
    """Escape one line for mrkdwn, so that it cannot mention, link, format or end in an entity."""
    pieces = _pieces(_EMOJI_NAME.sub("\u2236", clean(text) or NAMELESS))
    whole = "".join(pieces)
    if size(whole) <= limit:
        return isolated(whole)
    kept: list[str] = []
    room = limit - 1
    for piece in pieces:
        room -= size(piece)
        if room < 0:
            break
        kept.append(piece)
    while kept and (kept[-1] == ZWJ or _joins(pieces[len(kept)])):
        kept.pop()
    return isolated("".join(kept).rstrip() + "…")


def isolated(text: str) -> str:
    """Isolate a text, so that right-to-left names keep their order. Adds two characters."""
    if text.isascii():
        return text
    strong = any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)
    return f"{FIRST_STRONG}{text}{POP}" if strong else text


def clean(text: str) -> str:
    """Remove controls, direction marks, zero-width padding, line breaks and stacked accents."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    out: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(char)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if kind in ("Zs", "Zl", "Zp") or char in "\t\n\r\v\f" or char in _BLANK:
            out.append(" ")
        elif kind in ("Cc", "Cs", "Co") or marks > _MARKS_IN_A_ROW:
            continue
        elif kind != "Cf" or (char in (ZWJ, ZWNJ) and out and out[-1] not in (ZWJ, ZWNJ, " ")):
            out.append(char)
    return " ".join("".join(out).split()).strip(ZWJ + ZWNJ + " ")


def literal(text: str) -> str:
    """Keep text exactly as written, for copying, but remove invisible characters."""
    hidden = ("Cc", "Cf", "Cs", "Co")
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in hidden)


def own(text: str) -> str:
    """Escape the bot's own words, such as those of the grammar, for mrkdwn."""
    return "".join(_ENTITIES.get(c, c) for c in text)


def code(text: str, limit: int = 300) -> str:
    """Build a code span: text to type, or an id. Backticks in it become apostrophes."""
    return f"`{own(plain(text, limit).replace('`', chr(39)))}`"


def size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _pieces(line: str) -> list[str]:
    """Escape each character for mrkdwn."""
    out: list[str] = []
    for i, char in enumerate(line):
        before, after = line[i - 1 : i], line[i + 1 : i + 2]
        if char == "_" and before.isalnum() and after.isalnum():
            out.append(char)  # no formatting inside a word
        elif char == ">" and not "".join(out).strip("\u203a "):
            out.append("\u203a")  # a line that begins with &gt; would be a quotation
        elif char == "@" or (char == ":" and line[i + 1 : i + 3] == "//"):
            out.append(char + WORD_JOINER)  # prevents a mention or a link
        else:
            out.append(_TWINS.get(char) or _ENTITIES.get(char, char))
    return out


def _joins(char: str) -> bool:
    """Whether a character belongs to the one before it: an accent, a skin tone, a joiner."""
    first = char[:1]
    return (
        unicodedata.category(first) in ("Mn", "Me", "Mc")
        or first == ZWJ
        or "\U0001f3fb" <= first <= "\U0001f3ff"
    )


def _cut(text: str, limit: int) -> str:
    end = room = 0
    for char in text:
        room += 1 + (char > "\uffff")
        if room > limit:
            break
        end += 1
    while 0 < end < len(text) and (_joins(text[end]) or text[end - 1] == ZWJ):
        end -= 1
    return text[:end]


def mention(user_id: str) -> str:
    return f"<@{user_id}>" if is_user(user_id) else "someone"


def starter_of(starter: str | None) -> str:
    """Mention the person who requested the recording, or say that it was started elsewhere."""
    return mention(starter) if starter else "started elsewhere"


def is_user(user_id: str) -> bool:
    return user_id[:1] in ("U", "W") and bool(_SLACK_ID.fullmatch(user_id))


def place(channel_id: str) -> str:
    """Name a channel as Slack shows it to its members, or a conversation by its kind."""
    if is_channel(channel_id) and _SLACK_ID.fullmatch(channel_id):
        return f"<#{channel_id}>"
    return "a direct message"


def when(at: datetime) -> str:
    """Show day and time in the reader's time zone."""
    return f"<!date^{unix(at)}^{{date_short_pretty}} at {{time}}|{utc(at)}>"


def clock(at: datetime) -> str:
    """Show only the time, in the reader's time zone."""
    return f"<!date^{unix(at)}^{{time}}|{at.astimezone(UTC):%H:%M} UTC>"


_SAME_DAY = timedelta(hours=18)


def time_near(at: datetime, since: datetime) -> str:
    """Show the time, with the day if it is far from `since`."""
    return clock(at) if is_near(at, since) else when(at)


def is_near(at: datetime, since: datetime) -> bool:
    """Whether readers who know the day of `since` know that of `at`."""
    return abs(at - since) < _SAME_DAY


def unix(at: datetime) -> int:
    return max(0, int(at.timestamp()))


def utc(at: datetime) -> str:
    there = at.astimezone(UTC)
    return f"{there.day} {there:%b %Y, %H:%M} UTC"


def duration(seconds: float | None) -> str:
    """Show a length as `1 h 12 min`, `12 min` or `45 s`; empty if unknown or zero."""
    if seconds is None or not math.isfinite(seconds) or seconds < 0.5:
        return ""
    if seconds < 59.5:
        return f"{round(seconds)} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    parts = [f"{hours:,} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    return " ".join(parts)


def megabytes(size_bytes: int | None) -> str:
    """Show a size as `340 KB`, `1.2 MB` or `12 MB`; empty if unknown."""
    if size_bytes is None or size_bytes <= 0:
        return ""
    scales = (("KB", 1e3), ("MB", 1e6), ("GB", 1e9))
    unit, scale = next((u for u in scales if size_bytes < 999.5 * u[1]), scales[-1])
    amount = size_bytes / scale
    return f"{amount:.1f} {unit}" if 0.1 <= amount < 9.95 else f"{max(1, round(amount)):,} {unit}"


def count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def join(*parts: str) -> str:
    """Join the non-empty parts of one line."""
    return " · ".join(p for p in parts if p)


def carries_secrets(url: str) -> bool:
    """Whether a URL may contain a token: it has a query, a fragment or a user."""
    parts = urlsplit(url)
    return bool(parts.query or parts.fragment or "@" in parts.netloc)
