"""Work that a person waits for and can simply click again: after the ack, bounded, drained."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

from bot.kit.metrics import FAULTS

log = structlog.get_logger()

WITHIN_S = 16.0


class Background:
    """Tasks that are kept track of until they end."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run it beside everything else, for some seconds at most. It handles its own errors."""
        task = asyncio.create_task(_bounded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, within_s: float) -> None:
        """Wait for what runs, and for what that starts; cancel what takes longer."""
        until = time.monotonic() + within_s
        while self._tasks and (left_s := until - time.monotonic()) > 0:
            await asyncio.wait(self._tasks, timeout=left_s)
        for task in self._tasks:
            task.cancel()


async def _bounded(work: Coroutine[Any, Any, None]) -> None:
    try:
        async with asyncio.timeout(WITHIN_S):
            await work
    except Exception:
        FAULTS.labels("background").inc()
        log.exception("background_work_failed")


async def forever(
    name: str,
    turn: Callable[[], Awaitable[float]],
    *,
    away: tuple[type[Exception], ...],
    pause_s: float,
) -> None:
    """Repeat `turn` until cancelled; it returns how many seconds to wait for the next.

    What is raised never ends it: the errors of `away`, of services that do not answer, are a line
    in the log, and any other counts as a fault. After either, `pause_s` pass.
    """
    while True:
        try:
            wait_s = await turn()
        except away as gone:
            log.warning("turn_failed", turn=name, why=str(gone))
            wait_s = pause_s
        except Exception:
            FAULTS.labels(name).inc()
            log.exception("turn_broke", turn=name)
            wait_s = pause_s
        await asyncio.sleep(wait_s)
