"""The control API: what people and their environment do. No tokens: it never leaves a machine."""

import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from record_bot_sandbox.slack import requests as ask
from record_bot_sandbox.slack.errors import PersonError
from record_bot_sandbox.slack.faults import Fault
from record_bot_sandbox.slack.model import JSON
from record_bot_sandbox.slack.people import People
from record_bot_sandbox.slack.setting import Setting
from record_bot_sandbox.slack.sim import Sim
from record_bot_sandbox.slack.snapshot import delivery_of, snapshot
from record_bot_sandbox.slack.stream import stream

REFUSED = 422
Handler = Callable[[Request], Awaitable[Response]]
Body = TypeVar("Body", bound=BaseModel)


def routes(sim: Sim, people: People, setting: Setting) -> list[Route]:
    """Every route below /sim."""
    posts: dict[str, Handler] = {
        "command": _post(ask.Command, people.command),
        "click": _post(ask.Click, people.click),
        "input": _post(ask.Input, people.enter),
        "suggest": _post(ask.Suggest, people.suggest),
        "submit": _post(ask.Submit, people.submit),
        "close": _post(ask.Close, people.close),
        "shortcut": _post(ask.Shortcut, people.shortcut),
        "home": _post(ask.Home, people.home),
        "say": _post(ask.Say, people.say),
        "mention": _post(ask.Say, people.mention),
        "delete": _post(ask.Delete, people.delete),
        "faults": _post(Fault, setting.add_fault),
        "rate-limits": _post(ask.RateLimits, setting.rate_limits),
        "request-url": _post(ask.RequestUrl, setting.request_url),
        "redeliver": _post(ask.Redeliver, setting.redeliver),
        "sockets/disconnect": _post(ask.Disconnect, setting.disconnect),
        "install": _post(ask.Install, setting.install),
    }
    return [
        *(Route(f"/sim/{path}", handler, methods=["POST"]) for path, handler in posts.items()),
        Route("/sim/events", _event(setting), methods=["POST"]),
        Route("/sim/channels/{id}", _channel(setting), methods=["POST"]),
        Route("/sim/state", _get(lambda _: snapshot(sim)), methods=["GET"]),
        Route("/sim/delivered", _get(lambda request: _delivered(sim, request)), methods=["GET"]),
        Route("/sim/faults", _get(lambda _: {"faults": sim.faults.as_json()}), methods=["GET"]),
        Route("/sim/faults", _clear_faults(sim), methods=["DELETE"]),
        Route("/sim/problems", _clear_problems(sim), methods=["DELETE"]),
        Route("/sim/files/{id}", _file(sim), methods=["GET"]),
        Route("/sim/stream", stream, methods=["GET"]),
    ]


def _post(model: type[Body], act: Callable[[Body], Awaitable[JSON]]) -> Handler:
    """Read the body as `model`, act, and say what came of it; or say why it cannot be."""

    async def handle(request: Request) -> Response:
        try:
            asked = model.model_validate_json(await request.body() or b"{}")
            return JSONResponse(await act(asked))
        except ValidationError as error:
            wrong = json.loads(error.json(include_url=False, include_context=False))
            return _refused("invalid_request", wrong)
        except PersonError as error:
            return _refused("impossible", str(error))

    return handle


def _event(setting: Setting) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            event = json.loads(await request.body())
            if not isinstance(event, dict) or not isinstance(event.get("type"), str):
                return _refused("invalid_request", "an event is an object with a type")
            return JSONResponse(await setting.event(event))
        except ValueError as error:
            return _refused("invalid_request", str(error))
        except PersonError as error:
            return _refused("impossible", str(error))

    return handle


def _channel(setting: Setting) -> Handler:
    async def handle(request: Request) -> Response:
        async def change(asked: ask.ChannelChange) -> JSON:
            return await setting.channel(request.path_params["id"], asked)

        return await _post(ask.ChannelChange, change)(request)

    return handle


def _get(answer: Callable[[Request], JSON]) -> Handler:
    async def handle(request: Request) -> Response:
        return JSONResponse(answer(request))

    return handle


def _delivered(sim: Sim, request: Request) -> JSON:
    kind = request.query_params.get("type")
    found = [d for d in sim.deliveries if kind in {None, d.type, d.kind}]
    return {"deliveries": [delivery_of(delivery) for delivery in found]}


def _clear_faults(sim: Sim) -> Handler:
    async def handle(request: Request) -> Response:
        sim.faults.clear(request.query_params.get("method"))
        sim.changes.add("faults")
        return JSONResponse({"ok": True, "faults": sim.faults.as_json()})

    return handle


def _clear_problems(sim: Sim) -> Handler:
    async def handle(_: Request) -> Response:
        cleared, sim.problems = sim.problems, []
        return JSONResponse({"ok": True, "cleared": cleared})

    return handle


def _file(sim: Sim) -> Handler:
    async def handle(request: Request) -> Response:
        file = sim.files.get(request.path_params["id"])
        if file is None or file.content is None:
            return _refused("impossible", "there is no such file")
        return Response(file.content, media_type="application/octet-stream")

    return handle


def _refused(error: str, detail: object) -> Response:
    return JSONResponse({"ok": False, "error": error, "detail": detail}, status_code=REFUSED)
