"""`record-bot run`: start everything in order, and stop it in order within 10 seconds."""

import asyncio
import socket
from collections.abc import Collection, Coroutine, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import structlog
import uvicorn
from uvicorn.server import HANDLED_SIGNALS

from bot.engine.housekeeping import keep_tidy, keep_transcripts_current
from bot.engine.replay import keep_heartbeat, keep_replaying
from bot.hms.errors import HmsError, HmsUnauthorized
from bot.settings import SECRET_CHARS, Settings, misspelt
from bot.web.connections import Connections, limits_here
from bot.wiring import Components, build

log = structlog.get_logger()

HTTP_DRAIN_S = 2
DRAIN_S = 5.0
CANCELLED_S = 1.0
CREDENTIALS_WITHIN_S = 3.0
TICK_S = 1.0  # the precision of the Date header


class CannotListen(Exception):
    """The address is in use, or does not belong to this machine."""


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, then stop taking requests, drain, and close everything.

    Raises the errors of `build`, AppTokenRefused, HmsUnauthorized, CannotListen.
    """
    for name in settings.short_secrets:
        why = f"it has fewer than {SECRET_CHARS} characters; the next version will refuse it"
        log.warning("short_secret", name=name, why=why)
    async with build(settings) as components:
        await _try_credentials(components)
        if settings.hms_webhook_secret is None:
            why = "HMS_WEBHOOK_SECRET is not set: 100ms is polled instead, and cards are slower"
            log.info("webhooks_off", why=why)
        for odd, meant in misspelt().items():
            log.warning("setting_unknown", name=odd, meant=meant)
        server = _Server(components)
        await components.deps.store.queue.resume()
        reconciling = asyncio.create_task(components.reconciler.run())
        chores = [asyncio.create_task(chore) for chore in _chores(components)]
        try:
            if components.socket:
                await components.socket.connect()
            await server.serve()
        finally:
            await _cancel(chores)
            await _stop(components, reconciling)


async def _try_credentials(components: Components) -> None:
    """Fail at start for credentials that 100ms refuses. If 100ms does not answer, start anyway."""
    try:
        async with asyncio.timeout(CREDENTIALS_WITHIN_S):
            async for _ in components.deps.hms.list_rooms():
                return
    except HmsUnauthorized:
        raise
    except (HmsError, TimeoutError) as failed:
        log.warning("credentials_not_tried", why=str(failed))


def _chores(components: Components) -> Iterator[Coroutine[Any, Any, None]]:
    """Yield the background loops; each runs until cancelled."""
    yield components.directory.keep_fresh()
    yield keep_tidy(components.deps)
    yield keep_transcripts_current(components.deps)
    yield components.homes.keep_current()
    yield components.timekeeper.keep()
    if components.deps.policy.webhooks:
        yield keep_heartbeat(components.deps)
        yield keep_replaying(components.deps)


async def _stop(components: Components, reconciling: "asyncio.Task[None]") -> None:
    log.info("stopping")
    components.reconciler.stop()
    draining = [
        asyncio.create_task(components.background.drain(DRAIN_S)),
        reconciling,
    ]
    if components.socket:
        draining.append(asyncio.create_task(components.socket.close(DRAIN_S)))
    await asyncio.wait(draining, timeout=DRAIN_S)
    await _cancel(draining)
    log.info("stopped")


async def _cancel(tasks: Collection["asyncio.Task[None]"]) -> None:
    """Cancel tasks and wait for them: they use the store, which is closed next."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=CANCELLED_S)


class _Server(uvicorn.Server):
    """uvicorn's server, which handles SIGTERM and drains. Logs the address that it listens on."""

    def __init__(self, components: Components) -> None:
        settings = components.settings
        limits = limits_here()
        super().__init__(
            uvicorn.Config(
                components.web,
                http=Connections(limits).protocol(),
                ws="none",  # an upgraded connection would escape the limits
                backlog=limits.backlog,
                host=settings.host,
                port=settings.port,
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=HTTP_DRAIN_S,
                server_header=False,
            )
        )
        self._mode = "socket" if components.socket else "http"
        self._told_to_exit = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Replace uvicorn's method, which raises the signal again before we have drained."""
        loop = asyncio.get_running_loop()
        for sig in HANDLED_SIGNALS:
            loop.add_signal_handler(sig, self.handle_exit, sig, None)
        try:
            yield
        finally:
            for sig in HANDLED_SIGNALS:
                loop.remove_signal_handler(sig)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._told_to_exit.set()

    async def main_loop(self) -> None:
        """Replace uvicorn's method, which wakes ten times a second. Each tick sets the date."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):
                    await self._told_to_exit.wait()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:  # uvicorn has logged the reason and would end the process
            raise CannotListen(f"{self.config.host}:{self.config.port}") from None
        servers = getattr(self, "servers", ())  # not set if the start was aborted
        for bound in (s for server in servers for s in server.sockets):
            host, port = bound.getsockname()[:2]
            log.info("listening", address=f"{host}:{port}", mode=self._mode)
