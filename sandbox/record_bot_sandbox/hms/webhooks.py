"""Delivery of webhooks. Docs: how-to-guides/configure-webhooks.

Only HTTP 200 counts. A failed delivery is repeated after 1, 3 and 10 s, then never again.
"""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

import httpx

from record_bot_sandbox.hms.clock import rfc3339_seconds
from record_bot_sandbox.hms.state import Room, Webhook, uuid
from record_bot_sandbox.hms.world import World

EventState = Literal["waiting", "held", "delivered", "failed", "dropped", "no_target"]


@dataclass
class Attempt:
    at_ns: int
    status: int | None = None
    error: str | None = None


@dataclass
class Event:
    """One webhook event with the story of its delivery."""

    envelope: dict[str, object]
    type: str
    room: Room
    created_ns: int
    url: str | None = None
    state: EventState = "waiting"
    attempts: list[Attempt] = field(default_factory=list)
    replay: bool = False
    seq: int = 0

    @property
    def id(self) -> str:
        return str(self.envelope["id"])


@cache
def tls_context() -> ssl.SSLContext:
    """One for all clients: making one costs as much as a whole test."""
    return httpx.create_ssl_context(trust_env=False)


class Webhooks:
    def __init__(self, world: World) -> None:
        config = world.config
        self._timings = world.timings
        self._state = world.state
        self._clock = world.clock
        self._faults = world.faults
        self._feed = world.feed
        self._tasks = world.tasks
        self._held: list[asyncio.Event] = []
        self._in_order: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._client = httpx.AsyncClient(
            timeout=config.webhook_timeout_s,
            trust_env=False,
            follow_redirects=False,
            verify=tls_context(),
        )
        self.target = (
            Webhook(config.webhook_url, dict(config.webhook_headers))
            if config.webhook_url
            else None
        )
        self.events: list[Event] = []

    async def close(self) -> None:
        await self._client.aclose()

    def emit(self, event_type: str, room: Room, data: Mapping[str, object]) -> None:
        """Record an event and send it on its way."""
        event = self._record(event_type, room, data)
        fault = self._faults.webhook(event_type, room.id)
        match fault.kind if fault else None:
            case "drop":
                self._settle(event, "dropped")
            case "delay" if fault:
                self._tasks.spawn(self._later(event, fault.delay_s))
            case "reorder" if fault:
                self._tasks.spawn(self._after_the_next(event, fault.delay_s))
            case _:
                copies = fault.repeat if fault else 1
                self._tasks.spawn(self.deliver(event, copies))
                self._release_held()

    def replay(self, original: Event, *, new_id: bool) -> Event:
        """Prepare a second sending of an old event; whether ids are kept is undocumented."""
        envelope = original.envelope | {"is_replay": True}
        if new_id:
            envelope["id"] = uuid()
        now = self._clock.now_ns()
        event = Event(envelope, original.type, original.room, now, replay=True)
        self._add(event)
        return event

    async def deliver(self, event: Event, copies: int = 1) -> None:
        """Try until HTTP 200 or until the retries are used up."""
        async with self._in_order[event.room.id]:  # first attempts leave in order
            done = await self._attempt(event)
        for wait_s in self._timings.webhook_retries_s:
            if done:
                break
            await self._clock.sleep(wait_s)
            done = await self._attempt(event)
        for _ in range(copies - 1):
            await self._attempt(event)
        if event.state != "no_target":
            self._settle(event, "delivered" if done else "failed")

    def _record(self, event_type: str, room: Room, data: Mapping[str, object]) -> Event:
        now = self._clock.now_ns()
        envelope: dict[str, object] = {
            "version": "2.0",
            "id": uuid(),
            "account_id": self._state.account_id,
            "app_id": self._state.app_id,
            "template_id": room.template.id,
            "timestamp": rfc3339_seconds(now),
            "type": event_type,
            "data": dict(data),
        }
        event = Event(envelope, event_type, room, now)
        self._add(event)
        return event

    def _add(self, event: Event) -> None:
        self.events.append(event)
        event.seq = len(self.events)

    def _release_held(self) -> None:
        held, self._held = self._held, []
        for gate in held:
            gate.set()  # they wake up after the event just sent has taken its place in the queue

    async def _later(self, event: Event, delay_s: float) -> None:
        self._settle(event, "held")
        await self._clock.sleep(delay_s)
        await self.deliver(event)

    async def _after_the_next(self, event: Event, longest_s: float) -> None:
        gate = asyncio.Event()
        self._held.append(gate)
        self._settle(event, "held")
        await self._clock.wait(gate, longest_s)
        await self.deliver(event)

    async def _attempt(self, event: Event) -> bool:
        target = event.room.webhook or self.target
        if target is None:
            self._settle(event, "no_target")
            return True
        event.url = target.url
        attempt = Attempt(self._clock.now_ns())
        event.attempts.append(attempt)
        try:
            reply = await self._client.post(target.url, json=event.envelope, headers=target.headers)
            attempt.status = reply.status_code
        except httpx.TimeoutException:
            attempt.error = "timeout"
        except httpx.HTTPError as error:
            attempt.error = type(error).__name__
        self._announce(event)
        return attempt.status == 200

    def _settle(self, event: Event, state: EventState) -> None:
        event.state = state
        self._announce(event)

    def _announce(self, event: Event) -> None:
        last = event.attempts[-1] if event.attempts else None
        self._feed.publish(
            "webhook",
            event_id=event.id,
            type=event.type,
            room_id=event.room.id,
            state=event.state,
            attempts=len(event.attempts),
            status=last.status if last else None,
        )
