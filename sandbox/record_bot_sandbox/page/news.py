"""What the page shows of Slack: first the newest, then as events the rest and what changed."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse

from record_bot_sandbox.page.hms_proxy import HmsProxy
from record_bot_sandbox.page.shown import (
    at_first,
    channel_of,
    delivery_line,
    surroundings,
    the_rest,
    views_of,
)
from record_bot_sandbox.slack.model import JSON
from record_bot_sandbox.slack.sim import Sim
from record_bot_sandbox.slack.snapshot import calls_of, message_of

IDLE_S = 10.0
GATHER_S = 0.01  # changes come in bursts; the page draws once for each
WORLD = secrets.token_hex(4)  # numbers of another process' changes mean nothing here
OF_VIEWS = ("view_", "home_")


class News:
    def __init__(self, sim: Sim, hms: HmsProxy) -> None:
        self._sim = sim
        self._hms = hms

    async def state(self, _: Request) -> JSONResponse:
        """GET /page/state.json: what is drawn at first, with the number to go on from."""
        told = at_first(self._sim) | {"at": f"{WORLD}.{self._sim.changes.seq}"}
        return JSONResponse(told, headers={"cache-control": "no-store"})

    async def stream(self, request: Request) -> StreamingResponse:
        """GET /page/stream?since=…; continues from there, or from Last-Event-ID, if it can."""
        again = request.headers.get("last-event-id")
        world, _, last = (again or request.query_params.get("since", "")).partition(".")
        since = int(last) if world == WORLD and last.isdecimal() else None
        events = self._events(since, whole=again is not None and since is not None)
        headers = {"cache-control": "no-store"}
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    async def _events(self, since: int | None, *, whole: bool) -> AsyncIterator[str]:
        """`whole`: the rest was told before."""
        sim = self._sim
        if since is None:
            since = sim.changes.seq
            yield _event("state", since, at_first(sim))
        if not whole:
            changes, since = sim.changes.since(since), sim.changes.seq
            yield _event("patch", since, patch(sim, changes) | the_rest(sim))
        slack, hms = sim.changes.follow(since, idle_s=IDLE_S), self._hms.changes()
        async for source, change in _either(slack, hms):
            if source is hms:
                yield "event: hms\ndata: changed\n\n"
            elif change is None:
                yield ": idle\n\n"
            elif change["seq"] > since:
                await asyncio.sleep(GATHER_S)
                changes, since = sim.changes.since(since), sim.changes.seq
                yield _event("patch", since, patch(sim, changes))


async def _either(
    *sources: AsyncIterator[JSON | None],
) -> AsyncIterator[tuple[AsyncIterator[JSON | None], JSON | None]]:
    """What comes from any of them, with where it came from."""
    coming = {asyncio.ensure_future(anext(source)): source for source in sources}
    try:
        while True:
            done, _ = await asyncio.wait(coming, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                source = coming.pop(task)
                coming[asyncio.ensure_future(anext(source))] = source
                yield source, task.result()
    finally:
        for task in coming:
            task.cancel()


def _event(name: str, seq: int, data: JSON) -> str:
    return f"id: {WORLD}.{seq}\nevent: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def patch(sim: Sim, changes: list[JSON]) -> JSON:
    """Everything that these changes touched, as it is now."""
    kinds = {str(change["type"]) for change in changes}
    told: JSON = {"channels": _channels(sim, changes), **surroundings(sim)}
    told["notices"] = [change for change in changes if change["type"] == "slackbot"]
    if any(kind.startswith(OF_VIEWS) for kind in kinds):
        told |= views_of(sim)
    if calls := sum(change["type"] == "api_call" for change in changes):
        told["calls"] = calls_of(sim, calls)
    if delivered := {change["id"] for change in changes if change["type"] == "delivered"}:
        recent = [d for d in list(sim.deliveries)[-len(delivered) - 50 :] if d.id in delivered]
        told["deliveries"] = [delivery_line(delivery) for delivery in recent]
    return told


def _channels(sim: Sim, changes: list[JSON]) -> list[JSON]:
    """The channels with changes, each with only those messages that are new or different."""
    touched: dict[str, set[str]] = {}
    for change in changes:
        channel_id: Any = change.get("channel")
        if channel_id not in sim.channels or change["type"] in {"api_call", "slackbot"}:
            continue
        found = touched.setdefault(channel_id, set())
        found |= {str(change[key]) for key in ("ts", "thread_ts") if change.get(key)}
    shown = []
    for channel_id, found in touched.items():
        channel = sim.channels[channel_id]
        both = {**channel.messages, **channel.ephemerals}
        gone = found - both.keys()
        different = [message_of(sim, both[ts]) for ts in sorted(found - gone)]
        shown.append(channel_of(channel) | {"messages": different, "gone": sorted(gone)})
    return shown
