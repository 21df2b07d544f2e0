"""Opens and closes benches: the other end of the process in `services`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.hms.driver import Driver
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.http import new_client
from record_bot_sandbox.slack.person import Person

from tests.e2e.bench import Bench
from tests.e2e.bot import Bot
from tests.e2e.forked import fork, simulate
from tests.e2e.reading import Json, Room
from tests.e2e.secrecy import assert_clean_database
from tests.e2e.waiting import World
from tests.patience import PATIENCE_S

ANSWER_WITHIN_S = 200.0  # a stage that comes up on a machine that has a lot to do


@asynccontextmanager
async def services() -> AsyncIterator[httpx.AsyncClient]:
    """The process of the simulated services, as a client of its control."""
    process = await fork(simulate)
    try:
        url = await asyncio.to_thread(process.connection.recv)
        async with new_client(base_url=url, timeout=ANSWER_WITHIN_S) as control:
            yield control
    finally:
        process.connection.send("enough")
        await process.wait()


@asynccontextmanager
async def opened(control: httpx.AsyncClient, folder: Path, kind: Json) -> AsyncIterator[Bench]:
    """A bench while the block runs. At its end, nothing secret was kept.

    `kind` says how the stage is, which `rooms` it has, by template, and how often the bot `looks`
    who is in them before a test begins.
    """
    async with AsyncExitStack() as stack:
        own = ("rooms", "looks")
        how = {name: value for name, value in kind.items() if name not in own}
        asked = {"folder": str(folder), "how": how, **{name: kind[name] for name in own}}
        answer = await control.post("/stages", json=asked)
        log = folder / "bot.log"
        if answer.status_code != httpx.codes.OK:
            tail = log.read_text("utf-8")[-2000:] if log.exists() else "none"
            raise RuntimeError(f"no stage: {answer.text}. The bot's log: {tail}")
        told = answer.json()
        at = f"/stages/{told['number']}"
        stack.push_async_callback(control.delete, at)
        http = await stack.enter_async_context(new_client(timeout=PATIENCE_S))
        hms = await stack.enter_async_context(Driver(told["hms_url"], HmsConfig()))
        bot = Bot(control, at, told["bot_url"], told["bot_env"], log)
        world = World(http, told["slack_url"], hms, bot)
        await stack.enter_async_context(world.followed())

        async def person(user: str) -> Person:
            return await stack.enter_async_context(Person(told["slack_url"], user))

        yield Bench(
            world,
            folder / "record-bot.sqlite",
            ines=await person(seed.STARTER),
            tariq=await person(seed.MEMBER),
            amara=await person(seed.ADMIN),
            guus=await person(seed.GUEST),
            sol=await person(seed.STRANGER),
            pools={t: iter([Room(*room) for room in made]) for t, made in told["rooms"].items()},
        )
    assert_clean_database(folder / "record-bot.sqlite")


class Stages:
    """The stages of the test file that runs now: each is new for each file.

    A stage that a failed test has left behind is used by no other test.
    """

    def __init__(
        self, control: httpx.AsyncClient, folder: Path, kinds: dict[str, dict[str, Any]]
    ) -> None:
        self._control, self._folder, self._kinds = control, folder, kinds
        self._file: Path | None = None
        self._open: dict[str, tuple[Bench, AsyncExitStack]] = {}
        self._count = 0

    async def of(self, file: Path, kind: str) -> Bench:
        if file != self._file:
            await self.close()
            self._file = file
        if kind not in self._open:
            self._open[kind] = await self._new(kind)
        return self._open[kind][0]

    async def close(self, *kinds: str) -> None:
        """These, or all of them. Raises what they leave behind, once all are closed."""
        leaving = [self._open.pop(kind) for kind in kinds or list(self._open) if kind in self._open]
        async with AsyncExitStack() as all_of_them:
            for _, stack in leaving:
                all_of_them.push_async_callback(stack.aclose)

    async def _new(self, kind: str) -> tuple[Bench, AsyncExitStack]:
        self._count += 1
        stack = AsyncExitStack()
        folder = self._folder / f"{self._count}-{kind}"
        opening = opened(self._control, folder, self._kinds[kind])
        return await stack.enter_async_context(opening), stack
