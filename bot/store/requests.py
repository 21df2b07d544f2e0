"""Handled requests of Slack, kept for three days so that a second delivery has no effect."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from bot.store.repository import Repository
from bot.store.schema import requests
from bot.store.sql import of_the_team

q = requests.c
READINESS = "readiness"  # not a request: written to check that the database can commit
KNOWN = q.identity.in_(bindparam("identities", expanding=True))
KNOWN_ONE = select(q.identity).where(of_the_team(requests), KNOWN).limit(1)


class Requests(Repository):
    async def done_before(self, identities: Sequence[str]) -> bool:
        """Whether any of these was handled before."""
        given = {"identities": sorted(identities), **self._team_parameters}
        async with self._db.read() as conn:
            return (await conn.execute(KNOWN_ONE, given)).first() is not None

    async def remember(self, identities: Sequence[str]) -> None:
        """Store them, for a handler with no other write. Raises DoneBefore if any is known."""
        async with self._db.write() as conn:
            await self._claim(conn, identities)

    async def try_commit(self) -> None:
        """Commit a test row. Raises StoreUnavailable, for example if the disk is full."""
        now = self._now()
        put = self._db.insert(requests).values(**self._ours, identity=READINESS, at=now)
        same = ["enterprise_id", "team_id", "identity"]
        async with self._db.write() as conn:
            await conn.execute(put.on_conflict_do_update(index_elements=same, set_={"at": now}))

    async def purge(self, before: datetime) -> None:
        old = delete(requests).where(self._mine(requests), q.at < before)
        async with self._db.write() as conn:
            await conn.execute(old)
