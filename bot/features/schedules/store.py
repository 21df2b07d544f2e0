"""Stores schedules, and reads and writes their recurrence."""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    case,
    delete,
    func,
    or_,
    select,
    update,
)

from bot.core.options import RecordingOptions
from bot.core.when import Once, Repeat, Stop, StopAfter, StopAt, StopAtTime, When, instant
from bot.features.automatic.model import Notice
from bot.features.automatic.store import WithNotices, channels_in
from bot.features.schedules.model import Schedule
from bot.store.rows import AnyRow
from bot.store.schema import recordings
from bot.store.schema_clock import schedules

s = schedules.c


class ScheduleRepository(WithNotices):
    """Stores schedules and their notices.

    A worker claims a schedule by postponing its `wake_at`, and writes only if nobody else has
    changed the schedule since.
    """

    async def add(self, schedule: Schedule, *, once: Sequence[str] = ()) -> None:
        """Store a schedule. Raises DoneBefore if a request in `once` was already acted on."""
        async with self._db.write() as conn:
            await self._claim(conn, once)
            put = self._db.insert(schedules).values(**self._ours, **_row(schedule))
            await conn.execute(put.on_conflict_do_nothing())

    async def get(self, schedule_id: str) -> Schedule | None:
        found = await self._found(s.schedule_id == schedule_id, s.deleted_at.is_(None))
        return found[0] if found else None

    async def deleted(self, schedule_id: str) -> Schedule | None:
        """Return a schedule that was deleted a short time ago."""
        found = await self._found(s.schedule_id == schedule_id, s.deleted_at.is_not(None))
        return found[0] if found else None

    async def listed(
        self, *, channels: Collection[str] = (), by: str | None = None, limit: int = 200
    ) -> list[Schedule]:
        """Return active schedules of these channels or this person, the next one first."""
        its = or_(s.channel.in_(sorted(channels)), s.by_user == (by or ""))
        return await self._found(its, s.state != "over", limit=limit)

    async def of_room(self, room_id: str) -> list[Schedule]:
        """Return the active schedules of a room, in every channel."""
        return await self._found(s.room_id == room_id, s.state == "active")

    async def of_calendar(self, calendar_id: str) -> list[Schedule]:
        return await self._found(s.calendar_id == calendar_id, limit=10_000)

    async def channels(self) -> set[str]:
        """Return every channel that has a schedule, or had one recently."""
        async with self._db.read() as conn:
            return await channels_in(conn, schedules, self._mine(schedules))

    async def _found(self, *which: ColumnElement[bool], limit: int = 200) -> list[Schedule]:
        query = select(schedules).where(self._mine(schedules), *which)
        first = func.coalesce(s.armed_for, s.due_at)
        query = query.order_by(first.is_(None), first, s.room_name, s.schedule_id).limit(limit)
        async with self._db.read() as conn:
            return [_schedule(row) for row in await conn.execute(query)]

    async def take(self, limit: int, claim: timedelta) -> list[Schedule]:
        """Claim due schedules, longest overdue first. A claim expires after `claim`."""
        now = self._now()
        due = self._due(now).limit(limit)
        async with self._db.read() as conn:  # usually finds nothing, and then takes no write lock
            if (await conn.execute(due.limit(1))).first() is None:
                return []
        picked = due.with_for_update(skip_locked=True).cte("picked")
        mine = update(schedules).where(self._mine(schedules))
        take = mine.where(s.schedule_id.in_(select(picked.c.schedule_id)))
        async with self._db.write() as conn:
            rows = await conn.execute(take.values(wake_at=now + claim).returning(schedules))
            return [_schedule(row) for row in rows]

    def _due(self, now: datetime) -> Select[Any]:
        due = select(s.schedule_id).where(self._mine(schedules), s.wake_at.is_not(None))
        return due.where(s.wake_at <= now).order_by(s.wake_at)

    async def next_wake(self) -> datetime | None:
        query = select(s.wake_at).where(self._mine(schedules), s.wake_at.is_not(None))
        async with self._db.read() as conn:
            first: datetime | None = await conn.scalar(query.order_by(s.wake_at).limit(1))
        return first

    async def write(
        self, before: Schedule, after: Schedule, notices: Sequence[Notice] = ()
    ) -> bool:
        """Write a change together with its notices. False if somebody else changed it first.

        Only what differs is written, so that two changes of different parts are both kept. So is a
        wake-up requested meanwhile.
        """
        known = _row(before)
        row = {name: value for name, value in _row(after).items() if value != known[name]}
        woken = s.wake_at == before.wake_at if before.wake_at else s.wake_at.is_(None)
        row["wake_at"] = case((woken, after.wake_at), else_=s.wake_at)
        if after.state != "active":
            row["wake_at"] = None
        async with self._db.write() as conn:
            change = update(schedules).where(self._mine(schedules), *_same(before)).values(row)
            if (await conn.execute(change.returning(s.schedule_id))).first() is None:
                return False
            await self._tell(conn, notices)
            return True

    async def were_started(self, request_ids: Collection[str]) -> set[str]:
        """Return those request ids that have a recording."""
        c = recordings.c
        query = select(c.request_id).where(self._mine(recordings))
        async with self._db.read() as conn:
            return set(await conn.scalars(query.where(c.request_id.in_(sorted(request_ids)))))

    async def drop(self, schedule_id: str) -> None:
        """Delete a schedule whose calendar no longer has its event."""
        gone = delete(schedules).where(self._mine(schedules), s.schedule_id == schedule_id)
        async with self._db.write() as conn:
            await conn.execute(gone)


