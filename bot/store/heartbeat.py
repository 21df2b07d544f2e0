"""When the bot was last alive, and the replay of webhooks due for its downtime."""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update

from bot.core.retry import Retry
from bot.store.repository import Repository
from bot.store.rows import AnyRow
from bot.store.schema import heartbeats
from bot.store.values import Owed

p = heartbeats.c
CLOCKS_DIFFER_BY = timedelta(minutes=5)
NOTHING_OWED = {"replay_since": None, "replay_until": None, "replay_due_at": None}


class Heartbeat(Repository):
    async def beat(self, *, away_after: timedelta, settle: timedelta) -> bool:
        """Store a heartbeat. True if the last one, of any replica, is older than `away_after`.

        In that case a replay becomes due `settle` from now, and covers the time until then: a proxy
        in front of the bot needs a while to notice it. If several replicas start together, exactly
        one gets True.
        """
        now = self._now()
        until = now + settle
        owe = (
            update(heartbeats)
            .where(self._mine(heartbeats), p.seen_at < now - away_after)
            .values(
                seen_at=now,
                replay_since=func.coalesce(p.replay_since, p.seen_at),
                replay_until=until,
                replay_due_at=until,
                replay_tries=0,
            )
            .returning(p.seen_at)
        )
        put = self._db.insert(heartbeats).values(**self._ours, seen_at=now, replay_tries=0)
        put = put.on_conflict_do_update(
            index_elements=["enterprise_id", "team_id"],
            set_={"seen_at": now},
            where=or_(p.seen_at < now, p.seen_at > now + CLOCKS_DIFFER_BY),
        )
        async with self._db.write() as conn:
            if (await conn.execute(owe)).first() is not None:
                return True
            await conn.execute(put)
        return False

    async def take_replay(self, keep: timedelta) -> Owed | None:
        """Claim the due replay; for other workers it is due again after `keep`."""
        now = self._now()
        take = (
            update(heartbeats)
            .where(self._mine(heartbeats), p.replay_due_at <= now)
            .values(replay_due_at=now + keep, replay_tries=p.replay_tries + 1)
            .returning(p.replay_since, p.replay_until, p.replay_tries, p.replay_due_at)
        )
        async with self._db.write(lone=True) as conn:
            row = (await conn.execute(take)).first()
        return None if row is None else _owed(row)

    async def settle_replay(self, taken: Owed, *, again_at: datetime | None = None) -> None:
        """Finish the replay, or make it due again. No-op if another worker has claimed it."""
        changes = NOTHING_OWED if again_at is None else {"replay_due_at": again_at}
        ours = update(heartbeats).where(
            self._mine(heartbeats), p.replay_due_at == taken.retry.not_before
        )
        async with self._db.write() as conn:
            await conn.execute(ours.values(changes))

    async def owed_replay(self) -> Owed | None:
        query = select(p.replay_since, p.replay_until, p.replay_tries, p.replay_due_at)
        async with self._db.read() as conn:
            row = (
                await conn.execute(
                    query.where(self._mine(heartbeats), p.replay_due_at.is_not(None))
                )
            ).first()
        return None if row is None else _owed(row)


def _owed(row: AnyRow) -> Owed:
    since, until, *retry = row
    return Owed(since, until, Retry(*retry))
