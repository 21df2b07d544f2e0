"""An event loop in which time passes only when there is nothing else to do."""

import asyncio
import gc
import selectors
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


class Stuck(AssertionError):
    """Everybody waits, and nothing will ever happen."""


class _NoWaiting(selectors.SelectSelector):
    """Instead of waiting for the network, which there is none of, the time is put forward."""

    def __init__(self) -> None:
        super().__init__()
        self.time_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Stuck
        self.time_s += max(0.0, timeout)
        return []


class Clockwork(asyncio.SelectorEventLoop):
    """`asyncio.sleep`, `asyncio.timeout` and `call_later` as ever, but in no time."""

    def __init__(self) -> None:
        self._no_waiting = _NoWaiting()
        super().__init__(self._no_waiting)
        self.broken: list[BaseException] = []
        self.set_exception_handler(_keep)

    def time(self) -> float:
        return self._no_waiting.time_s


def _keep(loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """What nobody waits for may not fail unseen either."""
    raised = context.get("exception")
    if isinstance(loop, Clockwork) and raised is not None:
        loop.broken.append(raised)


def in_no_time(
    work: Coroutine[Any, Any, T], *, expected: tuple[type[BaseException], ...] = ()
) -> T:
    """Run it to its end; raises what it raises, or what broke beside it unexpectedly."""
    loop = Clockwork()
    try:
        done = loop.run_until_complete(work)
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        for _ in range(3):
            loop.run_until_complete(asyncio.sleep(0))
        gc.collect(0)
        loop.close()
    for broken in loop.broken:
        if not isinstance(broken, expected):
            raise broken
    return done
