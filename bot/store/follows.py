"""The rooms that channels follow, and when to check them for recordings."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Integer, bindparam, delete, func, select, update

from bot.store.repository import Repository
from bot.store.schema import follows
from bot.store.sql import of_the_team
from bot.store.values import ClaimedRoom, FollowedRoom

f = follows.c
DUE = (
    select(f.room_id)
    .where(of_the_team(follows), f.look_at <= bindparam("now", type_=f.look_at.type))
    .group_by(f.room_id)
    .order_by(func.min(f.look_at))
    .limit(bindparam("at_most", type_=Integer))
)
NEXT = select(f.look_at).where(of_the_team(follows)).order_by(f.look_at).limit(1)


class Follows(Repository):
    async def follow(self, room_id: str, room_name: str, channel: str, by: str) -> bool:
        """Follow a room, and make its check due now. False if the channel already follows it."""
        now = self._now()
        put = self._db.insert(follows).values(
            **self._ours,
            room_id=room_id,
            channel=channel,
            room_name=room_name,
            by_user=by,
            since=now,
            look_at=now,
        )
        new = put.on_conflict_do_nothing().returning(f.room_id)
        async with self._db.write() as conn:
            return (await conn.execute(new)).first() is not None

    async def unfollow(self, room_id: str, channel: str) -> bool:
        """Stop following a room. False if the channel did not follow it."""
        gone = delete(follows).where(
            self._mine(follows), f.room_id == room_id, f.channel == channel
        )
        async with self._db.write() as conn:
            return (await conn.execute(gone.returning(f.room_id))).first() is not None

    async def follows_of(self, channel: str) -> list[FollowedRoom]:
        """Return a channel's followed rooms, ordered by room name."""
        query = select(f.room_id, f.room_name, f.by_user, f.since)
        query = query.where(self._mine(follows), f.channel == channel)
        async with self._db.read() as conn:
            found = await conn.execute(query.order_by(f.room_name, f.room_id))
            return [FollowedRoom(*row) for row in found]

    async def followers(self, room_id: str) -> tuple[str, ...]:
        """Return the channels that follow this room, the oldest first."""
        query = select(f.channel).where(self._mine(follows), f.room_id == room_id)
        async with self._db.read() as conn:
            return tuple(await conn.scalars(query.order_by(f.since, f.channel)))

    async def discover_soon(self, room_ids: Collection[str]) -> set[str]:
        """Make the checks of these rooms due now; return those that any channel follows."""
        now = self._now()
        theirs = update(follows).where(self._mine(follows), f.room_id.in_(sorted(room_ids)))
        soon = theirs.values(look_at=now).returning(f.room_id)
        async with self._db.write() as conn:
            return set((await conn.scalars(soon)).all())

    async def claim_rooms(self, limit: int, until: datetime) -> list[ClaimedRoom]:
        """Claim the due rooms; for other workers they are due again at `until`."""
        now = self._now()
        given = {"now": now, "at_most": limit, **self._team_parameters}
        async with self._db.write() as conn:
            rooms = (await conn.scalars(DUE, given)).all()
            if not rooms:
                return []
            mine = update(follows).where(self._mine(follows), f.room_id.in_(rooms))
            take = mine.where(f.look_at <= now).values(look_at=until)
            taken = await conn.execute(take.returning(f.room_id, f.room_name, f.since))
            first: dict[str, ClaimedRoom] = {}
            for row in sorted(taken, key=lambda row: row.since):
                first.setdefault(
                    row.room_id, ClaimedRoom(row.room_id, row.room_name, row.since, until)
                )
        return [first[room] for room in rooms if room in first]

    async def release_room(self, room: ClaimedRoom, again_at: datetime) -> None:
        """Schedule the next check, unless an earlier one was requested in the meantime."""
        mine = update(follows).where(self._mine(follows), f.room_id == room.room_id)
        async with self._db.write() as conn:
            await conn.execute(mine.where(f.look_at == room.until).values(look_at=again_at))

    async def next_discovery(self) -> datetime | None:
        async with self._db.read() as conn:
            first: datetime | None = await conn.scalar(NEXT, self._team_parameters)
        return first
