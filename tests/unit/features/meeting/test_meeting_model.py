"""The data of a meeting page."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.assets import SummarySection
from bot.core.chat import ChatMessage, read_chat
from bot.core.facts import (
    AssetSeen,
    Fact,
    GaveUp,
    Observed,
    StartAccepted,
    TranscriptionReported,
)
from bot.core.recording import Recording
from bot.core.sourcing import SourcedLine, SourcedSection
from bot.core.transcript import Sentence
from bot.features.meeting.model import (
    NOTHING,
    Content,
    download_name,
    meeting,
    sourced,
)
from bot.features.meeting.pages import home_address, load
from bot.slack.values import Identity
from tests.unit.some import T0, derive_of
from tests.unit.views_samples import REFUSED
from tests.voice.sample import story

SAID = (
    Sentence(0, "Ana", "p1", 0, 2_000, "Good morning 🎉."),
    Sentence(1, "Ana", "p1", 2_000, 5_000, "The pricing page moves to Thursday."),
    Sentence(2, "ליאת", "p2", 6_000, 9_000, "תודה!"),
)
SUMMARY = (
    SourcedSection("Key points", True, (SourcedLine("Pricing page: Thursday", 1),)),
    SourcedSection("In short", False, (SourcedLine("They met.", None),)),
)


def recording(*facts: Fact) -> Recording:
    return derive_of("C1", StartAccepted(at=T0, hms_id="h1"), *facts)


def ended(*files: AssetSeen) -> Recording:
    return recording(Observed(at=T0 + timedelta(hours=1), status="completed"), *files)


def file(kind: str, status: str = "completed", mode: str | None = None) -> AssetSeen:
    return AssetSeen.model_validate(
        {"at": T0, "asset_id": f"{kind}-{mode}", "type": kind, "status": status, "mode": mode}
    )


def test_turns_have_their_sentences_as_offsets_that_a_browser_counts() -> None:
    data = meeting(ended(), Content("read", SAID, SUMMARY), viewer="Ines")
    first, second = data["turns"]
    assert (first["speaker"], first["start_ms"], first["end_ms"]) == ("Ana", 0, 5_000)
    units = first["text"].encode("utf-16-le")
    said = [units[2 * a : 2 * b].decode("utf-16-le") for _, _, a, b in first["cues"]]
    assert said == [SAID[0].text, SAID[1].text]
    assert second["cues"] == [[6_000, 9_000, 0, 5]]
    assert data["recording"]["attendees"] == []
    assert data["viewer"] == {"name": "Ines"}


def test_lines_name_the_moment_that_they_rest_on() -> None:
    data = meeting(ended(), Content("read", SAID, SUMMARY), viewer="")
    sure, unsure = data["lines"]
    assert (sure["section"], sure["bullet"], sure["turn"]) == ("Key points", True, 0)
    assert (sure["start_ms"], sure["quote"]) == (2_000, SAID[1].text)
    assert (unsure["bullet"], unsure["start_ms"], unsure["turn"]) == (False, None, None)
    assert data["moments"] == [{"start_ms": 2_000, "turn": 0, "text": "Pricing page: Thursday"}]


def test_a_line_of_a_sentence_that_is_not_there_has_no_moment() -> None:
    section = SourcedSection("Old", True, (SourcedLine("Gone", 99),))
    data = meeting(ended(), Content("read", SAID, (section,)), viewer="")
    assert data["moments"] == []


def test_without_times_nothing_is_made_up() -> None:
    untimed = (Sentence(0, "", "", None, None, "Good morning."),)
    data = meeting(ended(), Content("read", untimed), viewer="")
    assert data["transcript"]["timed"] is False
    assert "no times" in data["transcript"]["note"]
    assert data["turns"][0]["start_ms"] is None
    assert [f["name"] for f in data["files"]] == ["Transcript (text)"]


@pytest.mark.parametrize(
    ("shown", "state", "note"),
    [
        (ended(file("room-composite")), "ready", ""),
        (ended(), "none", "There is no video."),
        (ended(file("room-composite", "failed")), "none", "100ms could not make the video."),
        (recording(Observed(at=T0, status="running")), "coming", "The video is not ready yet."),
    ],
)
def test_the_video_is_there_or_why_not(shown: Recording, state: str, note: str) -> None:
    video = meeting(shown, NOTHING, viewer="")["video"]
    assert (video["state"], video["note"]) == (state, note)


def test_each_kind_of_missing_transcript_has_its_own_words() -> None:
    notes = [
        meeting(ended(), Content(said), viewer="")["transcript"]["note"]
        for said in ("none", "empty", "not readable", "not now")
    ]
    assert len({*notes, ""}) == 5


@pytest.mark.parametrize(
    ("fact", "note"),
    [
        (TranscriptionReported(at=T0, outcome="failure"), "100ms did not make a transcript."),
        (TranscriptionReported(at=T0, outcome="started"), "The transcript is not ready yet."),
        (GaveUp(at=T0, on="transcript"), "There is no transcript."),
    ],
)
def test_without_a_transcript_the_page_says_why(fact: Fact, note: str) -> None:
    over = recording(Observed(at=T0 + timedelta(hours=1), status="completed"), fact)
    assert meeting(over, NOTHING, viewer="")["transcript"]["note"] == note


def test_a_transcript_that_cannot_be_fetched_is_not_said_to_be_missing() -> None:
    listed = ended(file("transcript", "completed", "txt"))
    note = meeting(listed, NOTHING, viewer="")["transcript"]["note"]
    assert note == "100ms lists a transcript, but the bot could not get its file."


def test_a_recording_that_did_not_start_has_nothing_to_come() -> None:
    failed = story(*REFUSED)
    data = meeting(failed, NOTHING, viewer="")
    assert data["transcript"]["note"] == "There is no transcript."
    assert "This recording did not start." in str(data)


def test_files_are_reached_through_us_and_only_those_that_are_ready() -> None:
    shown = ended(file("room-composite"), file("transcript", "processing", "srt"))
    data = meeting(shown, Content("read", SAID), viewer="")
    key = shown.key
    assert [f["href"] for f in data["files"]] == [
        *(f"/m/{key}/transcript.{mode}" for mode in ("txt", "srt", "vtt")),
        f"/m/{key}/files/room-composite-None",
    ]


def test_sources_are_numbers_of_sentences() -> None:
    section = SummarySection("Agenda", "bullets", ("The pricing page",), "")
    (found,) = sourced([section], SAID)
    assert found == SourcedSection("Agenda", True, (SourcedLine("The pricing page", None),))


@pytest.mark.parametrize(
    ("content", "messages"),
    [
        (
            b'time,sender,message\n2026-01-01T10:00:00Z,Ana,"a, b\nc"\n',
            (ChatMessage("2026-01-01T10:00:00Z", "Ana", "a, b\nc"),),
        ),
        (
            b"SenderPeerID,SenderName,SenderUserID,Roles,SentAt,Type,Message\n"
            b"p1,Ana,u1,host,2026-01-01T10:00:00Z,chat,hello\n"
            b",server,,,2026-01-01T10:00:00Z,chat,"
            b"This meeting is being recorded. Ines requested it in Slack.\n",
            (ChatMessage("2026-01-01T10:00:00Z", "Ana", "hello"),),
        ),
        (b"Message,Name\nhi,Ben\n,Ben\n", (ChatMessage("", "Ben", "hi"),)),
        (b"", ()),
        (b"no,known,column\n1,2,3\n", ()),
        (b"\xff\xfe\x00,message\n", ()),
    ],
)
def test_a_chat_is_read_leniently(content: bytes, messages: tuple[ChatMessage, ...]) -> None:
    assert (read_chat(content) or ()) == messages


@pytest.mark.parametrize(
    ("room", "name"),
    [
        ("Weekly sync", "Weekly-sync-2026-03-01-transcript.srt"),
        ('a"b\r\n/../c', "a-b-..-c-2026-03-01-transcript.srt"),
        ("ליאת", "recording-2026-03-01-transcript.srt"),
    ],
)
def test_a_download_has_a_harmless_name(room: str, name: str) -> None:
    assert download_name(room, datetime(2026, 3, 1, tzinfo=UTC), "srt") == name


def test_the_page_links_to_home_and_quotes_what_it_is_given() -> None:
    bot = Identity("", "T1", "Acme", "U1", "B1", '"><script>', frozenset())
    home = home_address("https://slack.com/api/", bot, "A1")
    assert home == "https://slack.com/app_redirect?app=A1&team=T1"
    assert "channel=U1" in home_address("https://slack.com/api/", bot, None)
    page = load(home=home, bot=bot.name).document.content.decode()
    assert 'href="https://slack.com/app_redirect?app=A1&amp;team=T1"' in page
    assert "&quot;&gt;&lt;script&gt;" in page
