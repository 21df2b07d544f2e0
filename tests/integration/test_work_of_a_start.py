"""How much work one `/record start` makes: transactions, and derivations of the recording.

The bot runs as `wiring` builds it, between the simulated Slack and 100ms, on SQLite. A transaction
is a connection taken from the pool; a derivation is a call of `derive`, seen by the profiler.
"""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import pytest
from record_bot_sandbox.hms.app import create_app as create_hms
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.serving import base_url_of, bind, serving
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.app import create_app as create_slack
from record_bot_sandbox.slack.config import SlackConfig
from record_bot_sandbox.slack.person import Person
from sqlalchemy import event
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.core.derive import derive
from bot.features.rooms.refreshing import Refreshing
from bot.settings import Settings
from bot.wiring import Components, build
from tests.patience import PATIENCE_S

# Transactions and derivations, from the command on.
BEFORE_THE_CALL = (10, 3)
UNTIL_AT_REST = (14, 4)
TRIES = 4


@dataclass
class Work:
    transactions: int = 0
    derivations: int = 0

    def so_far(self) -> tuple[int, int]:
        return self.transactions, self.derivations


class At100ms:
    """The simulated 100ms, and the work that was done when each start reached it."""

    def __init__(self, app: ASGIApp, work: Work) -> None:
        self._app, self._work = app, work
        self.at_start: list[tuple[int, int]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/start"):
            self.at_start.append(self._work.so_far())
        await self._app(scope, receive, send)


@dataclass
class Running:
    work: Work
    hms: At100ms
    ines: Person
    database: Path

    async def until_at_rest(self) -> None:
        """100ms has taken the start, everything is shown, and nobody works on the recording."""
        async with asyncio.timeout(PATIENCE_S):
            while not self._is_at_rest():  # noqa: ASYNC110 - the loop makes it true
                await asyncio.sleep(0.02)

    def _is_at_rest(self) -> bool:
        with sqlite3.connect(self.database) as conn:
            free = conn.execute("SELECT phase, lease_owner FROM recordings").fetchall()
            shown = conn.execute("SELECT DISTINCT state FROM deliveries").fetchall()
        return free == [("starting", None)] and shown == [("sent",)]


@contextmanager
def counting(work: Work, parts: Components) -> Iterator[None]:
    def taken(*_: object) -> None:
        work.transactions += 1

    def called(frame: FrameType, what: str, _: object) -> None:
        if what == "call" and frame.f_code is derive.__code__:
            work.derivations += 1

    pool = parts.deps.db.database.engine.sync_engine.pool
    event.listen(pool, "checkout", taken)
    before = sys.getprofile()
    sys.setprofile(called)
    try:
        yield
    finally:
        sys.setprofile(before)
        event.remove(pool, "checkout", taken)


@asynccontextmanager
async def running(database: Path) -> AsyncIterator[Running]:
    work = Work()
    sock, bot_sock = bind("127.0.0.1", 0), bind("127.0.0.1", 0)
    config = HmsConfig(speed=1, public_base_url=base_url_of(sock))
    slack = SlackConfig(speed=1, request_url=f"{base_url_of(bot_sock)}/slack/events")
    hms = At100ms(create_hms(config), work)
    async with (
        serving(hms, sock=sock) as hms_url,
        serving(create_slack(slack), "127.0.0.1", 0) as slack_url,
        Person(slack_url, seed.STARTER) as ines,
        build(
            Settings(
                _env_file=None,
                slack_bot_token=slack.bot_token,
                slack_signing_secret=slack.signing_secret,
                slack_api_url=f"{slack_url}/api/",
                hms_access_key=config.access_key,
                hms_secret=config.secret,
                hms_api_url=f"{hms_url}/v2",
                database_url=f"sqlite:///{database}",
            )
        ) as parts,
        serving(parts.web, sock=bot_sock),
        _reconciling(parts),
    ):
        await Refreshing(parts.deps).rooms()
        await parts.directory.names()
        with counting(work, parts):
            yield Running(work, hms, ines, database)


@asynccontextmanager
async def _reconciling(parts: Components) -> AsyncIterator[None]:
    task = asyncio.create_task(parts.reconciler.run())
    yield
    parts.reconciler.stop()
    await task


async def test_a_start_is_made_after_few_transactions(tmp_path: Path) -> None:
    """In one of a few tries: what the loops look for by the clock meanwhile only adds."""
    tries = []
    for n in range(TRIES):
        tries.append(await one_start(tmp_path / f"{n}.sqlite"))
        before_the_call, at_rest = tries[-1]
        if within(before_the_call, BEFORE_THE_CALL) and within(at_rest, UNTIL_AT_REST):
            return
    pytest.fail(f"every start took more: {tries}")


async def one_start(database: Path) -> tuple[tuple[int, int], tuple[int, int]]:
    async with running(database) as there:
        answer = await there.ines.command(seed.STANDUP, "/record start standup --res 720p")
        assert answer.ok
        await there.until_at_rest()
        (before_the_call,) = there.hms.at_start
        return before_the_call, there.work.so_far()


def within(done: tuple[int, int], most: tuple[int, int]) -> bool:
    return all(n <= limit for n, limit in zip(done, most, strict=True))
