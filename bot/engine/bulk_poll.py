"""Poll calm recordings together: one list of 100ms answers for all that run and have no news.

The list is never trusted for absence. What it does not show, or shows with news, is polled by
itself when its time comes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.core.calm import Calm, after_list
from bot.deps import Deps
from bot.hms.errors import HmsError
from bot.hms.models import facts_of_recording

log = structlog.get_logger()

FEWEST = 10  # fewer are polled one by one
BEFORE = 0.05  # of the interval between polls: how long before the first of them is due
AGAIN = 0.5  # of that interval: no list sooner after the last one
FOREIGN = 5  # rows to read per recording of ours; a workspace may run many others
PAGE = 100


@dataclass(slots=True)
class BulkPoll:
    """The calm recordings that this process released last.

    Another replica may have changed them since: a row is only written if it is as it was released.
    """

    deps: Deps
    check: Callable[[datetime], None]  # told when something other than a poll is due
    fewest: int = FEWEST
    calm: dict[str, Calm] = field(default_factory=dict)
    listed_at: datetime | None = None

    def add(self, one: Calm) -> bool:
        """True if there are just enough now."""
        self.calm[one.key] = one
        return len(self.calm) == self.fewest

    def drop(self, key: str) -> None:
        """Forget it while it is worked on."""
        self.calm.pop(key, None)

    async def turn(self) -> float:
        """List if the first poll is due soon. Return the seconds until it may be."""
        now = self.deps.now()
        self.calm = {key: one for key, one in self.calm.items() if one.due_at > now}
        if len(self.calm) < self.fewest:
            return float("inf")
        interval = min(one.interval for one in self.calm.values())
        at = min(one.due_at for one in self.calm.values()) - BEFORE * interval
        if self.listed_at is not None and self.listed_at <= now:
            at = max(at, self.listed_at + AGAIN * interval)
        if at > now:
            return (at - now).total_seconds()
        self.listed_at = now
        try:
            await self._list(now)
        except HmsError as failed:
            log.info("bulk_poll_failed", why=str(failed))
        return 0.0

    async def _list(self, now: datetime) -> None:
        ours = {one.hms_id: one for one in self.calm.values()}
        most, rows, polled = max(PAGE, FOREIGN * len(ours)), 0, 0
        moved: list[tuple[Calm, Calm]] = []
        async for row in self.deps.hms.list_recordings(status="running"):
            rows += 1
            if one := ours.pop(row.id, None):
                said = {fact.identity for fact in facts_of_recording(row, now)}
                if later := after_list(one, said, now):
                    moved.append((one, later))
            if len(moved) >= PAGE:
                polled += await self._store(moved)
                moved = []
            if not ours or rows >= most:
                break
        polled += await self._store(moved)
        log.info("bulk_polled", rows=rows, recordings=polled)

    async def _store(self, moved: list[tuple[Calm, Calm]]) -> int:
        """Store the polls of those that nobody has taken since; return their number."""
        still = [(one, later) for one, later in moved if self.calm.get(one.key) is one]
        if still:
            await self.deps.store.queue.bulk_polled(still)
        for one, later in still:
            if self.calm.get(one.key) is one:
                self.calm[one.key] = later
            if later.due_at == later.until:
                self.check(later.due_at)
        return len(still)
