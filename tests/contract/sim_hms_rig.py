"""A running simulated 100ms, and a small receiver of its webhooks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from record_bot_sandbox.hms.app import serve
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.hms.driver import Driver, Json
from record_bot_sandbox.serving import serving
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.patience import PatientDriver

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
async def rig(*, speed: float = 3000, sink: Sink | None = None, **more: Any) -> AsyncIterator[Rig]:
    """Both servers on free ports. At speed 3000 a start takes about a millisecond."""
    sink = sink or Sink()
    async with serving(sink.app()) as sink_url:
        config = HmsConfig(secret=SECRET, speed=speed, webhook_url=f"{sink_url}/hook", **more)
        async with serve(config) as hms, PatientDriver(hms.base_url, config) as driver:
            yield Rig(driver, sink, hms.base_url)


async def stopped(r: Rig, room_name: str, body: Json | None = None) -> Json:
    """Start a recording, let it run, and ask it to stop."""
    started = await r.driver.start(room_name, body)
    await r.driver.recording(started["id"], "running")
    reply = await r.driver.api("POST", f"/recordings/{started['id']}/stop")
    assert reply.json()["status"] == "stopping"
    return started


async def assets_of(r: Rig, recording_id: str) -> dict[tuple[str, str | None], Json]:
    """A recording's assets by type and output mode."""
    reply = await r.driver.get(f"/recordings/{recording_id}")
    return {
        (a["type"], a["metadata"].get("output_mode")): a for a in reply["recording_assets"] or []
    }
