"""Fetches calendars and makes schedules of their events."""

import asyncio
from datetime import timedelta
from functools import partial

import structlog

from bot.deps import Deps
from bot.features.automatic.model import Notice, PauseReason
from bot.features.automatic.steps import CHECK_S, DueChecks, Open
from bot.features.automatic.store import NoticeRepository
from bot.features.calendars import views
from bot.features.calendars.events import NoCalendar, events_of
from bot.features.calendars.model import RoomCalendar, follow_calendar
from bot.features.calendars.store import CalendarRepository
from bot.features.rooms.model import links_to
from bot.features.schedules.store import ScheduleRepository
from bot.hms.errors import HmsError
from bot.outbound import Outbound, OutboundError
from bot.slack.errors import SlackUnavailable

log = structlog.get_logger()

FETCH_EVERY = timedelta(hours=1)
FETCH_CLAIM = timedelta(minutes=2)  # longer than reading one calendar can take
FAILURES_TOLD = 24  # hourly attempts: a day
CALENDAR_BYTES = 2 * 1024 * 1024
BACK, AHEAD = timedelta(hours=12), timedelta(days=14)


class DueCalendars:
    """Reads each calendar once an hour."""

    def __init__(self, deps: Deps, checks: DueChecks, out: Outbound) -> None:
        self._deps = deps
        self._checks = checks
        self._out = out
        self._calendars = CalendarRepository(deps.db)
        self._schedules = ScheduleRepository(deps.db)
        self._notices = NoticeRepository(deps.db)

    async def fetch_calendars(self) -> float:
        """Fetch one due calendar, if its owner may still start recordings; each is due hourly."""
        calendar = await self._calendars.take(FETCH_CLAIM)
        if calendar is None:
            return CHECK_S
        try:
            place = await self._checks.may_start(calendar.by, calendar.channel)
            if not isinstance(place, Open):
                await self.unfollow(calendar.calendar_id, place)
                return 0.0
        except SlackUnavailable as unknown:
            log.info("right_to_start_unknown", calendar=calendar.calendar_id, why=str(unknown))
        try:
            await self.fetch(calendar)
        except (OutboundError, NoCalendar) as failed:
            await self._not_fetched(calendar, type(failed).__name__)
        return 0.0

    async def fetch(self, calendar: RoomCalendar) -> None:
        """Fetch a calendar and update its schedules. Raises OutboundError, NoCalendar."""
        content = await self._out.download(calendar.url, CALENDAR_BYTES)
        now = self._deps.now()
        about = partial(links_to, calendar.room_id, codes=await self._codes(calendar.room_id))
        events = await asyncio.to_thread(
            events_of, content, about, since=now - BACK, until=now + AHEAD
        )
        known = await self._schedules.of_calendar(calendar.calendar_id)
        change = follow_calendar(calendar, known, events, now, self._deps.new_id)
        for one in change.gone:
            await self._schedules.drop(one.schedule_id)
        for before, after in change.changed:
            await self._schedules.write(before, after)
        for one in change.new:
            await self._schedules.add(one)
        log.info("calendar_read", calendar=calendar.calendar_id, events=len(events))
        await self._calendars.fetched(calendar, now + FETCH_EVERY, failures=0)

    async def _codes(self, room_id: str) -> frozenset[str]:
        """Return the room's codes, by which events may link to it. They are not stored."""
        try:
            codes = await self._deps.hms.room_codes(room_id)
        except HmsError as failed:
            log.info("room_codes_not_read", room=room_id, why=str(failed))
            return frozenset()
        return frozenset(code.code.get_secret_value() for code in codes if code.enabled)

    async def _not_fetched(self, calendar: RoomCalendar, why: str) -> None:
        """Count a failed fetch and keep the schedules. After a day, tell the channel once."""
        log.warning("calendar_not_read", calendar=calendar.calendar_id, why=why)
        failures, now = calendar.failures + 1, self._deps.now()
        if failures == FAILURES_TOLD:
            name = f"calendar:{calendar.calendar_id}"
            text = views.calendar_unreadable(calendar)
            await self._notices.tell([Notice(name, calendar.channel, calendar.by, text)])
        await self._calendars.fetched(calendar, now + FETCH_EVERY, failures=failures)

    async def unfollow(self, calendar_id: str, why: PauseReason) -> None:
        """Delete a calendar and what it has scheduled, and tell its channel once."""
        calendar = await self._calendars.get(calendar_id)
        if calendar is None:
            return
        text = views.calendar_dropped(calendar, why)
        told = Notice(f"calendar-dropped:{calendar_id}", calendar.channel, calendar.by, text)
        await self._calendars.delete(calendar_id, [told])
