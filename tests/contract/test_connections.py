"""Connections that send no request end, and too many of them are turned away in words."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from bot.kit.metrics import CONNECTIONS_REFUSED
from bot.web.connections import BoundedConnection
from bot.web.health import healthz

HELLO = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"


class Tight(BoundedConnection):
    most = 3
    headers_within_s = 0.3


class Announced(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    app = Starlette(routes=[Route("/healthz", healthz)])
    config = uvicorn.Config(app, port=0, http=Tight, lifespan="off", log_config=None)
    server = Announced(config)
    running = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        await server.up.wait()
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await running


def counted(why: str) -> float:
    return float(CONNECTIONS_REFUSED.labels(why)._value.get())


@pytest.mark.parametrize("begun", [b"", b"GET /healthz HTTP/1.1\r\nhost: x\r\n", HELLO + b"GET /h"])
async def test_unfinished_headers_end(begun: bytes) -> None:
    """Also of the second request of a connection."""
    before = counted("no_headers")
    async with served() as port, asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begun)
        answer = await reader.read()
        writer.close()
    assert answer.endswith(b"ok") == begun.startswith(HELLO)
    assert counted("no_headers") == before + 1


async def test_too_many_connections_are_told_so() -> None:
    before = counted("too_many")
    async with served() as port, asyncio.timeout(10):
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        for _, writer in held[:1]:
            writer.write(HELLO)
        assert (await held[0][0].read(15)).startswith(b"HTTP/1.1 200 OK")
        reader, _ = await asyncio.open_connection("127.0.0.1", port)
        refused = await reader.read()
        assert refused.startswith(b"HTTP/1.1 503 ")
        assert refused.endswith(b"\r\n\r\ntoo many connections: try again shortly\n")
        for _, writer in held:
            writer.close()
            await writer.wait_closed()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HELLO)
        assert (await reader.read(15)).startswith(b"HTTP/1.1 200 OK")
        writer.close()
    assert counted("too_many") == before + 1
