"""The simulated Slack as one ASGI app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from record_bot_sandbox.slack import control
from record_bot_sandbox.slack.acts import Acts
from record_bot_sandbox.slack.api import call_method
from record_bot_sandbox.slack.config import SlackConfig
from record_bot_sandbox.slack.courier import Courier
from record_bot_sandbox.slack.events import Events
from record_bot_sandbox.slack.faulty import with_faults
from record_bot_sandbox.slack.forms import Forms
from record_bot_sandbox.slack.http import new_client
from record_bot_sandbox.slack.methods_files import receive
from record_bot_sandbox.slack.people import People
from record_bot_sandbox.slack.responses import respond
from record_bot_sandbox.slack.setting import Setting
from record_bot_sandbox.slack.sim import Sim
from record_bot_sandbox.slack.starts import Starts


def create_app(config: SlackConfig | None = None) -> Starlette:
    """A workspace of its own; nothing is shared between two apps."""
    sim = Sim(config or SlackConfig())
    client = new_client(timeout=None, follow_redirects=True, max_redirects=2)
    courier = Courier(sim, client)
    events = Events(sim, courier)
    people = People(sim, Starts(sim, courier, events), Acts(sim, courier), Forms(sim, courier))
    setting = Setting(sim, courier, events)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with client:
            yield
            await sim.close()

    app = Starlette(
        routes=[
            Route("/api/{method}", call_method, methods=["GET", "POST"]),
            Route("/commands/{team}/{key}", respond, methods=["POST"]),
            Route("/actions/{team}/{key}", respond, methods=["POST"]),
            Route("/upload/v1/{ticket}", upload, methods=["POST"]),
            WebSocketRoute("/link/", link),
            *control.routes(sim, people, setting),
        ],
        middleware=[Middleware(_OwnAddress, sim=sim)],
        exception_handlers={Exception: crashed},
        lifespan=lifespan,
    )
    app.state.sim = sim
    return app


async def upload(request: Request) -> Response:
    """The bytes of a file, between the two files.* calls."""
    sim: Sim = request.app.state.sim
    ticket, content = request.path_params["ticket"], await request.body()
    kind = request.headers.get("content-type", "")

    def work() -> Response:
        status, text = receive(sim, ticket, content, kind)
        return PlainTextResponse(text, status)

    return await with_faults(request, "upload", {}, work)


async def crashed(request: Request, error: Exception) -> Response:
    """A fault of the simulation itself: listed, so that no test takes it for Slack's answer."""
    sim: Sim = request.app.state.sim
    sim.problem("simulation", f"{request.url.path}: {error!r}")
    return JSONResponse({"ok": False, "error": "internal_error"}, status_code=500)


async def link(socket: WebSocket) -> None:
    sim: Sim = socket.app.state.sim
    await sim.sockets.serve(socket)


class _OwnAddress:
    """Learn this server's address from the first request, if it was not told before."""

    def __init__(self, app: ASGIApp, sim: Sim) -> None:
        self._app = app
        self._sim = sim

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        server: Any = scope.get("server")
        if not self._sim.base_url and server:
            host, port = server
            self._sim.base_url = (
                f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
            )
        await self._app(scope, receive, send)
