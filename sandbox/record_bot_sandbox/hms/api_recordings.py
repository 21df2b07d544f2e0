"""Recordings and their assets. Docs: api-reference/recordings and recording-assets."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from record_bot_sandbox.hms import wire
from record_bot_sandbox.hms.errors import ApiError, beam_not_found
from record_bot_sandbox.hms.options import parse_start
from record_bot_sandbox.hms.paging import page, whole_number
from record_bot_sandbox.hms.sim import Sim
from record_bot_sandbox.hms.state import STOPPABLE, Asset, Recording

LONGEST_LINK_S = 7 * 24 * 3600


class RecordingsApi:
    def __init__(self, sim: Sim) -> None:
        self._sim = sim

    def routes(self) -> list[Route]:
        return [
            Route("/recordings", self.list_recordings, methods=["GET"]),
            Route("/recordings/room/{room_id}/start", self.start, methods=["POST"]),
            Route("/recordings/room/{room_id}/stop", self.stop_room, methods=["POST"]),
            Route("/recordings/room/{room_id}/pause", self.pause, methods=["POST"]),
            Route("/recordings/room/{room_id}/resume", self.resume, methods=["POST"]),
            Route("/recordings/{id}/stop", self.stop, methods=["POST"]),
            Route("/recordings/{id}", self.get, methods=["GET"]),
            Route("/recording-assets", self.list_assets, methods=["GET"]),
            Route("/recording-assets/{id}", self.get_asset, methods=["GET"]),
            Route("/recording-assets/{id}/presigned-url", self.presign, methods=["GET"]),
        ]

    async def start(self, request: Request) -> JSONResponse:
        room = self._sim.room(request.path_params["room_id"])
        body = parse_start(await request.body())
        return _shown(self._sim.recorder.start(room, body))

    async def stop(self, request: Request) -> JSONResponse:
        recording = self._sim.recording(request.path_params["id"])
        self._sim.recorder.stop(recording)
        return _shown(recording)

    async def stop_room(self, request: Request) -> JSONResponse:
        recording = self._running_in(request)
        self._sim.recorder.stop(recording)
        data = [wire.recording(recording, with_assets=False)]
        return JSONResponse({"limit": 10, "data": data, "last": recording.id})

    async def pause(self, request: Request) -> JSONResponse:
        recording = self._running_in(request, started=True)
        self._sim.recorder.pause(recording)
        return _shown(recording)

    async def resume(self, request: Request) -> JSONResponse:
        recording = self._running_in(request, started=True)
        self._sim.recorder.resume(recording)
        return _shown(recording)

    async def get(self, request: Request) -> JSONResponse:
        recording = self._sim.recording(request.path_params["id"])
        return JSONResponse(wire.recording(recording, with_assets=True))

    async def list_recordings(self, request: Request) -> JSONResponse:
        query = request.query_params
        found = [
            item
            for item in self._sim.state.recordings.values()
            if query.get("room_id", item.room.id) == item.room.id
            and query.get("session_id") in {None, item.session.id if item.session else ""}
            and query.get("status", item.status) == item.status
        ]

        def show(item: Recording) -> wire.Json:
            return wire.recording(item, with_assets=False)

        return JSONResponse(page(found, query, show, end="empty"))

    async def list_assets(self, request: Request) -> JSONResponse:
        query = request.query_params
        found = [
            item
            for item in self._sim.state.assets.values()
            if query.get("room_id", item.recording.room.id) == item.recording.room.id
            and query.get("session_id")
            in {None, item.recording.session.id if item.recording.session else ""}
            and query.get("status", item.status) == item.status
        ]
        return JSONResponse(page(found, query, wire.asset, end="absent"))

    async def get_asset(self, request: Request) -> JSONResponse:
        return JSONResponse(wire.asset(self._asset(request)))

    async def presign(self, request: Request) -> JSONResponse:
        asset = self._asset(request)
        default = asset.recording.room.template.presign_s
        valid_s = whole_number(request.query_params, "presign_duration", default, 1, LONGEST_LINK_S)
        url = self._sim.files.link(asset, valid_s)
        return JSONResponse({"id": asset.id, "path": asset.path, "url": url, "expiry": valid_s})

    def _asset(self, request: Request) -> Asset:
        asset = self._sim.state.assets.get(request.path_params["id"])
        if asset is None:
            raise ApiError(404, "recording asset not found")
        return asset

    def _running_in(self, request: Request, *, started: bool = False) -> Recording:
        recording = self._sim.state.busy_in(self._sim.room(request.path_params["room_id"]))
        if recording is None or recording.status not in STOPPABLE:
            raise beam_not_found()
        if started and recording.status != "running":
            raise beam_not_found()
        return recording


def _shown(recording: Recording) -> JSONResponse:
    return JSONResponse(wire.recording(recording, with_assets=False))
