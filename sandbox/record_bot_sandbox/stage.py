"""The stage: a simulated Slack, a simulated 100ms, and the real bot between them, as a process.

The bot knows of neither but by its environment, and talks to both over HTTP. Used by
`record-bot sandbox` and by the end-to-end tests.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx

from record_bot_sandbox.hms.app import serve as serve_hms
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.hms.driver import Driver
from record_bot_sandbox.hms.sim import Sim as HmsSim
from record_bot_sandbox.page.app import create_page
from record_bot_sandbox.serving import free_port, serving
from record_bot_sandbox.slack.app import create_app as create_slack
from record_bot_sandbox.slack.config import SlackConfig
from record_bot_sandbox.slack.http import new_client
from record_bot_sandbox.slack.person import Person
from record_bot_sandbox.slack.sim import Sim as SlackSim

READY_WITHIN_S = 60.0  # a bot that ends by itself is noticed at once
STOPS_WITHIN_S = 12.0


class BotDied(Exception):
    """The bot's process ended when it should not have, or never got ready."""


class Running(Protocol):
    """What is used of a process."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None: ...

    def send_signal(self, signal: int) -> None: ...

    def kill(self) -> None: ...

    async def wait(self) -> int: ...


@dataclass
class BotProcess:
    """`record-bot run` as a child: started, killed and started again at will."""

    env: Mapping[str, str]
    port: int
    output: Path | None = None
    files: int | None = None  # how many it may have open, as by `ulimit -n`
    process: Running | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Returns when it is ready. Raises BotDied."""
        self.process = await self.spawn()
        try:
            async with new_client() as http, asyncio.timeout(READY_WITHIN_S):
                while not await self._is_ready(http):  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise BotDied(f"it was not ready within {READY_WITHIN_S:.0f} s") from None

    async def spawn(self) -> Running:
        sink = self.output.open("ab") if self.output else None
        limited = ("sh", "-c", f'ulimit -n {self.files} && exec "$@"', "sh") if self.files else ()
        try:
            return await asyncio.create_subprocess_exec(
                *(*limited, sys.executable, "-m", "bot.cli", "run"),
                env=dict(self.env),
                stdout=sink,
                stderr=sink,
            )
        finally:
            if sink:
                sink.close()

    async def _is_ready(self, http: httpx.AsyncClient) -> bool:
        if self.process is None or self.process.returncode is not None:
            raise BotDied(f"status {self.process.returncode if self.process else None}")
        try:
            return (await http.get(f"{self.url}/readyz")).status_code == 200
        except httpx.TransportError:
            return False

    async def stop(self) -> int:
        """SIGTERM; its status. Killed if it takes longer than it may."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> int:
        process = self.process
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(how)
            try:
                await asyncio.wait_for(process.wait(), STOPS_WITHIN_S)
            except TimeoutError:
                process.kill()
                await process.wait()
        self.process = None
        return process.returncode or 0


@dataclass(frozen=True)
class Stage:
    slack_url: str
    slack_config: SlackConfig
    slack_sim: SlackSim
    hms_url: str
    hms_sim: HmsSim
    hms: Driver
    bot: BotProcess
    stack: AsyncExitStack = field(repr=False)

    async def person(self, user: str) -> Person:
        return await self.stack.enter_async_context(Person(self.slack_url, user))


@dataclass(frozen=True)
class Ports:
    """0: any that is free."""

    slack: int = 0
    hms: int = 0
    bot: int = 0


@asynccontextmanager
async def stage(
    folder: Path,
    *,
    speed: float = 60.0,
    socket_mode: bool = False,
    webhooks: bool = True,
    ports: Ports = Ports(),
    env: Mapping[str, str] | None = None,
    output: Path | None = None,
    files: int | None = None,
    bots: type[BotProcess] = BotProcess,
    prepare: Callable[[HmsSim], None] | None = None,
) -> AsyncIterator[Stage]:
    """Everything running and ready; the bot's database is in `folder`.

    `prepare` fills the simulated 100ms before the bot starts.
    """
    async with AsyncExitStack() as stack:
        port = ports.bot or free_port()
        bot_url = f"http://127.0.0.1:{port}"
        events = None if socket_mode else f"{bot_url}/slack/events"
        hook = f"{bot_url}/webhooks/100ms/default" if webhooks else None
        hms = HmsConfig(speed=speed)
        running = await stack.enter_async_context(serve_hms(hms, port=ports.hms))
        driver = await stack.enter_async_context(Driver(running.base_url, hms))
        slack = SlackConfig(speed=speed, request_url=events)
        slack_app = create_slack(slack)
        page = create_page(slack_app, driver)  # the browser's view of both, at Slack's address
        slack_url = await stack.enter_async_context(serving(page, "127.0.0.1", ports.slack))
        environment = {
            **_inherited(),
            **_pointers(slack, slack_url, hms, running.base_url, socket_mode=socket_mode),
            "DATABASE_URL": f"sqlite:///{folder / 'record-bot.sqlite'}",
            "PORT": str(port),
            "PUBLIC_URL": bot_url,
            "TIME_SCALE": f"{speed:g}",
            **({} if webhooks else {"HMS_WEBHOOK_SECRET": ""}),
            **(env or {}),
        }
        bot = bots(environment, port, output, files)
        stack.push_async_callback(bot.stop)
        if prepare:
            prepare(running.sim)
        await bot.start()
        await driver.sim("/webhooks", {"url": hook})  # what came before would find nobody there
        yield Stage(
            slack_url, slack, slack_app.state.sim, running.base_url, running.sim, driver, bot, stack
        )


def _pointers(
    slack: SlackConfig, slack_url: str, hms: HmsConfig, hms_url: str, *, socket_mode: bool
) -> dict[str, str]:
    """The environment that points a bot at the sandbox, and only there."""
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_APP_TOKEN": slack.app_token if socket_mode else "",
        "SLACK_API_URL": f"{slack_url}/api/",
        "HMS_ACCESS_KEY": hms.access_key,
        "HMS_SECRET": hms.secret,
        "HMS_MANAGEMENT_TOKEN": "",
        "HMS_API_URL": f"{hms_url}/v2",
        "HMS_WEBHOOK_SECRET": hms.webhook_headers.get("X-Record-Bot-Secret", ""),
    }


def _inherited() -> dict[str, str]:
    """What any process needs; none of the admin's own settings, and no proxies: everything is on
    this machine."""
    left_out = (
        *("SLACK_", "HMS_", "DATABASE_URL", "HOST", "PORT", "PUBLIC_URL"),
        *("LOG_", "TIME_SCALE", "METRICS_", "SSL_CERT_"),
    )
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(left_out) and not name.upper().endswith("_PROXY")
    }
