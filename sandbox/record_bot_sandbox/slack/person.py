"""A person at the simulated Slack: types, clicks, waits and looks. For tests and tours."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, TypeVar

import httpx

from record_bot_sandbox.slack.http import new_client
from record_bot_sandbox.slack.seen import JSON, Answer, SeenMessage, SeenView, Snapshot

REFUSED = 422
REPLY_TIMEOUT_S = 30.0
Found = TypeVar("Found")


class CannotError(Exception):
    """The simulated Slack says that this is impossible: no such button, nothing to see there."""


class Person:
    """One user of the workspace. Use as `async with Person(base_url, seed.STARTER) as ines:`."""

    def __init__(self, base_url: str, user: str) -> None:
        self.user = user
        self._http = new_client(base_url=base_url, timeout=REPLY_TIMEOUT_S)

    async def __aenter__(self) -> "Person":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    # -- doing

    async def command(self, channel: str, text: str) -> Answer:
        return await self._do("command", user=self.user, channel=channel, text=text)

    async def click(
        self,
        where: SeenMessage | SeenView,
        action_id: str,
        *,
        block_id: str | None = None,
        value: Any = None,
        confirm: bool = False,
    ) -> Answer:
        """Press a button or choose in a menu; `value` names the option."""
        body: JSON = {"user": self.user, "action_id": action_id, "confirm": confirm}
        body |= _place(where) | {"block_id": block_id, "value": value}
        return await self._do("click", **body)

    async def fill(self, view: SeenView, values: Mapping[str, Any]) -> SeenView:
        """Enter values by block id; after each the view may look different. Returns it."""
        for block_id, value in values.items():
            view = await self.view(view.id)
            await self.enter(view, block_id, value)
        return await self.view(view.id)

    async def enter(
        self, view: SeenView, block_id: str, value: Any, *, action_id: str | None = None
    ) -> Answer:
        """Enter one value; says what the bot answered, if it was told."""
        action = action_id or view.action_id(block_id)
        return await self._do(
            "input", view_id=view.id, block_id=block_id, action_id=action, value=value
        )

    async def suggest(
        self,
        where: SeenMessage | SeenView,
        block_id: str,
        query: str,
        *,
        action_id: str | None = None,
    ) -> list[JSON]:
        """The options that the bot offers for what was typed."""
        body: JSON = {"user": self.user, "block_id": block_id, "query": query}
        if action_id is None and isinstance(where, SeenView):
            action_id = where.action_id(block_id)
        answer = await self._do("suggest", **body, **_place(where), action_id=action_id)
        return answer.options

    async def submit(self, view: SeenView) -> Answer:
        return await self._do("submit", view_id=view.id)

    async def close(self, view: SeenView, *, whole_stack: bool = False) -> Answer:
        return await self._do("close", view_id=view.id, whole_stack=whole_stack)

    async def shortcut(self, callback_id: str, on: SeenMessage | None = None) -> Answer:
        place = _place(on) if on else {}
        return await self._do("shortcut", user=self.user, callback_id=callback_id, **place)

    async def open_home(self) -> Answer:
        return await self._do("home", user=self.user)

    async def mention(self, channel: str, text: str, thread_ts: str | None = None) -> Answer:
        body = {"user": self.user, "channel": channel, "text": text, "thread_ts": thread_ts}
        return await self._do("mention", **body)

    async def say(self, channel: str, text: str, thread_ts: str | None = None) -> Answer:
        body = {"user": self.user, "channel": channel, "text": text, "thread_ts": thread_ts}
        return await self._do("say", **body)

    async def delete(self, message: SeenMessage) -> None:
        await self.tell("delete", user=self.user, channel=message.channel, ts=message.ts)

    async def tell(self, path: str, **body: Any) -> JSON:
        """POST /sim/<path>: for what surrounds people, such as faults, channels and events."""
        return _checked(await self._http.post(f"/sim/{path}", json=body))

    async def forget(self, path: str, **query: str) -> JSON:
        """DELETE /sim/<path>: faults or problems."""
        return _checked(await self._http.delete(f"/sim/{path}", params=query))

    # -- looking

    async def state(self) -> Snapshot:
        return Snapshot(_checked(await self._http.get("/sim/state")))

    async def deliveries(self, kind: str | None = None) -> list[JSON]:
        """What the bot was sent, by payload type, event type or command."""
        query = {"type": kind} if kind else {}
        found = _checked(await self._http.get("/sim/delivered", params=query))
        return list(found["deliveries"])

    async def messages(self, channel: str) -> list[SeenMessage]:
        return (await self.state()).messages(channel)

    async def thread(self, channel: str, ts: str) -> list[SeenMessage]:
        return (await self.state()).thread(channel, ts)

    async def ephemerals(self, channel: str) -> list[SeenMessage]:
        return (await self.state()).ephemerals(channel, self.user)

    async def open_view(self) -> SeenView | None:
        return (await self.state()).open_view(self.user)

    async def home(self) -> SeenView | None:
        return (await self.state()).home(self.user)

    async def view(self, view_id: str) -> SeenView:
        """An open view by its id: a modal or the Home tab."""
        state = await self.state()
        views = [*state.raw["views"], *state.raw["homes"].values()]
        for body in views:
            if body["id"] == view_id:
                return SeenView.read(body)
        raise CannotError(f"{view_id} is not open")

    async def file(self, file_id: str) -> bytes:
        answer = await self._http.get(f"/sim/files/{file_id}")
        return answer.raise_for_status().content

    # -- waiting

    async def until(
        self,
        predicate: Callable[[Snapshot], Found | None],
        timeout: float = 5.0,  # noqa: ASYNC109
    ) -> Found:
        """What `predicate` finds in the state, looked at again after every change.

        Raises:
            TimeoutError: it found nothing (None, False, or empty) in that time.
        """
        changed = asyncio.Event()
        seen = await self.state()
        follower = asyncio.create_task(self._follow(seen.seq, changed))
        try:
            async with asyncio.timeout(timeout):
                while not (found := predicate(seen)):
                    await _next(changed, follower)
                    seen = await self.state()
        finally:
            follower.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await follower
        return found

    async def _follow(self, seq: int, changed: asyncio.Event) -> None:
        query = {"since": seq}
        async with self._http.stream("GET", "/sim/stream", params=query, timeout=None) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data:"):
                    changed.set()

    async def _do(self, path: str, **body: Any) -> Answer:
        return Answer.read(await self.tell(path, **body))


async def _next(changed: asyncio.Event, follower: asyncio.Task[None]) -> None:
    """Wait for a change, or for the stream to break."""
    waiting = asyncio.ensure_future(changed.wait())
    try:
        await asyncio.wait({waiting, follower}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    if follower.done():
        await follower
        raise ConnectionError("the stream of the simulated Slack ended")
    changed.clear()


def _place(where: SeenMessage | SeenView) -> JSON:
    if isinstance(where, SeenView):
        return {"view_id": where.id}
    return {"channel": where.channel, "ts": where.ts}


def _checked(answer: httpx.Response) -> JSON:
    if answer.status_code == REFUSED:
        raise CannotError(str(answer.json().get("detail")))
    body: JSON = answer.raise_for_status().json()
    return body
