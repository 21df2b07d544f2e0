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
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """`at` is as 100ms wrote it; '' where the file has no time, or no name."""

    at: str
    sender: str
    text: str


def chat_messages(chat: bytes) -> tuple[ChatMessage, ...] | None:
    """What people wrote, without the bot's own notice; None if no column says what was written.

    Source: 100ms docs, recording-assets (chat): `SenderPeerID,SenderName,SenderUserID,Roles,
    SentAt,Type,Message`.
    """
    try:
        head, *rows = csv.reader(io.StringIO(_text(chat), newline=""))
    except (ValueError, csv.Error):
        return None
    names = [name.strip().casefold() for name in head]
    at, who, what = (_column(names, known) for known in (_SENT_AT, _SENDER, _MESSAGE))
    if what is None:
        return None
    read = (ChatMessage(_cell(row, at), _cell(row, who), _cell(row, what)) for row in rows)
    return tuple(one for one in read if one.text and not _OWN_NOTICE.fullmatch(_flat(one.text)))


def readable_chat(chat: bytes) -> str:
    """A line for each message, with its time and author; '' if nobody wrote.

    A file without the columns that we know is kept as it is.
    """
    messages = chat_messages(chat)
    if messages is None:
        text = _text(chat)
        return text if text.strip() else ""
    return "".join(f"{_chat_line(message)}\n" for message in messages)


_SENT_AT = ("sentat", "sent_at", "time", "timestamp")
_SENDER = ("sendername", "sender_name", "sender", "name")
_MESSAGE = ("message", "text")
_OWN_NOTICE = re.compile(r"This meeting is being recorded\..*requested (it )?in Slack\.")


def _column(names: Sequence[str], known: Sequence[str]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""


def _flat(text: str) -> str:
    return " ".join(text.split())


def _chat_line(message: ChatMessage) -> str:
    sent = lenient.moment(message.at)
    stamp = f"{sent:%H:%M} UTC  " if sent else ""
    return f"{stamp}{_flat(message.sender) or 'Unknown'}: {_flat(message.text)}"


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
