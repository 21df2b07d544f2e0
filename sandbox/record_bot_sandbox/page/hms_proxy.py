"""The simulated 100ms, reached through the page's own address."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from record_bot_sandbox.hms.driver import Driver

AGAIN_S = 1.0  # until it is asked for its changes again


class HmsProxy:
    def __init__(self, hms: Driver) -> None:
        self._hms = hms
        self._changed = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None

    def routes(self) -> list[Route]:
        every = ["GET", "POST", "DELETE"]
        return [
            Route("/100ms/rooms/{room_id}/say", self.say, methods=["POST"]),
            Route("/100ms/{path:path}", self.control, methods=every),
        ]

    async def control(self, request: Request) -> Response:
        """`/100ms/…` is `/sim/…` of the 100ms."""
        try:
            answer = await self._hms.http.request(
                request.method,
                f"/sim/{request.path_params['path']}",
                params=request.query_params,
                content=await request.body(),
            )
        except httpx.HTTPError as error:
            return JSONResponse({"message": f"100ms is not there: {error!r}"}, status_code=502)
        return Response(answer.content, answer.status_code, media_type="application/json")

    async def say(self, request: Request) -> Response:
        """A message in the room's chat: a call of the API proper, marked as ours."""
        room_id = request.path_params["room_id"]
        said = await request.json()
        path = f"/active-rooms/{room_id}/send-message"
        answer = await self._hms.api("POST", path, json=said, params={"via": "page"})
        return Response(answer.content, answer.status_code, media_type="application/json")

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """One connection for all windows, from the first on: a browser has only six for each
        address."""
        try:
            yield
        finally:
            if self._listener:
                self._listener.cancel()
                await asyncio.wait([self._listener])

    async def changes(self) -> AsyncIterator[dict[str, object] | None]:
        """Once for each time that something changed, or several things at once."""
        self._listener = self._listener or asyncio.create_task(self._listen())
        while True:
            await self._changed.wait()
            yield None

    async def _listen(self) -> None:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                async with self._hms.http.stream("GET", "/sim/stream", timeout=None) as answer:
                    self._tell()  # what has changed until now
                    async for line in answer.aiter_lines():
                        if line.startswith("data:"):
                            self._tell()
            await asyncio.sleep(AGAIN_S)

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
