"""Stores the notices due to channels, and says whether anything is set up at all."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Table,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.features.automatic.model import Notice
from bot.store.repository import Repository
from bot.store.schema_clock import CLOCK, clock_notices
from bot.store.sql import of_the_team

n = clock_notices.c
ANYTHING = select(or_(*(exists().where(of_the_team(table)) for table in CLOCK)))


class WithNotices(Repository):
    async def _tell(self, conn: AsyncConnection, notices: Sequence[Notice]) -> None:
        """Insert notices; one whose identity is stored already is ignored."""
        now = self._now()
        for notice in notices:
            row = {
                "identity": notice.identity,
                "channel": notice.channel,
                "by_user": notice.by,
                "text": notice.text,
                "made_at": now,
                "not_before": now,
                "attempts": 0,
            }
            put = self._db.insert(clock_notices).values(**self._ours, **row)
            await conn.execute(put.on_conflict_do_nothing())


class NoticeRepository(WithNotices):
    async def anything(self) -> bool:
        """Whether there are any schedules, rules, calendars or notices to process."""
        async with self._db.read() as conn:
            return bool(await conn.scalar(ANYTHING, self._team_parameters))

    async def tell(self, notices: Sequence[Notice]) -> None:
        async with self._db.write() as conn:
            await self._tell(conn, notices)

    async def take(self, limit: int, claim: timedelta) -> list[Notice]:
        now = self._now()
        due = select(n.id).where(self._mine(clock_notices), n.not_before <= now)
        due = due.order_by(n.not_before, n.id).limit(limit)
        async with self._db.read() as conn:
            if (await conn.execute(due.limit(1))).first() is None:
                return []
        picked = due.with_for_update(skip_locked=True).cte("picked")
        take = update(clock_notices).where(n.id.in_(select(picked.c.id)))
        take = take.values(not_before=now + claim, attempts=n.attempts + 1)
        async with self._db.write() as conn:
            rows = await conn.execute(take.returning(clock_notices))
            return [
                Notice(x.identity, x.channel, x.by_user, x.text, x.id, x.attempts, x.made_at)
                for x in rows
            ]

    async def put_off(self, notice: Notice, until: datetime) -> None:
        later = update(clock_notices).where(self._mine(clock_notices), n.id == notice.id)
        async with self._db.write() as conn:
            await conn.execute(later.values(not_before=until))

    async def mark_sent(self, notice: Notice) -> None:
        gone = delete(clock_notices).where(self._mine(clock_notices), n.id == notice.id)
        async with self._db.write() as conn:
            await conn.execute(gone)


async def channels_in(conn: AsyncConnection, table: Table, mine: ColumnElement[bool]) -> set[str]:
    """Return a table's channels by skipping along its index, regardless of the number of rows."""
    first = select(func.min(table.c.channel).label("channel")).where(mine)
    met = first.cte("met", recursive=True)
    following = select(func.min(table.c.channel)).where(mine, table.c.channel > met.c.channel)
    met = met.union_all(select(following.scalar_subquery()).where(met.c.channel.is_not(None)))
    found = await conn.scalars(select(met.c.channel).where(met.c.channel.is_not(None)))
    return set(found)
