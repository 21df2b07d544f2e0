"""Transcripts and summaries of every shape seen in the wild, and of none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.assets import SummarySection
from bot.core.options import OutputMode
from bot.hms.models import OUTPUT_MODES
from bot.hms.results import count_words, has_messages, parse_summary

AGENDA = {"title": "Agenda", "format": "bullets", "bullets": ["One", "Two"], "paragraph": ""}
SHORT = {"title": "Short Summary", "format": "paragraph", "bullets": [], "paragraph": "We met."}
READ = (
    SummarySection("Agenda", "bullets", ("One", "Two")),
    SummarySection("Short Summary", "paragraph", (), "We met."),
)


@pytest.mark.parametrize(
    "shape",
    [
        {"summary": {"sections": [AGENDA, SHORT]}},
        {"sections": [AGENDA, SHORT]},
        {"summary": [AGENDA, SHORT]},
        [AGENDA, SHORT],
        [AGENDA, None, "x", {}, SHORT, {"title": "Nothing", "bullets": ["", " "]}],
    ],
)
def test_every_wrapper_is_read(shape: object) -> None:
    assert parse_summary(json.dumps(shape).encode()) == READ


@pytest.mark.parametrize(
    ("section", "read"),
    [
        ({"bullets": ["a"]}, SummarySection("", "bullets", ("a",))),
        ({"title": 5, "paragraph": "a"}, SummarySection("", "paragraph", (), "a")),
        ({"format": "bullets", "bullets": "- a\n* b"}, SummarySection("", "bullets", ("a", "b"))),
        (
            {"format": "bullets", "bullets": None, "paragraph": "• a\n• b"},
            SummarySection("", "bullets", ("a", "b"), "a\nb"),
        ),
        (
            {"format": "paragraph", "bullets": ["a", 7, "b"], "paragraph": ""},
            SummarySection("", "bullets", ("a", "b")),
        ),
        ({"format": "haiku", "paragraph": ["a", "b"]}, SummarySection("", "paragraph", (), "a\nb")),
        (
            {"title": "<b> & 🎉 \u05e9", "format": "paragraph", "paragraph": "x"},
            SummarySection("<b> & 🎉 \u05e9", "paragraph", (), "x"),
        ),
    ],
)
def test_a_section_of_another_shape(section: object, read: SummarySection) -> None:
    assert parse_summary(json.dumps({"sections": [section]}).encode()) == (read,)


def test_a_summary_that_is_one_text() -> None:
    assert parse_summary(b'{"summary": "We met."}') == (
        SummarySection("", "paragraph", (), "We met."),
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" ",
        b"{",
        b"null",
        b"[]",
        b"7",
        b"{}",
        b"\xff",
        b"[" * 99_999,
        b'{"summary": null}',
        b'{"summary": {"sections": null}}',
        b'{"summary": {"sections": []}}',
        b'{"sections": 7}',
    ],
)
def test_no_summary(content: bytes) -> None:
    assert parse_summary(content) == ()


TXT = "Ana Žá: Hello there.\n\nBen: Yes: it is 10:30 now.\n\n  \n"
SRT = """1
00:00:01,000 --> 00:00:02,500
Ana: Hello there.

2
00:00:03.000 --> 00:00:04.000
Ben: Yes: it is
42

"""
WORDS = {"words": [{"word": "Hello"}, {"word": " "}, {"word": None}, 7, {"word": "there."}]}
SENTENCES = {"words": [], "sentences": [{"sentence": "Hello there."}, {"sentence": "Yes"}]}
STATEMENTS = {"statements": [{"speaker": "Ana", "start": 1, "text": "Hello there you"}]}


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [
        (TXT, "txt", 7),
        ("no speaker at all", "txt", 4),
        ("Ana:\n\nBen: \n", "txt", 0),
        ("", "txt", 0),
        (" \n\t\r\n \ufeff", "txt", 1),
        ("\ufeff \n", "txt", 0),
        (SRT, "srt", 6),
        (SRT.replace("\n", "\r\n"), "srt", 6),
        ("1\n00:00:01,000 --> 00:00:02,500\n\n", "srt", 0),
        ("", "srt", 0),
        (json.dumps(WORDS), "json", 2),
        (json.dumps(SENTENCES), "json", 3),
        (json.dumps(STATEMENTS), "json", 3),
        (json.dumps(SENTENCES["sentences"]), "json", 3),
        (json.dumps({"transcript": "Hello there"}), "json", 2),
        ('{"words": [], "sentences": []}', "json", 0),
        ("{}", "json", 0),
        ("", "json", 0),
        ("{broken", "json", 0),
        ("7", "json", 0),
    ],
)
def test_count_words(content: str, mode: OutputMode, words: int) -> None:
    assert count_words(content.encode(), mode) == words


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["summary", "sections", "bullets", "paragraph", "title", "format"])
            | st.sampled_from(["words", "sentences", "statements", "word", "text"]),
            inner,
        )
    ),
    max_leaves=30,
)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_reading_results_never_raises(content: bytes) -> None:
    for section in parse_summary(content):
        assert section.bullets if section.format == "bullets" else section.paragraph
    for mode in OUTPUT_MODES:
        assert count_words(content, mode) >= 0


@pytest.mark.parametrize(
    ("chat", "said"),
    [
        (b"", False),
        (b"time,sender,message\r\n", False),
        (b"\xef\xbb\xbftime,sender,message\n\n \n", False),
        (b"time,sender,message\r\n14:03,Ana,\r\n", True),
        ("time,sender,message\n14:03,Ana,שלום".encode(), True),
        (b"time,sender,message\n\xff\xfe", True),
    ],
)
def test_a_chat_log_of_a_header_alone_has_no_messages(chat: bytes, said: bool) -> None:
    assert has_messages(chat) is said
