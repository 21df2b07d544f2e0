"""Nothing secret gets past the edge, and nothing that is sent there breaks it."""

import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hms.redact import MAX_DEPTH, TooDeep, strip_secrets, without_tokens
from bot.hms.webhook import (
    FACT_OF,
    BadWebhook,
    Envelope,
    fact_of,
    ids_of,
    inbox_identity,
    parse,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LINK = "https://bucket.s3.amazonaws.com/a/b.mp4?X-Amz-Signature=abc&X-Amz-Expires=9"


def event(type_: str, data: object) -> bytes:
    return json.dumps({"version": "2.0", "id": LINK, "type": type_, "data": data}).encode()


def test_strip_secrets_takes_links_wherever_they_are() -> None:
    assert strip_secrets(
        {
            "recording_presigned_url": LINK,
            "presigned_urls": [LINK],
            "chatRecordingPresignedURL": LINK,
            "recording_path": "s3://bucket/a/b.mp4",
            "url": LINK,
            "files": [{"url": f"see {LINK} and HTTPS://x/?a=1#b", "n": 1.5}],
            "why": "what? nothing: a?b",
            "empty": [None, True, "", {}],
        }
    ) == {
        "recording_path": "s3://bucket/a/b.mp4",
        "url": "https://bucket.s3.amazonaws.com/a/b.mp4",
        "files": [{"url": "see https://bucket.s3.amazonaws.com/a/b.mp4 and HTTPS://x/", "n": 1.5}],
        "why": "what? nothing: a?b",
        "empty": [None, True, "", {}],
    }


def test_strip_secrets_refuses_what_is_too_deep() -> None:
    payload: dict[str, object] = {}
    for _ in range(MAX_DEPTH + 1):
        payload = {"a": payload}
    with pytest.raises(TooDeep):
        strip_secrets(payload)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        (
            "https://a.app.100ms.live/preview/r/host?skip_preview=true&auth_token=x&name=Rec#f",
            "https://a.app.100ms.live/preview/r/host?skip_preview=true&name=Rec",
        ),
        ("https://user:pass@example.com/room?key=x", "https://example.com/room"),
        ("https://[bad/room?auth_token=x", "https://[bad/room"),
        ("https://example.com/room", "https://example.com/room"),
    ],
)
def test_without_tokens(url: str, kept: str) -> None:
    assert without_tokens(url) == kept


SECRETS = st.sampled_from([LINK, f"a {LINK} b", f"x{LINK}", f"[{LINK}]({LINK})", f"{LINK}\n{LINK}"])
NAMES = st.text(max_size=5) | SECRETS
NAMES |= st.sampled_from(["recording_presigned_url", "presigned_urls", "url", "rtmp", "location"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | SECRETS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)
SIGNED = re.compile(r"://\S*\?")


@given(data=st.dictionaries(NAMES, JSON), type_=st.sampled_from(sorted(FACT_OF)) | SECRETS)
def test_no_presigned_url_survives_any_event(data: dict[str, object], type_: str) -> None:
    try:
        envelope = parse(event(type_, data))
    except BadWebhook:  # NaN and Infinity
        return
    stored = json.dumps(envelope.model_dump(mode="json"), ensure_ascii=False)
    assert "Signature" not in stored
    assert not SIGNED.search(stored)
    stored.encode()
    fact_of(envelope, NOW)
    ids_of(envelope)
    inbox_identity(envelope)


@given(
    st.binary()
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.fixed_dictionaries({"type": JSON, "data": JSON, "timestamp": JSON}).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_parse_reads_or_refuses(body: bytes) -> None:
    try:
        envelope = parse(body)
    except BadWebhook:
        return
    fact_of(envelope, NOW)
    ids_of(envelope)


@given(noise=st.lists(JSON, min_size=12, max_size=12), type_=st.sampled_from(sorted(FACT_OF)))
def test_known_fields_of_any_type_make_a_fact(noise: list[object], type_: str) -> None:
    keys = ["session_id", "started_at", "stopped_at", "state_timestamp", "duration", "size"]
    keys += ["reason", "error_type", "error_message", "job_id", "summary_json_asset_id", "room_id"]
    envelope = Envelope.model_validate({"type": type_, "data": dict(zip(keys, noise, strict=True))})
    assert fact_of(envelope, NOW) is not None
    ids_of(envelope)
