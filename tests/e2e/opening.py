"""Opens a bench: a stage with its people, and rooms that the bot knows already."""

import asyncio
import itertools
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
from record_bot_sandbox.serving import free_port
from record_bot_sandbox.slack import seed
from record_bot_sandbox.stage import Ports, stage

from tests.e2e.bench import Bench
from tests.e2e.reading import Json, Room


class Opened:
    """A stage that lives in a task of its own, so that several can come up side by side."""

    def __init__(self, folder: Path, rooms: Json, **how: Any) -> None:
        self._folder, self._rooms, self._how = folder, rooms, how
        self._ready: asyncio.Future[Bench] = asyncio.get_running_loop().create_future()
        self._enough = asyncio.Event()
        self.runs: dict[str, asyncio.Future[None]] = {}
        self._task = asyncio.create_task(self._live())

    async def bench(self) -> Bench:
        return await asyncio.shield(self._ready)

    async def close(self) -> None:
        self._enough.set()
        await self._task

    async def _live(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            async with AsyncExitStack() as stack:
                self._ready.set_result(await self._open(stack))
                await self._enough.wait()
        except BaseException as error:
            if self._ready.done():
                raise
            self._ready.set_exception(error)

    async def _open(self, stack: AsyncExitStack) -> Bench:
        log, port = self._folder / "bot.log", free_port()
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=15))
        # The rooms are there before the bot reads its directory for the first time.
        making = asyncio.create_task(_make_rooms(http, f"http://127.0.0.1:{port}", self._rooms))
        ports = Ports(slack=free_port(), hms=port, bot=free_port())
        opening = stage(self._folder, ports=ports, output=log, **self._how)
        running = await stack.enter_async_context(opening)
        pools = {template: iter(rooms) for template, rooms in (await making).items()}
        await _until_directory_is_read(http, running.hms_url)
        database = self._folder / "record-bot.sqlite"
        return Bench(
            running,
            log,
            database,
            ines=await running.person(seed.STARTER),
            tariq=await running.person(seed.MEMBER),
            amara=await running.person(seed.ADMIN),
            guus=await running.person(seed.GUEST),
            sol=await running.person(seed.STRANGER),
            http=http,
            pools=pools,
        )


async def _make_rooms(http: httpx.AsyncClient, url: str, wanted: Json) -> dict[str, list[Room]]:
    async with asyncio.timeout(10):
        while True:
            try:
                await http.get(f"{url}/sim/state")
                break
            except httpx.TransportError:
                await asyncio.sleep(0.01)
    made: dict[str, list[Room]] = {}
    number = itertools.count(1)
    for template, how_many in wanted.items():
        made[template] = []
        for _ in range(how_many):
            name = f"room {next(number):03}"
            answer = await http.post(f"{url}/sim/rooms", json={"name": name, "template": template})
            made[template].append(Room(answer.raise_for_status().json()["id"], name))
    return made


async def _until_directory_is_read(http: httpx.AsyncClient, url: str) -> None:
    """The bot knows the rooms, and which of them are live."""
    async with asyncio.timeout(10):
        while True:
            calls = (await http.get(f"{url}/sim/requests")).json()["requests"]
            if [c["status"] for c in calls if c["path"] == "/v2/sessions"] >= [200, 200]:
                return
            await asyncio.sleep(0.02)
