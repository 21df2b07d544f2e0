"""When to check for people in the rooms of armed schedules and of rules."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select, update

from bot.store.repository import Repository
from bot.store.schema import recordings
from bot.store.schema_clock import presence, rules, schedules

s, r, p = schedules.c, rules.c, presence.c
ARMED = s.armed_for.is_not(None)
ACTIVE = r.state == "active"


class Presence(Repository):
    def _armed(self) -> Select[Any]:
        """The rooms of armed schedules, as a query for which SQLite uses the partial index.

        With a plain condition on both columns of the team, SQLite would read all its schedules.
        """
        team = self._of.team
        mine = s.team_id == team.team_id, func.coalesce(s.enterprise_id, "") == team.enterprise_id
        return select(s.room_id).where(*mine, s.room_id >= "", ARMED)

    async def check_soon(self, room_id: str) -> bool:
        """Check the room now: somebody joined or left. False if no schedule or rule needs that."""
        waiting = select(s.room_id).where(self._mine(schedules), s.room_id == room_id, ARMED)
        ruled = select(r.room_id).where(self._mine(rules), r.room_id == room_id, ACTIVE)
        async with self._db.read() as conn:
            if (await conn.execute(waiting.union_all(ruled).limit(1))).first() is None:
                return False
        now = self._now()
        armed = update(schedules).where(self._mine(schedules), s.room_id == room_id, ARMED)
        rule = update(rules).where(self._mine(rules), r.room_id == room_id, ACTIVE)
        async with self._db.write() as conn:
            await conn.execute(armed.values(wake_at=now))
            await conn.execute(rule.values(look_at=now))
        return True

    async def claim_check(self, every: timedelta) -> bool:
        """Claim the check of all rooms, if one is due; True for exactly one worker."""
        now = self._now()
        armed = self._armed()
        ruled = select(r.room_id).where(self._mine(rules), ACTIVE)
        async with self._db.read() as conn:
            if (await conn.execute(armed.union_all(ruled).limit(1))).first() is None:
                return False
            due: datetime | None = await conn.scalar(select(p.look_at).where(self._mine(presence)))
        if due is not None and now < due <= now + every:  # later only if the clock was set back
            return False
        put = self._db.insert(presence).values(**self._ours, look_at=now + every)
        claim = put.on_conflict_do_update(
            index_elements=["enterprise_id", "team_id"],
            set_={"look_at": now + every},
            where=or_(p.look_at <= now, p.look_at > now + every),
        )
        async with self._db.write() as conn:
            return (await conn.execute(claim.returning(p.look_at))).first() is not None

    async def people_in(self, sessions: Mapping[str, str]) -> None:
        """Check schedules and rules now, given the session of each room that has people in it.

        These are the armed schedules of such rooms, the rules of such rooms, and the rules of rooms
        that are being recorded.
        """
        now = self._now()
        armed = self._armed()
        taken = select(recordings.c.room_lock).where(
            self._mine(recordings), recordings.c.room_lock.is_not(None)
        )
        known = select(r.room_id, r.session_id, r.look_at, r.room_id.in_(taken).label("taken"))
        known = known.where(self._mine(rules), ACTIVE)
        async with self._db.read() as conn:
            waiting = set(await conn.scalars(armed)) & sessions.keys()
            ruled = {
                row.room_id
                for row in await conn.execute(known)
                if (row.taken or row.room_id in sessions)
                and (row.look_at is None or row.look_at > now)
            }
        await self._wake(waiting, ruled)

    async def _wake(self, waiting: Collection[str], ruled: Collection[str]) -> None:
        if not (waiting or ruled):
            return
        now = self._now()
        armed = update(schedules).where(self._mine(schedules), s.room_id.in_(sorted(waiting)))
        later = or_(r.look_at.is_(None), r.look_at > now)
        rule = update(rules).where(self._mine(rules), r.room_id.in_(sorted(ruled)), later)
        async with self._db.write() as conn:
            if waiting:
                await conn.execute(armed.where(ARMED).values(wake_at=now))
            if ruled:
                await conn.execute(rule.values(look_at=now))
