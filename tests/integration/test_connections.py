"""The limits of connections, on uvicorn itself and over real sockets."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from record_bot_sandbox.serving import serving
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.web.connections import Connections, Limits
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.asyncio(loop_scope="module")
QUICK = Limits(connections=8, working=2, backlog=4, patience_s=0.2)
PATIENT = Limits(connections=8, working=2, backlog=4, patience_s=60)
HEAD = b"GET /healthz HTTP/1.1\r\nHost: here\r\n"
WHOLE = HEAD + b"\r\n"
POST = b"POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\n"


@dataclass
class Client:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> tuple[int, str]:
        """Status and body of the next response."""
        async with asyncio.timeout(PATIENCE_S):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            body = await self.reader.readexactly(int(length[1])) if length else b""
        return int(head.split()[1]), body.decode()

    async def rest(self) -> bytes:
        """Everything until the server closes."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""


@dataclass
class Server:
    address: tuple[str, int]
    stack: AsyncExitStack
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    parked: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def client(self, *, most_bytes: int = 2**16) -> Client:
        reader, writer = await asyncio.open_connection(*self.address, limit=most_bytes)
        self.stack.callback(writer.close)
        return Client(reader, writer)

    async def get(self) -> int:
        client = await self.client()
        await client.send(WHOLE)
        return (await client.answer())[0]


@asynccontextmanager
async def server(limits: Limits) -> AsyncIterator[Server]:
    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def echo(request: Request) -> Response:
        return PlainTextResponse(await request.body())

    async def early(_: Request) -> Response:
        return PlainTextResponse("not interested")

    async def park(_: Request) -> Response:
        made.parked.release()
        await made.go_on.wait()
        return PlainTextResponse("parked")

    async def much(_: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(1000):
                yield b"x" * 2**16

        return StreamingResponse(pieces())

    routes = [Route(f"/{do.__name__}", do) for do in (healthz, park, much)]
    routes += [Route(f"/{do.__name__}", do, methods=["POST"]) for do in (echo, early)]
    protocol = Connections(limits).protocol()
    async with serving(Starlette(routes=routes), http=protocol) as url, AsyncExitStack() as stack:
        host, _, port = url.removeprefix("http://").partition(":")
        made = Server((host, int(port)), stack)
        yield made
        made.go_on.set()


def cut(why: str) -> float:
    return REGISTRY.get_sample_value("record_bot_connections_cut_total", {"why": why}) or 0


@pytest.mark.parametrize(
    "start",
    [HEAD, b"G", b"POST /echo HTTP/1.1\r\nContent-Length: 99999\r\n\r\n{"],
    ids=["headers", "first line", "body"],
)
async def test_a_request_that_never_ends_is_cut(start: bytes) -> None:
    before = cut("late")
    async with server(QUICK) as one:
        client = await one.client()
        await client.send(start)
        assert await client.answer() == (408, "the request came too slowly")
        assert await client.rest() == b""
    assert cut("late") == before + 1


@pytest.mark.parametrize(
    ("start", "drip"),
    [
        (HEAD, b"X-A: b\r\n"),
        (b"", b"\r\n"),
        (b"POST /echo HTTP/1.1\r\nContent-Length: 99999\r\n\r\n", b"x"),
        (b"POST /early HTTP/1.1\r\nContent-Length: 99999\r\n\r\n", b"x"),
    ],
    ids=["headers", "empty lines", "body", "body after the answer"],
)
async def test_dripping_gains_no_time(start: bytes, drip: bytes) -> None:
    before = cut("late")
    async with server(QUICK) as one:
        client = await one.client()
        await client.send(start)

        async def dripping() -> None:
            try:
                while True:
                    await client.send(drip)
                    await asyncio.sleep(0.02)
            except ConnectionError:
                pass

        drips = asyncio.create_task(dripping())
        await client.rest()
        drips.cancel()
    assert cut("late") == before + 1


async def test_a_silent_connection_is_closed_without_an_answer() -> None:
    async with server(QUICK) as one:
        assert await (await one.client()).rest() == b""
        client = await one.client()
        await client.send(WHOLE)
        assert await client.answer() == (200, "ok")
        assert await client.rest() == b""


async def test_half_open_connections_keep_nobody_out() -> None:
    """The one that has waited longest makes room, and is told why."""
    before = cut("displaced")
    async with server(PATIENT) as one:
        half = []
        for _ in range(PATIENT.connections):
            half.append(await one.client())
            await half[-1].send(HEAD)
        for n in range(3):
            assert await one.get() == 200
            assert await half[n].answer() == (503, "too many connections")
        await half[-1].send(b"\r\n")
        assert await half[-1].answer() == (200, "ok")
    assert cut("displaced") == before + 3


async def test_work_under_way_is_never_displaced() -> None:
    async with server(PATIENT) as one:
        working = await one.client()
        await working.send(b"GET /park HTTP/1.1\r\nHost: here\r\n\r\n")
        await one.parked.acquire()
        for _ in range(PATIENT.connections * 3):
            assert await one.get() == 200
        one.go_on.set()
        assert await working.answer() == (200, "parked")


async def test_too_many_requests_at_once_get_a_503() -> None:
    before = cut("busy")
    async with server(PATIENT) as one:
        working = [await one.client() for _ in range(PATIENT.working)]
        for client in working:
            await client.send(b"GET /park HTTP/1.1\r\nHost: here\r\n\r\n")
            await one.parked.acquire()
        refused = await one.client()
        await refused.send(WHOLE)
        assert await refused.answer() == (503, "too many requests at once")
        assert await refused.rest() == b""
        one.go_on.set()
        for client in working:
            assert await client.answer() == (200, "parked")
        assert await one.get() == 200
    assert cut("busy") == before + 1


async def test_a_client_that_does_not_read_is_cut() -> None:
    before = cut("late")
    async with server(QUICK) as one:
        client = await one.client(most_bytes=1024)
        await client.send(b"GET /much HTTP/1.1\r\nHost: here\r\n\r\n")
        async with asyncio.timeout(PATIENCE_S):
            while cut("late") == before:  # noqa: ASYNC110 - a counter
                await asyncio.sleep(0.01)
        assert len(await client.rest()) < 2**16 * 1000
    assert cut("late") == before + 1


async def test_a_slow_reader_that_reads_gets_everything() -> None:
    """Longer than the patience in all, but never that long without reading."""
    async with server(QUICK) as one:
        client = await one.client()
        await client.send(b"GET /much HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        got = 0
        async with asyncio.timeout(PATIENCE_S):
            while piece := await client.reader.read(2**21):
                got += len(piece)
        assert got > 2**16 * 1000


@given(st.lists(st.sampled_from([WHOLE, POST + b"hello"]), min_size=1, max_size=6), st.data())
@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
async def test_requests_in_any_pieces_are_answered_in_order(
    requests: list[bytes], data: st.DataObject
) -> None:
    sent = b"".join(requests)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(sent) - 1), max_size=8)))
    async with server(PATIENT) as one:
        client = await one.client()
        for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True):
            await client.send(sent[start:end])
            await asyncio.sleep(0)
        for request in requests:
            expected = "ok" if request == WHOLE else "hello"
            assert await client.answer() == (200, expected)


@given(st.integers(min_value=16, max_value=2**31))
async def test_the_limits_leave_files_for_the_bot_itself(files: int) -> None:
    limits = Limits.of_files(files)
    assert limits.connections + limits.backlog <= files * 3 // 4
    assert 0 < limits.working < limits.connections
