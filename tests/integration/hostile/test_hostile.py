"""Hostile traffic: every connection is answered, nothing breaks, nothing leaks into the log."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from record_bot_sandbox.serving import serving
from record_bot_sandbox.slack.seed import STARTER

from bot.hms.webhook import HEADER
from bot.web.connections import Connections, limits_here
from tests.integration.hostile_kit import (
    ANY_JSON,
    FORM,
    HOOK,
    JSON_TYPE,
    OURS,
    SLACK,
    WEBHOOK_SECRET,
    Target,
    assert_calm,
    fuzz,
    signature,
    target,
)
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.asyncio(loop_scope="module")
TYPES = [
    "recording.success", "beam.started.success", "beam.recording.success", "beam.failure",
    "transcription.success", "transcription.failed", "room.end.success", "", "<!channel>",
]  # fmt: skip
KEYS = [
    "job_id", "beam_id", "recording_id", "room_id", "session_id", "duration", "size", "reason",
    "started_at", "stopped_at", "error_type", "recording_enabled", "transcript_txt_asset_id",
]  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    async with target(tmp_path_factory.mktemp("hostile")) as made:
        yield made
        assert_calm(made)


# -- 100ms' webhook


@given(body=st.binary(max_size=300) | ANY_JSON.map(lambda v: json.dumps(v).encode()), of=st.text())
@fuzz
async def test_any_body_of_a_webhook_is_answered(bot: Target, body: bytes, of: str) -> None:
    kind = of.encode("ascii", "ignore").decode() or "text/plain"
    kind = "".join(c for c in kind if c.isprintable()).strip() or JSON_TYPE
    assert (await bot.webhook(body, **{"content-type": kind})).status_code in (200, 400)


@given(st.sampled_from(TYPES), st.dictionaries(st.sampled_from(KEYS), ANY_JSON), ANY_JSON, ANY_JSON)
@fuzz
async def test_any_event_is_kept_or_refused(
    bot: Target, kind: str, data: dict[str, Any], stamp: Any, number: Any
) -> None:
    event = {"id": number, "type": kind, "timestamp": stamp, "data": data}
    assert (await bot.webhook(event)).status_code in (200, 400)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"type":"beam.failure","data":' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
        b"\xff\xfe\x00",
        gzip.compress(b'{"type":"beam.failure"}'),
        b'{"type":"beam.failure","data":{"duration":' + b"9" * 5000 + b"}}",
        b'{"type":"beam.failure","data":{"duration":NaN}}',
        b"",
    ],
    ids=["deep", "deep object", "no UTF-8", "gzip", "long number", "NaN", "empty"],
)
async def test_bodies_that_are_no_event(bot: Target, body: bytes) -> None:
    assert (await bot.webhook(body, **{"content-encoding": "gzip"})).status_code == 400


ENCODINGS = ["gzip", "gzip, gzip", "br", "zstd", "deflate", "x" * 500, "é"]


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_what_is_compressed_is_never_unpacked(bot: Target, encoding: str) -> None:
    """Neither Slack nor 100ms compress what they send: such a body is not one of theirs, even if
    it is signed."""
    encoded = {"content-encoding": encoding}
    event = gzip.compress(b'{"type":"beam.failure","data":{}}')
    assert (await bot.webhook(event, **encoded)).status_code == 400
    body = gzip.compress(b"command=%2Frecord&text=help")
    assert (await bot.post(HOOK, body, encoded)).status_code == 401
    signed = {"content-type": FORM, **signature(body), **encoded}
    assert (await bot.post(SLACK, body, signed)).status_code in (400, 401)
    assert (await bot.post(SLACK, body, encoded)).status_code == 401


@pytest.mark.parametrize("path", [HOOK, SLACK])
async def test_large_bodies_are_refused(bot: Target, path: str) -> None:
    secret = f"{HEADER}: {WEBHOOK_SECRET}\r\n"
    head = f"POST {path} HTTP/1.1\r\nHost: b\r\n{secret}"
    announced = f"{head}Content-Length: 99999999999\r\n\r\n".encode()
    assert await bot.raw(announced) == 413
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    unannounced = f"{head}Transfer-Encoding: chunked\r\n\r\n".encode()
    assert await bot.raw(unannounced, *[chunk] * 17) in (413, 0)
    both = f"{head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    assert await bot.raw(both, b"2\r\n{}\r\n0\r\n\r\n") in (400, 401)
    for odd in ("-1", "1e3", "٣", "0x10", "1, 2"):
        bad = f"{head}Content-Length: {odd}\r\n\r\n".encode()
        assert await bot.raw(bad, b"{}", half_close=True) in (400, 401, 413, 0)


@given(st.text(max_size=40), st.booleans())
@fuzz
async def test_a_guessed_secret_does_not_serve(bot: Target, guess: str, twice: bool) -> None:
    plain = "".join(
        c for c in guess.encode("latin-1", "ignore").decode("latin-1") if c.isprintable()
    )
    headers = [(HEADER, plain.strip())] + [(HEADER, plain.strip())] * twice
    assert (await bot.post(HOOK, b'{"type":"beam.failure"}', headers)).status_code == 401


@pytest.mark.parametrize("name", ["other", "Default", "..%2fdefault", "default%00", "a" * 3000])
async def test_other_names_are_unknown(bot: Target, name: str) -> None:
    headers = {HEADER: WEBHOOK_SECRET}
    answer = await bot.post(f"/webhooks/100ms/{name}", b'{"type":"beam.failure"}', headers)
    assert answer.status_code in (404, 400)


# -- the connection itself


@pytest.mark.parametrize(
    "bytes_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /slack/events HTTP/1.1\r\n" + b"a: b\r\n" * 20_000 + b"\r\n",
        b"POST /slack/events HTTP/1.1\r\nx: " + b"a" * 200_000 + b"\r\n\r\n",
        b"POST " + b"/a" * 60_000 + b" HTTP/1.1\r\n\r\n",
        b"POST /slack/events HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"\r\n\r\n\x00\x00",
    ],
    ids=["TLS", "version", "many headers", "long header", "long path", "bad chunk", "nothing"],
)
async def test_what_is_no_http_is_let_go(bot: Target, bytes_: bytes) -> None:
    assert await bot.raw(bytes_, half_close=True) < 500
    assert (await bot.http.get(bot.url + "/healthz")).status_code == 200


@pytest.mark.parametrize("path", [HOOK, SLACK])
async def test_one_who_hangs_up_leaves_no_trace(bot: Target, path: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: b\r\n{HEADER}: {WEBHOOK_SECRET}\r\n"
    for _ in range(5):
        _, writer = await asyncio.open_connection(*bot.address)
        writer.write(f"{head}Content-Length: 500\r\n\r\n{{".encode())
        await writer.drain()
        writer.transport.abort()
    assert (await bot.http.get(bot.url + "/healthz")).status_code == 200


async def test_slow_bodies_hold_up_nobody_else(bot: Target) -> None:
    """The others are answered while a hundred bodies are still waited for."""
    head = f"POST {SLACK} HTTP/1.1\r\nHost: b\r\nContent-Length: 1000\r\n\r\n".encode()
    patient = Connections(replace(limits_here(), patience_s=PATIENCE_S))
    async with serving(bot.parts.web, http=patient.protocol()) as url:
        beside = replace(bot, url=url)
        slow = [await asyncio.open_connection(*beside.address) for _ in range(100)]
        for _, writer in slow:
            writer.write(head + b"a")
        answers = [asyncio.create_task(reader.read(1)) for reader, _ in slow]
        assert (await beside.command("help")).status_code == 200
        assert (await beside.webhook({"type": "beam.failure", "data": {}})).status_code == 200
        assert not any(answer.done() for answer in answers)
        for _, writer in slow:
            writer.transport.abort()
        await asyncio.wait(answers)


async def test_a_body_that_never_comes_is_not_waited_for(bot: Target) -> None:
    heads = [
        f"POST {path} HTTP/1.1\r\nHost: b\r\n{HEADER}: {WEBHOOK_SECRET}" for path in (HOOK, SLACK)
    ]
    begun = [f"{head}\r\nContent-Length: 10\r\n\r\n{{".encode() for head in heads]
    limits = replace(limits_here(), patience_s=0.5)
    async with serving(bot.parts.web, http=Connections(limits).protocol()) as url:
        hasty = replace(bot, url=url)
        assert await asyncio.gather(*(hasty.raw(sent) for sent in begun)) == [408, 408]


# -- what stays behind

PRESIGNED = "https://bucket.s3.example/rec.mp4?X-Amz-Signature=deadbeefcafe&X-Amz-Expires=3600"
RESPONSE_URL = "https://hooks.slack.com/commands/T1/123456/s3cr3tr3sp0ns3"
SPOKEN = "the merger is called Operation Walnut"
LEAKS = (*OURS, "deadbeefcafe", "s3cr3tr3sp0ns3", SPOKEN, "eyJhbGciOiJIUzI1NiJ9.e30.walnut")


async def test_nothing_secret_is_logged(bot: Target) -> None:
    """Secrets at every place where one could stand, in what is taken and in what is refused."""
    token = LEAKS[-1]
    data = {
        "job_id": "j", "room_id": "r", "recording_presigned_url": PRESIGNED, "reason": PRESIGNED,
        "location": PRESIGNED, "error_message": f"{SPOKEN} {token}", "transcript": SPOKEN,
        "meeting_url": f"https://a.example/?auth_token={token}",
    }  # fmt: skip
    for kind in ("beam.recording.success", "beam.failure", "transcription.success", SPOKEN, ""):
        await bot.webhook({"type": kind, "timestamp": PRESIGNED, "data": data})
        await bot.webhook(json.dumps({"type": kind, "data": data}).encode()[:-2])
    await bot.post(HOOK, b"{}", {HEADER: f"{WEBHOOK_SECRET}-almost", "authorization": token})
    await bot.post(f"{HOOK}?secret={WEBHOOK_SECRET}&url={PRESIGNED}", b"{}", {})
    for text in (SPOKEN, f"start {PRESIGNED}", f"start x meeting-url:{PRESIGNED}", token, "status"):
        await bot.command(text, response_url=RESPONSE_URL, token=WEBHOOK_SECRET)
        await bot.command(text, response_url=f"{RESPONSE_URL} {PRESIGNED}", channel_name=SPOKEN)
    for name in ("recording_stop", "recording_details", "unknown"):
        action = {"type": "button", "action_id": name, "block_id": "b", "value": SPOKEN}
        click: dict[str, Any] = {
            "type": "block_actions",
            "response_url": RESPONSE_URL,
            "token": token,
        }
        click |= {"user": {"id": STARTER}, "actions": [action], "trigger_id": token}
        await bot.signed(urlencode({"payload": json.dumps(click)}).encode())
    for name in ("record_start", "unknown"):
        view: dict[str, Any] = {"id": "V1", "type": "modal", "callback_id": name, "hash": token}
        view |= {"private_metadata": SPOKEN, "blocks": [{"text": SPOKEN}]}
        view["state"] = {"values": {"meeting_url": {"input": {"value": PRESIGNED}}}}
        sent = {"type": "view_submission", "user": {"id": STARTER}, "view": view, "token": token}
        await bot.signed(urlencode({"payload": json.dumps(sent)}).encode())
    for kind in ("app_mention", "message", "member_joined_channel", SPOKEN):
        said = {"type": kind, "user": STARTER, "channel": "C1", "text": f"{SPOKEN} {PRESIGNED}"}
        event = {"type": "event_callback", "event": said | {"ts": "1.0"}, "token": token}
        await bot.signed(json.dumps(event).encode(), JSON_TYPE)
    await bot.parts.background.drain(5.0)
    lines = bot.logged().splitlines()
    assert [line for line in lines if any(leak in line for leak in LEAKS)] == []


async def test_a_closed_store_is_said_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with target(tmp_path_factory.mktemp("closed")) as bot:
        await bot.parts.deps.store.close()
        event = {"type": "beam.failure", "data": {"job_id": "j"}}
        assert (await bot.webhook(event)).status_code == 503
        assert (await bot.http.get(bot.url + "/readyz")).status_code == 503
        assert (await bot.http.get(bot.url + "/healthz")).status_code == 200
        answer = await bot.command("stop")
        assert answer.status_code == 200
        assert "Traceback" not in bot.logged()
