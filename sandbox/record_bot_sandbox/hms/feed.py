"""A feed of changes, so that pages and tests can wait for one instead of sleeping."""

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator
from typing import Literal

Kind = Literal["webhook", "recording", "peer", "room", "fault", "request", "replay"]
KEPT = 2000


class Feed:
    def __init__(self) -> None:
        self.seq = 0
        self._recent: deque[dict[str, object]] = deque(maxlen=KEPT)
        self._news = asyncio.Event()

    def publish(self, kind: Kind, **facts: object) -> None:
        self.seq += 1
        self._recent.append({"seq": self.seq, "kind": kind, **facts})
        self._news.set()
        self._news = asyncio.Event()

    async def follow(self, since: int) -> AsyncIterator[dict[str, object]]:
        """Every change after number `since`, then the coming ones."""
        while True:
            news = self._news
            missed, since = self._after(since), self.seq
            for change in missed:
                yield change
            if since >= self.seq:
                await news.wait()

    def _after(self, since: int) -> list[dict[str, object]]:
        missed = min(max(self.seq - since, 0), len(self._recent))
        return list(itertools.islice(self._recent, len(self._recent) - missed, None))
