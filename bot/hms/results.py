"""Parse summaries and chat logs. No function raises, whatever the files contain.

100ms documents one shape for each. Others occur as well (no wrapper, bullets as objects), so every
plausible shape is accepted. `core.transcript` parses transcripts.

Source: 100ms docs, how-to-guides/enable-transcription-and-summary.
"""

import json
import re

from bot.core.assets import SummarySection
from bot.core.chat import ChatMessage, read_chat
from bot.core.facts import FileReading
from bot.hms import lenient
from bot.kit.decoding import decoded

_BULLET = re.compile(r"^[-*•]\s+")
_BULLET_KEYS = ("text", "bullet", "point", "content", "value", "title")


def parse_summary(content: bytes) -> tuple[SummarySection, ...]:
    """Return the sections that have content; none if there is no summary to show."""
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


def summary_reading(content: bytes) -> FileReading:
    """Classify a summary. It is only `empty` if its shape is known, otherwise `unreadable`."""
    if parse_summary(content):
        return "read"
    found = _json(content)
    known = isinstance(found, dict) and any(key in found for key in ("summary", "sections"))
    return "empty" if known or not content.strip() or found in ([], {}) else "unreadable"


def readable_chat(content: bytes) -> str:
    """Write a line for each message with its time and author; '' if there are none.

    A file without the known columns is kept as it is.
    """
    messages = read_chat(content)
    if messages is None:
        text = decoded(content)
        return text if text.strip() else ""
    return "".join(f"{_chat_line(message)}\n" for message in messages)


def _chat_line(message: ChatMessage) -> str:
    sent = lenient.moment(message.at)
    stamp = f"{sent:%H:%M} UTC  " if sent else ""
    sender = " ".join(message.sender.split()) or "Unknown"
    return f"{stamp}{sender}: {' '.join(message.text.split())}"


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
    """Split into lines a string, or a list of strings or of objects with a text.

    Leading bullet characters are removed.
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


def _json(content: bytes) -> object:
    try:
        found: object = json.loads(decoded(content))
    except (ValueError, RecursionError):
        return None
    return found
