"""The data of a meeting page, as JSON values. Pure.

Times are milliseconds since the recording began; text offsets are in UTF-16 units, as in browsers.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.core.assets import VIDEO_TYPES, SummarySection, Transcription
from bot.core.recording import ENDED, NEVER_WAS, Phase, Recording
from bot.core.sourcing import SourcedLine, SourcedSection, Sourcing, summary_lines
from bot.core.transcript import Sentence, Turn, turns
from bot.ui.text import size
from bot.ui.words import file_name

Said = Literal["read", "empty", "not readable", "none", "not now"]

_NOTES: dict[Said, str] = {
    "empty": "Nobody spoke, or the speech was not in English.",
    "not readable": "100ms has a transcript, but the bot cannot read it. Download it below.",
    "not now": "100ms does not answer now, so the transcript cannot be shown.",
}


@dataclass(frozen=True, slots=True)
class Content:
    """The transcript and the summary. There are sentences only if `said` is `read`.

    `kept`: the transcript is in the store, so a moment of it can be shared.
    """

    said: Said
    sentences: tuple[Sentence, ...] = ()
    summary: tuple[SourcedSection, ...] = ()
    kept: bool = False


NOTHING = Content("none")


def sourced(
    sections: Sequence[SummarySection], sentences: Sequence[Sentence]
) -> tuple[SourcedSection, ...]:
    """Match each summary line to the number of its source sentence.

    Takes about half a second for a three-hour meeting: call it off the event loop.
    """
    if not sections:
        return ()
    sourcing = Sourcing(sentences)
    found = []
    for part in sections:
        is_list = part.format == "bullets"
        texts = summary_lines(part.bullets if is_list else (), part.paragraph)
        sources = sourcing.section(part.title, texts)
        lines = tuple(
            SourcedLine(text, None if at is None else sentences[at].n)
            for text, at in zip(texts, sources, strict=True)
        )
        found.append(SourcedSection(part.title, is_list, lines))
    return tuple(found)


def meeting(recording: Recording, content: Content, *, viewer: str) -> dict[str, Any]:
    """Build the page's data: the recording, its turns, its summary lines, its moments."""
    said = turns(content.sentences)
    place = {s.n: (turn.n, s) for turn in said for s in turn.sentences}
    lines = [_line(section, line, place) for section in content.summary for line in section.lines]
    began = recording.began
    return {
        "viewer": {"name": viewer},
        "recording": {
            "id": recording.key,
            "room": recording.name,
            "began_at": began.isoformat(),
            "length_s": recording.duration_s,
            "attendees": list(recording.people),
            "note": _state_note(recording),
        },
        "video": _video(recording),
        "transcript": {
            "state": content.said,
            "kept": content.kept,
            "timed": bool(content.sentences) and content.sentences[0].start_ms is not None,
            "note": _transcript_note(recording, content),
        },
        "turns": [_turn(turn) for turn in said],
        "lines": lines,
        "moments": sorted(
            (
                {"start_ms": line["start_ms"], "turn": line["turn"], "text": line["text"]}
                for line in lines
                if line["start_ms"] is not None
            ),
            key=lambda moment: moment["start_ms"],
        ),
        "chat": recording.assets.chat is not None,
        "files": _files(recording, content),
    }


def _turn(turn: Turn) -> dict[str, Any]:
    """Build a turn. `cues` are its sentences: start and end time, start and end offset in the text.

    `sentence` is the number of the first one; the others are consecutive.
    """
    cues = []
    at = 0
    for sentence in turn.sentences:
        end = at + size(sentence.text)
        cues.append([sentence.start_ms, sentence.end_ms, at, end])
        at = end + 1
    return {
        "n": turn.n,
        "sentence": turn.sentences[0].n,
        "speaker": turn.speaker,
        "start_ms": turn.start_ms,
        "end_ms": turn.end_ms,
        "text": turn.text,
        "cues": cues,
    }


def _line(
    section: SourcedSection, line: SourcedLine, place: dict[int, tuple[int, Sentence]]
) -> dict[str, Any]:
    """Build a summary line with the `start_ms` and the `quote` of its source sentence."""
    turn, sentence = place.get(-1 if line.sentence is None else line.sentence, (None, None))
    return {
        "section": section.title,
        "bullet": section.is_list,
        "text": line.text,
        "turn": turn,
        "start_ms": sentence.start_ms if sentence else None,
        "quote": sentence.text if sentence else None,
    }


def _video(recording: Recording) -> dict[str, Any]:
    """Build the video's entry. `state`: `ready`, `coming` or `none`, by our own facts."""
    kind = "audio" if recording.audio_only else "video"
    if recording.assets.video is not None:
        return {"state": "ready", "kind": kind, "note": ""}
    if recording.phase not in ENDED:
        return {"state": "coming", "kind": kind, "note": f"The {kind} is not ready yet."}
    failed = any(a.type in VIDEO_TYPES and a.status == "failed" for a in recording.assets.all)
    note = f"100ms could not make the {kind}." if failed else f"There is no {kind}."
    return {"state": "none", "kind": kind, "note": note}


def _state_note(recording: Recording) -> str:
    if recording.phase in NEVER_WAS:
        return "This recording did not start."
    if recording.phase in ENDED:
        return "The recording failed." if recording.phase is Phase.FAILED else ""
    if recording.phase is Phase.PROCESSING:
        return "100ms is still processing this recording."
    return "This recording is not over yet."


def _transcript_note(recording: Recording, content: Content) -> str:
    if content.said in _NOTES:
        return _NOTES[content.said]
    if content.said == "read":
        timed = content.sentences[0].start_ms is not None
        return "" if timed else "This transcript has no times, so it does not follow the video."
    if recording.assets.best_transcript is not None:
        return "100ms lists a transcript, but the bot could not get its file."
    if recording.phase in NEVER_WAS | {Phase.FAILED}:
        return "There is no transcript."
    if recording.transcription.pending:
        return "The transcript is not ready yet."
    if recording.transcription is Transcription.GIVEN_UP:
        return "The transcript did not arrive in time."
    if recording.transcription is Transcription.FAILED:
        return "100ms did not make a transcript."
    return "There is no transcript."


def _files(recording: Recording, content: Content) -> list[dict[str, Any]]:
    """List our own transcript files, then 100ms' files."""
    base = f"/m/{recording.key}"
    files: list[dict[str, Any]] = []
    if content.said == "read":
        timed = content.sentences[0].start_ms is not None
        kinds = [("txt", "Transcript (text)")]
        kinds += [("srt", "Subtitles (srt)"), ("vtt", "Subtitles (vtt)")] if timed else []
        files += [
            {"name": name, "href": f"{base}/transcript.{mode}", "size": None}
            for mode, name in kinds
        ]
    files += [
        {
            "name": f"{file_name(asset, audio_only=recording.audio_only)} from 100ms",
            "href": f"{base}/files/{asset.asset_id}",
            "size": asset.size,
        }
        for asset in recording.assets.all
        if asset.status == "completed"
    ]
    return files


def download_name(room: str, began_at: datetime, ending: str) -> str:
    """Build a file name of ASCII letters, digits, dots and dashes."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", room).strip("-.")[:60] or "recording"
    return f"{name}-{began_at:%Y-%m-%d}-transcript.{ending}"
