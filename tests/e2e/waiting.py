"""Waiting for a condition of the simulated world, and what is said when it does not come.

A test waits for what it can see, never for a time. A look follows each change that a service
tells of. Patience is measured by what goes on: a wait is given up when the world has stood still
for QUIET_S, when it has gone on for LONGEST_S and still does not show what is waited for, or at
once when the bot has died. Neither is near to what a machine with much else to do needs, and a
moment in which this process itself did not get its turn counts as no more than a look.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from record_bot_sandbox.hms.driver import Driver
from record_bot_sandbox.slack.seen import Snapshot

from tests.e2e.bot import Bot
from tests.e2e.reading import Found, Json

QUIET_S = 45.0
LONGEST_S = 180.0
LOOK_AGAIN_S = 0.5  # though nothing was told of
LOG_LINES = 12


@dataclass
class News:
    """How much a service has told of, to be waited for. Calls of the bot that change nothing are no
    news: what they change is told of beside them."""

    count: int = 0
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self) -> None:
        self.count += 1
        self._more.set()
        self._more = asyncio.Event()

    async def after(self, count: int, within_s: float) -> bool:
        """Whether there is more than that. Returns when there is, or after that time."""
        if self.count == count:
            with suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await self._more.wait()
        return self.count > count


@dataclass
class World:
    """Both simulated services and the bot, as they are watched from outside."""

    http: httpx.AsyncClient
    slack_url: str
    hms: Driver
    bot: Bot
    slack_news: News = field(default_factory=News)
    hms_news: News = field(default_factory=News)

    async def slack_state(self) -> Snapshot:
        answer = await self.http.get(f"{self.slack_url}/sim/state")
        return Snapshot(answer.raise_for_status().json())

    async def in_slack(self, found: Callable[[Snapshot], Found | None], what: str = "") -> Found:
        """What is found in what Slack shows."""

        async def look() -> Found | None:
            return found(await self.slack_state())

        return await self.until(look, self.slack_news, what)

    async def at_100ms(self, found: Callable[[Json], Found | None], what: str = "") -> Found:
        """What is found in the state of 100ms."""

        async def look() -> Found | None:
            return found(await self.hms.state())

        return await self.until(look, self.hms_news, what)

    async def until(
        self,
        look: Callable[[], Awaitable[Found | None]],
        news: News | None = None,
        what: str = "",
    ) -> Found:
        """Look now and after each of the news, until something is found (not None, False, empty).

        Without `news`, what is looked at is something else, such as the database.

        Raises:
            AssertionError: it was given up. Says what was waited for, and what there was.
        """
        news = news or News()
        waited_s = quiet_s = 0.0
        while True:
            before, heard = news.count, self._heard
            if found := await look():
                return found
            began = time.monotonic()
            told = await news.after(before, LOOK_AGAIN_S)
            turn_s = min(time.monotonic() - began, 2 * LOOK_AGAIN_S)
            waited_s += turn_s
            quiet_s = quiet_s + turn_s if self._heard == heard else 0.0
            why = _given_up(waited_s, quiet_s) or (None if told else await self.bot.died())
            if why:
                there = await self._what_there_is()
                raise AssertionError(f"waited for {what or 'it'}, but {why}.\n{there}")

    @property
    def _heard(self) -> int:
        return self.slack_news.count + self.hms_news.count

    @asynccontextmanager
    async def followed(self) -> AsyncIterator[None]:
        """While the block runs, the services are listened to."""
        first = [
            await self._open(f"{self.slack_url}/sim/stream?calls=false"),
            await self._open(f"{self.hms.http.base_url}/sim/stream?requests=false"),
        ]
        tasks = [
            asyncio.create_task(_follow(first[0], self.slack_news)),
            asyncio.create_task(_follow(first[1], self.hms_news)),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _open(self, stream: str) -> httpx.Response:
        request = self.http.build_request("GET", stream, timeout=None)
        return await self.http.send(request, stream=True)

    async def _what_there_is(self) -> str:
        """For the message of a wait that was given up."""
        state, hms = await self.slack_state(), await self.hms.state()
        calls = (await self.hms.http.get("/sim/requests", params={"last": 12})).json()["requests"]
        of_slack = (await self.bot.control.get(f"{self.bot.at}/calls")).json()[-12:]
        log = self.bot.log.read_text("utf-8", "replace").splitlines()[-LOG_LINES:]
        return "\n".join(
            [
                *_part("messages", _messages(state, "messages")[-12:]),
                *_part("seen by one person alone", _messages(state, "ephemerals")[-8:]),
                *_part("modals", [f"{v['user']}: {v['callback_id']}" for v in state.raw["views"]]),
                *_part("faults at Slack", state.raw["faults"]),
                *_part("complaints of Slack", state.problems),
                *_part("calls of Slack", [_call_of_slack(c) for c in of_slack]),
                *_part("recordings", [_recording(r) for r in hms["recordings"][-8:]]),
                *_part("webhooks", [f"{e['type']} {e['state']}" for e in hms["webhooks"][-8:]]),
                *_part("faults at 100ms", hms["faults"]),
                *_part(
                    "calls of 100ms", [f"{c['method']} {c['path']} {c['status']}" for c in calls]
                ),
                *_part("the bot's log", log),
            ]
        )


def _given_up(waited_s: float, quiet_s: float) -> str | None:
    if waited_s >= LONGEST_S:
        return f"it did not come in {LONGEST_S:.0f} s"
    if quiet_s >= QUIET_S:
        return f"nothing has happened for {QUIET_S:.0f} s"
    return None


async def _follow(stream: httpx.Response, news: News) -> None:
    try:
        async for line in stream.aiter_lines():
            if line.startswith("data:"):
                news.add()
    finally:
        await stream.aclose()


def _part(title: str, lines: list[Any]) -> list[str]:
    said = [x if isinstance(x, str) else json.dumps(x, ensure_ascii=False) for x in lines]
    return [f"- {title}:", *(f"    {line[:300]}" for line in said or ["none"])]


def _messages(state: Snapshot, kind: str) -> list[str]:
    every = [(m["ts"], c["name"], m) for c in state.raw["channels"] for m in c[kind]]
    every.sort(key=lambda one: str(one[0]))
    return [f"{name or 'direct'} {ts}: {m['text'][:200]!r}" for ts, name, m in every]


def _call_of_slack(call: Json) -> str:
    text = str(call["args"].get("text", ""))[:80]
    return f"{call['method']} {text!r} {'ok' if call['ok'] else call['error']}"


def _recording(one: Json) -> str:
    return f"{one['room_name']}: {one['status']}, stopped by {one['stop_reason']}"
