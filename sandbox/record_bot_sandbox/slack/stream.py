"""Server-sent events: one small record for each change, from any point on."""

import json
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import StreamingResponse

from record_bot_sandbox.slack.sim import Sim

IDLE_S = 10.0


async def stream(request: Request) -> StreamingResponse:
    """GET /sim/stream?since=<seq>; also continues from Last-Event-ID."""
    sim: Sim = request.app.state.sim
    asked = request.query_params.get("since") or request.headers.get("last-event-id")
    since = int(asked) if asked and asked.isdecimal() else sim.changes.seq
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_lines(sim, since), media_type="text/event-stream", headers=headers)


async def _lines(sim: Sim, since: int) -> AsyncIterator[str]:
    yield ": open\n\n"
    async for change in sim.changes.follow(since, idle_s=IDLE_S):
        if change is None:
            yield ": idle\n\n"
        else:
            yield f"id: {change['seq']}\nevent: {change['type']}\ndata: {json.dumps(change)}\n\n"
