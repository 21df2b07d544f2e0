"""A feed of changes, so that pages and tests can wait for one instead of sleeping."""

import asyncio
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
            for change in [c for c in self._recent if _seq(c) > since]:
                since = _seq(change)
                yield change
            if since >= self.seq:
                await news.wait()


def _seq(change: dict[str, object]) -> int:
    seq = change["seq"]
    assert isinstance(seq, int)  # noqa: S101 - we put it there
    return seq
