"""Samples for the tests of the views: recordings, rows, and payloads read aloud."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from record_bot_sandbox.slack.rules import check_message, check_view

from bot.core import facts as f
from bot.core.assets import SummarySection
from bot.core.derive import derive
from bot.core.options import NAMED_RESOLUTIONS, RecordingOptions, Section
from bot.core.recording import Phase, Recording
from bot.features.history.model import Row
from bot.features.history.service import STOPPABLE
from bot.ui.message import Message
from bot.ui.words import MARKS, PHASES

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


def requested(**more: Any) -> f.StartRequested:
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
    return f.StartRequested(**{**asked, **more})


ACCEPTED: list[f.Fact] = [f.StartAttempted(at=at(1)), f.StartAccepted(at=at(2), hms_id="hms-1")]
RUNS: list[f.Fact] = [*ACCEPTED, f.BeamStarted(at=at(9), session_id="session-1", started_at=at(9))]
STOPPED: list[f.Fact] = [
    *RUNS,
    f.StopRequested(at=at(4000), by="U2"),
    f.StopSent(at=at(4001)),
    f.BeamStopped(at=at(4010), reason="client request", duration_s=4001),
]
UPLOADED: list[f.Fact] = [
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
TRANSCRIBED: list[f.Fact] = [
    *UPLOADED,
    f.TranscriptionReported(at=at(5000), outcome="success", txt_asset_id="a2"),
    f.AssetSeen(
        at=at(5001), asset_id="a2", type="transcript", mode="txt", status="completed", size=52_000
    ),
    f.AssetSeen(at=at(5001), asset_id="a3", type="summary", mode="json", status="completed"),
]
READ: list[f.Fact] = [*TRANSCRIBED, f.ResultsChecked(at=at(5002), words=1204, has_summary=True)]
REFUSED: list[f.Fact] = [
    f.StartRefused(at=at(2), status=403, message="user does not have required permission")
]
SUMMARY = [
    SummarySection("Key Points", "bullets", ("Ship <v2> & rest", "*Bold* plans for @here")),
    SummarySection("Short Summary", "paragraph", (), "We talked.\nThen we agreed."),
]


def recording(*facts: f.Fact, **more: Any) -> Recording:
    return derive("key-1", [requested(**more), *facts])


def row(**more: Any) -> Row:
    known: Json = {
        "key": "key-1",
        "name": NAME,
        "phase": Phase.RUNNING,
        "starter": "U1",
        "requested_at": NOW,
        "started_at": at(9),
        "duration_s": None,
        "channel": "C1",
        "permalink": "https://acme.slack.com/archives/C1/p1?a=1&b=2",
        "has_video": False,
        "has_transcript": False,
        "audio_only": False,
        "opens": True,
    }
    phase = more.get("phase", Phase.RUNNING)
    known |= {"state": PHASES[phase], "mark": MARKS.get(phase, ""), "stops": phase in STOPPABLE}
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
    if element["type"] == "conversations_select":
        return f"[{element['placeholder']['text']} -> {element['action_id']}]"
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
    blocks = shown.blocks if isinstance(shown, Message) else shown["blocks"]
    for visible, label in labelled(blocks):
        shortened = visible.rstrip("…").strip()
        assert shortened.casefold() in label.casefold(), "people who speak to it say what they see"


def shown(thing: Message | Json) -> str:
    """What people see of a message or view, which Slack takes and which shouts at nobody."""
    assert_accepted(thing)
    if isinstance(thing, Message):
        assert "!" not in dates(thing.text)
        return outline(thing.payload())
    return outline(thing)


def labelled(value: object) -> Iterator[tuple[str, str]]:
    """What a button shows, and what a screen reader calls it."""
    if isinstance(value, list):
        for item in value:
            yield from labelled(item)
    elif isinstance(value, dict):
        if "accessibility_label" in value:
            yield value["text"]["text"], value["accessibility_label"]
        for item in value.values():
            yield from labelled(item)


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
