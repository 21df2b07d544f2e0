"""The log of everything that happened, to be followed from any point."""

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

from record_bot_sandbox.slack.model import JSON

KEPT = 20_000


class Changes:
    """Numbered small records; a follower never misses one that is still kept."""

    def __init__(self) -> None:
        self._log: deque[JSON] = deque(maxlen=KEPT)
        self._waiting: set[asyncio.Future[None]] = set()
        self.seq = 0

    def add(self, kind: str, **fields: Any) -> None:
        self.seq += 1
        self._log.append({"seq": self.seq, "type": kind, **fields})
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    def since(self, seq: int) -> list[JSON]:
        missed = min(self.seq - seq, len(self._log))
        return list(itertools.islice(self._log, len(self._log) - missed, None))

    async def follow(self, seq: int, *, idle_s: float) -> AsyncIterator[JSON | None]:
        """Every change after `seq`; None when nothing happened for `idle_s`."""
        while True:
            for change in self.since(seq):
                seq = change["seq"]
                yield change
            if self.seq > seq:
                continue
            if not await self._next(idle_s):
                yield None

    async def _next(self, idle_s: float) -> bool:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            async with asyncio.timeout(idle_s):
                await future
        except TimeoutError:
            return False
        else:
            return True
        finally:
            self._waiting.discard(future)
