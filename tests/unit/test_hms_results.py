"""Summaries and chat logs of every shape seen in the wild, and of none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.assets import SummarySection
from bot.hms.results import has_messages, parse_summary, summary_reading

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
        (
            {"title": "Agenda", "format": "bullets", "bullets": [{"text": "a"}, {"text": "b"}]},
            SummarySection("Agenda", "bullets", ("a", "b")),
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


@pytest.mark.parametrize(
    ("content", "reading"),
    [
        (b'{"summary": {"sections": []}}', "empty"),
        (b'{"sections": [{"title": "Agenda", "bullets": []}]}', "empty"),
        (b'{"summary": null}', "empty"),
        (b"", "empty"),
        (b"[]", "empty"),
        (b"{broken", "unreadable"),
        (b'{"minutes": "We met."}', "unreadable"),
        (b"7", "unreadable"),
        ('{"summary": "We met."}'.encode("utf-16"), "read"),
    ],
)
def test_only_a_known_shape_can_be_empty(content: bytes, reading: str) -> None:
    assert summary_reading(content) == reading


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
    assert (summary_reading(content) == "read") is bool(parse_summary(content))


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
