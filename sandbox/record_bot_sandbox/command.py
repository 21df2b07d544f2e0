"""`record-bot sandbox`: everything on this machine, with a tour; or one simulation alone."""

import asyncio
import contextlib
import errno
import shutil
import signal
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.text import Text

from record_bot_sandbox.hms.app import serve as serve_hms
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.hms.driver import Driver
from record_bot_sandbox.page.app import create_page
from record_bot_sandbox.serving import bind, serving
from record_bot_sandbox.slack.app import create_app as create_slack
from record_bot_sandbox.slack.config import SlackConfig
from record_bot_sandbox.stage import BotDied, Ports, Stage, stage
from record_bot_sandbox.tour import tour

Which = Literal["slack", "hms"]

PORTS = Ports(slack=3000, hms=3001, bot=8080)
TOUR_SPEED = 60.0
LOG_LINES = 20
CANNOT_LISTEN = (errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES)


@dataclass(frozen=True)
class Options:
    """`port` is the page's. None: the fixed ones, as far as they are free; 0: any that is free."""

    only: Which | None = None
    port: int | None = None
    speed: float | None = None  # None: fast with a tour, as in life alone
    leave: bool = False  # after the tour
    request_url: str = "http://127.0.0.1:8080/slack/events"
    webhook_url: str = "http://127.0.0.1:8080/webhooks/100ms/default"
    socket_mode: bool = False


def sandbox(options: Options) -> int:
    """Run until the end of the tour, or Ctrl-C; the exit status."""
    console = Console(highlight=False, markup=False, emoji=False)
    work = {None: _everything, "slack": _slack, "hms": _hms}[options.only]
    try:
        return asyncio.run(_until_told(work(options, console), early=130 if options.leave else 0))
    except OSError as error:
        if error.errno not in CANNOT_LISTEN:
            raise
        _say(console, f"Cannot listen: {error.strerror}. Choose another --port.", "bold red")
        return 1


async def _until_told(work: Coroutine[Any, Any, int], *, early: int) -> int:
    """Ctrl-C and SIGTERM end the work in order, with the status `early`."""
    task = asyncio.ensure_future(work)
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return early


# -- one alone


async def _slack(options: Options, console: Console) -> int:
    """With the page. Its panel shows the 100ms of `--only hms`, where that runs beside it."""
    speed = options.speed or 1.0
    url = None if options.socket_mode else options.request_url
    config = SlackConfig(speed=speed, request_url=url)
    port = PORTS.slack if options.port is None else options.port
    hms = Driver(f"http://127.0.0.1:{PORTS.hms}", HmsConfig(speed=speed))
    page = create_page(create_slack(config), hms)
    async with hms, serving(page, port=port) as base_url:
        _say(console, f"A simulated Slack at {base_url}, {_tempo(speed)}.", "bold")
        told = "over Socket Mode" if url is None else f"at {url} (--request-url, --socket-mode)"
        _say(console, f"It reaches the bot {told}. Its control API is at {base_url}/sim/….")
        _paste(console, _slack_lines(config, base_url, socket_mode=url is None), speed)
        await asyncio.Event().wait()
    return 0


async def _hms(options: Options, console: Console) -> int:
    speed = options.speed or 1.0
    config = HmsConfig(speed=speed, webhook_url=options.webhook_url or None)
    port = PORTS.hms if options.port is None else options.port
    async with serve_hms(config, port=port) as running:
        url = running.base_url
        _say(console, f"A simulated 100ms at {url}, {_tempo(speed)}.", "bold")
        told = f"go to {config.webhook_url}" if config.webhook_url else "are not sent"
        _say(console, f"Its webhooks {told} (--webhook-url). Its control API is at {url}/sim/….")
        _paste(console, _hms_lines(config, url), speed)
        await asyncio.Event().wait()
    return 0


# -- everything


async def _everything(options: Options, console: Console) -> int:
    speed = options.speed or TOUR_SPEED
    folder = Path(tempfile.mkdtemp(prefix="record-bot-sandbox-"))
    log, failed = folder / "bot.log", False
    try:
        async with stage(folder, speed=speed, ports=_ports(options, console), output=log) as set_up:
            _welcome(console, set_up, speed)
            ending = await tour(set_up, console, log)
            failed = ending.failure is not None
            if failed:
                _show_log(console, log)
            _conclude(console, ending.summary, failed=failed)
            if not options.leave:
                await _keep_serving(console, set_up)
    except asyncio.CancelledError:
        if not failed:
            raise
    except BotDied as died:
        failed = True
        _say(console, f"The bot is not running: {died}.", "bold red")
        _show_log(console, log)
    finally:
        if not failed:
            shutil.rmtree(folder, ignore_errors=True)
    return int(failed)


