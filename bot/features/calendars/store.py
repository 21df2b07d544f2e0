"""Stores calendars."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    delete,
    or_,
    select,
    update,
)

from bot.core.options import RecordingOptions
from bot.features.automatic.model import Notice
from bot.features.automatic.store import WithNotices
from bot.features.calendars.model import RoomCalendar
from bot.store.rows import AnyRow
from bot.store.schema_clock import calendars, schedules

s, a = schedules.c, calendars.c
_CALENDAR = (
    *("calendar_id", "room_id", "room_name", "channel", "zone", "url"),
    *("created_at", "fetch_at", "failures"),
)


class CalendarRepository(WithNotices):
    async def add(self, calendar: RoomCalendar, *, once: Sequence[str] = ()) -> None:
        row = {name: getattr(calendar, name) for name in _CALENDAR}
        more = {
            "by_user": calendar.by,
            "options": calendar.options.model_dump(mode="json"),
            "state": "active",
        }
        async with self._db.write() as conn:
            await self._claim(conn, once)
            await conn.execute(self._db.insert(calendars).values(**self._ours, **row, **more))

    async def get(self, calendar_id: str) -> RoomCalendar | None:
        found = await self._found(a.calendar_id == calendar_id)
        return found[0] if found else None

    async def listed(self, channels: Collection[str], *, by: str | None) -> list[RoomCalendar]:
        return await self._found(or_(a.channel.in_(sorted(channels)), a.by_user == (by or "")))

    async def _found(self, which: ColumnElement[bool]) -> list[RoomCalendar]:
        query = select(calendars).where(self._mine(calendars), which).order_by(a.room_name)
        async with self._db.read() as conn:
            return [_calendar(row) for row in await conn.execute(query.limit(200))]

    async def take(self, claim: timedelta) -> RoomCalendar | None:
        """Claim a due calendar."""
        now = self._now()
        due = select(a.calendar_id).where(self._mine(calendars), a.fetch_at.is_not(None))
        due = due.where(a.fetch_at <= now).order_by(a.fetch_at).limit(1)
        async with self._db.read() as conn:
            if (await conn.execute(due)).first() is None:
                return None
        picked = due.with_for_update(skip_locked=True).cte("picked")
        mine = update(calendars).where(self._mine(calendars))
        take = mine.where(a.calendar_id.in_(select(picked.c.calendar_id)))
        async with self._db.write() as conn:
            row = (
                await conn.execute(take.values(fetch_at=now + claim).returning(calendars))
            ).first()
        return _calendar(row) if row else None

    async def fetched(self, calendar: RoomCalendar, again_at: datetime, *, failures: int) -> None:
        mine = update(calendars).where(self._mine(calendars))
        mine = mine.where(a.calendar_id == calendar.calendar_id)
        async with self._db.write() as conn:
            await conn.execute(mine.values(fetch_at=again_at, failures=failures))

    async def delete(self, calendar_id: str, notices: Sequence[Notice] = ()) -> bool:
        """Delete a calendar and everything that it scheduled, together with the notices."""
        gone = delete(calendars).where(self._mine(calendars), a.calendar_id == calendar_id)
        its = delete(schedules).where(self._mine(schedules), s.calendar_id == calendar_id)
        async with self._db.write() as conn:
            there = (await conn.execute(gone.returning(a.calendar_id))).first() is not None
            await conn.execute(its)
            await self._tell(conn, notices if there else ())
        return there


def _calendar(row: AnyRow) -> RoomCalendar:
    given = {name: getattr(row, name) for name in _CALENDAR}
    options = RecordingOptions.model_validate(row.options)
    return RoomCalendar(**given, by=row.by_user, options=options)
