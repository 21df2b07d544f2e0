"""The simulated 100ms, reached through the page's own address."""

from collections.abc import AsyncIterator

import httpx
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.sandbox.hms.driver import Driver

KEPT_HEADERS = ("content-type", "cache-control", "content-disposition")


class HmsProxy:
    def __init__(self, hms: Driver) -> None:
        self._hms = hms

    def routes(self) -> list[Route]:
        every = ["GET", "POST", "DELETE"]
        return [
            Route("/100ms/rooms/{room_id}/say", self.say, methods=["POST"]),
            Route("/100ms/{path:path}", self.control, methods=every),
        ]

    async def control(self, request: Request) -> Response:
        """`/100ms/…` is `/sim/…` of the 100ms, its stream of changes included."""
        http = self._hms.http
        asked = http.build_request(
            request.method,
            f"/sim/{request.path_params['path']}",
            params=request.query_params,
            content=await request.body(),
            timeout=httpx.Timeout(10, read=None),
        )
        try:
            answer = await http.send(asked, stream=True)
        except httpx.HTTPError as error:
            return JSONResponse({"message": f"100ms is not there: {error!r}"}, status_code=502)
        kept = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
        return StreamingResponse(
            _raw(answer), answer.status_code, kept, background=BackgroundTask(answer.aclose)
        )

    async def say(self, request: Request) -> Response:
        """A message in the room's chat: a call of the API proper, as a person's client makes."""
        room_id = request.path_params["room_id"]
        said = await request.json()
        answer = await self._hms.api("POST", f"/active-rooms/{room_id}/send-message", json=said)
        return Response(answer.content, answer.status_code, media_type="application/json")


async def _raw(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in answer.aiter_raw():
            yield piece
    except httpx.HTTPError:
        return  # the 100ms has gone; the page will ask again
    finally:
        await answer.aclose()
