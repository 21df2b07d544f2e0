"""From the bytes of 100ms to what Slack shows: nothing in them mentions, links or breaks out."""

import json
import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import facts as f
from bot.core.deliveries import Kind
from bot.core.derive import derive
from bot.core.options import RecordingOptions
from bot.engine.context import Context
from bot.features.card.views import recording_card
from bot.features.results.steps import _filename
from bot.features.results.views import results_message
from bot.hms.results import parse_summary, summary_reading
from bot.hms.webhook import BadWebhook, fact_of, parse
from tests.integration.hostile_kit import ANY_JSON, fuzz
from tests.unit.some import requested
from tests.unit.views_extremes import TEXTS
from tests.unit.views_samples import assert_accepted

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LINES = TEXTS | st.lists(TEXTS, max_size=12)
SECTION = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXTS,
        "format": st.sampled_from(["bullets", "paragraph", "<x>", 7]),
        "bullets": LINES | ANY_JSON,
        "paragraph": LINES | ANY_JSON,
    },
)
SUMMARIES = (
    st.lists(SECTION, max_size=9).map(lambda found: {"summary": {"sections": found}})
    | st.lists(SECTION, max_size=3).map(lambda found: {"sections": found})
    | ANY_JSON
)
ENDED: list[f.Fact] = [
    f.StartAccepted(at=NOW, hms_id="j"),
    f.RecordingUploaded(at=NOW, duration_s=594),
    f.ResultsChecked(at=NOW, words=5, has_summary=True),
]


@given(SUMMARIES, TEXTS, st.booleans())
@fuzz
def test_any_summary_file_makes_a_message_that_slack_takes(
    found: Any, room: str, in_thread: bool
) -> None:
    sections = parse_summary(json.dumps(found).encode())
    recording = derive("k", [requested(room_name=room), *ENDED])
    assert_accepted(results_message(recording, summary=sections, mention=True, in_thread=in_thread))


@given(
    st.sampled_from(
        ["beam.stopped.success", "beam.failure", "beam.recording.success", "transcription.failure"]
    ),
    st.dictionaries(
        st.sampled_from(["reason", "error_type", "error_message", "duration", "started_at"]),
        TEXTS | ANY_JSON,
    ),
    TEXTS,
)
@fuzz
def test_any_event_makes_a_card_and_results_that_slack_takes(
    kind: str, data: dict[str, Any], room: str
) -> None:
    body = json.dumps({"type": kind, "timestamp": "2026-11-22T09:30:00Z", "data": data})
    try:
        fact = fact_of(parse(body.encode()), NOW)
    except BadWebhook:
        return
    assert fact is not None
    options = RecordingOptions(transcription=True)
    facts = [requested(options=options, room_name=room), *ENDED[:1], fact]
    recording = derive("k", facts)
    for late in (False, True):
        assert_accepted(recording_card(recording, late=late, transcript_expected_at=NOW))
    assert_accepted(results_message(recording, summary=(), mention=True, in_thread=False))


@given(st.binary(max_size=200) | TEXTS.map(lambda t: t.encode("utf-8", "replace")))
@fuzz
def test_a_summary_is_read_exactly_if_it_has_sections(content: bytes) -> None:
    assert (summary_reading(content) == "read") is bool(parse_summary(content))


@given(TEXTS)
@fuzz
def test_a_file_is_named_after_its_room_and_nothing_else(room: str) -> None:
    """No path, no control character, no second extension of the room's own."""
    recording = derive("k", [requested(room_name=room), *ENDED])
    ctx = cast("Context", SimpleNamespace(recording=recording))
    for kind in (Kind.CHAT, Kind.TRANSCRIPT):
        name = _filename(ctx, kind, "txt")
        assert re.fullmatch(r"[\w][\w.-]*-\d{4}-\d\d-\d\d-(chat|transcript)\.txt", name), name
        assert len(name) < 100
        assert ".." not in name


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/../b", "…", ".", "-", "a\x00b", "x" * 999])
def test_names_that_would_be_paths(name: str) -> None:
    recording = derive("k", [requested(room_name=name), *ENDED])
    ctx = cast("Context", SimpleNamespace(recording=recording))
    assert "/" not in _filename(ctx, Kind.CHAT, "txt")
