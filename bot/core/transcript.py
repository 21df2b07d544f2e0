"""Transcripts: parses 100ms' files into sentences and turns, and writes files for people.

100ms documents one shape for each format, but consumers have met others, so every reasonable shape
is read (`tests/data/transcripts` has the known ones). `read` returns a `Transcript`, `Empty` (a
valid file without speech), or `NotReadable`.

Pure: bytes in, values out. No file makes it raise.

Source: 100ms docs, how-to-guides/enable-transcription-and-summary.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median
from typing import Literal

from bot.kit.decoding import decoded, is_page

Mode = Literal["json", "srt", "txt"]

MAX_BYTES = 32 * 1024 * 1024  # three hours with every word are about 4 MB
MAX_MS = 30 * 24 * 3600 * 1000  # longer than any meeting
TURN_MOST_MS = 120_000  # a longer monologue becomes several turns, each with a time to click
PAUSE_MS = 30_000  # after such a silence the same speaker begins a new turn
WORD_PAUSE_MS = 1_500  # the same for sentences, in a file that has only words
SENTENCE_MOST_WORDS = 60
UNKNOWN_SPEAKER = "Unknown speaker"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One entry of 100ms' `sentences`. `n` counts from 0 in the order of time.

    `speaker` is '' if the file has no name. Times are milliseconds since the recording began, both
    None if the file has no times; starts never decrease, and no end precedes its start.
    """

    n: int
    speaker: str
    peer_id: str
    start_ms: int | None
    end_ms: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Adjacent sentences of one speaker, at least one. `n` counts from 0."""

    n: int
    sentences: tuple[Sentence, ...]

    @property
    def speaker(self) -> str:
        return self.sentences[0].speaker

    @property
    def start_ms(self) -> int | None:
        return self.sentences[0].start_ms

    @property
    def end_ms(self) -> int | None:
        return max((s.end_ms for s in self.sentences if s.end_ms is not None), default=None)

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Transcript:
    """At least one sentence, in the order of time."""

    sentences: tuple[Sentence, ...]

    @property
    def has_times(self) -> bool:
        return self.sentences[0].start_ms is not None

    @property
    def words(self) -> int:
        return sum(len(sentence.text.split()) for sentence in self.sentences)

    @property
    def speakers(self) -> tuple[str, ...]:
        """Names in the order of their first sentence."""
        return tuple(dict.fromkeys(s.speaker for s in self.sentences if s.speaker))


def with_names(transcript: Transcript, names: Mapping[str, str]) -> Transcript:
    """Replace the names of speakers by these names, given by peer id."""
    if not names:
        return transcript
    return Transcript(
        tuple(
            replace(s, speaker=_one_line(names[s.peer_id])) if s.peer_id in names else s
            for s in transcript.sentences
        )
    )


@dataclass(frozen=True, slots=True)
class Empty:
    """The file is valid and contains no speech."""


@dataclass(frozen=True, slots=True)
class NotReadable:
    """The file is too large or has an unknown shape; it may contain speech."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of the readable text. `began_at` is in the zone to show."""

    room: str
    began_at: datetime | None = None
    length_s: float | None = None
    people: tuple[str, ...] = ()


def read(content: bytes, mode: Mode = "json") -> Transcript | Empty | NotReadable:
    """Read a transcript file of 100ms in this format."""
    if len(content) > MAX_BYTES:
        return NotReadable()
    text = decoded(content)
    if mode == "json":
        rows = _json_rows(text)
    elif mode == "srt":
        rows = _srt_rows(text)
    elif is_page(text):
        rows = None
    else:
        rows = [_spoken(line) for line in text.splitlines()]
    if rows is None:
        return NotReadable()
    sentences = _in_order(rows)
    return Transcript(sentences) if sentences else Empty()


def turns(sentences: Iterable[Sentence]) -> tuple[Turn, ...]:
    """Join adjacent sentences of one speaker, split at long silences and after `TURN_MOST_MS`."""
    joined: list[list[Sentence]] = []
    for sentence in sentences:
        if joined and _continues(joined[-1], sentence):
            joined[-1].append(sentence)
        else:
            joined.append([sentence])
    return tuple(Turn(n, tuple(group)) for n, group in enumerate(joined))


def _continues(turn: Sequence[Sentence], sentence: Sentence) -> bool:
    first = turn[0]
    if (first.speaker, first.peer_id) != (sentence.speaker, sentence.peer_id):
        return False
    if first.start_ms is None or sentence.start_ms is None or sentence.end_ms is None:
        return True
    said_until_ms = max(one.end_ms or 0 for one in turn)
    length_ms = max(said_until_ms, sentence.end_ms) - first.start_ms
    return sentence.start_ms - said_until_ms <= PAUSE_MS and length_ms <= TURN_MOST_MS


# Files for people


