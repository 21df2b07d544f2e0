"""Webhook delivery history and replay. Docs: api-reference/analytics."""

import math
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from record_bot_sandbox.hms import wire
from record_bot_sandbox.hms.clock import rfc3339
from record_bot_sandbox.hms.errors import ApiError, invalid_input
from record_bot_sandbox.hms.options import explain, parse_json
from record_bot_sandbox.hms.paging import whole_number
from record_bot_sandbox.hms.replay import Delivery, Selection, Workflow, window
from record_bot_sandbox.hms.sim import Sim
from record_bot_sandbox.hms.webhooks import Event

DELIVERIES: dict[str, Delivery] = {"all": "all", "failed": "failed", "success": "success"}
MOST_REPLAYED = 50_000


class ReplayBody(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    start_time: str | None = None
    end_time: str | None = None
    room_id: str = ""
    event_names: list[str] = []
    status: Delivery = "failed"
    limit: Annotated[int, Field(ge=1, le=MOST_REPLAYED)] = MOST_REPLAYED
    offset: Annotated[int, Field(ge=0)] = 0


class AnalyticsApi:
    def __init__(self, sim: Sim) -> None:
        self._sim = sim

    def routes(self) -> list[Route]:
        base = "/analytics/webhooks"
        return [
            Route(base, self.list_events, methods=["GET"]),
            Route(f"{base}/replay", self.replay, methods=["POST"]),
            Route(f"{base}/replay/{{id}}", self.replay_status, methods=["GET"]),
        ]

    async def list_events(self, request: Request) -> JSONResponse:
        query = request.query_params
        start, end = window(query.get("start_time"), query.get("end_time"))
        status = DELIVERIES.get(query.get("status", "all"))
        if status is None:
            raise invalid_input("status: must be all, failed or success")
        names = tuple(query.getlist("event_names"))
        selection = Selection(start, end, query.get("room_id", ""), names, status)
        found = self._sim.replays.select(selection)
        size = whole_number(query, "limit", 50, 1, 100)
        number = whole_number(query, "page", 1, 1, 1_000_000)
        pages = math.ceil(len(found) / size)
        shown = found[(number - 1) * size : number * size]
        return JSONResponse(
            {
                "events": [_event(event) for event in shown],
                "pagination": {
                    "current_page": number,
                    "page_size": size,
                    "total_pages": pages,
                    "total_items": len(found),
                    "has_next": number < pages,
                    "has_prev": number > 1,
                },
                "summary": {"total_events": len(found)},
            }
        )

    async def replay(self, request: Request) -> JSONResponse:
        try:
            body = ReplayBody.model_validate(parse_json(await request.body()))
        except ValidationError as error:
            raise invalid_input(*explain(error)) from None
        start, end = window(body.start_time, body.end_time)
        names = tuple(body.event_names)
        selection = Selection(start, end, body.room_id, names, body.status, body.limit, body.offset)
        filters = (body.model_dump_json(),)
        workflow, is_new = self._sim.replays.start(selection, filters)
        return JSONResponse(
            {
                "workflow_id": workflow.id,
                "status": "started" if is_new else "already_running",
                "message": "replay queued",
                "filters": _filters(workflow.selection),
            }
        )

    async def replay_status(self, request: Request) -> JSONResponse:
        workflow = self._sim.replays.workflows.get(request.path_params["id"])
        if workflow is None:
            raise ApiError(404, "workflow not found")
        return JSONResponse(_workflow(workflow))


def _event(event: Event) -> wire.Json:
    failed = event.state != "delivered"
    payload: wire.Json = {
        "event_data": event.envelope["data"],
        "webhook_url": event.url or "",
        "original_event_name": event.type,
    }
    if failed:
        last = event.attempts[-1] if event.attempts else None
        payload["error_reason"] = (last.error or f"status {last.status}") if last else "timeout"
    return {
        "event_id": event.id,
        "event_name": f"reporter.webhook.delivery.{'failed' if failed else 'success'}",
        "room_id": event.room.id,
        "event_timestamp": rfc3339(event.created_ns),
        "payload": payload,
    }


def _filters(selection: Selection) -> wire.Json:
    return {
        "start_time": selection.start.isoformat(),
        "end_time": selection.end.isoformat(),
        "room_id": selection.room_id,
        "event_types": list(selection.event_names),
    }


def _workflow(workflow: Workflow) -> wire.Json:
    failed = len(workflow.failed_events)
    progress: wire.Json = {
        "total": workflow.total,
        "completed": workflow.completed,
        "failed": failed,
    }
    reply: wire.Json = {
        "workflow_id": workflow.id,
        "status": workflow.status,
        "started_at": rfc3339(workflow.started_ns),
        "completed_at": rfc3339(workflow.completed_ns),
        "filters": _filters(workflow.selection)
        | {"limit": workflow.selection.limit, "offset": workflow.selection.offset},
        "progress": progress,
    }
    if workflow.completed_ns is not None:
        reply["result"] = progress | {"failed_events": workflow.failed_events}
    return reply
