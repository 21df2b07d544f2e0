"""Stores schedules, rules for rooms, calendars, and the notices due to channels."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.options import RecordingOptions
from bot.core.when import Moment, Repeat, Stop, StopAfter, StopAt, StopAtTime, When, instant
from bot.features.schedules.model import (
    PAUSED_FOR_GOOD,
    RoomCalendar,
    Rule,
    Schedule,
    ScheduleState,
)
from bot.store.repository import Repository
from bot.store.rows import AnyRow
from bot.store.schema import recordings
from bot.store.schema_clock import CLOCK, calendars, clock_notices, rules, schedules
from bot.store.sql import of_the_team

s, r, n, a = schedules.c, rules.c, clock_notices.c, calendars.c
ANYTHING = select(or_(*(exists().where(of_the_team(table)) for table in CLOCK)))


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that a channel gets once; `by` gets it directly if the channel cannot."""

    identity: str
    channel: str
    by: str
    text: str
    id: int = 0
    attempts: int = 0
    made_at: datetime | None = None


class _WithNotices(Repository):
    async def _tell(self, conn: AsyncConnection, notices: Sequence[Notice]) -> None:
        """Insert notices; one whose identity is stored already is ignored."""
        now = self._now()
        for notice in notices:
            row = {
                "identity": notice.identity,
                "channel": notice.channel,
                "by_user": notice.by,
                "text": notice.text,
                "made_at": now,
                "not_before": now,
                "attempts": 0,
            }
            put = self._db.insert(clock_notices).values(**self._ours, **row)
            await conn.execute(put.on_conflict_do_nothing())


class ScheduleRepository(_WithNotices):
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
            return await _channels_in(conn, schedules, self._mine(schedules))

    async def _found(self, *which: ColumnElement[bool], limit: int = 200) -> list[Schedule]:
        query = select(schedules).where(self._mine(schedules), *which)
        first = func.coalesce(s.armed_for, s.due_at)
        query = query.order_by(first.is_(None), first, s.room_name, s.schedule_id).limit(limit)
        async with self._db.read() as conn:
            return [_schedule(row) for row in await conn.execute(query)]

    async def anything(self) -> bool:
        """Whether there are any schedules, rules, calendars or notices to process."""
        async with self._db.read() as conn:
            return bool(await conn.scalar(ANYTHING, self._team_parameters))

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

    # Notices

    async def tell(self, notices: Sequence[Notice]) -> None:
        async with self._db.write() as conn:
            await self._tell(conn, notices)

    async def take_notices(self, limit: int, claim: timedelta) -> list[Notice]:
        now = self._now()
        due = select(n.id).where(self._mine(clock_notices), n.not_before <= now)
        due = due.order_by(n.not_before, n.id).limit(limit)
        async with self._db.read() as conn:
            if (await conn.execute(due.limit(1))).first() is None:
                return []
        picked = due.with_for_update(skip_locked=True).cte("picked")
        take = update(clock_notices).where(n.id.in_(select(picked.c.id)))
        take = take.values(not_before=now + claim, attempts=n.attempts + 1)
        async with self._db.write() as conn:
            rows = await conn.execute(take.returning(clock_notices))
            return [
                Notice(x.identity, x.channel, x.by_user, x.text, x.id, x.attempts, x.made_at)
                for x in rows
            ]

    async def put_off(self, notice: Notice, until: datetime) -> None:
        later = update(clock_notices).where(self._mine(clock_notices), n.id == notice.id)
        async with self._db.write() as conn:
            await conn.execute(later.values(not_before=until))

    async def mark_sent(self, notice: Notice) -> None:
        gone = delete(clock_notices).where(self._mine(clock_notices), n.id == notice.id)
        async with self._db.write() as conn:
            await conn.execute(gone)


class RuleRepository(_WithNotices):
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
            return await _channels_in(conn, rules, self._mine(rules))

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


class CalendarRepository(_WithNotices):
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


_CALENDAR = (
    *("calendar_id", "room_id", "room_name", "channel", "zone", "url"),
    *("created_at", "fetch_at", "failures"),
)


def _calendar(row: AnyRow) -> RoomCalendar:
    given = {name: getattr(row, name) for name in _CALENDAR}
    options = RecordingOptions.model_validate(row.options)
    return RoomCalendar(**given, by=row.by_user, options=options)


_FOUND = ("look_at", "session_id", "parts", "seen_in", "empty_since")


async def _channels_in(conn: AsyncConnection, table: Table, mine: ColumnElement[bool]) -> set[str]:
    """Return a table's channels by skipping along its index, regardless of the number of rows."""
    first = select(func.min(table.c.channel).label("channel")).where(mine)
    met = first.cte("met", recursive=True)
    following = select(func.min(table.c.channel)).where(mine, table.c.channel > met.c.channel)
    met = met.union_all(select(following.scalar_subquery()).where(met.c.channel.is_not(None)))
    found = await conn.scalars(select(met.c.channel).where(met.c.channel.is_not(None)))
    return set(found)


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


# ---- rows ------------------------------------------------------------------------------------


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
    start: Moment | Repeat
    if row.rrule is None:
        start = Moment(instant(wall, row.zone), row.zone)
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
    state: ScheduleState = row.state
    options = RecordingOptions.model_validate(row.options)
    return Rule(**given, by=row.by_user, state=state, options=options)
