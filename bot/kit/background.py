"""Work that a person waits for and can simply click again: after the ack, bounded, drained."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from bot.kit.metrics import FAULTS

log = structlog.get_logger()

WITHIN_S = 10.0


class Background:
    """Tasks that are kept track of until they end."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run it beside everything else, for ten seconds at most. It handles its own errors."""
        task = asyncio.create_task(_bounded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, within_s: float) -> None:
        """Wait for what runs; cancel what takes longer."""
        if not self._tasks:
            return
        _, slow = await asyncio.wait(self._tasks, timeout=within_s)
        for task in slow:
            task.cancel()


async def _bounded(work: Coroutine[Any, Any, None]) -> None:
    try:
        async with asyncio.timeout(WITHIN_S):
            await work
    except Exception:
        FAULTS.labels("background").inc()
        log.exception("background_work_failed")
