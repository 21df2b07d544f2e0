"""The hand behind the scenes: `/sim/...`, without authentication, for tests and demonstrations."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal, TypeVar
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from record_bot_sandbox.hms import seed, shown
from record_bot_sandbox.hms.errors import ApiError, invalid_input
from record_bot_sandbox.hms.faults import FAULT, ErrorType
from record_bot_sandbox.hms.options import StartBody, explain, parse_json
from record_bot_sandbox.hms.paging import flag, whole_number
from record_bot_sandbox.hms.sim import REQUESTS_KEPT, Sim
from record_bot_sandbox.hms.state import Peer, Room, Webhook

KEEP_ALIVE_S = 15


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewRoom(_Body):
    name: Annotated[str, Field(min_length=1)]
    template: str = "meetings"


class Join(_Body):
    name: Annotated[str, Field(min_length=1)]
    role: str = "guest"


class Leave(_Body):
    peer_id: str | None = None
    name: str | None = None


class End(_Body):
    reason: str = ""
    lock: bool = False


class Fail(_Body):
    error_type: ErrorType = "INTERNAL_ERROR"


class Target(_Body):
    url: str | None
    headers: dict[str, str] | None = None


class Clear(_Body):
    clear: Literal[True] | str


B = TypeVar("B", bound=BaseModel)


class Control:
    def __init__(self, sim: Sim) -> None:
        self._sim = sim

    def routes(self) -> list[Route]:
        room, recording = "/rooms/{room_id}", "/recordings/{id}"
        return [
            Route("/state", self.state, methods=["GET"]),
            Route("/requests", self.requests, methods=["GET"]),
            Route("/stream", self.stream, methods=["GET"]),
            Route("/rooms", self.add_room, methods=["POST"]),
            Route(f"{room}/join", self.join, methods=["POST"]),
            Route(f"{room}/leave", self.leave, methods=["POST"]),
            Route(f"{room}/end", self.end, methods=["POST"]),
            Route(f"{room}/start-recording", self.start_recording, methods=["POST"]),
            Route(f"{room}/webhook", self.room_webhook, methods=["POST"]),
            Route(f"{recording}/fail", self.fail, methods=["POST"]),
            Route(f"{recording}/finish", self.finish, methods=["POST"]),
            Route("/faults", self.faults, methods=["GET", "POST", "DELETE"]),
            Route("/webhooks", self.webhooks, methods=["POST"]),
            Route("/files/expire", self.expire_files, methods=["POST"]),
        ]

    async def state(self, _: Request) -> JSONResponse:
        return JSONResponse(shown.everything(self._sim))

    async def requests(self, request: Request) -> JSONResponse:
        last = whole_number(request.query_params, "last", 100, 1, REQUESTS_KEPT)
        return JSONResponse({"requests": [shown.call(c) for c in list(self._sim.calls)[-last:]]})

    async def stream(self, request: Request) -> StreamingResponse:
        """Server-sent events: every change after `?since=` or `Last-Event-ID`, then new ones.

        `?requests=false` leaves out that requests were made: what they change is told beside.
        """
        given = request.query_params.get("since") or request.headers.get("last-event-id")
        since = int(given) if given and given.isdigit() else self._sim.feed.seq
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(
            self._changes(since, requests=flag(request.query_params, "requests") is not False),
            media_type="text/event-stream",
            headers=headers,
        )

    async def _changes(self, since: int, *, requests: bool) -> AsyncIterator[str]:
        yield ": connected\n\n"
        changes = self._sim.feed.follow(since)
        coming = asyncio.ensure_future(anext(changes))
        try:
            while True:
                await asyncio.wait([coming], timeout=KEEP_ALIVE_S)
                if not coming.done():
                    yield ": still here\n\n"
                    continue
                change = coming.result()
                coming = asyncio.ensure_future(anext(changes))
                if requests or change["kind"] != "request":
                    yield f"id: {change['seq']}\ndata: {json.dumps(change)}\n\n"
        finally:
            coming.cancel()

    async def add_room(self, request: Request) -> JSONResponse:
        body = await _parse(request, NewRoom)
        room = seed.add_room(self._sim.state, self._sim.clock, body.name, body.template)
        if room is None:
            raise invalid_input("template: unknown")
        self._sim.feed.publish("room", room_id=room.id, name=room.name, change="created")
        return JSONResponse(shown.room(self._sim, room), 201)

    async def join(self, request: Request) -> JSONResponse:
        room, body = self._room(request), await _parse(request, Join)
        peer = self._sim.people.join(room, body.name, body.role)
        return JSONResponse(shown.peer(peer), 201)

    async def leave(self, request: Request) -> JSONResponse:
        room, body = self._room(request), await _parse(request, Leave)
        peer = _find(room, body)
        self._sim.people.leave(room, peer)
        return JSONResponse(shown.peer(peer))

    async def end(self, request: Request) -> JSONResponse:
        room, body = self._room(request), await _parse(request, End)
        self._sim.people.end(room, body.reason, lock=body.lock)
        return JSONResponse(shown.room(self._sim, room))

    async def start_recording(self, request: Request) -> JSONResponse:
        """As someone else would start it: from the dashboard, or from inside the meeting."""
        room, body = self._room(request), await _parse(request, StartBody)
        recording = self._sim.recorder.start(room, body, started_by=str(uuid4()))
        return JSONResponse(shown.recording(self._sim, recording), 201)

    async def room_webhook(self, request: Request) -> JSONResponse:
        room, body = self._room(request), await _parse(request, Target)
        room.webhook = Webhook(body.url, body.headers or {}) if body.url else None
        return JSONResponse(shown.room(self._sim, room))

    async def fail(self, request: Request) -> JSONResponse:
        recording = self._sim.recording(request.path_params["id"])
        self._sim.recorder.fail(recording, (await _parse(request, Fail)).error_type)
        return JSONResponse(shown.recording(self._sim, recording))

    async def finish(self, request: Request) -> JSONResponse:
        recording = self._sim.recording(request.path_params["id"])
        self._sim.recorder.finish(recording)
        return JSONResponse(shown.recording(self._sim, recording))

    async def faults(self, request: Request) -> JSONResponse:
        """GET lists; DELETE clears all; POST adds one, or clears with {"clear": true or an id}."""
        faults = self._sim.faults
        added: str | None = None
        if request.method == "DELETE":
            faults.clear()
        elif request.method == "POST":
            body = parse_json(await request.body())
            if "clear" in body:
                cleared = _valid(Clear, body).clear
                faults.clear(None if cleared is True else str(cleared))
            else:
                try:
                    fault = FAULT.validate_python(body)
                except ValidationError as error:
                    raise invalid_input(*explain(error)) from None
                faults.all.append(fault)
                added = fault.id
        if request.method != "GET":
            self._sim.feed.publish("fault", added=added, in_force=len(faults.all))
        return JSONResponse({"added": added, "faults": [f.model_dump() for f in faults.all]})

    async def webhooks(self, request: Request) -> JSONResponse:
        """Where events go from now on; headers stay as they are unless given."""
        body = await _parse(request, Target)
        headers = self._sim.config.webhook_headers if body.headers is None else body.headers
        self._sim.webhooks.target = Webhook(body.url, dict(headers)) if body.url else None
        return JSONResponse({"url": body.url, "headers": headers})

    async def expire_files(self, _: Request) -> JSONResponse:
        self._sim.files.expire_all()
        return JSONResponse({"expired": True})

    def _room(self, request: Request) -> Room:
        """By id, or by name for those who drive the simulation by hand."""
        key = request.path_params["room_id"]
        rooms = self._sim.state.rooms
        named = next((room for room in rooms.values() if room.name == key), None)
        room = rooms.get(key) or named
        if room is None:
            raise ApiError(404, "room not found")
        return room


def _find(room: Room, wanted: Leave) -> Peer:
    for peer in room.present:
        if wanted.peer_id == peer.id or (wanted.peer_id is None and wanted.name == peer.name):
            return peer
    raise ApiError(404, "peer not found")


async def _parse(request: Request, model: type[B]) -> B:
    raw = await request.body()
    return _valid(model, parse_json(raw) if raw.strip() else {})


def _valid(model: type[B], body: dict[str, Any]) -> B:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise invalid_input(*explain(error)) from None
