"""What is in the files: an invented meeting, with the characters that break careless code."""

import csv
import io
import json
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from record_bot_sandbox.hms.clock import rfc3339
from record_bot_sandbox.hms.options import DEFAULT_SECTIONS, Section
from record_bot_sandbox.hms.state import Recording

LINES = (
    ("Ana", "Good morning. Two things today: the <launch> checklist & the budget."),
    ("Ben", "The checklist is done, apart from the pricing page."),
    ("ליאת", "I can take the pricing page. תודה! It will be ready on Thursday."),
    ("Ana", "Lovely 🎉 So the launch stays where it is, next Tuesday."),
    ("Chloé", "About the budget: we are at 80 %, if a < b still holds in the sheet."),
    ("Ben", "Let us move the rest to March & ask @channel before spending it."),
    ("ليلى", "I will write that down and send it to everyone."),
    ("Ana", "Then we are done. Thank you all."),
)
BULLETS = (
    "Pricing page: ליאת, by Thursday",
    "Launch stays on Tuesday 🎉",
    "Budget is at 80 %, the rest moves to March & needs a <yes> first",
)
PARAGRAPH = (
    "Ana, Ben, Chloé, ליאת and ليلى went through the <launch> checklist & the budget. "
    "The launch stays on Tuesday; what is left of the budget moves to March."
)


@dataclass(frozen=True)
class Line:
    name: str
    text: str
    start_ms: int
    end_ms: int

    @property
    def peer_id(self) -> str:
        return str(uuid5(NAMESPACE_URL, f"sandbox:{self.name}"))


def spoken(duration_s: int) -> list[Line]:
    """The dialogue, spread over the whole length."""
    step = max(duration_s, 1) * 1000 // len(LINES)
    return [
        Line(name, text, i * step, (i + 1) * step - step // 10)
        for i, (name, text) in enumerate(LINES)
    ]


def transcript(mode: str, duration_s: int) -> bytes:
    lines = spoken(duration_s)
    match mode:
        case "srt":
            return _srt(lines).encode()
        case "json":
            return _json(lines)
        case _:
            return ("\n\n".join(f"{line.name}: {line.text}" for line in lines) + "\n").encode()


def _srt(lines: list[Line]) -> str:
    cues = (
        f"{n}\n{_stamp(line.start_ms)} --> {_stamp(line.end_ms)}\n{line.name}: {line.text}\n"
        for n, line in enumerate(lines, start=1)
    )
    return "\n".join(cues)


def _stamp(ms: int) -> str:
    seconds, millis = divmod(ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d},{millis:03d}"


def _json(lines: list[Line]) -> bytes:
    """Words and sentences; their times are strings of milliseconds."""
    sentences = [_timed("sentence", line.text, line, line.start_ms, line.end_ms) for line in lines]
    words = []
    for line in lines:
        parts = line.text.split()
        step = (line.end_ms - line.start_ms) // len(parts)
        for i, part in enumerate(parts):
            start = line.start_ms + i * step
            words.append(_timed("word", part, line, start, start + step))
    return json.dumps({"words": words, "sentences": sentences}, ensure_ascii=False).encode()


def _timed(kind: str, text: str, line: Line, start_ms: int, end_ms: int) -> dict[str, str]:
    return {
        kind: text,
        "name": line.name,
        "peer_id": line.peer_id,
        "start_time": str(start_ms),
        "end_time": str(end_ms),
    }


def summary(sections: list[Section], *, empty: bool = False) -> bytes:
    """The chosen sections with their own titles and formats."""
    filled = [
        {
            "title": section.title,
            "format": section.format,
            "bullets": list(BULLETS) if section.format == "bullets" and not empty else [],
            "paragraph": PARAGRAPH if section.format == "paragraph" and not empty else "",
        }
        for section in sections or DEFAULT_SECTIONS
    ]
    return json.dumps({"summary": {"sections": filled}}, ensure_ascii=False).encode()


def mp4(recording: Recording) -> bytes:
    """A file that begins as MP4 files do; it holds no pictures."""
    brand = b"isom" + (512).to_bytes(4, "big") + b"isomiso2mp41"
    note = f"simulated recording {recording.id} of room {recording.room.id}\n".encode()
    return _box(b"ftyp", brand) + _box(b"free", b"") + _box(b"mdat", note * 64)


def _box(kind: bytes, payload: bytes) -> bytes:
    return (len(payload) + 8).to_bytes(4, "big") + kind + payload


def chat_csv(recording: Recording) -> bytes:
    """What was written in the room while it was recorded."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["SenderPeerID", "SenderName", "SenderUserID", "Roles", "SentAt", "Type", "Message"]
    )
    began = recording.started_ns or recording.created_ns
    for message in recording.room.chat:
        if began <= message.at_ns <= (recording.stopped_ns or message.at_ns):
            sent = rfc3339(message.at_ns)
            writer.writerow(["", message.sender, "", "", sent, "chat", message.text])
    return out.getvalue().encode()
