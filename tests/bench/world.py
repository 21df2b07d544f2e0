"""The bot as it runs: a process, on its own database, with a simulated Slack beside it.

Two kinds of 100ms: the simulated one, which lives; and one that knows every recording and says
that it runs, for a bot that is to have many open ones and nothing to do.
"""

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from record_bot_sandbox.serving import free_port, serving
from record_bot_sandbox.slack import seed
from record_bot_sandbox.stage import BotProcess, Stage, stage
from sqlalchemy import Engine, Select, create_engine, func, or_, select, update
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.store.open import database_at
from bot.store.schema import inbox, recordings
from tests.bench.populate import Open, populate, running_at

logger = logging.getLogger(__name__)

SETTLED_WITHIN_S = 600.0
LOOK_EVERY_S = 0.1


@dataclass
class Hms:
    """The 100ms that knows every recording. `asked_at`: when it was asked for one.

    Its list shows those that are `running`.
    """

    asked_at: list[float] = field(default_factory=list)
    listed_at: list[float] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    answers: asyncio.Event = field(default_factory=asyncio.Event)  # while it is not set, it hangs

    def __post_init__(self) -> None:
        self.answers.set()


@dataclass
class World:
    """`hook` takes anything, for use as a response_url where nothing at 100ms lives."""

    stage: Stage
    folder: Path
    hook: str
    open: list[Open]
    hms: Hms
    database: Engine
    others: list[BotProcess] = field(default_factory=list)  # replicas besides the stage's own
    log_seen: int = 0

    @property
    def bots(self) -> list[BotProcess]:
        return [self.stage.bot, *self.others]

    @property
    def port(self) -> int:
        return self.stage.bot.port

    @property
    def process(self) -> psutil.Process:
        running = self.stage.bot.process
        if running is None:
            raise RuntimeError("the bot is not running")
        return psutil.Process(running.pid)

    def count(self, query: Select[int]) -> int:
        """A look into the bot's database from outside."""
        with self.database.connect() as conn:
            return conn.scalar(query) or 0

    async def restart(self) -> float:
        """Seconds until it is ready again."""
        await self.stage.bot.stop()
        began = time.perf_counter()
        await self.stage.bot.start()
        took_s = time.perf_counter() - began
        self.log_seen = self.log.stat().st_size
        return took_s

    async def another(self) -> BotProcess:
        """One more replica."""
        port = free_port()
        replica = BotProcess(
            {**self.stage.bot.env, "PORT": str(port)}, port, self.folder / f"bot-{port}.log"
        )
        self.stage.stack.push_async_callback(replica.stop)
        await replica.start()
        self.others.append(replica)
        return replica

    async def settled(self) -> None:
        """Until the bot has matched every webhook, and nothing is due or under way."""
        await self.until(lambda: self._unsettled() == 0)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(SETTLED_WITHIN_S):
            while not true():  # noqa: ASYNC110 - another process makes it true
                await asyncio.sleep(LOOK_EVERY_S)

    def spread_asks(self) -> None:
        """As if 100ms' list showed none of them: the asks are spread evenly over their period.

        The bot does not move rows that somebody else has changed.
        """
        now = datetime.now(UTC)
        with self.database.begin() as conn:
            for i, one in enumerate(self.open, start=1):
                asked = now - one.ask_every * (i / len(self.open))
                then = {"asked_at": asked, "next_due_at": asked + one.ask_every}
                conn.execute(update(recordings).where(recordings.c.key == one.key).values(then))

    def response_url(self) -> str:
        """One that the simulated Slack has just given to the starter, in #standup."""
        return self.stage.slack_sim.new_response_url(seed.STARTER, seed.STANDUP, "command")

    def ask_for_all(self) -> None:
        """Every recording is due, and to be asked for."""
        with self.database.begin() as conn:
            conn.execute(update(recordings).values(asked_at=None, next_due_at=datetime.now(UTC)))

    def _unsettled(self) -> int:
        r = recordings.c
        now = datetime.now(UTC)
        new = select(func.count()).select_from(inbox).where(inbox.c.state == "new")
        busy = or_(r.next_due_at <= now, r.leased_until.is_not(None))
        return self.count(new) + self.count(
            select(func.count()).select_from(recordings).where(busy)
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


@asynccontextmanager
async def world(
    *, open_recordings: int = 0, living_hms: bool = False, database_url: str | None = None
) -> AsyncIterator[World]:
    """Everything up, and the bot quiet. Its database is a fresh SQLite file if none is named."""
    with TemporaryDirectory(prefix="record-bot-bench-") as name:
        folder = Path(name)
        address = database_url or f"sqlite:///{folder / 'record-bot.sqlite'}"
        hms = Hms()
        async with serving(_steady_hms(hms)) as steady:
            env = {"LOG_FORMAT": "json", "LOG_LEVEL": "INFO", "DATABASE_URL": address}
            if not living_hms:
                env["HMS_API_URL"] = f"{steady}/v2"
            async with stage(folder, speed=1, env=env, output=folder / "bot.log") as running:
                there: list[Open] = []
                if open_recordings:
                    await running.bot.stop()
                    token = running.slack_config.bot_token
                    there = await populate(address, open_recordings, running.slack_url, token)
                    hms.running = [one.hms_id for one in there]
                    await running.bot.start()
                engine = create_engine(_synchronous(address))
                made = World(running, folder, f"{steady}/hook", there, hms, engine)
                try:
                    await made.settled()
                    made.log_seen = made.log.stat().st_size
                    yield made
                finally:
                    engine.dispose()
                if complaints := made.complaints():
                    logger.warning("the bot logged while it was measured: %s", dict(complaints))


def _synchronous(address: str) -> str:
    url = database_at(address)
    sqlite = url.get_backend_name() == "sqlite"
    return (url.set(drivername="sqlite") if sqlite else url).render_as_string(hide_password=False)


def _steady_hms(hms: Hms) -> Starlette:
    """Every recording runs, since when its id says; there are no rooms and no sessions."""

    async def recording(request: Request) -> Response:
        hms.asked_at.append(time.monotonic())
        await hms.answers.wait()
        return JSONResponse(running_at(request.path_params["id"]))

    async def listed(request: Request) -> Response:
        hms.listed_at.append(time.monotonic())
        first, limit = (int(request.query_params.get(name) or 0) for name in ("start", "limit"))
        page = [running_at(one) for one in hms.running[first : first + limit]]
        last = str(first + limit) if page else ""
        return JSONResponse({"limit": limit, "data": page, "last": last})

    async def nothing(_: Request) -> Response:
        return JSONResponse({"limit": 100, "data": [], "last": ""})

    async def taken(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def said(_: Request) -> Response:
        return JSONResponse({"message": "message sent"})

    return Starlette(
        routes=[
            Route("/v2/recordings", listed),
            Route("/v2/recordings/{id}", recording),
            Route("/v2/active-rooms/{id}/send-message", said, methods=["POST"]),
            Route("/v2/{what}", nothing),
            Route("/hook", taken, methods=["POST"]),
        ]
    )