def readable_text(transcript: Transcript, heading: Heading) -> str:
    """The transcript as text: a heading, then each turn with its speaker and time."""
    lines = [line for line in _heading_lines(heading) if line]
    for turn in turns(transcript.sentences):
        when = f"[{clock(turn.start_ms)}] " if turn.start_ms is not None else ""
        lines += ["", f"{when}{turn.speaker or UNKNOWN_SPEAKER}", turn.text]
    return "\n".join(lines) + "\n"


def _heading_lines(heading: Heading) -> Iterator[str]:
    yield _one_line(heading.room)
    facts = []
    if heading.began_at is not None:
        day = f"{heading.began_at.day} {heading.began_at:%B} {heading.began_at.year}"
        facts.append(f"{day}, {heading.began_at:%H:%M %Z}".strip())
    if heading.length_s is not None:
        minutes = max(1, round(heading.length_s / 60))
        facts.append("1 minute" if minutes == 1 else f"{minutes} minutes")
    yield " · ".join(facts)
    people = ", ".join(name for person in heading.people if (name := _one_line(person)))
    yield f"People: {people}" if people else ""


def srt(transcript: Transcript) -> str:
    """SubRip: one caption per sentence, as `Name: text`; '' for a transcript without times."""
    cues = [
        f"{number}\n{_time(start, ',')} --> {_time(end, ',')}\n{_caption(sentence)}\n"
        for number, (sentence, start, end) in enumerate(_cues(transcript), start=1)
    ]
    return "\n".join(cues)


