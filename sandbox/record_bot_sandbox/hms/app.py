"""The simulated 100ms as one ASGI app, and a way to run it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ExceptionHandler

from record_bot_sandbox.hms.api_analytics import AnalyticsApi
from record_bot_sandbox.hms.api_recordings import RecordingsApi
from record_bot_sandbox.hms.api_rooms import RoomsApi
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.hms.control import Control
from record_bot_sandbox.hms.errors import ApiError, on_api_error, on_http_error
from record_bot_sandbox.hms.gate import Gate
from record_bot_sandbox.hms.sim import Sim
from record_bot_sandbox.serving import base_url_of, bind, serving

HANDLERS: dict[int | type[Exception], ExceptionHandler] = {
    ApiError: on_api_error,
    HTTPException: on_http_error,
}


def create_app(config: HmsConfig) -> Starlette:
    """The API at /v2, files at /files, control at /sim; `app.state.sim` is the simulation."""
    sim = Sim(config)
    parts = (RecordingsApi(sim), RoomsApi(sim), AnalyticsApi(sim))
    api = [route for part in parts for route in part.routes()]
    routes: list[BaseRoute] = [
        Mount("/v2", Gate(Starlette(routes=api, exception_handlers=HANDLERS), sim)),
        Mount("/sim", Starlette(routes=Control(sim).routes(), exception_handlers=HANDLERS)),
        Route("/files/{asset_id}/{name}", sim.files.serve, methods=["GET", "HEAD"]),
    ]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await sim.open()
        try:
            yield
        finally:
            await sim.close()

    app = Starlette(routes=routes, exception_handlers=HANDLERS, lifespan=lifespan)
    app.state.sim = sim
    return app


@dataclass(frozen=True)
class RunningHms:
    base_url: str  # the API itself is at `base_url + "/v2"`
    sim: Sim


@asynccontextmanager
async def serve(
    config: HmsConfig, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[RunningHms]:
    """Run the simulated 100ms while the block runs.

    Links point to `config.public_base_url`; if that was not set, to where the server listens.
    """
    sock = bind(host, port)
    if "public_base_url" not in config.model_fields_set:
        config = config.model_copy(update={"public_base_url": base_url_of(sock)})
    app = create_app(config)
    async with serving(app, sock=sock) as base_url:
        yield RunningHms(base_url, app.state.sim)
