"""The client when 100ms, the network or the storage misbehaves, over real HTTP."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from pydantic import SecretStr
from record_bot_sandbox.hms.app import RunningHms
from record_bot_sandbox.hms.faults import ApiFault
from record_bot_sandbox.serving import bind, serving
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.core.options import RecordingOptions
from bot.hms.auth import FixedToken, ManagementTokens
from bot.hms.client import HmsClient
from bot.hms.errors import (
    HmsRefused,
    HmsTooLarge,
    HmsUnauthorized,
    HmsUnavailable,
)
from bot.outbound import Outbound
from tests.contract.hms_kit import client_of, now, room_named
from tests.patience import ENDS


async def swelling() -> AsyncIterator[bytes]:
    """Yield gzip without end: each piece of a kilobyte unpacks to a megabyte."""
    packer = zlib.compressobj(wbits=31)
    while True:
        await asyncio.sleep(0)  # both ends of the connection share this loop
        yield packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)


@ENDS
async def test_a_file_that_swells_is_let_go_at_its_limit(http: httpx.AsyncClient) -> None:
    """The storage may compress although nobody asked for it; what it unpacks to is what counts."""

    def file(_: Request) -> Response:
        return StreamingResponse(swelling(), headers={"content-encoding": "gzip"})

    async with serving(Starlette(routes=[Route("/f", file)])) as url:
        client = HmsClient(url, FixedToken("t"), http, Outbound([url]))
        with pytest.raises(HmsTooLarge):
            await client.download(SecretStr(f"{url}/f"), 1_000_000)


@pytest.mark.parametrize(
    ("fault", "reached", "retry_after_s"),
    [
        (ApiFault(kind="status", status=500), True, None),
        (ApiFault(kind="status", status=503), True, None),
        (ApiFault(kind="status", status=503, retry_after_s=4), False, 4),
        (ApiFault(kind="status", status=429, retry_after_s=3), False, 3),
        (ApiFault(kind="status", status=429), False, 45),
        (ApiFault(kind="reset"), True, None),
        (ApiFault(kind="hang", hang_s=5), True, None),
        (ApiFault(kind="reset", after_work=True), True, None),
    ],
)
async def test_no_answer(
    hms: RunningHms,
    http: httpx.AsyncClient,
    fault: ApiFault,
    reached: bool,
    retry_after_s: float | None,
) -> None:
    room = await room_named(client_of(hms, http), "standup")
    hms.sim.faults.all.append(fault)
    client = client_of(hms, http, patience_s=0.5 if fault.kind == "hang" else 9)
    with pytest.raises(HmsUnavailable) as failed:
        await client.start(room.id, RecordingOptions())
    assert (failed.value.reached, failed.value.retry_after_s) == (reached, retry_after_s)
    if not reached:
        assert not hms.sim.state.recordings


async def test_nobody_listens(http: httpx.AsyncClient) -> None:
    with bind("127.0.0.1", 0) as sock:
        port = sock.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    client = HmsClient(f"{url}/v2", FixedToken("t"), http, Outbound([url]))
    with pytest.raises(HmsUnavailable) as failed:
        await client.start("room", RecordingOptions())
    assert failed.value.reached is False
    with pytest.raises(HmsUnavailable):
        await client.download(SecretStr(f"{url}/f?signature=s"), 10)


async def test_an_address_that_is_none(http: httpx.AsyncClient) -> None:
    client = HmsClient("nowhere", FixedToken("t"), http, Outbound())
    with pytest.raises(HmsUnavailable) as failed:
        await client.get_room("room")
    assert failed.value.reached is False


Answer = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(answer: Answer) -> AsyncIterator[str]:
    """A server that hears one request per connection and answers in raw bytes."""

    async def on_connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer((await reader.readuntil(b"\r\n\r\n")).decode(), writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(on_connect, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def reply(status: int, content: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} x", f"Content-Length: {len(content)}", "Connection: close"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + content


async def says_nothing(_: str, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(1)


async def dribbles(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _number in range(20):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def hangs_up(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")


async def says_nonsense(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(reply(200, b"<html>"))


async def says_too_little(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(reply(200, b"{}"))


async def says_empty(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(reply(200, b""))


@pytest.mark.parametrize(
    "answer", [says_nothing, dribbles, hangs_up, says_nonsense, says_too_little, says_empty]
)
async def test_an_answer_that_cannot_be_used_may_have_started(
    http: httpx.AsyncClient, answer: Answer
) -> None:
    async with listening(answer) as base_url:
        patience_s = 0.5 if answer in (says_nothing, dribbles) else 9
        client = HmsClient(base_url, FixedToken("t"), http, Outbound(), patience_s=patience_s)
        with pytest.raises(HmsUnavailable) as failed:
            await client.start("room", RecordingOptions())
    assert failed.value.reached is True
    assert failed.value.__cause__ is None


async def test_a_stop_with_an_empty_answer_is_a_stop(http: httpx.AsyncClient) -> None:
    async with listening(says_empty) as base_url:
        assert await HmsClient(base_url, FixedToken("t"), http, Outbound()).stop("r") is None


async def test_a_token_is_renewed_once_after_a_401(http: httpx.AsyncClient) -> None:
    tokens: list[str] = []

    async def first_no(request: str, writer: asyncio.StreamWriter) -> None:
        tokens.append(request.lower().split("authorization: bearer ")[1].split()[0])
        writer.write(reply(200, b'{"id": "r"}') if len(tokens) == 2 else reply(401, b"{}"))

    async with listening(first_no) as base_url:
        source = ManagementTokens("key", "secret" * 8, now)
        client = HmsClient(base_url, source, http, Outbound())
        assert (await client.get_room("r")).id == "r"
        assert len(set(tokens)) == 2
        with pytest.raises(HmsUnauthorized):
            await client.get_room("r")
        assert len(tokens) == 4


async def test_a_fixed_token_is_not_tried_twice(hms: RunningHms, http: httpx.AsyncClient) -> None:
    client = HmsClient(f"{hms.base_url}/v2", FixedToken("from-the-dashboard"), http, Outbound())
    with pytest.raises(HmsUnauthorized) as refused:
        await client.get_room("room")
    assert refused.value.message == "Token validation error"
    assert len(hms.sim.calls) == 1


async def test_the_storage_never_sees_our_token(http: httpx.AsyncClient) -> None:
    seen: list[str] = []

    async def storage(request: str, writer: asyncio.StreamWriter) -> None:
        seen.append(request.lower())
        if "/v2/" in request:
            host = request.lower().split("host: ")[1].split()[0]
            link = f"http://{host}/moved?signature=s"
            writer.write(reply(200, json.dumps({"url": link}).encode()))
        elif "/moved" in request:
            writer.write(reply(307, b"", "Location: /file?signature=s"))
        else:
            writer.write(reply(200, b"content"))

    async with listening(storage) as base_url:
        client = HmsClient(f"{base_url}/v2", FixedToken("t"), http, Outbound([base_url]))
        assert await client.fetch_asset("a", 7) == b"content"
    assert ["authorization" in request for request in seen] == [True, False, False]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254"])
async def test_a_link_that_moves_inside_is_not_followed(
    http: httpx.AsyncClient, status: int, host: str
) -> None:
    called: list[str] = []

    async def secret(request: str, writer: asyncio.StreamWriter) -> None:
        called.append(request)
        writer.write(reply(200, b"secret"))

    async with listening(secret) as inside:
        target = inside.replace("127.0.0.1", host)

        async def moved(_: str, writer: asyncio.StreamWriter) -> None:
            writer.write(reply(status, b"", f"Location: {target}/secret?signature=s"))

        async with listening(moved) as storage:
            client = HmsClient(f"{storage}/v2", FixedToken("t"), http, Outbound([storage]))
            with pytest.raises(HmsRefused) as refused:
                await client.download(SecretStr(f"{storage}/f?signature=s"), 1000)
            assert "signature" not in str(refused.value)
            with pytest.raises(HmsRefused):
                await client.download(SecretStr(f"{target}/secret?signature=s"), 1000)
    assert called == []


async def test_paging_ends_when_the_cursor_does_not_move(http: httpx.AsyncClient) -> None:
    asked: list[str] = []

    async def stuck(request: str, writer: asyncio.StreamWriter) -> None:
        asked.append(request)
        writer.write(reply(200, b'{"data": [{"id": "r"}, null, {"name": "x"}], "last": "r"}'))

    async with listening(stuck) as base_url:
        client = HmsClient(base_url, FixedToken("t"), http, Outbound())
        assert [room.id async for room in client.list_rooms()] == ["r", "r"]
    assert len(asked) == 2


@pytest.mark.parametrize("content", [b"[]", b"7", b"null", b""])
async def test_a_list_that_is_none(http: httpx.AsyncClient, content: bytes) -> None:
    async def says_it(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(200, content))

    async with listening(says_it) as base_url:
        client = HmsClient(base_url, FixedToken("t"), http, Outbound())
        with pytest.raises(HmsUnavailable):
            await anext(client.list_rooms())
