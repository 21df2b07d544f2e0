"""Delivery history and replay. Docs: api-reference/analytics, list- and replay-webhook-events."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from record_bot_sandbox.hms.clock import NS
from record_bot_sandbox.hms.errors import ApiError, invalid_input
from record_bot_sandbox.hms.state import uuid
from record_bot_sandbox.hms.webhooks import Event, Webhooks
from record_bot_sandbox.hms.world import World

# Failures of recording and transcription, and the start of the latter, are not in this list.
LISTED = frozenset(
    {
        "session.open.success",
        "session.close.success",
        "peer.join.success",
        "peer.leave.success",
        "recording.success",
        "recording.failed",
        "transcription.success",
        "beam.started.success",
        "beam.stopped.success",
        "beam.recording.success",
        "hls.recording.success",
        "stream.recording.success",
    }
)
Delivery = Literal["all", "failed", "success"]
Outcome = Literal["Running", "completed", "completed_with_failures", "failed"]


@dataclass(frozen=True)
class Selection:
    """Which events a call is about."""

    start: datetime
    end: datetime
    room_id: str = ""
    event_names: tuple[str, ...] = ()
    status: Delivery = "all"
    limit: int = 50_000
    offset: int = 0

    def matches(self, event: Event) -> bool:
        at = datetime.fromtimestamp(event.created_ns / NS, UTC)
        failed = event.state in {"failed", "dropped"}
        return (
            event.type in LISTED
            and not event.replay
            and (failed or event.state == "delivered")
            and self.start <= at <= self.end
            and self.room_id in {"", event.room.id}
            and (not self.event_names or event.type in self.event_names)
            and (self.status == "all" or failed == (self.status == "failed"))
        )


def window(start: str | None, end: str | None) -> tuple[datetime, datetime]:
    """The time range asked for; by default the last 24 hours."""
    now = datetime.now(UTC)
    begins = _time(start, "start_time") if start else now - timedelta(hours=24)
    ends = _time(end, "end_time") if end else now
    if begins < now - timedelta(days=30):
        raise ApiError(400, "start_time must be within the last 30 days")
    if not begins <= ends <= begins + timedelta(days=14):
        raise ApiError(400, "end_time must be within 14 days after start_time")
    return begins, ends


def _time(text: str, name: str) -> datetime:
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise invalid_input(f"{name}: must be RFC 3339") from None
    if value.tzinfo is None:
        raise invalid_input(f"{name}: must name its time zone")
    return value


@dataclass
class Workflow:
    selection: Selection
    filters: tuple[object, ...]  # as asked for: an identical request joins the running one
    started_ns: int
    total: int
    id: str = field(default_factory=lambda: f"webhook-replay-{uuid()}")
    completed_ns: int | None = None
    completed: int = 0
    failed_events: list[str] = field(default_factory=list)

    @property
    def status(self) -> Outcome:
        if self.completed_ns is None:
            return "Running"
        if not self.failed_events:
            return "completed"
        return "completed_with_failures" if self.completed else "failed"


class Replays:
    def __init__(self, world: World, webhooks: Webhooks) -> None:
        self._timings = world.timings
        self._clock = world.clock
        self._feed = world.feed
        self._tasks = world.tasks
        self._webhooks = webhooks
        self._sent = 0
        self.workflows: dict[str, Workflow] = {}

    def select(self, selection: Selection) -> list[Event]:
        return [event for event in self._webhooks.events if selection.matches(event)]

    def start(self, selection: Selection, filters: tuple[object, ...]) -> tuple[Workflow, bool]:
        """A new workflow, or the running one with the same filters; tells whether it is new."""
        for workflow in self.workflows.values():
            if workflow.status == "Running" and workflow.filters == filters:
                return workflow, False
        events = self.select(selection)[selection.offset :][: selection.limit]
        workflow = Workflow(selection, filters, self._clock.now_ns(), len(events))
        self.workflows[workflow.id] = workflow
        self._tasks.spawn(self._run(workflow, events))
        return workflow, True

    async def _run(self, workflow: Workflow, events: Sequence[Event]) -> None:
        for original in events:
            await self._clock.sleep(self._timings.replay_gap_s)
            self._sent += 1
            copy = self._webhooks.replay(original, new_id=self._sent % 2 == 0)
            await self._webhooks.deliver(copy)
            if copy.state == "delivered":
                workflow.completed += 1
            else:
                workflow.failed_events.append(copy.id)
        workflow.completed_ns = self._clock.now_ns()
        self._feed.publish("replay", workflow_id=workflow.id, status=workflow.status)
