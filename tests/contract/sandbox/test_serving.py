"""The server under the sandbox's services."""

import asyncio
import logging
from logging.handlers import BufferingHandler

from record_bot_sandbox.serving import serving
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


async def test_a_client_that_leaves_is_no_error() -> None:
    begun, left = asyncio.Event(), asyncio.Event()

    async def read(request: Request) -> Response:
        begun.set()
        try:
            return Response(await request.body())
        finally:
            left.set()

    said = BufferingHandler(100)
    logger = logging.getLogger("uvicorn.error")
    async with serving(Starlette(routes=[Route("/", read, methods=["POST"])])) as base_url:
        logger.addHandler(said)
        try:
            host, port = base_url.removeprefix("http://").split(":")
            _, writer = await asyncio.open_connection(host, int(port))
            writer.write(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\nhalf")
            await begun.wait()
            writer.close()
            await left.wait()
        finally:
            logger.removeHandler(said)
    assert [record.getMessage() for record in said.buffer] == []