async def _keep_serving(console: Console, set_up: Stage) -> None:
    """Until Ctrl-C, or until the bot ends. Raises BotDied."""
    _say(console, "Everything keeps running, so you can try it. Press Ctrl-C to stop.", "bold")
    _say(console, f"  Slack  {set_up.slack_url}  (control API: {set_up.slack_url}/sim/state)")
    _say(console, f"  100ms  {set_up.hms_url}  (control API: {set_up.hms_url}/sim/state)")
    _say(console, f"  bot    {set_up.bot.url}  (health: {set_up.bot.url}/readyz)")
    process = set_up.bot.process
    if process is None:
        raise BotDied("it was not started")
    raise BotDied(f"status {await process.wait()}")


def _ports(options: Options, console: Console) -> Ports:
    """The fixed ports as far as they are free; Slack's is the one that was chosen, if any."""
    if options.port is not None:
        return Ports(slack=options.port)
    taken = [port for port in (PORTS.slack, PORTS.hms, PORTS.bot) if not _is_free(port)]
    if taken:
        listed = ", ".join(map(str, taken))
        _say(console, f"In use by another process: port {listed}. Using free ones instead.")
    return Ports(*(0 if port in taken else port for port in (PORTS.slack, PORTS.hms, PORTS.bot)))


def _is_free(port: int) -> bool:
    try:
        with contextlib.closing(bind("127.0.0.1", port)):
            return True
    except OSError:
        return False


# -- on paper


def _welcome(console: Console, set_up: Stage, speed: float) -> None:
    _say(console, "record-bot, between a simulated Slack and a simulated 100ms.", "bold")
    where = f"Slack {set_up.slack_url} · 100ms {set_up.hms_url} · the bot {set_up.bot.url}"
    _say(console, f"{where} · {_tempo(speed)} (--speed)")
    lines = _slack_lines(set_up.slack_config, set_up.slack_url, socket_mode=False)
    _paste(console, [*lines, *_hms_lines(set_up.hms.config, set_up.hms_url)], speed)


def _tempo(speed: float) -> str:
    return "in real time" if speed == 1 else f"{speed:g} times as fast as real time"


def _slack_lines(config: SlackConfig, base_url: str, *, socket_mode: bool) -> list[str]:
    app_token = f"export SLACK_APP_TOKEN={config.app_token}"
    return [
        f"export SLACK_API_URL={base_url}/api/",
        f"export SLACK_BOT_TOKEN={config.bot_token}",
        f"export SLACK_SIGNING_SECRET={config.signing_secret}",
        app_token if socket_mode else f"# {app_token}  (for Socket Mode only)",
    ]


def _hms_lines(config: HmsConfig, base_url: str) -> list[str]:
    return [
        f"export HMS_API_URL={base_url}/v2",
        f"export HMS_ACCESS_KEY={config.access_key}",
        f"export HMS_SECRET={config.secret}",
        *(f"export HMS_WEBHOOK_SECRET={v}" for v in config.webhook_headers.values()),
    ]


def _paste(console: Console, lines: list[str], speed: float) -> None:
    """What points a bot here; and a database of its own, so that it mixes nothing up."""
    _say(console, "To connect another bot, set these environment variables:", "dim")
    database = Path(tempfile.gettempdir()) / "record-bot-sandbox.sqlite"
    tempo = [] if speed == 1 else [f"export TIME_SCALE={speed:g}"]
    for line in [*lines, *tempo, f"export DATABASE_URL=sqlite:///{database}"]:
        _say(console, f"  {line}")


def _conclude(console: Console, summary: str, *, failed: bool) -> None:
    console.print()
    verdict = (
        ("The tour ended early: ", "bold red") if failed else ("Tour complete: ", "bold green")
    )
    console.print(Text.assemble(verdict, summary), soft_wrap=True)


def _show_log(console: Console, log: Path) -> None:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    _say(console, f"\nThe bot's log is {log}; it ends with:", "dim")
    for line in lines[-LOG_LINES:]:
        _say(console, f"  {line}", "dim")


def _say(console: Console, text: str, style: str = "") -> None:
    """One line; it is the terminal that breaks it, so that it can be copied."""
    console.print(Text(text, style), soft_wrap=True)