def _same(schedule: Schedule) -> tuple[ColumnElement[bool], ...]:
    """Match a schedule whose state, dates and owner are unchanged."""

    def equal(column: Any, value: object) -> ColumnElement[bool]:
        same: ColumnElement[bool] = column.is_(None) if value is None else column == value
        return same

    row = _row(schedule)
    return (
        *(equal(s[name], row[name]) for name in ("schedule_id", "wall", "zone", "rrule")),
        s.by_user == schedule.by,
        s.state == schedule.state,
        equal(s.due_at, schedule.due_at),
        equal(s.armed_for, schedule.armed_for),
        equal(s.skips, row["skips"]),
        equal(s.deleted_at, schedule.deleted_at),
    )


def _row(schedule: Schedule) -> dict[str, Any]:
    start = schedule.when.start
    wall = start.start if isinstance(start, Repeat) else start.at if start else schedule.created_at
    return {
        "schedule_id": schedule.schedule_id,
        "room_id": schedule.room_id,
        "room_name": schedule.room_name,
        "channel": schedule.channel,
        "by_user": schedule.by,
        "zone": start.zone if start else schedule.when.zone,
        "wall": wall.replace(tzinfo=None).isoformat(),
        "rrule": start.rrule if isinstance(start, Repeat) else None,
        "stop": stop_row(schedule.when.stop),
        "options": schedule.options.model_dump(mode="json"),
        "said": schedule.said.model_dump(mode="json"),
        "preset_id": schedule.preset_id,
        "state": schedule.state,
        "why": schedule.why,
        "paused_by": schedule.paused_by,
        "created_at": schedule.created_at,
        "due_at": schedule.due_at,
        "armed_for": schedule.armed_for,
        "armed_until": schedule.armed_until,
        "wake_at": schedule.wake_at,
        "calendar_id": schedule.calendar_id,
        "event": schedule.event,
        "skips": _skips(schedule),
        "deleted_at": schedule.deleted_at,
    }


def _skips(schedule: Schedule) -> str | None:
    return " ".join(at.isoformat() for at in sorted(schedule.skips)) or None


def _schedule(row: AnyRow) -> Schedule:
    wall = datetime.fromisoformat(row.wall)
    start: Once | Repeat
    if row.rrule is None:
        start = Once(instant(wall, row.zone), row.zone)
    else:
        start = Repeat(wall, row.zone, row.rrule)
    return Schedule(
        schedule_id=row.schedule_id,
        room_id=row.room_id,
        room_name=row.room_name,
        channel=row.channel,
        by=row.by_user,
        when=When(start, stop_of(row.stop), row.zone),
        created_at=row.created_at,
        options=RecordingOptions.model_validate(row.options),
        said=RecordingOptions.model_validate(row.said),
        preset_id=row.preset_id,
        state=row.state,
        why=row.why,
        paused_by=row.paused_by,
        due_at=row.due_at,
        armed_for=row.armed_for,
        armed_until=row.armed_until,
        wake_at=row.wake_at,
        calendar_id=row.calendar_id,
        event=row.event,
        skips=frozenset(map(datetime.fromisoformat, (row.skips or "").split())),
        deleted_at=row.deleted_at,
    )


def stop_row(stop: Stop | None) -> dict[str, Any] | None:
    match stop:
        case None:
            return None
        case StopAfter(seconds=seconds):
            return {"after_s": seconds}
        case StopAt(at=at):
            return {"at": at.isoformat()}
        case StopAtTime(wall=wall):
            return {"wall": wall.isoformat()}


def stop_of(stored: dict[str, Any] | None) -> Stop | None:
    match stored:
        case {"after_s": int(seconds)}:
            return StopAfter(seconds)
        case {"at": str(at)}:
            return StopAt(datetime.fromisoformat(at))
        case {"wall": str(wall)}:
            return StopAtTime(time.fromisoformat(wall))
        case _:
            return None
