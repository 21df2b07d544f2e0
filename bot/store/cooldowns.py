"""Methods that Slack or 100ms told the bot not to call for a while."""

from datetime import datetime

from sqlalchemy import and_, bindparam, delete, func, or_, select, update

from bot.kit.cooldowns import Cooldown
from bot.store.repository import Repository
from bot.store.schema import gates
from bot.store.sql import of_the_team

g = gates.c
LASTING = or_(g.since.is_not(None), g.until > bindparam("now", type_=g.until.type))
RUNNING = select(g.method, g.until, g.since, g.why).where(of_the_team(gates), LASTING)
RUNNING = RUNNING.order_by(g.method)


class StoredCooldowns(Repository):
    async def start(self, method: str, until: datetime) -> None:
        """Do not call the method until a time; never shortens an earlier cooldown."""
        put = self._db.insert(gates).values(**self._ours, method=method, until=until)
        longer = put.on_conflict_do_update(
            index_elements=["enterprise_id", "team_id", "method"],
            set_={"until": put.excluded.until},
            where=put.excluded.until > g.until,
        )
        async with self._db.write() as conn:
            await conn.execute(longer)

    async def start_until_probed(self, name: str, until: datetime, why: str) -> None:
        """Do not call it until a probe passes, at least until a time. Keeps the original start."""
        now = self._now()
        put = self._db.insert(gates).values(
            **self._ours, method=name, until=until, since=now, why=why
        )
        again = put.on_conflict_do_update(
            index_elements=["enterprise_id", "team_id", "method"],
            set_={"until": until, "since": func.coalesce(g.since, now), "why": why},
        )
        async with self._db.write() as conn:
            await conn.execute(again)

    async def refused(self, name: str) -> Cooldown | None:
        """Return the cooldown that lasts until a probe passes; None if there is none."""
        return next((one for one in await self.running() if one.method == name), None)

    async def claim_probe(self, name: str, until: datetime) -> bool:
        """Claim the probe; True for exactly one caller."""
        now = self._now()
        due = and_(self._mine(gates), g.method == name, g.since.is_not(None), g.until <= now)
        take = update(gates).where(due).values(until=until).returning(g.method)
        async with self._db.write() as conn:
            return (await conn.execute(take)).first() is not None

    async def end(self, name: str) -> None:
        async with self._db.write() as conn:
            await conn.execute(delete(gates).where(self._mine(gates), g.method == name))

    async def running(self) -> list[Cooldown]:
        """Return the cooldowns of all methods."""
        given = {"now": self._now(), **self._team_parameters}
        async with self._db.read() as conn:
            return [Cooldown(*row) for row in await conn.execute(RUNNING, given)]
