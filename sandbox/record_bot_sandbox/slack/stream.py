"""Server-sent events: one small record for each change, from any point on."""

import json
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import StreamingResponse

from record_bot_sandbox.slack.model import JSON
from record_bot_sandbox.slack.sim import Sim

IDLE_S = 10.0


async def stream(request: Request) -> StreamingResponse:
    """GET /sim/stream?since=<seq>; also continues from Last-Event-ID.

    `?calls=false` leaves out the app's calls that went well: what they change is told beside.
    """
    sim: Sim = request.app.state.sim
    asked = request.query_params.get("since") or request.headers.get("last-event-id")
    since = int(asked) if asked and asked.isdecimal() else sim.changes.seq
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    lines = _lines(sim, since, calls=request.query_params.get("calls") != "false")
    return StreamingResponse(lines, media_type="text/event-stream", headers=headers)


async def _lines(sim: Sim, since: int, *, calls: bool) -> AsyncIterator[str]:
    yield ": open\n\n"
    async for change in sim.changes.follow(since, idle_s=IDLE_S):
        if change is None:
            yield ": idle\n\n"
        elif calls or not _went_well(change):
            yield f"id: {change['seq']}\nevent: {change['type']}\ndata: {json.dumps(change)}\n\n"


def _went_well(change: JSON) -> bool:
    return change["type"] == "api_call" and change["ok"] and not change["fault"]
