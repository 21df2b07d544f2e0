"""Starts the recordings of due schedules once people are in the room.

All work is rows with due times. A worker claims a row by postponing its time. A request id
(`Schedule.request_id`), unique in the database, limits a date to one recording, however often and
by however many workers it is tried.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.access.gate import Gate
from bot.core.options import RecordingOptions
from bot.core.recording import OCCUPIES_ROOM, Phase, Recording
from bot.deps import Deps
from bot.features.automatic.model import Notice, PauseReason
from bot.features.automatic.steps import (
    AGAIN,
    BATCH,
    CLAIM,
    DueChecks,
    Open,
    side_by_side,
    start_request,
)
from bot.features.options.table import laid_over
from bot.features.presets.store import PresetRepository
from bot.features.rooms.service import RoomDirectory
from bot.features.schedules import views
from bot.features.schedules.model import PassedDate, Schedule, end_set, paused, started, turn
from bot.features.schedules.overlaps import order
from bot.features.schedules.store import ScheduleRepository
from bot.features.start.service import commit
from bot.hms.errors import HmsError, HmsForbidden, HmsNotFound
from bot.slack.errors import SlackUnavailable
from bot.store.values import RoomTaken

log = structlog.get_logger()

FEW = 3  # up to this many rooms are looked up one by one
FREE_SOON = timedelta(minutes=1)
NEVER = datetime.max.replace(tzinfo=UTC)


class DueSchedules:
    """Starts what is due.

    `unfollow` stops following the calendar of an event whose owner may not start it.
    """

    def __init__(
        self,
        deps: Deps,
        gate: Gate,
        rooms: RoomDirectory,
        checks: DueChecks,
        unfollow: Callable[[str, PauseReason], Awaitable[None]],
    ) -> None:
        self._deps = deps
        self._gate = gate
        self._rooms = rooms
        self._checks = checks
        self._unfollow = unfollow
        self._schedules = ScheduleRepository(deps.db)

    async def start_what_is_due(self) -> float:
        taken = await self._schedules.take(BATCH, CLAIM)
        if not taken:
            return self._checks.until(await self._schedules.next_wake())
        armed_for = self._deps.policy.armed_for
        turned = [(one, *turn(one, self._deps.now(), armed_for)) for one in taken]
        waiting = {after.room_id for _, after, _ in turned if after.armed_for}
        try:
            occupied = await self._occupied(waiting)
        except HmsError as failed:
            log.info("rooms_not_looked_at", why=str(failed))
            occupied = None
        turned.sort(key=lambda one: (one[1].armed_for or NEVER, order(one[1])))
        in_room: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # first come, first go
        await side_by_side(
            self._turned(before, after, passed_dates, occupied, in_room[after.room_id])
            for before, after, passed_dates in turned
        )
        return 0.0

    async def _occupied(self, rooms: Collection[str]) -> set[str]:
        """Return the rooms with people in them; up to `FEW` rooms are looked up one by one."""
        if not rooms:
            return set()
        hms = self._deps.hms
        if len(rooms) <= FEW:
            active = await asyncio.gather(*(self._is_occupied(room) for room in rooms))
            return {room for room, there in zip(rooms, active, strict=True) if there}
        return {one.room_id async for one in hms.list_active_sessions() if one.room_id} & set(rooms)

    async def _is_occupied(self, room: str) -> bool:
        """Whether somebody is in the room; False for a deleted one, see `_room_gone`."""
        try:
            return await self._deps.hms.active_room(room) is not None
        except HmsForbidden:
            return False

    async def _turned(
        self,
        before: Schedule,
        after: Schedule,
        passed_dates: Sequence[PassedDate],
        occupied: set[str] | None,
        in_room: asyncio.Lock,
    ) -> None:
        """Start an armed date, or keep waiting. `occupied` None: 100ms did not answer; retry.

        The schedules of one room take turns, so that the first of them starts its recording.
        """
        async with in_room:
            await self._turned_alone(before, after, passed_dates, occupied)

    async def _turned_alone(
        self,
        before: Schedule,
        after: Schedule,
        passed_dates: Sequence[PassedDate],
        occupied: set[str] | None,
    ) -> None:
        notices = await self._notices(before, passed_dates)
        after = replace(after, room_name=await self._name_of(after))
        if after.armed_for and after.state == "active":
            if occupied is None:
                after = self._again(after)
            elif after.room_id in occupied:
                after, more = await self._start(after)
                notices += more
            elif after.armed_for != before.armed_for and (why := await self._room_gone(after)):
                after, more = self._unrecorded(after, why)
                notices += more
        await self._schedules.write(before, after, notices)

    async def _name_of(self, schedule: Schedule) -> str:
        """Return the room's current name."""
        return await self._rooms.name_of(schedule.room_id) or schedule.room_name

    async def _room_gone(self, schedule: Schedule) -> PauseReason | None:
        """Return why nobody can join the room; asked once per date, if nobody is there yet."""
        try:
            room = await self._deps.hms.get_room(schedule.room_id)
        except (HmsForbidden, HmsNotFound):
            return "room"
        except HmsError as failed:
            log.info("room_not_looked_at", room=schedule.room_id, why=str(failed))
            return None
        return None if room.enabled else "disabled"

    def _again(self, schedule: Schedule) -> Schedule:
        return replace(schedule, wake_at=self._deps.now() + AGAIN)

    async def _notices(
        self, schedule: Schedule, passed_dates: Sequence[PassedDate]
    ) -> list[Notice]:
        """Build notices of missed dates, except those started by a worker that then crashed."""
        dates = [replace(schedule, armed_for=one.due).request_id for one in passed_dates]
        done = await self._schedules.were_started(dates) if dates else set()
        notices = []
        for one, name in zip(passed_dates, dates, strict=True):
            if name in done:
                continue
            known = await self._rooms.name_of(schedule.room_id)
            gone = known is None and bool(await self._rooms.entries())
            text = views.date_passed(schedule, one, room_gone=gone)
            notices.append(Notice(f"{one.what}:{name}", schedule.channel, schedule.by, text))
        return notices

    async def _start(self, schedule: Schedule) -> tuple[Schedule, list[Notice]]:
        """Check all conditions again and commit the request. Somebody is in the room."""
        try:
            place = await self._checks.may_start(schedule.by, schedule.channel)
        except SlackUnavailable as unknown:
            log.info("right_to_start_unknown", schedule=schedule.schedule_id, why=str(unknown))
            return self._again(schedule), []
        if not isinstance(place, Open):
            if schedule.calendar_id:
                await self._unfollow(schedule.calendar_id, place)
                return started(schedule), []
            return self._paused(schedule, place)
        options, preset_gone = await self._options(schedule)
        due, now = schedule.armed_for or self._deps.now(), self._deps.now()
        end = end_set(schedule.when, due, at=now, by=None)
        room = await self._gate.room(place.may, schedule.room_id, known_as=schedule.room_name)
        request = start_request(
            schedule, schedule.request_id, options, place, room, via="schedule", end=end
        )
        made = await commit(self._deps, self._gate, request, room, options)
        name = f"{schedule.request_id}:started"
        if isinstance(made, RoomTaken):
            rival = await self._checks.recording(made.key)
            if rival and await self._is_free_soon(rival):
                return self._again(schedule), []
            text = views.already_recorded(schedule)
            return started(schedule), [Notice(name, schedule.channel, schedule.by, text)]
        log.info("schedule_started", schedule=schedule.schedule_id, key=made)
        if not preset_gone:
            return started(schedule), []
        told = Notice(name, schedule.channel, schedule.by, views.preset_gone(schedule))
        return started(replace(schedule, preset_id=None)), [told]  # told once, not at each date

    async def _is_free_soon(self, rival: Recording) -> bool:
        """Whether the room's recording is stopping, near its end or just over: then wait for it."""
        soon = rival.ends_at and rival.ends_at <= self._deps.now() + FREE_SOON
        ending = rival.stop_pending or rival.phase is Phase.STOPPING
        return bool(soon) or ending or rival.phase not in OCCUPIES_ROOM

    def _paused(self, schedule: Schedule, why: PauseReason) -> tuple[Schedule, list[Notice]]:
        text = views.paused_by_itself(schedule, why)
        notice = Notice(schedule.paused_identity(why), schedule.channel, schedule.by, text)
        return paused(schedule, why), [notice]

    def _unrecorded(self, schedule: Schedule, why: PauseReason) -> tuple[Schedule, list[Notice]]:
        """Pause the schedule of a room that nobody can join; the event of a calendar is over."""
        if schedule.calendar_id is None:
            return self._paused(schedule, why)
        text = views.event_not_recorded(schedule, why)
        notice = Notice(f"event:{schedule.request_id}", schedule.channel, schedule.by, text)
        return started(schedule), [notice]

    async def _options(self, schedule: Schedule) -> tuple[RecordingOptions, bool]:
        """Return the preset's current options; with True, its last ones since it was deleted."""
        if schedule.preset_id is None:
            return schedule.options, False
        preset = await PresetRepository(self._deps.db).get(schedule.preset_id)
        if preset is None:
            return schedule.options, True
        return laid_over(preset.options, schedule.said), False
