"""Is it alive, and can it work."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.store.errors import StoreError
from bot.store.store import Store


async def healthz(_: Request) -> Response:
    """The process answers: nothing more."""
    return PlainTextResponse("ok")


@dataclass(frozen=True, slots=True)
class Readyz:
    """503 while the database does not answer, or Slack does not reach us yet."""

    store: Store
    connected: Callable[[], bool]

    async def __call__(self, _: Request) -> Response:
        try:
            await self.store.ping()
        except StoreError:
            return JSONResponse({"ready": False, "why": "database"}, status_code=503)
        if not self.connected():
            return JSONResponse({"ready": False, "why": "slack"}, status_code=503)
        return JSONResponse({"ready": True})
