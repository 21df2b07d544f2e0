"""Samples for the tests of the views: recordings, nasty words, and payloads read aloud."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.domain import facts as f
from bot.domain.assets import VIDEO_TYPES
from bot.domain.options import NAMED_RESOLUTIONS, RecordingOptions, Section
from bot.domain.recording import Phase, Recording, derive
from bot.domain.results import SummarySection
from bot.domain.rows import Row
from bot.sandbox.slack.rules import check_message, check_view
from bot.views.message import Message

Json = dict[str, Any]
NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
NAME = "Q&A <weekly> 🎉 שלום"
OPTIONS = RecordingOptions(
    resolution=NAMED_RESOLUTIONS["720p"],
    output_modes=("txt", "srt"),
    sections=(Section(title="Agenda", format="bullets"),),
)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def requested(**more: Any) -> f.Requested:
    asked: Json = {
        "at": NOW,
        "request_id": "request-1",
        "room_id": "65f0c0ffee00000000000001",
        "room_name": NAME,
        "options": OPTIONS,
        "by": "U1",
        "channel_id": "C1",
        "via": "form",
    }
    return f.Requested(**{**asked, **more})


ACCEPTED = [f.StartAttempted(at=at(1)), f.StartAccepted(at=at(2), hms_id="hms-1")]
RUNS = [*ACCEPTED, f.BeamStarted(at=at(9), session_id="session-1", started_at=at(9))]
STOPPED = [
    *RUNS,
    f.StopRequested(at=at(4000), by="U2"),
    f.StopSent(at=at(4001)),
    f.BeamStopped(at=at(4010), reason="client request", duration_s=4001),
]
UPLOADED = [
    *STOPPED,
    f.RecordingUploaded(at=at(4100), duration_s=4001, size=340_000_000),
    f.AssetSeen(
        at=at(4101),
        asset_id="a1",
        type="room-composite",
        status="completed",
        size=340_000_000,
        duration_s=4001,
    ),
]
TRANSCRIBED = [
    *UPLOADED,
    f.TranscriptionReported(at=at(5000), outcome="success", txt_asset_id="a2"),
    f.AssetSeen(
        at=at(5001), asset_id="a2", type="transcript", mode="txt", status="completed", size=52_000
    ),
    f.AssetSeen(at=at(5001), asset_id="a3", type="summary", mode="json", status="completed"),
]
READ = [*TRANSCRIBED, f.ResultsChecked(at=at(5002), words=1204, has_summary=True)]
REFUSED = [f.StartRefused(at=at(2), status=403, message="user does not have required permission")]
SUMMARY = [
    SummarySection("Agenda", "bullets", ("Ship <v2> & rest", "*Bold* plans for @here")),
    SummarySection("Short Summary", "paragraph", (), "We talked.\nThen we agreed."),
]


def recording(*facts: f.Fact, **more: Any) -> Recording:
    return derive("key-1", [requested(**more), *facts])


def row(**more: Any) -> Row:
    known: Json = {
        "key": "key-1",
        "room_name": NAME,
        "phase": Phase.RUNNING,
        "starter": "U1",
        "requested_at": NOW,
        "started_at": at(9),
        "duration_s": None,
        "channel": "C1",
        "permalink": "https://acme.slack.com/archives/C1/p1?a=1&b=2",
        "has_video": False,
        "has_transcript": False,
    }
    return Row(**{**known, **more})


def ended_row(**more: Any) -> Row:
    ended: Json = {"phase": Phase.COMPLETED, "duration_s": 4001, "has_video": True}
    return row(**{**ended, "has_transcript": True, **more})


# ---- payloads, read aloud --------------------------------------------------------------------

_DATE = re.compile(r"<!date\^\d+\^[^|>]*\|([^<>|]+)>")


def outline(payload: Json) -> str:
    """What a person would see, folded; buttons in brackets."""
    return folded("\n".join(_shown(block) for block in payload["blocks"]))


def folded(text: str) -> str:
    return "\n".join(
        line
        for whole in text.split("\n")
        for line in textwrap.wrap(whole, 80, subsequent_indent="    ", break_on_hyphens=False)
    )


def _shown(block: Json) -> str:
    kind = block["type"]
    if kind == "divider":
        return "---"
    if kind == "header":
        return f"# {block['text']['text']}"
    if kind == "section":
        texts = [block["text"]] if "text" in block else block["fields"]
        said = " | ".join(dates(t["text"]) for t in texts)
        return f"{said} {_element(block['accessory'])}" if "accessory" in block else said
    if kind == "context":
        return "~ " + "\n~ ".join(dates(e["text"]) for e in block["elements"])
    if kind == "actions":
        return " ".join(_element(e) for e in block["elements"])
    return "".join(_rich(e) for e in block["elements"])


def _element(element: Json) -> str:
    if element["type"] == "static_select":
        return f"[{len(element['options'])} to choose from]"
    style = {"danger": "!", "primary": "*"}.get(element.get("style", ""), "")
    return f"[{style}{element['text']['text']} -> {element['action_id']}]"


def _rich(element: Json) -> str:
    kind = element["type"]
    if kind == "rich_text_list":
        return "".join(f"\n• {_rich(item)}" for item in element["elements"])
    if "elements" in element:
        return "".join(_rich(leaf) for leaf in element["elements"])
    if kind == "user":
        return f"<@{element['user_id']}>"
    if kind == "date":
        return str(element["fallback"])
    return f"**{element['text']}**" if element.get("style") else str(element["text"])


def dates(text: str) -> str:
    return _DATE.sub(r"\1", text)


# ---- laws ------------------------------------------------------------------------------------

_OURS = re.compile(
    r"<@[UW][A-Z0-9]+>|<#[CG][A-Z0-9]+>|<!date\^\d+\^[^|<>]+\|[^|<>]+>|<https?://[^|<>\s]+\|"
)


def assert_accepted(shown: Message | Json) -> None:
    """Slack takes it as a post and as an edit, and nothing in it is markup but ours."""
    if isinstance(shown, Message):
        payload = shown.payload()
        assert check_message(payload) == []
        assert check_message(payload, update=True) == []
        assert shown.text.strip()
        texts = [shown.text, *marked_up(payload["blocks"])]
    else:
        assert check_view(shown) == []
        texts = list(marked_up(shown["blocks"]))
    for text in texts:
        assert_only_our_markup(text)


def assert_only_our_markup(text: str) -> None:
    rest = _OURS.sub("", text)
    assert "<" not in rest, rest
    assert not re.search(r"&(?!amp;|lt;|gt;)", rest), rest


def marked_up(thing: object) -> Iterator[str]:
    """Every mrkdwn text of a payload; none of them may be parsed for names and links."""
    if isinstance(thing, dict):
        if thing.get("type") == "mrkdwn":
            assert thing["verbatim"] is True
            yield thing["text"]
        for value in thing.values():
            yield from marked_up(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from marked_up(value)


# ---- extremes --------------------------------------------------------------------------------

NASTY = st.sampled_from(
    [
        "",
        " \u200b\ufeff ",
        "<!channel> <@U1> <https://evil.example|x> &amp; &",
        "*a* _b_ ~c~ `d` :fire: > q",
        "> quoted\n> lines",
        "@here @everyone user@evil.example https://evil.example",
        "\u202eevil\u2066 \ud800 \x00\x1b[31m",
        "&" * 400,
        "👩‍👩‍👧‍👦" * 200,
        "a" + "\u0301" * 500,
        "שלום " * 300,
        "!" * 30 + "x" * 9000,
    ]
)
TEXTS = NASTY | st.text(max_size=60) | st.text("<>&*_~`@:|!/ \nab", max_size=200)
TIMES = st.integers(0, 400_000).map(at) | st.just(datetime(1960, 1, 1, tzinfo=UTC))
USERS = st.sampled_from(["U1", "W2", "", "<!channel>", "U1>"])
CHANNELS = st.sampled_from(["C1", "G2", "D3", "", "<!here>"])
SECONDS = st.none() | st.sampled_from([0.0, 59.6, 4001.0, 1e12, float("inf"), float("nan"), -1.0])
OPTIONS_OF_ALL_KINDS = st.sampled_from(
    [
        RecordingOptions(),
        OPTIONS,
        RecordingOptions(audio_only=True, transcription=False),
        RecordingOptions(
            summary=True,
            destination="<" * 255,
            meeting_url="https://a.example/" + "b" * 1900 + "?auth_token=secret",
            vocabulary=("&" * 80,) * 500,
            context="*" * 300,
            temperature=0.5,
            sections=tuple(Section(title="<" * 100, format="bullets") for _ in range(6)),
        ),
    ]
)


def facts_of_all_kinds() -> st.SearchStrategy[f.Fact]:
    b, who, time = st.builds, USERS, TIMES
    flag = st.booleans()
    status = st.sampled_from([400, 401, 403, 404, 409, 422, 500])
    files = st.sampled_from([*sorted(VIDEO_TYPES), "transcript", "summary", "chat", "<odd>&" * 99])
    reasons = st.sampled_from(
        ["client request", "room ended", "last peer left", "failure: UPLOAD_ERROR", "max duration"]
    )
    errors = st.sampled_from(["not_in_channel", "is_archived", "<odd>" * 99, "channel_not_found"])
    states = st.sampled_from(
        ["starting", "running", "stopping", "post_processing", "completed", "failed"]
    )
    kinds = ["INTERNAL_ERROR", "MAX_RETRIES_REACHED", "UPLOAD_ERROR", "BEAM_STOPPED", "other"]
    return st.one_of(
        b(f.Followed, at=time, by=who, channel_id=CHANNELS),
        b(f.StopRequested, at=time, by=who),
        b(f.PauseRequested, at=time, by=who, pause=flag),
        b(f.StartAttempted, at=time),
        b(f.StartNotDone, at=time, attempted_at=time),
        b(f.StartAccepted, at=time, hms_id=TEXTS),
        b(f.Adopted, at=time, hms_id=TEXTS, elsewhere=flag),
        b(f.PointsTo, at=time, key=st.just("key-2")),
        b(f.StartRefused, at=time, status=status, message=TEXTS),
        b(f.StartParked, at=time),
        b(f.CannotPost, at=time, channel_id=st.sampled_from(["C1", "D3"]), error=errors),
        b(f.StopSent, at=time),
        b(f.StopRefused, at=time, status=status, message=TEXTS),
        b(f.PauseSent, at=time, asked_at=time, pause=flag),
        b(f.PauseDropped, at=time, asked_at=time, pause=flag, why=st.just("late")),
        b(f.Observed, at=time, status=states, session_id=TEXTS),
        b(
            f.AssetSeen,
            at=time,
            asset_id=TEXTS,
            type=files,
            status=st.sampled_from(["processing", "completed", "failed"]),
            mode=st.sampled_from([None, "txt", "srt", "json"]),
            size=st.sampled_from([None, -1, 0, 999_999, 10**15]),
            duration_s=SECONDS,
        ),
        b(f.Vanished, at=time, status=status),
        b(f.BeamStarted, at=time),
        b(f.BeamStopped, at=time, reason=reasons, duration_s=SECONDS),
        b(f.RecordingUploaded, at=time, duration_s=SECONDS),
        b(f.BeamFailed, at=time, error_type=st.sampled_from(kinds), message=TEXTS),
        b(
            f.TranscriptionReported,
            at=time,
            outcome=st.sampled_from(["started", "success", "failure"]),
        ),
        b(
            f.ResultsChecked,
            at=time,
            words=st.sampled_from([None, 0, 1, 10**6]),
            has_summary=flag,
        ),
        b(f.GaveUp, at=time, on=st.sampled_from(["recording", "transcript"])),
    )


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    """Any facts at all, in any order: what nobody would expect as well."""
    facts: Sequence[f.Fact] = draw(st.lists(facts_of_all_kinds(), max_size=14))
    request = requested(
        room_name=draw(TEXTS),
        by=draw(USERS),
        channel_id=draw(st.sampled_from(["C1", "D3"])),
        options=draw(OPTIONS_OF_ALL_KINDS),
    )
    return derive("key-1", [request, *facts])


ROWS = st.builds(
    Row,
    key=st.just("key-1"),
    room_name=TEXTS,
    phase=st.sampled_from(Phase),
    starter=USERS,
    requested_at=TIMES,
    started_at=st.none() | TIMES,
    duration_s=SECONDS,
    channel=CHANNELS,
    permalink=st.sampled_from([None, "https://a.example/?a=1&b=2", "javascript:x", "x" * 5000]),
    has_video=st.booleans(),
    has_transcript=st.booleans(),
)
SECTIONS = st.builds(
    SummarySection,
    title=TEXTS,
    format=st.sampled_from(["bullets", "paragraph"]),
    bullets=st.lists(TEXTS, max_size=40).map(tuple),
    paragraph=TEXTS | st.just("Long paragraph. " * 2000),
)
