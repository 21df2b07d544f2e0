"""The process of the simulated services, forked like the bots.

It brings up stages (a simulated Slack, a simulated 100ms and the bot between them) and closes
them, as it is told over HTTP. It tells the tests its address, and ends when they say so or are
gone, so it never outlives them. In a process of its own the simulated world
goes on whatever a test does meanwhile, and its clocks are those of a service that waits for
nobody.
"""

import asyncio
import dataclasses
import itertools
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from record_bot_sandbox.hms import seed
from record_bot_sandbox.hms.sim import Sim
from record_bot_sandbox.serving import serving
from record_bot_sandbox.slack import snapshot
from record_bot_sandbox.stage import BotDied, BotProcess, Stage, stage
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.databases import migrated_copy
from tests.e2e.forked import ForkedBot
from tests.patience import PATIENCE_S

Json = dict[str, Any]
POLL_S = 0.02
TRIES = 3  # for a stage waits a minute for its bot, and a machine may have far too much to do


class Kept:
    """A stage in a task of its own, for it has to be left by the task that entered it."""

    def __init__(self, folder: Path, rooms: Json, looks: int, how: Json) -> None:
        self._folder, self._rooms, self._looks, self._how = folder, rooms, looks, how
        self._enough = asyncio.Event()
        self._ready: asyncio.Future[tuple[Stage, Json]] = asyncio.Future()
        self._task = asyncio.create_task(self._live())

    async def ready(self) -> tuple[Stage, Json]:
        """The stage, and its new rooms by template, once the bot knows them."""
        return await asyncio.shield(self._ready)

    async def close(self) -> None:
        self._enough.set()
        await self._task

    async def _live(self) -> None:
        for left in reversed(range(TRIES)):
            try:
                await self._try()
                break
            except Exception as error:
                if self._ready.done():
                    raise
                if not left or not is_slow(error):
                    self._ready.set_exception(error)
                    break

    async def _try(self) -> None:
        """A try begins anew: what an earlier one has left would be rooms with the same names."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        migrated_copy(self._folder / "record-bot.sqlite")
        rooms: Json = {}

        def prepare(hms: Sim) -> None:
            rooms.update(make_rooms(hms, self._rooms))

        log = self._folder / "bot.log"
        opening = stage(self._folder, output=log, bots=ForkedBot, prepare=prepare, **self._how)
        async with opening as there, asyncio.timeout(PATIENCE_S) as patience:
            while not knows_the_rooms(there, self._looks):  # noqa: ASYNC110 - another process
                await asyncio.sleep(POLL_S)
            patience.reschedule(None)
            self._ready.set_result((there, rooms))
            await self._enough.wait()


def make_rooms(hms: Sim, wanted: Json) -> Json:
    """As many rooms as wanted of each template."""
    number = itertools.count(1)
    made: Json = {}
    for template, how_many in wanted.items():
        names = [f"room {next(number):03}" for _ in range(how_many)]
        rooms = [seed.add_room(hms.state, hms.clock, name, template) for name in names]
        assert all(rooms), template
        made[template] = [[room.id, room.name] for room in rooms if room]
    return made


def knows_the_rooms(there: Stage, looks: int) -> bool:
    """The bot has read its directory: first the rooms, then who is in them.

    It writes what it has read before it asks for more: after one look at who is in the rooms it
    knows the rooms, and after two it knows who was in them.
    """
    asked = [call.path for call in there.hms_sim.calls if call.status]
    if "/v2/rooms" not in asked:
        return False
    return asked[asked.index("/v2/rooms") :].count("/v2/sessions") >= looks


async def started(bot: BotProcess) -> None:
    """Once it is ready, be it at a later try. Raises BotDied at once if it ended by itself."""
    for left in reversed(range(TRIES)):
        try:
            await bot.start()
            break
        except BotDied as died:
            if not left or not is_slow(died):
                raise
            await bot.kill()


def is_slow(error: Exception) -> bool:
    """Too much is going on: what was to come up has neither done so nor ended."""
    return isinstance(error, TimeoutError) or "not ready" in str(error)


class Control:
    """The stages by number."""

    def __init__(self) -> None:
        self._kept: dict[int, Kept] = {}
        self._number = itertools.count(1)

    def app(self) -> Starlette:
        routes: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
            ("POST", "/stages", self.open),
            ("DELETE", "/stages/{number:int}", self.close),
            ("GET", "/stages/{number:int}/bot", self.bot),
            ("POST", "/stages/{number:int}/bot/{order}", self.order),
            ("GET", "/stages/{number:int}/calls", self.calls),
            ("POST", "/stages/{number:int}/scopes", self.scopes),
            ("POST", "/stages/{number:int}/files", self.files),
        ]
        return Starlette(routes=[Route(path, run, methods=[m]) for m, path, run in routes])

    async def open(self, request: Request) -> Response:
        asked = await request.json()
        kept = Kept(Path(asked["folder"]), asked["rooms"], asked["looks"], asked["how"])
        try:
            there, rooms = await kept.ready()
        except Exception as error:
            return JSONResponse({"why": f"{type(error).__name__}: {error}"}, 500)
        number = next(self._number)
        self._kept[number] = kept
        return JSONResponse(
            {
                "number": number,
                "slack_url": there.slack_url,
                "hms_url": there.hms_url,
                "bot_url": there.bot.url,
                "bot_env": dict(there.bot.env),
                "rooms": rooms,
            }
        )

    async def close(self, request: Request) -> Response:
        await self._kept.pop(request.path_params["number"]).close()
        return JSONResponse({})

    async def close_all(self) -> None:
        await asyncio.gather(*(kept.close() for kept in self._kept.values()))

    async def bot(self, request: Request) -> Response:
        """Whether it runs, and the status that it ended with by itself."""
        process = (await self._stage(request)).bot.process
        status = process.returncode if process else None
        return JSONResponse({"runs": process is not None and status is None, "status": status})

    async def order(self, request: Request) -> Response:
        """start, stop or kill: what the process ended with."""
        bot = (await self._stage(request)).bot
        acts: dict[str, Callable[[], Awaitable[int | None]]] = {
            "start": lambda: started(bot),
            "stop": bot.stop,
            "kill": bot.kill,
        }
        status = await acts[request.path_params["order"]]()
        return JSONResponse({"status": status})

    async def calls(self, request: Request) -> Response:
        """All of the bot's calls of Slack, which /sim/state leaves out."""
        calls = (await self._stage(request)).slack_sim.calls
        return JSONResponse([dataclasses.asdict(call) for call in calls])

    async def scopes(self, request: Request) -> Response:
        """What the app may do from now on, as if it had been installed again."""
        config = (await self._stage(request)).slack_config
        object.__setattr__(config, "scopes", frozenset(await request.json()))
        return JSONResponse({})

    async def files(self, request: Request) -> Response:
        """100ms answers for its files with a redirect to this address, or, with null, itself."""
        (await self._stage(request)).hms_sim.files.moved_to = (await request.json())["moved_to"]
        return JSONResponse({})

    async def _stage(self, request: Request) -> Stage:
        return (await self._kept[request.path_params["number"]].ready())[0]


async def serve(tests: Connection) -> None:
    snapshot.CALLS_SHOWN = 0  # each look at the state is cheaper: `calls` above gives them
    control = Control()
    async with serving(control.app()) as url:
        tests.send(url)
        with suppress(EOFError):
            await asyncio.to_thread(tests.recv)
        await control.close_all()
