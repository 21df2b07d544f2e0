"""The bot as it runs: a process, on its own SQLite file, with a simulated Slack beside it.

Two kinds of 100ms: the simulated one, which lives; and one that knows every recording and says
that it runs, for a bot that is to have many open ones and nothing to do.
"""

import asyncio
import json
import logging
import sqlite3
import time
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

logger = logging.getLogger(__name__)

SETTLED_WITHIN_S = 180.0
LOOK_EVERY_S = 0.1


@dataclass
class World:
    """`hook` takes anything, for use as a response_url; `asked` counts what 100ms was asked."""

    stage: Stage
    folder: Path
    hook: str
    open: list[Open]
    asked: Counter[str]
    log_seen: int = 0

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

    async def restart(self) -> float:
        """Seconds until it is ready again."""
        await self.stage.bot.stop()
        began = time.perf_counter()
        await self.stage.bot.start()
        took_s = time.perf_counter() - began
        self.log_seen = self.log.stat().st_size
        return took_s

    async def settled(self) -> None:
        """Until the bot has matched every webhook, and nothing is due or under way."""
        await self.until(lambda: self._unsettled() == 0)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(SETTLED_WITHIN_S):
            while not true():  # noqa: ASYNC110 - another process makes it true
                await asyncio.sleep(LOOK_EVERY_S)

    def spread_asks(self) -> None:
        """As in a bot that has run for a while: the asks are spread evenly over their period.

        At its start it asks for all at once, so without this nothing would be due for minutes.
        """
        now = datetime.now(UTC)
        rows = []
        for i, one in enumerate(self.open, start=1):
            asked = now - one.ask_every * (i / len(self.open))
            rows.append((_stored(asked), _stored(asked + one.ask_every), one.key))
        with closing(sqlite3.connect(self.folder / "record-bot.sqlite", timeout=10)) as db, db:
            db.executemany(
                "UPDATE recordings SET asked_at = ?, next_due_at = ? WHERE key = ?", rows
            )

    def _unsettled(self) -> int:
        now = _stored(datetime.now(UTC))
        new = self.count("SELECT count(*) FROM inbox WHERE state = 'new'")
        return new + self.count(
            "SELECT count(*) FROM recordings WHERE next_due_at <= ? OR leased_until IS NOT NULL",
            now,
        )

    def complaints(self) -> Counter[str]:
        """What the bot logged as warning or worse since it was last ready."""
        found: Counter[str] = Counter()
        for line in self.log.read_bytes()[self.log_seen :].decode().splitlines():
            entry = json.loads(line) if line.startswith("{") else {"event": line, "level": "error"}
            if entry.get("level") in ("warning", "error", "critical"):
                found[str(entry.get("event"))] += 1
        return found

    @property
    def log(self) -> Path:
        return self.folder / "bot.log"


def _stored(at: datetime) -> str:
    """A time as SQLite has it."""
    return at.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


@asynccontextmanager
async def world(*, open_recordings: int = 0, living_hms: bool = False) -> AsyncIterator[World]:
    """Everything up, and the bot quiet."""
    with TemporaryDirectory(prefix="record-bot-bench-") as name:
        folder = Path(name)
        asked: Counter[str] = Counter()
        async with serving(_steady_hms(asked)) as steady:
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
                made = World(running, folder, f"{steady}/hook", there, asked)
                await made.settled()
                made.log_seen = made.log.stat().st_size
                yield made
                if complaints := made.complaints():
                    logger.warning("the bot logged while it was measured: %s", dict(complaints))


def _steady_hms(asked: Counter[str]) -> Starlette:
    """Every recording runs, since when its id says; there are no rooms and no sessions."""

    async def recording(request: Request) -> Response:
        asked["recording"] += 1
        return JSONResponse(running_at(request.path_params["id"]))

    async def nothing(_: Request) -> Response:
        return JSONResponse({"limit": 100, "data": [], "last": ""})

    async def taken(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def said(_: Request) -> Response:
        return JSONResponse({"message": "message sent"})

    return Starlette(
        routes=[
            Route("/v2/recordings/{id}", recording),
            Route("/v2/active-rooms/{id}/send-message", said, methods=["POST"]),
            Route("/v2/{what}", nothing),
            Route("/hook", taken, methods=["POST"]),
        ]
    )
