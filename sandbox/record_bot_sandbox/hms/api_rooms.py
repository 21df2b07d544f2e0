"""Rooms, who is in them, sessions, room codes and templates.

Docs: api-reference/Rooms, active-rooms, Sessions, room-codes and policy.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from record_bot_sandbox.hms import wire
from record_bot_sandbox.hms.errors import ApiError, invalid_input
from record_bot_sandbox.hms.options import explain, parse_json
from record_bot_sandbox.hms.paging import flag, page
from record_bot_sandbox.hms.sim import Sim
from record_bot_sandbox.hms.state import ChatMessage, Room, Session, Template


class ChatBody(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    message: Annotated[str, Field(min_length=1)]
    type: Literal["chat"] = "chat"
    role: str | None = None
    peer_id: str | None = None


class EndBody(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    reason: str = ""
    lock: bool = False


class RoomsApi:
    def __init__(self, sim: Sim) -> None:
        self._sim = sim
        self._account = sim.state.account_id

    def routes(self) -> list[Route]:
        active = "/active-rooms/{room_id}"
        return [
            Route("/rooms", self.list_rooms, methods=["GET"]),
            Route("/rooms/{room_id}", self.get_room, methods=["GET"]),
            Route(active, self.get_active, methods=["GET"]),
            Route(f"{active}/peers", self.peers, methods=["GET"]),
            Route(f"{active}/send-message", self.send_message, methods=["POST"]),
            Route(f"{active}/end-room", self.end_room, methods=["POST"]),
            Route("/sessions", self.sessions, methods=["GET"]),
            Route("/sessions/{session_id}", self.session, methods=["GET"]),
            Route("/room-codes/room/{room_id}", self.room_codes, methods=["GET"]),
            Route("/templates/{id}", self.template, methods=["GET"]),
            Route("/templates/{id}/recordings", self.template_recordings, methods=["GET"]),
        ]

    async def list_rooms(self, request: Request) -> JSONResponse:
        query = request.query_params
        enabled = flag(query, "enabled")
        found = [
            room
            for room in self._sim.state.rooms.values()
            if self._named(room, query.get("name"))
            and enabled in {None, room.enabled}
            and query.get("template_id", room.template.id) == room.template.id
        ]

        def show(room: Room) -> wire.Json:
            return wire.room(room, self._account)

        return JSONResponse(page(found, query, show, end="null"))

    async def get_room(self, request: Request) -> JSONResponse:
        room = self._sim.room(request.path_params["room_id"])
        return JSONResponse(wire.room(room, self._account))

    async def get_active(self, request: Request) -> JSONResponse:
        session = self._active(request)
        return JSONResponse(wire.active_room(session.room, session, self._account))

    async def peers(self, request: Request) -> JSONResponse:
        query = request.query_params
        found = [
            peer
            for peer in self._active(request).present
            if query.get("role", peer.role) == peer.role
            and query.get("user_id", peer.user_id) == peer.user_id
        ]
        return JSONResponse({"peers": {peer.id: wire.active_peer(peer) for peer in found}})

    async def send_message(self, request: Request) -> JSONResponse:
        session = self._active(request)
        try:
            body = ChatBody.model_validate(parse_json(await request.body()))
        except ValidationError as error:
            raise invalid_input(*explain(error)) from None
        if body.peer_id is not None and body.peer_id not in {p.id for p in session.present}:
            raise ApiError(404, "peer not found")
        if body.role is not None and body.role not in session.room.template.roles:
            raise ApiError(404, "role not found")
        said = ChatMessage(self._sim.clock.now_ns(), "server", body.message)
        session.room.chat.append(said)
        self._sim.feed.publish("room", room_id=session.room.id, change="message", text=said.text)
        return JSONResponse({"message": "message sent"})

    async def end_room(self, request: Request) -> JSONResponse:
        session = self._active(request)
        raw = await request.body()
        try:
            body = EndBody.model_validate(parse_json(raw) if raw.strip() else {})
        except ValidationError as error:
            raise invalid_input(*explain(error)) from None
        self._sim.people.end(session.room, body.reason, lock=body.lock)
        return JSONResponse({"message": "session is ending"})

    async def sessions(self, request: Request) -> JSONResponse:
        query = request.query_params
        active = flag(query, "active")
        found = [
            item
            for item in self._sim.state.sessions.values()
            if active in {None, item.closed_ns is None}
            and query.get("room_id", item.room.id) == item.room.id
        ]

        def show(item: Session) -> wire.Json:
            return wire.session(item, self._account)

        return JSONResponse(page(found, query, show, end="empty"))

    async def session(self, request: Request) -> JSONResponse:
        """Docs: api-reference/Sessions/retrieve-a-session. The recorder is one of the peers."""
        item = self._sim.state.sessions.get(request.path_params["session_id"])
        if item is None:
            raise ApiError(404, "session not found")
        recordings = [r for r in self._sim.state.recordings.values() if r.session is item]
        return JSONResponse(wire.session(item, self._account, recordings))

    async def room_codes(self, request: Request) -> JSONResponse:
        room = self._sim.room(request.path_params["room_id"])
        if not room.enabled:
            raise ApiError(403, "room is disabled")
        codes = [wire.room_code(room, role) for role in room.template.roles]
        role = request.query_params.get("role")
        data = [code for code in codes if role in {None, code["role"]}]
        return JSONResponse({"limit": 20, "data": data, "last": ""})

    async def template(self, request: Request) -> JSONResponse:
        return JSONResponse(wire.template(self._template(request), self._account))

    async def template_recordings(self, request: Request) -> JSONResponse:
        return JSONResponse(wire.recording_settings(self._template(request)))

    def _template(self, request: Request) -> Template:
        template = self._sim.state.templates.get(request.path_params["id"])
        if template is None:
            raise ApiError(404, "template not found")
        return template

    def _named(self, room: Room, name: str | None) -> bool:
        if name is None:
            return True
        if self._sim.config.room_name_filter == "prefix":
            return room.name.startswith(name)
        return room.name == name

    def _active(self, request: Request) -> Session:
        room = self._sim.room(request.path_params["room_id"])
        if room.session is None or not room.session.present:
            raise ApiError(404, "room is not active")
        return room.session
