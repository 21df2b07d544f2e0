"""Summaries and chat logs of every shape seen in the wild, and of none."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.assets import SummarySection
from bot.hms.results import parse_summary, readable_chat, summary_reading
from tests.unit.rows import each_row

DATA = Path(__file__).parents[2] / "data" / "summaries"
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


@each_row(
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


@each_row(
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


def test_bullets_that_are_objects_are_read() -> None:
    content = (DATA / "bullet-objects.json").read_bytes()
    assert summary_reading(content) == "read"
    assert parse_summary(content) == (SummarySection("Agenda", "bullets", ("a", "b")),)


@each_row(
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


DOCUMENTED = "SenderPeerID,SenderName,SenderUserID,Roles,SentAt,Type,Message\r\n"
NOTICE = "This meeting is being recorded. Ines Moreau requested it in Slack."


@each_row(
    ("chat", "read"),
    [
        ("", ""),
        (" \n", ""),
        (DOCUMENTED, ""),
        (DOCUMENTED + f"p,server,,,2026-11-22T14:03:00Z,chat,{NOTICE}\r\n", ""),
        (DOCUMENTED + "p,s,,,,chat,This meeting is being recorded. It was requested in Slack.", ""),
        (
            DOCUMENTED + 'p,Ana,u,host,2026-11-22T14:03:09Z,chat,"Hi, all\nof you"\r\n',
            "14:03 UTC  Ana: Hi, all of you\n",
        ),
        (DOCUMENTED + "p,,u,host,soon,chat,This meeting is being recorded.\r\n", None),
        ("\ufefftime,sender,message\n14:03,Ana,שלום\n", "Ana: שלום\n"),
        ("time,sender,message\n14:03,Ana,\n\n", ""),
        ("Ana: no table at all\n", "Ana: no table at all\n"),
    ],
)
def test_a_chat_is_read_as_lines_without_the_bots_own_notice(chat: str, read: str | None) -> None:
    expected = "Unknown: This meeting is being recorded.\n" if read is None else read
    assert readable_chat(chat.encode()) == expected


@given(st.binary() | st.text().map(str.encode))
def test_reading_a_chat_never_raises(chat: bytes) -> None:
    readable_chat(chat)
