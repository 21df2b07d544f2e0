"""The bot as it runs: a process, on its own SQLite file, with a simulated Slack beside it.

Two kinds of 100ms: the simulated one, which lives; and one that knows every recording and says
that it runs, for a bot that is to have many open ones and nothing to do.
"""

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.sandbox.serving import serving
from bot.sandbox.stage import Stage, stage
from tests.bench.populate import Open, populate, running_at

SETTLED_WITHIN_S = 180.0
LOOK_EVERY_S = 0.1


@dataclass(frozen=True)
class World:
    """`hook` is an address that takes anything, for use as a response_url."""

    stage: Stage
    folder: Path
    hook: str
    open: list[Open]

    @property
    def port(self) -> int:
        return self.stage.bot.port

    @property
    def process(self) -> psutil.Process:
        running = self.stage.bot.process
        if running is None:
            raise RuntimeError("the bot is not running")
        return psutil.Process(running.pid)

    def count(self, query: str, *values: object) -> int:
        """A look into the bot's database from outside."""
        file = f"file:{self.folder / 'record-bot.sqlite'}?mode=ro"
        with closing(sqlite3.connect(file, uri=True, timeout=10)) as db:
            number: int = db.execute(query, values).fetchone()[0]
        return number

    async def settled(self) -> None:
        """Until the bot has matched every webhook, and nothing is due or under way."""
        await self.until(lambda: self._unsettled() == 0)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(SETTLED_WITHIN_S):
            while not true():
                await asyncio.sleep(LOOK_EVERY_S)

    def _unsettled(self) -> int:
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ")
        new = self.count("SELECT count(*) FROM inbox WHERE state = 'new'")
        return new + self.count(
            "SELECT count(*) FROM recordings WHERE next_due_at <= ? OR leased_until IS NOT NULL",
            now,
        )

    def complaints(self) -> Counter[str]:
        """What the bot logged as warning or worse: nothing, unless a figure is worthless."""
        found: Counter[str] = Counter()
        for line in (self.folder / "bot.log").read_text().splitlines():
            entry = json.loads(line) if line.startswith("{") else {"event": line, "level": "error"}
            if entry.get("level") in ("warning", "error", "critical"):
                found[str(entry.get("event"))] += 1
        return found


@asynccontextmanager
async def world(*, open_recordings: int = 0, living_hms: bool = False) -> AsyncIterator[World]:
    """Everything up, and the bot quiet."""
    with TemporaryDirectory(prefix="record-bot-bench-") as name:
        folder = Path(name)
        async with serving(_steady_hms()) as steady:
            env = {"LOG_FORMAT": "json", "LOG_LEVEL": "INFO"}
            if not living_hms:
                env["HMS_API_URL"] = f"{steady}/v2"
            async with stage(folder, speed=1, env=env, output=folder / "bot.log") as running:
                there: list[Open] = []
                if open_recordings:
                    await running.bot.stop()
                    there = await populate(
                        folder, open_recordings, running.slack_url, running.slack_config.bot_token
                    )
                    await running.bot.start()
                made = World(running, folder, f"{steady}/hook", there)
                await made.settled()
                yield made
                complaints = made.complaints()
        if complaints:
            raise BotComplained(dict(complaints))


class BotComplained(Exception):
    """The bot logged warnings while it was measured."""


def _steady_hms() -> Starlette:
    """Every recording runs, since when its id says; there are no rooms and no sessions."""

    async def recording(request: Request) -> Response:
        return JSONResponse(running_at(request.path_params["id"]))

    async def nothing(_: Request) -> Response:
        return JSONResponse({"limit": 100, "data": [], "last": ""})

    async def taken(_: Request) -> Response:
        return PlainTextResponse("ok")

    return Starlette(
        routes=[
            Route("/v2/recordings/{id}", recording),
            Route("/v2/{what}", nothing),
            Route("/hook", taken, methods=["POST"]),
        ]
    )
