"""Transcripts: what is read from 100ms' files, and what people get."""

import json
import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.core.transcript import (
    MAX_BYTES,
    TURN_MOST_MS,
    Empty,
    Heading,
    Mode,
    NotReadable,
    Transcript,
    clock,
    read,
    readable_text,
    srt,
    turns,
    vtt,
    with_names,
)
from tests.unit.rows import each_row

SAMPLES = Path(__file__).parents[2] / "data" / "transcripts"


def entry(name: str, text: str, start_ms: int, end_ms: int) -> dict[str, str]:
    times = {"start_time": str(start_ms), "end_time": str(end_ms)}
    return {"sentence": text, "name": name, "peer_id": f"p-{name}", **times}


def transcript(found: object) -> Transcript:
    result = read(json.dumps(found).encode())
    assert isinstance(result, Transcript), result
    return result


def told(result: object) -> list[tuple[str, str, int | None, int | None]]:
    assert isinstance(result, Transcript), result
    return [(one.speaker, one.text, one.start_ms, one.end_ms) for one in result.sentences]


A = {"name": "A"}
AB = [("A", "hello there", 1000, 2000), ("B", "hi", 2500, 2600)]
ENTRIES = [entry("A", "hello there", 1000, 2000), entry("B", "hi", 2500, 2600)]


@each_row(
    "found",
    [
        {"sentences": ENTRIES},
        {"words": [], "sentences": ENTRIES},
        {"transcript": {"sentences": ENTRIES}},
        {"data": {"transcript": {"sentences": ENTRIES}}},
        {"transcript": ENTRIES},
        ENTRIES,
        {"sentences": list(reversed(ENTRIES))},
        {"sentences": [*ENTRIES, entry("B", "  ", 9, 9), None, 5, {}]},
        {"sentences": [], "statements": [e | {"statement": e["sentence"]} for e in ENTRIES]},
        {
            "words": [
                A | {"word": "hello", "peer_id": "p-A", "start_time": "1000", "end_time": "1500"},
                A | {"word": "there", "peer_id": "p-A", "start_time": 1600, "end_time": 2000.0},
                {"word": "hi", "name": "B", "start_time": "2500", "end_time": "2600"},
            ]
        },
        {
            "segments": [
                {"speaker": "A", "text": "hello\nthere", "start": 1.0, "end": 2.0},
                {"speaker": "B", "text": "hi", "start": 2.5, "end": 2.6},
            ]
        },
        {
            "statements": [
                {"speaker": "A", "statement": "hello there", "start": "0:01", "end": "00:00:02"},
                {"speaker": "B", "statement": "hi", "start": "0:02.5", "end": "0:02,600"},
            ]
        },
    ],
)
def test_every_shape_says_the_same(found: object) -> None:
    assert told(read(json.dumps(found).encode())) == AB


def test_seconds_that_would_last_minutes_are_milliseconds() -> None:
    rows = [
        {"speaker": "A", "text": "x", "start": n * 4000, "end": n * 4000 + 3000} for n in range(5)
    ]
    assert told(read(json.dumps({"segments": rows}).encode()))[1] == ("A", "x", 4000, 7000)


