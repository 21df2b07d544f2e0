"""The numbers in `/metrics` from the database: open recordings, waiting webhooks, parked posts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select

from bot.store.repository import Repository
from bot.store.schema import deliveries, heartbeats, inbox, recordings
from bot.store.sql import is_new, is_parked, is_waiting

r = recordings.c
i = inbox.c
p = heartbeats.c


@dataclass(frozen=True, slots=True)
class Health:
    """Counts from the database.

    `open_by_phase`: recordings with anything left to do. `late_s`: how long the oldest due one has
    been due; 0 if none is. `backlog`: webhooks that are not matched yet. `waiting`: webhooks whose
    recording is not known yet. `parked`: posts of open recordings that Slack refused.
    """

    open_by_phase: Mapping[str, int]
    late_s: float
    backlog: int
    waiting: int
    parked: int
    replay_owed: bool
    last_webhook_at: datetime | None


class HealthRepository(Repository):
    async def read(self) -> Health:
        """Read all numbers in one transaction; an index serves each."""
        mine, now = self._mine(recordings), self._now()
        is_open = r.next_due_at.is_not(None)
        phases = select(r.phase, func.count()).where(mine, is_open).group_by(r.phase)
        oldest = select(func.min(r.next_due_at)).where(mine, is_open)
        mail = select(func.count()).where(self._mine(inbox))
        theirs = exists().where(r.key == deliveries.c.recording_key, is_open)
        parked = select(func.count()).where(self._mine(deliveries), is_parked(), theirs)
        owed = select(func.count()).where(self._mine(heartbeats), p.replay_due_at.is_not(None))
        last = select(func.max(i.received_at)).where(self._mine(inbox))
        async with self._db.read() as conn:
            due_at: datetime | None = await conn.scalar(oldest)
            return Health(
                open_by_phase={row[0]: row[1] for row in await conn.execute(phases)},
                late_s=max(0.0, (now - due_at).total_seconds()) if due_at else 0.0,
                backlog=await conn.scalar(mail.where(is_new())) or 0,
                waiting=await conn.scalar(mail.where(is_waiting())) or 0,
                parked=await conn.scalar(parked) or 0,
                replay_owed=bool(await conn.scalar(owed)),
                last_webhook_at=await conn.scalar(last),
            )
