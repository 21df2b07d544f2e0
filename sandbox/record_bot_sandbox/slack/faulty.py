"""Serving a request as the faults that were asked for say, and noting the call."""

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from record_bot_sandbox.serving import RESET
from record_bot_sandbox.slack.faults import Fault
from record_bot_sandbox.slack.model import JSON, Call
from record_bot_sandbox.slack.sim import Sim

TOO_MANY = 429


async def with_faults(
    request: Request, name: str, args: JSON, work: Callable[[], Response]
) -> Response:
    """Do the work, unless a fault comes before it; answer, unless a fault comes after it."""
    sim: Sim = request.app.state.sim
    fault = sim.faults.take(name, args)
    if fault is None:
        return work()
    if not fault.after and fault.fails:
        note_call(sim, name, args, error=fault.error or "fault", fault=fault.describe())
        return await _fail(fault, request)
    if not fault.after:
        await asyncio.sleep(fault.delay_s)
        return work()
    response = work()
    sim.calls[-1].fault = fault.describe()
    if fault.fails:
        return await _fail(fault, request)
    await asyncio.sleep(fault.delay_s)
    return response


def note_call(
    sim: Sim, name: str, args: JSON, *, error: str | None, fault: str | None = None
) -> None:
    kept = {key: value for key, value in args.items() if key != "token"}
    sim.calls.append(Call(sim.now(), name, kept, error is None, error, fault))
    sim.changes.add(
        "api_call",
        method=name,
        ok=error is None,
        error=error,
        fault=fault,
        channel=args.get("channel") or args.get("channel_id"),
    )


def too_many(retry_after: int) -> Response:
    return JSONResponse(
        {"ok": False, "error": "ratelimited"},
        status_code=TOO_MANY,
        headers={"retry-after": str(retry_after)},
    )


async def _fail(fault: Fault, request: Request) -> Response:
    await asyncio.sleep(fault.delay_s)
    if fault.reset:
        request.scope["extensions"][RESET]()
        return Response(status_code=500)  # into a connection that is gone
    if fault.hang:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        return Response(status_code=500)
    if fault.odd:
        return HTMLResponse("<html>Welcome to the proxy</html>")
    if fault.retry_after is not None:
        return too_many(fault.retry_after)
    if fault.error:
        body = {"ok": False, "error": fault.error}
        return JSONResponse(body, status_code=fault.http_status or 200)
    return PlainTextResponse("fault", status_code=fault.http_status or 500)
