"""Reading transcripts, summaries and chat logs. Nothing here raises, whatever is in the files.

100ms documents one shape for each; consumers have met others (no wrapper, `statements` instead of
`sentences`), so every shape that makes sense is read.

Source: 100ms docs, how-to-guides/enable-transcription-and-summary.
"""

import json
import re

from bot.core.assets import SummarySection
from bot.core.options import OutputMode
from bot.hms import lenient

_SPEAKER = re.compile(r"^[^:\n]{1,80}:(?:\s|$)")
_SRT_TIME = re.compile(r"^\s*\d+:\d{2}:\d{2}[,.]\d+\s*-->")
_BULLET = re.compile(r"^[-*•]\s+")
SPOKEN_LISTS = ("words", "sentences", "statements")
SPOKEN_KEYS = ("word", "sentence", "statement", "text")


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


def count_words(content: bytes, mode: OutputMode) -> int:
    """Spoken words, without names and times; 0 means that nothing was said."""
    if mode == "json":
        return _words_in_json(content)
    lines = _text(content).splitlines()
    if mode == "srt":
        lines = _captions(lines)
    return sum(len(_SPEAKER.sub("", line.strip()).split()) for line in lines)


def has_messages(chat: bytes) -> bool:
    """A chat log is CSV, with its header in the first line, whether anybody wrote or not."""
    return sum(bool(line.strip()) for line in _text(chat).splitlines()) > 1


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
    """Text in lines, from a string or a list of strings, without bullet signs of their own."""
    raw = lenient.strings([value] if isinstance(value, str) else value)
    lines = (_BULLET.sub("", line.strip()) for item in raw for line in item.splitlines())
    return tuple(line for line in lines if line)


def _words_in_json(content: bytes) -> int:
    found = _json(content)
    if isinstance(found, dict):
        lists = [found[key] for key in SPOKEN_LISTS if found.get(key)]
        found = lists[0] if lists else found.get("transcript")
    if isinstance(found, str):
        return len(found.split())
    spoken = (
        next((said for key in SPOKEN_KEYS if (said := lenient.text(row.get(key)))), "")
        for row in lenient.objects(found)
    )
    return sum(len(said.split()) for said in spoken)


def _captions(lines: list[str]) -> list[str]:
    """SubRip without its counters and times. A counter is a number right before a time."""
    times = [bool(_SRT_TIME.match(line)) for line in lines]
    before_time = [*times, False][1:]
    return [
        line
        for line, is_time, precedes in zip(lines, times, before_time, strict=True)
        if not is_time and not (precedes and line.strip().isdigit())
    ]


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig", errors="replace").replace("\x00", "")


def _json(content: bytes) -> object:
    try:
        found: object = json.loads(_text(content))
    except (ValueError, RecursionError):
        return None
    return found
