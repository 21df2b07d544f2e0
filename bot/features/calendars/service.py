"""Follows calendars, and stops following them; the worker in `steps` reads them."""

from collections.abc import Sequence
from dataclasses import replace

from bot.access.rights import Rights
from bot.deps import Deps
from bot.features.automatic.model import to_owner
from bot.features.automatic.service import channel_of
from bot.features.calendars import views
from bot.features.calendars.model import CALENDARS_MOST, RoomCalendar
from bot.features.calendars.store import CalendarRepository


async def add_calendar(
    deps: Deps, rights: Rights, calendar: RoomCalendar, *, once: Sequence[str] = ()
) -> RoomCalendar | None:
    """Store a calendar, which the worker fetches at once. None if the person has too many.

    Raises NoRight, SlackUnavailable, DoneBefore.
    """
    await rights.to_start(calendar.by, channel_of(calendar.channel))
    calendars = CalendarRepository(deps.db)
    if len(await calendars.listed([], by=calendar.by)) >= CALENDARS_MOST:
        return None
    due = replace(calendar, fetch_at=deps.now())
    await calendars.add(due, once=once)
    return due


async def drop_calendar(deps: Deps, rights: Rights, calendar: RoomCalendar, by: str) -> bool:
    """Delete a calendar and everything that it scheduled. Raises NoRight."""
    doing = "stop following this calendar"
    await rights.to_change_schedule(by, calendar.channel, calendar.by, doing)
    text = views.calendar_off_by(calendar, by)
    told = to_owner(calendar, by, f"calendar-off:{calendar.calendar_id}", text)
    return await CalendarRepository(deps.db).delete(calendar.calendar_id, told)
