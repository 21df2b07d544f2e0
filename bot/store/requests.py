"""What Slack sent and the bot acted on: delivered again, it does nothing (for three days)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from bot.store.repository import Repository
from bot.store.schema import requests

q = requests.c
READINESS = "readiness"  # of no request: what the bot writes to see whether it can commit


class Requests(Repository):
    async def done_before(self, identities: Sequence[str]) -> bool:
        """Whether any of these was acted on."""
        known = select(q.identity).where(self._mine(requests), q.identity.in_(sorted(identities)))
        async with self._db.read() as conn:
            return (await conn.execute(known.limit(1))).first() is not None

    async def remember(self, identities: Sequence[str]) -> None:
        """For what writes nothing else. Raises DoneBefore if any of them is known."""
        async with self._db.write() as conn:
            await self._claim(conn, identities)

    async def try_commit(self) -> None:
        """Commit something. Raises StoreUnavailable, as for a full disk or a held lock."""
        now = self._now()
        put = self._db.insert(requests).values(**self._ours, identity=READINESS, at=now)
        same = ["enterprise_id", "team_id", "identity"]
        async with self._db.write() as conn:
            await conn.execute(put.on_conflict_do_update(index_elements=same, set_={"at": now}))

    async def purge(self, before: datetime) -> None:
        old = delete(requests).where(self._mine(requests), q.at < before)
        async with self._db.write() as conn:
            await conn.execute(old)
