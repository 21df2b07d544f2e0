"""Reading summaries and chat logs. Nothing here raises, whatever is in the files.

100ms documents one shape for each; consumers have met others (no wrapper, bullets as objects), so
every shape that makes sense is read. `core.transcript` reads transcripts.

Source: 100ms docs, how-to-guides/enable-transcription-and-summary.
"""

import csv
import io
import json
import re
from collections.abc import Sequence

from bot.core.assets import SummarySection
from bot.core.facts import Reading
from bot.hms import lenient

_BULLET = re.compile(r"^[-*•]\s+")
_BULLET_KEYS = ("text", "bullet", "point", "content", "value", "title")


def parse_summary(content: bytes) -> tuple[SummarySection, ...]:
    """The sections that say something; none at all when there is no summary to show."""
    found = _json(content)
    for key in ("summary", "sections"):
        if isinstance(found, dict) and key in found:
            found = found[key]
    if isinstance(found, str):
        found = [{"paragraph": found}]
    if isinstance(found, dict):
        found = [found]
    read = (_section(row) for row in lenient.objects(found))
    return tuple(section for section in read if section is not None)


def summary_reading(content: bytes) -> Reading:
    """What came of reading a summary: only a shape that we know can be `empty`."""
    if parse_summary(content):
        return "read"
    found = _json(content)
    known = isinstance(found, dict) and any(key in found for key in ("summary", "sections"))
    return "empty" if known or not content.strip() or found in ([], {}) else "unreadable"


def readable_chat(chat: bytes) -> str:
    """What people wrote, a line for each message with its time and author; '' if nobody wrote.

    The bot's own notice is left out. A file without the columns that we know is kept as it is.

    Source: 100ms docs, recording-assets (chat): `SenderPeerID,SenderName,SenderUserID,Roles,
    SentAt,Type,Message`.
    """
    text = _text(chat)
    try:
        head, *rows = csv.reader(io.StringIO(text, newline=""))
    except (ValueError, csv.Error):
        return text if text.strip() else ""
    names = [name.strip().casefold() for name in head]
    at, who, what = (_column(names, known) for known in (_SENT_AT, _SENDER, _MESSAGE))
    if what is None:
        return text if text.strip() else ""
    lines = (_chat_line(row, at, who, what) for row in rows)
    return "".join(f"{line}\n" for line in lines if line)


_SENT_AT = ("sentat", "sent_at", "time", "timestamp")
_SENDER = ("sendername", "sender_name", "sender", "name")
_MESSAGE = ("message", "text")
_OWN_NOTICE = re.compile(r"This meeting is being recorded\..*requested (it )?in Slack\.")


def _column(names: Sequence[str], known: Sequence[str]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


def _chat_line(row: Sequence[str], at: int | None, who: int | None, what: int) -> str:
    def cell(column: int | None) -> str:
        return " ".join(row[column].split()) if column is not None and column < len(row) else ""

    message = cell(what)
    if not message or _OWN_NOTICE.fullmatch(message):
        return ""
    sent = lenient.moment(cell(at))
    stamp = f"{sent:%H:%M} UTC  " if sent else ""
    return f"{stamp}{cell(who) or 'Unknown'}: {message}"


def _section(row: dict[str, object]) -> SummarySection | None:
    bullets = _lines(row.get("bullets"))
    paragraph = "\n".join(_lines(row.get("paragraph")))
    wanted = row.get("format")
    if not bullets and not paragraph:
        return None
    if bullets and (wanted == "bullets" or not paragraph):
        return SummarySection(_title(row), "bullets", bullets, paragraph)
    if wanted == "bullets":  # the text is in the other field
        return SummarySection(_title(row), "bullets", tuple(paragraph.split("\n")), paragraph)
    return SummarySection(_title(row), "paragraph", bullets, paragraph)


def _title(row: dict[str, object]) -> str:
    return lenient.text(row.get("title")) or ""


def _lines(value: object) -> tuple[str, ...]:
    """Text in lines, from a string, or a list of strings or of objects with a text.

    Bullet signs of their own are cut.
    """
    items = value if isinstance(value, list) else [value]
    raw = (text for item in items if (text := _line(item)))
    lines = (_BULLET.sub("", line.strip()) for item in raw for line in item.splitlines())
    return tuple(line for line in lines if line)


def _line(item: object) -> str | None:
    if isinstance(item, dict):
        texts = (lenient.text(item.get(key)) for key in _BULLET_KEYS)
        return next((text for text in texts if text), None)
    return item if isinstance(item, str) else None


def _text(content: bytes) -> str:
    """UTF-8 or whatever the first bytes show; never raises."""
    try:
        text = content.decode(json.detect_encoding(content), errors="replace")
    except (LookupError, ValueError):
        text = content.decode("utf-8", errors="replace")
    return text.removeprefix("\ufeff").replace("\x00", "")


def _json(content: bytes) -> object:
    try:
        found: object = json.loads(_text(content))
    except (ValueError, RecursionError):
        return None
    return found
