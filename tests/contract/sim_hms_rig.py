"""A running simulated 100ms, and a small receiver of its webhooks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.hms.app import serve
from bot.sandbox.hms.config import HmsConfig
from bot.sandbox.hms.driver import Driver, Json
from bot.sandbox.serving import serving

SECRET = "a sandbox secret that is long enough for HS256"


@dataclass
class Sink:
    """Takes webhooks; answers with the scripted statuses first, then with 200."""

    script: list[int] = field(default_factory=list)
    got: list[Json] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def types(self) -> list[str]:
        return [event["type"] for event in self.got]

    def of(self, event_type: str) -> list[Json]:
        return [event for event in self.got if event["type"] == event_type]

    async def take(self, request: Request) -> Response:
        self.got.append(await request.json())
        self.headers.append(dict(request.headers))
        return Response(status_code=self.script.pop(0) if self.script else 200)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/hook", self.take, methods=["POST"])])


@dataclass
class Rig:
    driver: Driver
    sink: Sink
    base_url: str


@asynccontextmanager
async def rig(*, speed: float = 1000, sink: Sink | None = None, **more: Any) -> AsyncIterator[Rig]:
    """Both servers on free ports. At speed 1000 a four-second start takes four milliseconds."""
    sink = sink or Sink()
    async with serving(sink.app()) as sink_url:
        config = HmsConfig(secret=SECRET, speed=speed, webhook_url=f"{sink_url}/hook", **more)
        async with serve(config) as hms, Driver(hms.base_url, config) as driver:
            yield Rig(driver, sink, hms.base_url)
