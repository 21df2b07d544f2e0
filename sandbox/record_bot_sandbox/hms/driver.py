"""Drives a running simulation from outside, for tests and tours: calls, and waits that end.

Nothing here sleeps: every wait follows the stream of changes.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any
from uuid import uuid4

import httpx
import jwt

from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.hms.webhooks import tls_context

Json = dict[str, Any]
PATIENCE_S = 5.0


def management_token(config: HmsConfig, **changes: object) -> str:
    """A token as the docs describe it; `changes` replace claims, and None removes one."""
    now = int(time.time())
    claims: Json = {
        "access_key": config.access_key,
        "type": "management",
        "version": 2,
        "jti": str(uuid4()),
        "iat": now - 30,
        "nbf": now - 30,
        "exp": now + 3600,
    } | changes
    present = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(present, config.secret, algorithm="HS256")


class Driver:
    def __init__(self, base_url: str, config: HmsConfig) -> None:
        self.config = config
        self.http = httpx.AsyncClient(
            base_url=base_url, timeout=10, trust_env=False, verify=tls_context()
        )
        self._auth = {"Authorization": f"Bearer {management_token(config)}"}

    async def __aenter__(self) -> "Driver":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.http.aclose()

    async def api(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """A call of the API proper, with a good token; `path` comes without /v2."""
        kwargs.setdefault("headers", self._auth)
        return await self.http.request(method, f"/v2{path}", **kwargs)

    async def get(self, path: str, **query: Any) -> Json:
        reply = await self.api("GET", path, params=query)
        reply.raise_for_status()
        return _object(reply)

    async def sim(self, path: str, body: Json | None = None) -> Json:
        """A control call: POST with a body, or with an empty one."""
        reply = await self.http.post(f"/sim{path}", json=body or {})
        reply.raise_for_status()
        return _object(reply)

    async def state(self) -> Json:
        return _object(await self.http.get("/sim/state"))

    async def room(self, name: str) -> Json:
        rooms: list[Json] = (await self.state())["rooms"]
        return next(room for room in rooms if room["name"] == name)

    async def start(self, room_name: str, body: Json | None = None) -> Json:
        """Start a recording in a room known by its name."""
        room = await self.room(room_name)
        reply = await self.api("POST", f"/recordings/room/{room['id']}/start", json=body or {})
        reply.raise_for_status()
        return _object(reply)

    async def until(self, found: Callable[[Json], Any], *, patience_s: float = PATIENCE_S) -> Any:
        """Look at the state now and after each change, until `found` gives something true."""
        last: Json = {}
        try:
            async with asyncio.timeout(patience_s), self._changes() as changes:
                async for _ in changes:
                    last = await self.state()
                    if answer := found(last):
                        return answer
        except TimeoutError:
            seen = [(event["type"], event["state"]) for event in last.get("webhooks", [])]
            raise TimeoutError(f"not seen within {patience_s} s; events: {seen}") from None
        raise ConnectionError("the stream of changes ended")

    async def recording(
        self, recording_id: str, status: str, *, patience_s: float = PATIENCE_S
    ) -> Json:
        """The recording, once it has that status."""

        def found(state: Json) -> Json | None:
            return next(
                (
                    r
                    for r in state["recordings"]
                    if (r["id"], r["status"]) == (recording_id, status)
                ),
                None,
            )

        return _typed(await self.until(found, patience_s=patience_s))

    async def event(self, event_type: str, **data: object) -> Json:
        """The settled event of that type whose data contains these values."""

        def found(state: Json) -> Json | None:
            for event in state["webhooks"]:
                settled = event["state"] not in {"waiting", "held"}
                same = data.items() <= event["envelope"]["data"].items() if settled else False
                if same and event["type"] == event_type:
                    return _typed(event)
            return None

        return _typed(await self.until(found))

    @asynccontextmanager
    async def _changes(self) -> AsyncIterator[AsyncIterator[Json]]:
        async with self.http.stream("GET", "/sim/stream", timeout=None) as reply:
            yield _parsed(reply)


async def _parsed(reply: httpx.Response) -> AsyncIterator[Json]:
    """Changes, after an empty one that stands for the beginning."""
    yield {}
    async for line in reply.aiter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def _object(reply: httpx.Response) -> Json:
    return _typed(reply.json())


def _typed(value: Any) -> Json:
    if not isinstance(value, dict):
        raise TypeError(f"expected an object, got {value!r}")
    return value
