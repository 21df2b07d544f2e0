"""Tasks after the ack, with a time limit and a drain at shutdown; and loops that never end.

Such a task is not stored. If the process dies, the person clicks again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

from bot.kit.metrics import FAULTS

log = structlog.get_logger()

WITHIN_S = 16.0


class Background:
    """Keeps track of tasks until they end."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Start a task, which is cancelled after 16 s. It must report its own errors to people."""
        task = asyncio.create_task(_bounded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, within_s: float) -> None:
        """Wait for all tasks, including those that they start; cancel what is left after that."""
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
    """Repeat `turn` until cancelled; it returns the seconds to wait before the next turn.

    No exception ends the loop. Those in `away` (a service is down) are logged, any other one also
    counts as a fault; the next turn then comes after `pause_s`.
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
