"""Stores open Home tabs and hashes of their content, to update only outdated ones."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select, update

from bot.store.repository import Repository
from bot.store.schema import facts, homes
from bot.store.sql import of_the_team

h = homes.c
_COLUMNS = (h.user_id, h.page, h.hash, h.opened_at)
SINCE = bindparam("since", type_=h.opened_at.type)
ANYONE = select(h.user_id).where(of_the_team(homes), h.opened_at >= SINCE).limit(1)


@dataclass(frozen=True, slots=True)
class OpenHome:
    """An open Home tab. `hash`: of its current content, if that is known."""

    user: str
    page: int
    hash: str | None
    opened_at: datetime


class HomeRepository(Repository):
    async def opened(self, user: str, page: int = 0) -> OpenHome:
        """Store that the person opened Home at this page."""
        now = self._now()
        new = {"page": page, "opened_at": now, "shown_at": now, "hash": None}
        async with self._db.write() as conn:
            latest = await conn.scalar(select(func.max(facts.c.id))) or 0
            row = {**self._ours, "user_id": user, "shown_fact": latest, **new}
            put = self._db.insert(homes).values(row)
            same = ["enterprise_id", "team_id", "user_id"]
            await conn.execute(
                put.on_conflict_do_update(index_elements=same, set_={**new, "shown_fact": latest})
            )
        return OpenHome(user, page, None, now)

    async def take(
        self, limit: int, *, opened_since: datetime, shown_before: datetime
    ) -> list[OpenHome]:
        """Claim Homes that may be outdated: there are new facts, or the last update is long ago."""
        now = self._now()
        latest = select(func.coalesce(func.max(facts.c.id), 0)).scalar_subquery()
        stale = or_(h.shown_fact < latest, h.shown_at < shown_before)
        due = select(h.user_id).where(self._mine(homes), h.opened_at >= opened_since, stale)
        async with self._db.write() as conn:
            users = (await conn.scalars(due.order_by(h.shown_at).limit(limit))).all()
            if not users:
                return []
            take = update(homes).where(self._mine(homes), h.user_id.in_(users), stale)
            take = take.values(shown_at=now, shown_fact=latest)
            taken = await conn.execute(take.returning(*_COLUMNS))
            return [OpenHome(*row) for row in taken]

    async def get(self, user: str, opened_since: datetime) -> OpenHome | None:
        """Return the person's Home if it was opened since then."""
        theirs = select(*_COLUMNS).where(self._mine(homes), h.user_id == user)
        async with self._db.read() as conn:
            row = (await conn.execute(theirs.where(h.opened_at >= opened_since))).first()
        return OpenHome(*row) if row else None

    async def anyone(self, opened_since: datetime) -> bool:
        given = {"since": opened_since, **self._team_parameters}
        async with self._db.read() as conn:
            return (await conn.execute(ANYONE, given)).first() is not None

    async def shown(self, user: str, page: int, hash_: str) -> None:
        """Store what was shown, unless the person turned the page meanwhile."""
        theirs = update(homes).where(self._mine(homes), h.user_id == user, h.page == page)
        async with self._db.write() as conn:
            await conn.execute(theirs.values(hash=hash_))