def test_samples_from_the_wild() -> None:
    assert told(read((SAMPLES / "segments.json").read_bytes())) == [
        ("A", "hello there all", 0, 2100)
    ]
    assert told(read((SAMPLES / "utf16.json").read_bytes())) == [("A", "hello there", None, None)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings(encoding: str) -> None:
    content = json.dumps({"sentences": [entry("Zoë", "naïve 🎥", 0, 1)]}, ensure_ascii=False)
    assert told(read(content.encode(encoding))) == [("Zoë", "naïve 🎥", 0, 1)]


SRT = "1\n00:00:01,000 --> 00:00:02,000\nA: hello\nthere\n\n2\n00:00:02.5 --> 00:00:02,600\nB: hi\n"


@pytest.mark.parametrize(
    "content", [SRT, SRT.replace("\n", "\r\n"), "\ufeff" + SRT, "WEBVTT\n\n" + SRT]
)
def test_subrip(content: str) -> None:
    assert told(read(content.encode(), "srt")) == AB


@pytest.mark.parametrize(
    "said", ["<laughs> so", "A: use <html> here", "<A> hi </A> there", "<A>\nhi\n</B>", "<3"]
)
def test_text_with_angle_brackets_is_still_text(said: str) -> None:
    assert isinstance(read(said.encode(), "txt"), Transcript)


def test_text_has_no_times() -> None:
    found = read(b"A: hello\n\nA: at 10:30: go\n\nnobody\n\nB:\n", "txt")
    assert told(found) == [
        ("A", "hello", None, None),
        ("A", "at 10:30: go", None, None),
        ("", "nobody", None, None),
    ]


@each_row(
    ("content", "mode", "expected"),
    [
        (b'{"words": [], "sentences": []}', "json", Empty()),
        (b'{"sentences": []}', "json", Empty()),
        (b"[]", "json", Empty()),
        (b'{"sentences": [{"sentence": "  ", "name": "A"}]}', "json", Empty()),
        (b'{"transcript": ""}', "json", Empty()),
        (b"", "txt", Empty()),
        (b" \n", "srt", Empty()),
        (b"1\n00:00:01,000 --> 00:00:02,000\n\n", "srt", Empty()),
        (b"", "json", NotReadable()),
        (b"{}", "json", NotReadable()),
        (b"null", "json", NotReadable()),
        (b"12", "json", NotReadable()),
        (b'{"sentences": null}', "json", NotReadable()),
        (b'{"sentences": [{"said": "hello"}]}', "json", NotReadable()),
        (b'{"sentences": [1, 2]}', "json", NotReadable()),
        (b'{"sentences": [', "json", NotReadable()),
        (b"[" * 100_000, "json", NotReadable()),
        (b"<Error>AccessDenied</Error>", "json", NotReadable()),
        (b"<Error>AccessDenied</Error>", "srt", NotReadable()),
        *(
            (page, "txt", NotReadable())
            for page in (
                b"<Error>AccessDenied</Error>",
                b'<?xml version="1.0"?>\n<Error><Code>NoSuchKey</Code></Error>\n',
                b"\xef\xbb\xbf\n<!DOCTYPE html>\n<title>502</title>",
                b"<html>\r\n<body>503 Service Unavailable",
                b'<Error xmlns="x">\n<Message>denied</Message>\n</Error>\n',
                "<html><body>502</body></html>".encode("utf-16"),
            )
        ),
        (b" " * (MAX_BYTES + 1), "json", NotReadable()),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_empty_and_not_readable_are_two_answers(
    content: bytes, mode: Mode, expected: object
) -> None:
    assert read(content, mode) == expected


@each_row(
    "odd", [None, "", "soon", -5, "-5", True, [], {}, float("1e300"), "9" * 5000, "NaN", "inf"]
)
def test_odd_times_are_no_times(odd: object) -> None:
    rows = [
        entry("A", "one", 5000, 6000),
        entry("B", "two", 0, 0) | {"start_time": odd, "end_time": odd},
    ]
    assert told(transcript({"sentences": rows}))[1] == ("B", "two", 5000, 5000)


def test_words_become_sentences() -> None:
    words = [
        A | {"word": word, "start_time": str(start), "end_time": str(start + 100)}
        for word, start in [("One", 0), ("two.", 200), ("Three", 400), ("four", 9000)]
    ]
    assert told(transcript({"words": words})) == [
        ("A", "One two.", 0, 300),
        ("A", "Three", 400, 500),
        ("A", "four", 9000, 9100),
    ]


def test_words_without_an_end_are_cut() -> None:
    """After sixty words, and after a silence of more than a second and a half."""

    def lengths(gap_ms: int, count: int) -> list[int]:
        words = [
            A | {"word": "so", "start_time": str(n * (100 + gap_ms)),
                 "end_time": str(n * (100 + gap_ms) + 100)}
            for n in range(count)
        ]  # fmt: skip
        return [len(said.text.split()) for said in transcript({"words": words}).sentences]

    assert lengths(100, 121) == [60, 60, 1]
    assert lengths(1500, 2) == [2]
    assert lengths(1501, 2) == [1, 1]


def test_turns_join_what_one_person_says() -> None:
    said = [("A", "One.", 0), ("A", "Two.", 2000), ("B", "Hm.", 4000), ("A", "Three.", 5000)]
    rows = [entry(name, text, start, start + 1000) for name, text, start in said]
    found = turns(transcript({"sentences": rows}).sentences)
    assert [(t.n, t.speaker, t.start_ms, t.end_ms, t.text) for t in found] == [
        (0, "A", 0, 3000, "One. Two."),
        (1, "B", 4000, 5000, "Hm."),
        (2, "A", 5000, 6000, "Three."),
    ]


def test_monologues_and_silences_are_cut() -> None:
    talk = [entry("A", f"Sentence {n}.", n * 10_000, n * 10_000 + 9_000) for n in range(30)]
    late = [entry("A", "Still here?", 900_000, 901_000)]
    found = turns(transcript({"sentences": talk + late}).sentences)
    assert [len(turn.sentences) for turn in found] == [12, 12, 6, 1]
    assert found[-1].text == "Still here?"


SAMPLE = {
    "sentences": [
        entry("Ana <&> 🎥", "Good morning --> everybody.", 0, 2000),
        entry("Ana <&> 🎥", "Shall we?", 2500, 3000),
        entry("שרה", "I <b>agree</b> & how.", 3_661_001, 3_661_001),
        entry("", "Hm.", 3_700_000, 3_701_000),
    ]
}


def test_text_to_read() -> None:
    heading = Heading(
        "Stand-up\n<&>", datetime(2026, 3, 1, 12, 5, tzinfo=UTC), 3701.0, ("Ana <&> 🎥", "שרה")
    )
    assert readable_text(transcript(SAMPLE), heading) == snapshot("""\
Stand-up <&>
1 March 2026, 12:05 UTC · 62 minutes
People: Ana <&> 🎥, שרה

[0:00] Ana <&> 🎥
Good morning --> everybody. Shall we?

[1:01:01] שרה
I <b>agree</b> & how.

[1:01:40] Unknown speaker
Hm.
""")
    assert readable_text(transcript(SAMPLE), Heading("Room")).startswith("Room\n\n[0:00] Ana")
    untimed = read(b"A: hello\n", "txt")
    assert isinstance(untimed, Transcript)
    assert readable_text(untimed, Heading("Room")) == "Room\n\nA\nhello\n"
    assert (srt(untimed), vtt(untimed)) == ("", "WEBVTT\n")


def test_captions() -> None:
    assert srt(transcript(SAMPLE)) == snapshot("""\
1
00:00:00,000 --> 00:00:02,000
Ana <&> 🎥: Good morning → everybody.

2
00:00:02,500 --> 00:00:03,000
Ana <&> 🎥: Shall we?

3
01:01:01,001 --> 01:01:01,002
שרה: I <b>agree</b> & how.

4
01:01:40,000 --> 01:01:41,000
Hm.
""")
    assert vtt(transcript(SAMPLE)) == snapshot("""\
WEBVTT

00:00:00.000 --> 00:00:02.000
<v Ana &lt;&amp;&gt; 🎥>Good morning --&gt; everybody.</v>

00:00:02.500 --> 00:00:03.000
<v Ana &lt;&amp;&gt; 🎥>Shall we?</v>

01:01:01.001 --> 01:01:01.002
<v שרה>I &lt;b&gt;agree&lt;/b&gt; &amp; how.</v>

01:01:40.000 --> 01:01:41.000
Hm.
""")


@pytest.mark.parametrize(("ms", "shown"), [(0, "0:00"), (754_999, "12:34"), (3_723_000, "1:02:03")])
def test_clock(ms: int, shown: str) -> None:
    assert clock(ms) == shown


ODD = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
TIMES = st.integers(0, 4_000_000) | st.integers(0, 4_000_000).map(str) | ODD
KEYS = [
    "sentence",
    "word",
    "text",
    "name",
    "speaker",
    "peer_id",
    "start_time",
    "end_time",
    "start",
    "end",
]
ROWS = st.dictionaries(st.sampled_from(KEYS), TIMES | st.text(max_size=20), max_size=6)
NESTED = st.recursive(
    ODD | st.lists(ROWS, max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["sentences", "words", "segments", "transcript", "data", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
FILES = NESTED.map(lambda found: json.dumps(found).encode()) | st.binary()
TEXTS = st.text(alphabet=st.sampled_from("A:-> \n\r0123456789,.é\x00\u2028")).map(str.encode)


def laws(result: object) -> None:
    assert isinstance(result, Transcript | Empty | NotReadable)
    if not isinstance(result, Transcript):
        return
    assert result.sentences
    assert [one.n for one in result.sentences] == list(range(len(result.sentences)))
    for one in result.sentences:
        assert one.text == " ".join(one.text.split()) != ""
        assert (one.start_ms is None) == (one.end_ms is None) == (not result.has_times)
        assert "\x00" not in one.text + one.speaker + one.peer_id
    assert [s for turn in turns(result.sentences) for s in turn.sentences] == list(result.sentences)
    if result.has_times:
        starts = [one.start_ms or 0 for one in result.sentences]
        assert starts == sorted(starts)
        assert all((one.end_ms or 0) >= (one.start_ms or 0) >= 0 for one in result.sentences)


@given(FILES | TEXTS, st.sampled_from(["json", "srt", "txt"]))
def test_any_file_is_read_without_an_error(content: bytes, mode: Mode) -> None:
    laws(read(content, mode))


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    row: Any = st.builds(
        entry,
        st.text(max_size=12),
        st.text(min_size=1, max_size=30).map(lambda text: text + "x"),
        st.integers(0, 40_000_000),
        st.integers(0, 40_000_000),
    )
    return transcript({"sentences": draw(st.lists(row, min_size=1, max_size=8))})


CUE = re.compile(
    r"(\d\d+):([0-5]\d):([0-5]\d)[,.](\d{3}) --> (\d\d+):([0-5]\d):([0-5]\d)[,.](\d{3})"
)


def cue_times(captions: str) -> list[tuple[int, int]]:
    found = []
    for line in captions.split("\n"):
        if match := CUE.fullmatch(line):
            a, b, c, d, e, f, g, h = map(int, match.groups())
            found.append((((a * 60 + b) * 60 + c) * 1000 + d, ((e * 60 + f) * 60 + g) * 1000 + h))
    return found


@given(transcripts())
def test_captions_are_well_formed_and_in_order(said: Transcript) -> None:
    for captions in (srt(said), vtt(said)):
        times = cue_times(captions)
        assert len(times) == len(said.sentences) == captions.count("-->")
        assert all(start < end for start, end in times)
        assert all(one[0] <= other[0] for one, other in pairwise(times))
    blocks = srt(said).strip("\n").split("\n\n")
    assert [block.split("\n")[0] for block in blocks] == [str(n + 1) for n in range(len(blocks))]
    assert all(len(block.split("\n")) == 3 for block in blocks)
    cues = vtt(said).strip("\n").split("\n\n")
    assert cues[0] == "WEBVTT"
    assert all(
        re.fullmatch(r"(<v [^<>\n]+>)?[^<>\n]*(</v>)?", cue.split("\n")[1]) for cue in cues[1:]
    )


@given(transcripts())
def test_captions_are_read_again_as_they_were(said: Transcript) -> None:
    again = read(srt(said).encode(), "srt")
    assert isinstance(again, Transcript)
    assert [one.start_ms for one in again.sentences] == [one.start_ms for one in said.sentences]


@given(transcripts())
def test_no_turn_is_longer_than_a_reader_wants(said: Transcript) -> None:
    for turn in turns(said.sentences):
        if len(turn.sentences) > 1:
            assert turn.end_ms is not None
            assert turn.end_ms - (turn.start_ms or 0) <= TURN_MOST_MS


@pytest.mark.parametrize(
    ("length_s", "said"), [(0.0, "1 minute"), (89.0, "1 minute"), (91.0, "2 minutes")]
)
def test_the_length_of_what_was_recorded(length_s: float, said: str) -> None:
    text = readable_text(transcript(SAMPLE), Heading("Room", length_s=length_s))
    assert text.splitlines()[1] == said


def test_a_name_makes_no_caption_of_its_own() -> None:
    said = transcript({"transcript": [entry("Ana", "Hello.", 0, 900)]})
    peer = said.sentences[0].peer_id
    forged = srt(with_names(said, {peer: "A\n\n2\n00:00:01,000 --> 00:00:02,000\nB"}))
    assert forged.count("-->") == 1
    assert forged.count("\n\n") == 0