def vtt(transcript: Transcript) -> str:
    """WebVTT: one cue per sentence, with its speaker as the voice."""
    cues = [
        f"{_time(start, '.')} --> {_time(end, '.')}\n{_voice(sentence)}\n"
        for sentence, start, end in _cues(transcript)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def clock(ms: int) -> str:
    """A time in a recording as `4:05` or `1:02:03`."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _cues(transcript: Transcript) -> Iterator[tuple[Sentence, int, int]]:
    for sentence in transcript.sentences:
        if sentence.start_ms is not None and sentence.end_ms is not None:
            # Players drop cues without a length.
            yield sentence, sentence.start_ms, max(sentence.end_ms, sentence.start_ms + 1)


def _caption(sentence: Sentence) -> str:
    said = f"{sentence.speaker}: {sentence.text}" if sentence.speaker else sentence.text
    return said.replace("-->", "→")


def _voice(sentence: Sentence) -> str:
    text = _escaped(sentence.text)
    return f"<v {_escaped(sentence.speaker)}>{text}</v>" if sentence.speaker else text


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{ms:03}"


# Reading files


@dataclass(frozen=True, slots=True)
class _Row:
    text: str
    speaker: str = ""
    peer_id: str = ""
    start_ms: int | None = None
    end_ms: int | None = None


_LISTS = ("sentences", "statements", "segments", "utterances", "words")
_WRAPPERS = ("transcript", "transcription", "data", "results")
_TEXTS = ("sentence", "statement", "text", "transcript", "word")
_SPEAKERS = ("name", "speaker", "speaker_name", "user_name")
_STARTS = (("start_time", 1), ("start_ms", 1), ("start", 1000))  # the factor to milliseconds
_ENDS = (("end_time", 1), ("end_ms", 1), ("end", 1000))
_DEPTH = 4

_UNUSABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?")
_SRT_TIMES = re.compile(r"\s*([\d:.,]+)\s*-->\s*([\d:.,]+)")
_SPOKEN = re.compile(r"(?P<speaker>[^:\n]{1,80}):(?:\s+(?P<text>.*)|$)", re.DOTALL)
_SENTENCE_END = re.compile(r"[.!?。！？…]['\"”’)]*$")


def _json_rows(text: str) -> list[_Row] | None:
    """The rows in a JSON file; None if its shape is unknown."""
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return _find_rows(found, _DEPTH)


def _find_rows(found: object, depth: int) -> list[_Row] | None:
    if isinstance(found, str):
        return [_Row(line) for line in found.splitlines()]
    if isinstance(found, list):
        return _rows_of_list(found)
    if not isinstance(found, dict) or depth == 0:
        return None
    readable: list[list[_Row]] = []
    for key in (*_LISTS, *_WRAPPERS):
        rows = _find_rows(found[key], depth - 1) if found.get(key) is not None else None
        if rows is None:
            continue
        if key == "words":
            rows = _sentences_of(rows)
        if any(_one_line(row.text) for row in rows):
            return rows
        readable.append(rows)
    return [] if readable else None


def _rows_of_list(found: Sequence[object]) -> list[_Row] | None:
    """The rows of a list; None if it has entries but none of them has a text."""
    objects = [row for row in found if isinstance(row, dict)]
    rows = [row for one in objects if (row := _row_of(one)) is not None]
    if found and not rows:
        return None
    return _seconds_or_ms(rows, objects)


def _row_of(found: Mapping[str, object]) -> _Row | None:
    text = next((found[key] for key in _TEXTS if isinstance(found.get(key), str)), None)
    if not isinstance(text, str):
        return None
    start, end = _first_time(found, _STARTS), _first_time(found, _ENDS)
    if start is None or end is None:
        start = end = start if start is not None else end
    return _Row(text, _name(found, _SPEAKERS), _name(found, ("peer_id",)), start, end)


def _name(found: Mapping[str, object], keys: Sequence[str]) -> str:
    values = (found.get(key) for key in keys)
    return next((name for v in values if isinstance(v, str) and (name := _one_line(v))), "")


def _first_time(found: Mapping[str, object], keys: Sequence[tuple[str, int]]) -> int | None:
    times = (_ms(found.get(key), factor) for key, factor in keys)
    return next((time for time in times if time is not None), None)


def _ms(value: object, factor: int) -> int | None:
    """A time in milliseconds, from a number, digits, or a clock such as `00:01:02.5`."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        at = _CLOCK.fullmatch(value.strip())
        if at:
            hours, minutes, seconds, fraction = at.groups()
            ms = int(f"{fraction or '0':0<3}"[:3])
            value = ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + ms
            factor = 1
    if not isinstance(value, int | float | str):
        return None
    try:
        number = float(value) * factor
    except (ValueError, OverflowError):
        return None
    return round(number) if 0 <= number <= MAX_MS else None  # also false for NaN


def _seconds_or_ms(rows: list[_Row], objects: Sequence[Mapping[str, object]]) -> list[_Row]:
    """Divide times by 1,000 if they are milliseconds in fields that usually have seconds.

    That is the case if entries would last minutes each.
    """
    if any(key in one for one in objects for key, factor in (*_STARTS, *_ENDS) if factor == 1):
        return rows
    lengths = [
        r.end_ms - r.start_ms for r in rows if r.end_ms is not None and r.start_ms is not None
    ]
    if not lengths or median(lengths) <= 100_000:
        return rows
    return [
        row
        if row.start_ms is None or row.end_ms is None
        else replace(row, start_ms=row.start_ms // 1000, end_ms=row.end_ms // 1000)
        for row in rows
    ]


def _sentences_of(words: Iterable[_Row]) -> list[_Row]:
    """Join words into sentences, which end at a full stop, a pause, or the next speaker."""
    groups: list[list[_Row]] = []
    for word in words:
        if not groups or _ends_before(groups[-1], word):
            groups.append([])
        groups[-1].append(word)
    return [
        replace(group[0], text=" ".join(word.text for word in group), end_ms=group[-1].end_ms)
        for group in groups
    ]


def _ends_before(group: Sequence[_Row], word: _Row) -> bool:
    last = group[-1]
    if (last.speaker, last.peer_id) != (word.speaker, word.peer_id):
        return True
    if len(group) >= SENTENCE_MOST_WORDS or _SENTENCE_END.search(last.text.strip()):
        return True
    return (
        last.end_ms is not None
        and word.start_ms is not None
        and word.start_ms - last.end_ms > WORD_PAUSE_MS
    )


def _srt_rows(text: str) -> list[_Row] | None:
    """The rows in a SubRip file; None if it has text but no captions."""
    if not text.strip():
        return []
    rows: list[_Row] = []
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    captions = 0
    for block in blocks:
        lines = block.strip("\n").split("\n")
        at = next((i for i, line in enumerate(lines[:2]) if _SRT_TIMES.match(line)), None)
        times = _SRT_TIMES.match(lines[at]) if at is not None else None
        if at is None or times is None:
            continue
        captions += 1
        start, end = _ms(times[1], 1), _ms(times[2], 1)
        if start is None or end is None:
            start = end = None
        spoken = _spoken("\n".join(lines[at + 1 :]))
        rows.append(replace(spoken, start_ms=start, end_ms=end))
    return rows if captions else None


def _spoken(text: str) -> _Row:
    """Split `Name: text`, as 100ms writes it."""
    found = _SPOKEN.fullmatch(text.strip())
    if found is None:
        return _Row(text)
    return _Row(found["text"] or "", _one_line(found["speaker"]))


def _in_order(rows: Iterable[_Row]) -> tuple[Sentence, ...]:
    """Sort the rows with a text by time, and number them.

    A row without a time gets that of the row before, unless no row has a time.
    """
    kept = [(row, text) for row in rows if (text := _one_line(row.text))]
    timed = any(row.start_ms is not None for row, _ in kept)
    before = 0
    placed: list[tuple[int, int, _Row, str]] = []
    for row, text in kept:
        start = row.start_ms if row.start_ms is not None else before
        end = row.end_ms if row.end_ms is not None else start
        before = start
        placed.append((start, max(start, end), row, text))
    placed.sort(key=lambda one: one[0])
    return tuple(
        Sentence(
            n, row.speaker, row.peer_id, start if timed else None, end if timed else None, text
        )
        for n, (start, end, row, text) in enumerate(placed)
    )


def _one_line(text: str) -> str:
    """Remove line breaks, control characters, and characters that a database cannot store."""
    return " ".join(_UNUSABLE.sub(" ", text).split())
