"""Commits the items of many callers together; each waits for the commit of its own item."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from bot.store.errors import StoreUnavailable

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class GroupCommit(Generic[Item, Answer]):
    """Collects the next batch while one commits. It has no timer: a single item never waits."""

    def __init__(
        self, write: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]], *, at_most: int = 500
    ) -> None:
        self._write = write
        self._at_most = at_most
        self._queue: list[tuple[Item, asyncio.Future[Answer]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def submit(self, item: Item) -> Answer:
        """Return this item's answer after its commit. A cancelled caller does not undo it."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._queue.append((item, future))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._drain(), name="group-commit")
        return await future

    async def finish(self, within_s: float) -> bool:
        """Wait for everything submitted. False if that took too long."""
        if self._writer is None:
            return True
        _, late = await asyncio.wait([self._writer], timeout=within_s)
        for writer in late:
            writer.cancel()
        return not late

    async def _drain(self) -> None:
        while self._queue:
            batch, self._queue = self._queue[: self._at_most], self._queue[self._at_most :]
            await self._commit(batch)

    async def _commit(self, batch: Sequence[tuple[Item, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._write([item for item, _ in batch])
        except StoreUnavailable as e:
            _fail(batch, e)
        except Exception as e:
            if len(batch) == 1:
                _fail(batch, e)
                return
            half = len(batch) // 2  # one item is at fault: commit the others without it
            await self._commit(batch[:half])
            await self._commit(batch[half:])
        except BaseException:
            for _, future in batch:
                future.cancel()
            raise
        else:
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():
                    future.set_result(answer)


def _fail(batch: Sequence[tuple[Item, asyncio.Future[Answer]]], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
