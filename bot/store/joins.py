"""Links to join a room that people got; only these rows map a `user_id` at 100ms to a person."""

from datetime import datetime

from sqlalchemy import delete, select

from bot.store.repository import Repository
from bot.store.schema import joins

j = joins.c


class Joins(Repository):
    async def note(self, room_id: str, user_id: str, slack: str) -> None:
        """Note that a link was signed for this person."""
        put = self._db.insert(joins).values(
            **self._ours, room_id=room_id, user_id=user_id, slack=slack, at=self._now()
        )
        put = put.on_conflict_do_update(
            index_elements=["enterprise_id", "team_id", "room_id", "user_id"],
            set_={"at": self._now()},
        )
        async with self._db.write() as conn:
            await conn.execute(put)

    async def people(self, room_id: str) -> dict[str, str]:
        """The Slack people who got a link to this room, by their `user_id` at 100ms."""
        query = select(j.user_id, j.slack).where(self._mine(joins), j.room_id == room_id)
        async with self._db.read() as conn:
            return {row.user_id: row.slack for row in await conn.execute(query)}

    async def purge(self, before: datetime) -> int:
        """Delete rows whose last link is older; return their number."""
        old = delete(joins).where(self._mine(joins), j.at < before)
        async with self._db.write() as conn:
            return (await conn.execute(old)).rowcount
