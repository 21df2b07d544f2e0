"""Texts and what is made of them, one per line: terms, queries, hits, sources, transcripts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

from bot.core import search as s
from bot.core.derive import derive
from bot.core.sourcing import Sourcing, paragraph_lines
from bot.core.terms import terms
from bot.core.titles import title_of
from bot.core.transcript import (
    Heading,
    Sentence,
    Transcript,
    clock,
    read,
    readable_text,
    srt,
    turns,
    vtt,
)
from bot.features.find.model import question
from bot.ui import buttons as b
from bot.ui import text as t
from tests.unit.some import requested

MEETING = Path(__file__).parents[2] / "data/meetings/11-sales-weekly.json"
TODAY = date(2026, 11, 29)  # a Sunday
ROOMS = ("Sales weekly", "Sales", "Daily", "in review", "Größe", "one two three four five six")
PEOPLE = ("Ana Lima", "Ben", "Ben Nevis", "since", "Marek", "Chidi")


@cache
def _said() -> Transcript:
    found = read(MEETING.read_bytes())
    assert isinstance(found, Transcript)
    return found


@cache
def _sourcing(sentences: int) -> Sourcing:
    return Sourcing(_said().sentences[:sentences])


@cache
def _index() -> tuple[s.Vocabulary, list[list[tuple[int, str, s.Phrase]]], dict[str, str]]:
    counts: dict[str, int] = {}
    sentences = _said().sentences
    stemmed = []
    for one in sentences:
        found = s.sentence_terms(one.speaker, one.text)
        for term in found:
            counts[term.word] = counts.get(term.word, 0) + 1
        stemmed.append((one.n, one.speaker, s.sentence_stems(found)))
    starts = s.blocks(0, len(sentences))
    blocks = [stemmed[at : at + s.IN_BLOCK] for at in starts]
    return s.Vocabulary(counts), blocks, {word: s.stem_of(word) for word in counts}


def _terms(text: str) -> str:
    return " ".join(
        one.word + (f"/{one.stem}" if one.stem != one.word else "")
        + ("~" if one.is_part else "") + ("." if one.is_stop else "") for one in terms(text)
    )  # fmt: skip


def _query(text: str) -> str:
    q = s.parse(text, rooms=ROOMS, people=PEOPLE, today=TODAY)
    parts = {
        "words": " ".join(one.word for one in q.words), "rooms": q.rooms, "people": q.people,
        "since": q.since, "until": q.until, "unknown": q.unknown, "text": q.text,
    }  # fmt: skip
    return "; ".join(f"{name} {value}" for name, value in parts.items() if value)


def _found(text: str) -> str:
    vocabulary, blocks, known = _index()
    query = s.parse(text, rooms=(), people=PEOPLE, today=TODAY)
    wanted = s.wanted(query, vocabulary)
    meant = {w.word: s.similar(w.word, known)[:4] for w in wanted if not w.phrases}
    resolved = s.Resolved(wanted)
    out = [f"{w.word}={'|'.join(' '.join(p) for p in w.phrases)}" for w in wanted]
    out += [f"{word}?{','.join(others)}" for word, others in meant.items()]
    out.append(f"pieces {len(s.pieces(query))}")
    for need in s.needs(len(wanted)):
        found = [c for block in blocks for c in s.windows("r", block, resolved, need)]
        hits = s.rank(found, resolved, vocabulary, people=query.people)
        said = " ".join(f"{hit.sentence}:{hit.score:.3f}" for hit in hits[:6])
        counts = vocabulary.by_stem
        out.append(f"need {need}: {len(found)} likely {s.likely(resolved, need, counts)} {said}")
        if len(wanted) == 2:
            out.append(f"{s.fts5(resolved, need)} / {s.tsquery(resolved, need)}")
    return "; ".join(out)


def _sourced(sentences: int) -> Callable[[str], str]:
    def of(text: str) -> str:
        found = _sourcing(sentences).best(text)
        sure = _sourcing(sentences).source(text) is not None
        return f"{found.sentence} {found.confidence:.3f}{' sure' if sure else ''}" if found else "-"

    return of


def _read(mode: str) -> Callable[[str], str]:
    def of(text: str) -> str:
        found = read(text.encode(), mode)  # type: ignore[arg-type]
        if not isinstance(found, Transcript):
            return type(found).__name__
        return " | ".join(f"{one.start_ms}-{one.end_ms} {one.speaker}{'/' * bool(one.peer_id)}"
                          f"{one.peer_id}: {one.text}" for one in found.sentences)  # fmt: skip

    return of


def _written(text: str) -> str:
    """`speaker start end words` of each sentence, in seconds."""
    rows = [row.split(" ", 3) for row in text.split("; ")]
    timed = [
        (None, None) if a == "-" else (round(float(a) * 1000), round(float(b) * 1000))
        for _, a, b, _ in rows
    ]
    said = Transcript(
        tuple(
            Sentence(n, who.strip("?"), "", start, end, words)
            for n, ((who, _, _, words), (start, end)) in enumerate(zip(rows, timed, strict=True))
        )
    )
    heading = Heading(
        "Sync",
        datetime(2026, 3, 1, 9, 5, tzinfo=timezone(timedelta(hours=1), "CET")),
        89.0,
        said.speakers,
    )
    shapes = [
        f"{turn.n}:{len(turn.sentences)}@{turn.start_ms}-{turn.end_ms}"
        for turn in turns(said.sentences)
    ]
    return json.dumps(
        [
            " ".join(shapes),
            said.has_times,
            said.words,
            readable_text(said, heading),
            srt(said),
            vtt(said),
        ]
    )


def _shortened(text: str) -> str:
    """With limits around the size of the text, and small ones."""
    size = t.size(text)
    limits = sorted({1, 2, 3, 4, 6, size - 2, size - 1, size, size + 1} & set(range(1, size + 9)))
    return json.dumps(
        [size, t.clean(text), t.literal(text), t.own(text), t.code(text)]
        + [
            f"{limit}: {t.shorten(text, limit)}|{t.plain(text, limit)}|{t.esc(text, limit)}"
            for limit in limits
        ]
    )


def _number(text: str) -> str:
    n = float(text)
    at = datetime.fromtimestamp(min(abs(n), 4e9), UTC)
    return json.dumps(
        [
            t.duration(n),
            t.megabytes(int(n)),
            t.count(int(n), "file"),
            clock(int(abs(n))),
            t.when(at),
            t.clock(at),
            t.utc(at),
        ]
    )


def _named(text: str) -> str:
    return json.dumps(
        [
            t.mention(text),
            t.place(text),
            t.carries_secrets(text),
            t.starter_of(text),
            t.is_user(text),
        ]
    )


def _labels(text: str) -> str:
    """With the buttons of a recording of a room of this name."""
    recording = derive("k", [requested(room_name=text)])
    made = [
        b.stop_button("k", text),
        *b.end_buttons(recording),
        b.details_button(recording),
        b.share_button(recording),
        b.join_button("k", text),
        b.rename_button(recording),
        b.forget_button(recording),
        b.transcript_button("k", text),
    ]
    return json.dumps([[one.get("accessibility_label"), one.get("confirm")] for one in made])


def _question(text: str) -> str:
    """`since until`, each a date or -."""
    since, until = (None if day == "-" else date.fromisoformat(day) for day in text.split(" "))
    return question(" budget ", room="Sales", person="Ana", since=since, until=until)


def _blocks(text: str) -> str:
    first, end = map(int, text.split(" "))
    return json.dumps(list(s.blocks(first, end)))


KINDS: dict[str, Callable[[str], str]] = {
    "terms": _terms,
    "query": _query,
    "find": _found,
    "lines": lambda text: " | ".join(paragraph_lines(text)),
    "source": _sourced(500),
    "source in 40": _sourced(40),
    "source in 9": _sourced(9),
    "source in 3": _sourced(3),
    "json": _read("json"),
    "srt": _read("srt"),
    "txt": _read("txt"),
    "write": _written,
    "text": _shortened,
    "number": _number,
    "id": _named,
    "labels": _labels,
    "title": title_of,
    "question": _question,
    "blocks": _blocks,
}


def shown(kind: str, text: str) -> str:
    return KINDS[kind](text)
