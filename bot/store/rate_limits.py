"""Methods that Slack or 100ms told the bot not to call for a while."""

from datetime import datetime

from sqlalchemy import and_, delete, func, or_, select, update

from bot.kit.rate_limits import Shut
from bot.store.repository import Repository
from bot.store.schema import gates

g = gates.c


class RateLimits(Repository):
    async def close_gate(self, method: str, until: datetime) -> None:
        """Close the gate until a time; never shortens an earlier closing."""
        put = self._db.insert(gates).values(**self._ours, method=method, until=until)
        longer = put.on_conflict_do_update(
            index_elements=["enterprise_id", "team_id", "method"],
            set_={"until": put.excluded.until},
            where=put.excluded.until > g.until,
        )
        async with self._db.write() as conn:
            await conn.execute(longer)

    async def shut_gate(self, name: str, until: datetime, why: str) -> None:
        """Shut the gate until a probe opens it, and not before a time. Keeps the original start."""
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

    async def shut(self, name: str) -> Shut | None:
        """Return a gate that is shut until a probe; None if it is open."""
        return next((gate for gate in await self.shut_gates() if gate.method == name), None)

    async def try_gate(self, name: str, until: datetime) -> bool:
        """Claim the probe; True for exactly one caller."""
        now = self._now()
        due = and_(self._mine(gates), g.method == name, g.since.is_not(None), g.until <= now)
        take = update(gates).where(due).values(until=until).returning(g.method)
        async with self._db.write() as conn:
            return (await conn.execute(take)).first() is not None

    async def open_gate(self, name: str) -> None:
        async with self._db.write() as conn:
            await conn.execute(delete(gates).where(self._mine(gates), g.method == name))

    async def shut_gates(self) -> list[Shut]:
        """Return all gates that are closed or shut."""
        shut = or_(g.since.is_not(None), g.until > self._now())
        query = select(g.method, g.until, g.since, g.why).where(self._mine(gates), shut)
        async with self._db.read() as conn:
            return [Shut(*row) for row in await conn.execute(query.order_by(g.method))]
