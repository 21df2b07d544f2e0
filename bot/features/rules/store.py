"""Stores rules for rooms."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    and_,
    case,
    delete,
    or_,
    select,
    update,
)

from bot.core.options import RecordingOptions
from bot.features.automatic.model import PAUSED_FOR_GOOD, AutomaticState, Notice
from bot.features.automatic.store import WithNotices, channels_in
from bot.features.rules.model import Rule
from bot.store.rows import AnyRow
from bot.store.schema import recordings
from bot.store.schema_clock import rules

r = rules.c
_FOUND = ("look_at", "session_id", "parts", "seen_in", "empty_since")


class RuleRepository(WithNotices):
    async def get(self, room_id: str) -> Rule | None:
        query = select(rules).where(self._mine(rules), r.room_id == room_id)
        async with self._db.read() as conn:
            row = (await conn.execute(query)).first()
        return _rule(row) if row else None

    async def of_channel(self, channel: str) -> list[Rule]:
        query = select(rules).where(self._mine(rules), r.channel == channel)
        async with self._db.read() as conn:
            return [_rule(row) for row in await conn.execute(query.order_by(r.room_name))]

    async def listed(self, channels: Collection[str], *, by: str | None) -> list[Rule]:
        its = or_(r.channel.in_(sorted(channels)), r.by_user == (by or ""))
        query = select(rules).where(self._mine(rules), its).order_by(r.room_name, r.room_id)
        async with self._db.read() as conn:
            return [_rule(row) for row in await conn.execute(query.limit(200))]

    async def channels(self) -> set[str]:
        async with self._db.read() as conn:
            return await channels_in(conn, rules, self._mine(rules))

    async def set(
        self, rule: Rule, notices: Sequence[Notice] = (), *, once: Sequence[str] = ()
    ) -> Rule:
        """Set the room's only rule; return the one in force, which may be another channel's.

        A rule that is paused for good (its owner has left, say) is replaced, or nobody could ever
        set another one.
        """
        row = _rule_row(rule)
        put = self._db.insert(rules).values(**self._ours, **row)
        change = put.on_conflict_do_update(
            index_elements=["enterprise_id", "team_id", "room_id"],
            set_={k: v for k, v in row.items() if k not in ("room_id", *_FOUND)},
            where=or_(
                r.channel == rule.channel, and_(r.state == "paused", r.why.in_(PAUSED_FOR_GOOD))
            ),
        )
        async with self._db.write() as conn:
            await self._claim(conn, once)
            await conn.execute(change)
            await self._tell(conn, notices)
            mine = select(rules).where(self._mine(rules), r.room_id == rule.room_id)
            return _rule((await conn.execute(mine)).one())

    async def delete(
        self,
        room_id: str,
        channel: str,
        notices: Sequence[Notice] = (),
        *,
        once: Sequence[str] = (),
    ) -> bool:
        """Delete a rule together with the notices of that. False if there is none."""
        gone = delete(rules).where(self._mine(rules), r.room_id == room_id, r.channel == channel)
        async with self._db.write() as conn:
            await self._claim(conn, once)
            if (await conn.execute(gone.returning(r.room_id))).first() is None:
                return False
            await self._tell(conn, notices)
            return True

    async def take(self, limit: int, claim: timedelta) -> list[Rule]:
        now = self._now()
        due = select(r.room_id).where(self._mine(rules), r.look_at.is_not(None), r.look_at <= now)
        due = due.order_by(r.look_at).limit(limit)
        async with self._db.read() as conn:
            if (await conn.execute(due.limit(1))).first() is None:
                return []
        picked = due.with_for_update(skip_locked=True).cte("picked")
        take = update(rules).where(self._mine(rules), r.room_id.in_(select(picked.c.room_id)))
        async with self._db.write() as conn:
            rows = await conn.execute(take.values(look_at=now + claim).returning(rules))
            return [_rule(row) for row in rows]

    async def next_check(self) -> datetime | None:
        query = select(r.look_at).where(self._mine(rules), r.look_at.is_not(None))
        async with self._db.read() as conn:
            first: datetime | None = await conn.scalar(query.order_by(r.look_at).limit(1))
        return first

    async def checked(self, before: Rule, after: Rule) -> None:
        """Write the result of a check unless the rule was changed; a newer wake-up is kept."""
        row = {name: getattr(after, name) for name in (*_FOUND, "state", "why")}
        row["look_at"] = case((r.look_at == before.look_at, after.look_at), else_=r.look_at)
        mine = update(rules).where(self._mine(rules), r.room_id == before.room_id)
        mine = mine.where(r.channel == before.channel, r.state == before.state)
        async with self._db.write() as conn:
            await conn.execute(mine.values(row))

    async def last_in_session(self, room_id: str, session_id: str) -> str | None:
        """Return the key of the session's latest recording."""
        c = recordings.c
        its = self._mine(recordings), c.room_id == room_id, c.session_id == session_id
        query = select(c.key).where(*its).order_by(c.requested_at.desc()).limit(1)
        async with self._db.read() as conn:
            key: str | None = await conn.scalar(query)
        return key


def _rule_row(rule: Rule) -> dict[str, Any]:
    return {
        "room_id": rule.room_id,
        "room_name": rule.room_name,
        "channel": rule.channel,
        "by_user": rule.by,
        "every_session": rule.every_session,
        "least_people": rule.least_people,
        "until_empty": rule.until_empty,
        "options": rule.options.model_dump(mode="json"),
        "state": rule.state,
        "why": rule.why,
        "created_at": rule.created_at,
        **{name: getattr(rule, name) for name in _FOUND},
    }


def _rule(row: AnyRow) -> Rule:
    names = ("room_id", "room_name", "channel", "every_session", "least_people", "until_empty")
    given = {name: getattr(row, name) for name in (*names, "created_at", "why", *_FOUND)}
    state: AutomaticState = row.state
    options = RecordingOptions.model_validate(row.options)
    return Rule(**given, by=row.by_user, state=state, options=options)
