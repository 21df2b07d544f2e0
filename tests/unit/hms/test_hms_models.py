"""Reading 100ms' answers: documented ones, and surprises."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.core.facts import AssetSeen, Observed
from bot.hms import lenient
from bot.hms.models import (
    ActiveRoom,
    Asset,
    HmsRecording,
    PresignedUrl,
    Replay,
    Room,
    Template,
    WebhookDelivery,
    facts_of_recording,
)
from tests.unit.rows import each_row

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
RECORDING = {
    "id": "642531cf",
    "room_id": "635fe195",
    "session_id": "642531c8",
    "status": "completed",
    "created_at": "2023-03-30T06:53:03.67Z",
    "started_at": "2023-03-30T06:53:06.787123456Z",
    "updated_at": "2023-03-30T06:54:02.431Z",
    "stopped_at": None,
    "meeting_url": "https://acme.app.100ms.live/preview/r/host?skip_preview=true&auth_token=abc",
    "started_by": "",
    "stopped_by": "",
    "asset_types": None,
    "recording_assets": [
        {
            "id": "a1",
            "type": "room-composite",
            "status": "completed",
            "duration": 55,
            "size": 26361961,
            "thumbnails": None,
            "metadata": {"resolution": {"width": 1280, "height": 720}},
        },
        {
            "id": "a2",
            "type": "transcript",
            "status": "processing",
            "metadata": {"output_mode": "txt"},
        },
        {"id": "a3", "type": "hologram", "status": "completed", "metadata": None},
        {"id": "a4", "type": "summary", "status": "pondering", "metadata": {"output_mode": "json"}},
        {"id": "a5", "type": "transcript", "status": "failed", "metadata": {"output_mode": ["?"]}},
        {"id": ""},
        None,
        "a6",
    ],
}


@each_row(
    ("said", "meant"),
    [
        ("2023-03-30T06:53:03Z", datetime(2023, 3, 30, 6, 53, 3, tzinfo=UTC)),
        ("2023-03-30T06:53:03.67Z", datetime(2023, 3, 30, 6, 53, 3, 670000, tzinfo=UTC)),
        ("2023-03-30T06:53:03.007990308Z", datetime(2023, 3, 30, 6, 53, 3, 7990, tzinfo=UTC)),
        ("2023-03-30T08:53:03+02:00", datetime(2023, 3, 30, 6, 53, 3, tzinfo=UTC)),
        ("2023-03-30T06:53:03", datetime(2023, 3, 30, 6, 53, 3, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+09:00", None),
        ("", None),
        ("yesterday", None),
        (None, None),
        (1680158983, None),
    ],
)
def test_moment(said: object, meant: datetime | None) -> None:
    assert lenient.moment(said) == meant


@each_row(
    ("said", "meant"),
    [
        (79, 79),
        (79.9, 79),
        ("79", 79),
        (True, None),
        (-1, None),
        (2**63, None),
        (None, None),
        ("1e400", None),
        (float("nan"), None),
        (float("inf"), None),
        (1e300, None),
        ([], None),
    ],
)
def test_whole(said: object, meant: int | None) -> None:
    assert lenient.whole(said) == meant


def test_a_recording_says_what_was_observed_and_which_files_there_are() -> None:
    assert facts_of_recording(HmsRecording.model_validate(RECORDING), NOW) == [
        Observed(
            at=NOW,
            status="completed",
            session_id="642531c8",
            started_at=datetime(2023, 3, 30, 6, 53, 6, 787123, tzinfo=UTC),
            meeting_url="https://acme.app.100ms.live/preview/r/host?skip_preview=true",
        ),
        AssetSeen(
            at=NOW,
            asset_id="a1",
            type="room-composite",
            status="completed",
            size=26361961,
            duration_s=55,
        ),
        AssetSeen(at=NOW, asset_id="a2", type="transcript", status="processing", mode="txt"),
        AssetSeen(at=NOW, asset_id="a3", type="hologram", status="completed"),
        AssetSeen(at=NOW, asset_id="a5", type="transcript", status="failed"),
    ]


@pytest.mark.parametrize("status", ["paused", "", None, 7, ["running"]])
def test_an_unknown_status_observes_nothing(status: object) -> None:
    recording = HmsRecording.model_validate({"id": "r", "status": status, "recording_assets": None})
    assert facts_of_recording(recording, NOW) == []


def test_the_same_answer_later_is_the_same_facts() -> None:
    recording = HmsRecording.model_validate(RECORDING)
    later = NOW.replace(hour=13)
    assert [f.identity for f in facts_of_recording(recording, NOW)] == [
        f.identity for f in facts_of_recording(recording, later)
    ]


def test_models_can_be_built_by_name() -> None:
    asset = Asset(id="a", duration_s=3, output_mode="srt")
    assert HmsRecording(id="r", assets=(asset,)).assets == (asset,)


def test_a_presigned_url_does_not_show_itself() -> None:
    link = PresignedUrl.model_validate({"url": "https://b/f?X-Amz-Signature=s", "expiry": 3600})
    assert "Signature" not in f"{link} {link!r} {link.model_dump_json()}"


def test_a_room_tells_whether_its_events_go_elsewhere() -> None:
    assert Room.model_validate({"id": "r", "webhook": {"url": "https://x"}}).own_webhook
    for webhook in (None, {}, {"url": ""}, "x"):
        assert not Room.model_validate({"id": "r", "webhook": webhook}).own_webhook


def test_an_active_room() -> None:
    room = ActiveRoom.model_validate(
        {
            "id": "r",
            "name": "standup",
            "session": {"id": "s", "created_at": "2022-10-04T12:10:28.939011796Z", "peers": ["p"]},
        }
    )
    assert (room.session_id, room.peer_ids) == ("s", ("p",))


def test_a_delivery_keeps_no_link_and_no_address() -> None:
    delivery = WebhookDelivery.model_validate(
        {
            "event_id": "e",
            "event_timestamp": "2025-12-29T10:30:00Z",
            "payload": {
                "event_data": {"beam_id": "b", "recording_presigned_url": "https://x?s=1"},
                "webhook_url": "https://example.com/hook?key=s3cret",
                "original_event_name": "beam.recording.success",
                "error_reason": "timeout",
            },
        }
    )
    assert delivery.type == "beam.recording.success"
    assert "s3cret" not in repr(delivery)


MODELS = [Asset, HmsRecording, Room, ActiveRoom, Replay, Template, WebhookDelivery]


@given(model=st.sampled_from(MODELS), answer=JSON)
def test_any_answer_is_read_or_refused_as_one(model: type[HmsRecording], answer: object) -> None:
    with suppress(ValidationError):
        model.model_validate(answer)


@given(values=st.lists(JSON, min_size=20, max_size=20))
def test_a_recording_with_an_id_can_always_be_read(values: list[object]) -> None:
    names = [*RECORDING, "destination", "metadata", "job_id", "path", "size", "duration"]
    noise = dict(zip(names, values, strict=False))
    recording = HmsRecording.model_validate({**noise, "id": "r"})
    asset = Asset.model_validate({**noise, "id": "a", "type": noise["status"]})
    facts_of_recording(recording.model_copy(update={"assets": (asset,)}), NOW)
