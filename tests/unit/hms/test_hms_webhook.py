"""From the bytes of a webhook to a fact, and nothing secret on the way."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.facts import (
    BeamFailed,
    BeamStarted,
    BeamStopped,
    Fact,
    RecordingUploaded,
    TranscriptionReported,
)
from bot.hms.webhook import (
    BadWebhook,
    Envelope,
    Ids,
    Times,
    fact_of,
    ids_of,
    inbox_identity,
    parse,
    times_of,
)
from tests.unit.rows import each_row

SAID_AT = datetime(2021, 11, 30, 12, 59, 57, tzinfo=UTC)
NOW = SAID_AT + timedelta(seconds=2)
LINK = "https://bucket.s3.amazonaws.com/a/b.mp4?X-Amz-Signature=abc&X-Amz-Expires=9"
BEAM: dict[str, object] = {
    "beam_id": "beam1",
    "job_id": "job1",
    "room_id": "room1",
    "session_id": "session1",
    "peer_id": "recorder",
    "recording_enabled": True,
    "metadata_id": "m1",
    "metadata_timestamp": "2021-11-30T12:59:57.797972469Z",
    "meeting_url": "https://app.100ms.live/preview/rpe-pwl-akt?token=beam_recording",
    "rtmp": [{"url": "rtmp://tube/live/stream-key"}],
}
TRANSCRIPTION: dict[str, object] = {
    "recording_id": "rec1",
    "transcription_id": "tr1",
    "room_id": "room1",
    "session_id": "session1",
    "duration": 23,
    "transcript_txt_asset_id": "t1",
    "transcript_srt_asset_id": "",
    "summary_json_asset_id": "s1",
}


def event(type_: str, data: object, **more: object) -> bytes:
    envelope = {
        "version": "2.0",
        "id": "6c75de35",
        "account_id": "acc",
        "timestamp": "2021-11-30T12:59:57Z",
        "type": type_,
        "data": data,
        **more,
    }
    return json.dumps(envelope).encode()


FACTS: list[tuple[str, dict[str, object], Fact]] = [
    (
        "beam.started.success",
        {**BEAM, "start_delay": 12, "session_started_at": "2021-11-30T12:00:00Z"},
        BeamStarted(at=SAID_AT, session_id="session1", started_at=SAID_AT, peer_id="recorder"),
    ),
    (
        "beam.started.success",
        {**BEAM, "session_id": "", "state_timestamp": "2021-11-30T12:59:50Z"},
        BeamStarted(at=SAID_AT, started_at=SAID_AT - timedelta(seconds=7), peer_id="recorder"),
    ),
    (
        "beam.stopped.success",
        {**BEAM, "duration": 56, "reason": "client request"},
        BeamStopped(at=SAID_AT, reason="client request", duration_s=56),
    ),
    ("beam.stopped.success", {}, BeamStopped(at=SAID_AT, reason="unknown")),
    (
        "beam.recording.success",
        {
            "beam_id": "beam1",
            "recording_id": "rec1",
            "recording_presigned_url": LINK,
            "location": LINK,
            "duration": 79,
            "size": 10024,
            "started_at": "2021-11-30T12:58:34.051Z",
            "stopped_at": "2021-11-30T12:59:56.778Z",
        },
        RecordingUploaded(
            at=SAID_AT,
            duration_s=79,
            size=10024,
            started_at=datetime(2021, 11, 30, 12, 58, 34, 51000, tzinfo=UTC),
            stopped_at=datetime(2021, 11, 30, 12, 59, 56, 778000, tzinfo=UTC),
        ),
    ),
    (
        "beam.failure",
        {**BEAM, "error_type": "UPLOAD_ERROR", "error_message": f"Failed to upload to {LINK}"},
        BeamFailed(
            at=SAID_AT,
            error_type="UPLOAD_ERROR",
            message="Failed to upload to https://bucket.s3.amazonaws.com/a/b.mp4",
        ),
    ),
    ("beam.failure", {"error_type": 7}, BeamFailed(at=SAID_AT, error_type="unknown")),
    *(
        (
            type_,
            TRANSCRIPTION,
            TranscriptionReported(
                at=SAID_AT,
                outcome=outcome,
                txt_asset_id="t1",
                summary_asset_id="s1",
                duration_s=23,
            ),
        )
        for type_, outcome in (
            ("transcription.started.success", "started"),
            ("transcription.success", "success"),
            ("transcription.failure", "failure"),
            ("transcription.failed", "failure"),
        )
    ),
]


@each_row(("type_", "data", "fact"), FACTS)
def test_fact_of(type_: str, data: dict[str, object], fact: Fact) -> None:
    assert fact_of(parse(event(type_, data)), NOW) == fact


@pytest.mark.parametrize(
    ("type_", "data"),
    [
        ("peer.join.success", BEAM),
        ("session.close.success", BEAM),
        ("recording.success", BEAM),
        ("hls.recording.success", BEAM),
        ("something.new", {}),
        ("beam.started.success", {**BEAM, "recording_enabled": False}),
        ("beam.failure", {**BEAM, "recording_enabled": False}),
    ],
)
def test_other_events_are_no_facts(type_: str, data: dict[str, object]) -> None:
    assert fact_of(parse(event(type_, data)), NOW) is None


@pytest.mark.parametrize(
    ("timestamp", "at"),
    [
        ("2021-11-30T12:59:57Z", SAID_AT),
        ("2021-11-01T00:00:00Z", datetime(2021, 11, 1, tzinfo=UTC)),
        ("2021-11-30T13:04:59Z", NOW + timedelta(minutes=5)),
        ("2021-11-30T13:05:00Z", NOW),
        ("0001-01-01T00:00:00Z", NOW),
        ("later", NOW),
        (None, NOW),
    ],
)
def test_when_it_happened(timestamp: object, at: datetime) -> None:
    fact = fact_of(parse(event("beam.stopped.success", {}, timestamp=timestamp)), NOW)
    assert fact is not None
    assert fact.at == at


@each_row(
    ("body", "why"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"type": "a", "data": {"x": NaN}}', "not JSON"),
        (b'{"type": "a", "n": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'"beam"', "not a JSON object"),
        (b"{}", "no type"),
        (b'{"type": ""}', "no type"),
        (b'{"type": 5}', "no type"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"type":"a","data":' + b'{"a":' * 60 + b"1" + b"}" * 61, "nested too deeply"),
    ],
)
def test_what_is_no_webhook(body: bytes, why: str) -> None:
    with pytest.raises(BadWebhook) as refused:
        parse(body)
    assert refused.value.why == why


@pytest.mark.parametrize("data", [None, [], "x", 7, [[{"a": 1}]]])
def test_odd_data_is_no_data(data: object) -> None:
    assert parse(event("beam.failure", data)).data == {}


def test_what_databases_cannot_keep_is_replaced() -> None:
    body = b'\xef\xbb\xbf{"type":"a","data":{"k\\u0000":"\\ud800x","n":1e999}}'
    assert parse(body).data == {"k\ufffd": "\ufffdx", "n": None}


def test_an_envelope_survives_the_inbox() -> None:
    envelope = parse(event("beam.recording.success", {**BEAM, "x_presigned_url": LINK}))
    stored = json.dumps(envelope.model_dump(mode="json"))
    assert "Signature" not in stored
    assert "stream-key" not in stored
    assert "token=" not in stored
    again = Envelope.model_validate(json.loads(stored))
    assert again == envelope
    assert inbox_identity(again) == inbox_identity(envelope)
    assert fact_of(again, NOW) == fact_of(envelope, NOW)


def test_ids_of_a_beam_event() -> None:
    envelope = parse(event("beam.stopped.success", {**BEAM, "duration": 56}))
    assert ids_of(envelope) == Ids(frozenset({"beam1", "job1"}), "room1", "session1")
    assert times_of(envelope) == Times(stopped_at=SAID_AT)


def test_ids_of_a_transcription_event_name_its_files() -> None:
    envelope = parse(event("transcription.success", TRANSCRIPTION))
    assert ids_of(envelope).aliases == {"rec1", "tr1", "t1", "s1"}
    assert times_of(envelope) == Times()


def test_ids_of_an_upload_tell_its_times() -> None:
    data = {"started_at": "2021-11-30T12:58:34Z", "stopped_at": "2021-11-30T12:59:56Z"}
    envelope = parse(event("beam.recording.success", data))
    assert ids_of(envelope).aliases == frozenset()
    assert times_of(envelope) == Times(
        started_at=datetime(2021, 11, 30, 12, 58, 34, tzinfo=UTC),
        stopped_at=datetime(2021, 11, 30, 12, 59, 56, tzinfo=UTC),
    )


def test_one_event_has_one_identity_however_it_is_sent_again() -> None:
    first = inbox_identity(parse(event("beam.stopped.success", {**BEAM, "p_presigned_url": LINK})))
    anew = {
        **BEAM,
        "metadata_id": "m2",
        "metadata_timestamp": "2021-12-01T00:00:00Z",
        "p_presigned_url": LINK.replace("abc", "def"),
        "meeting_url": str(BEAM["meeting_url"]) + "2",
        "error": "",
    }
    again = parse(
        event("beam.stopped.success", anew, id="another", timestamp="2021-12-01T00:00:00Z")
    )
    assert inbox_identity(again) == first
    replayed = parse(event("beam.stopped.success", BEAM, id="third", is_replay=True))
    assert inbox_identity(replayed) == first


@pytest.mark.parametrize(
    ("type_", "data"),
    [
        ("beam.started.success", BEAM),
        ("beam.stopped.success", {**BEAM, "job_id": "job2"}),
        ("beam.stopped.success", {**BEAM, "duration": 5}),
    ],
)
def test_different_events_have_different_identities(type_: str, data: dict[str, object]) -> None:
    first = inbox_identity(parse(event("beam.stopped.success", BEAM)))
    assert inbox_identity(parse(event(type_, data))) != first
