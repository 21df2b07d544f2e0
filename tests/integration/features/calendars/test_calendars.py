"""A calendar is read through the guarded way out, and its events become schedules."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest
from record_bot_sandbox.serving import serving
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.access.gate import Gate
from bot.access.rights import Rights
from bot.access.visibility import Visibility
from bot.features.automatic.store import NoticeRepository
from bot.features.calendars.model import RoomCalendar
from bot.features.calendars.steps import FAILURES_TOLD, FETCH_EVERY
from bot.features.calendars.store import CalendarRepository
from bot.features.rooms.service import RoomDirectory
from bot.features.schedules.store import ScheduleRepository
from bot.features.upcoming.steps import Timekeeper
from bot.outbound import Outbound, OutboundRefused
from bot.store.store import Store
from tests.contract.store_support import T0, Clock
from tests.integration.engine.test_matching import deps_of
from tests.unit.features.calendars.test_calendars import ROOM, event, ics

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


class Page:
    """What the calendar's server has."""

    content = b""
    status = 200

    async def __call__(self, _: Request) -> Response:
        return Response(self.content, self.status, media_type="text/calendar")


@asynccontextmanager
async def keeper(store: Store, clock: Clock, *own: str) -> AsyncIterator[Timekeeper]:
    async with aiohttp.ClientSession() as session, Outbound(own) as out:
        deps = deps_of(store, clock, session)
        rights = Rights(deps)
        gate = Gate(deps, rights.people, Visibility(deps, rights.people))
        yield Timekeeper(deps, gate, rights, RoomDirectory(deps), out)


def calendar(url: str) -> RoomCalendar:
    return RoomCalendar("c1", ROOM, "standup", "C1", "U1", "Europe/Amsterdam", T0, url, fetch_at=T0)


async def test_its_events_follow_every_hour(store: Store, clock: Clock) -> None:
    page = Page()
    app = Starlette(routes=[Route("/c", page.__call__)])
    async with serving(app) as at, keeper(store, clock, at) as keeps:
        calendars, schedules = CalendarRepository(store.db), ScheduleRepository(store.db)
        await calendars.add(calendar(f"{at}/c"))
        page.content = ics(event("a", "20260302T093000", "20260302T100000"))
        assert await keeps.calendars.fetch_calendars() == 0.0
        (one,) = await schedules.of_calendar("c1")
        assert one.due_at == T0.replace(hour=8, minute=30) + timedelta(days=1)
        assert await keeps.calendars.fetch_calendars() > 0  # not before an hour is over
        clock.advance(FETCH_EVERY)
        page.content = ics(event("a", "20260302T113000", "20260302T120000"))
        await keeps.calendars.fetch_calendars()
        (moved,) = await schedules.of_calendar("c1")
        assert moved.due_at == T0.replace(hour=10, minute=30) + timedelta(days=1)
        assert moved.schedule_id == one.schedule_id
        clock.advance(FETCH_EVERY)
        page.content = ics()
        await keeps.calendars.fetch_calendars()
        assert await schedules.of_calendar("c1") == []


async def test_what_cannot_be_read_leaves_what_is_scheduled_and_is_told_after_a_day(
    store: Store, clock: Clock
) -> None:
    page = Page()
    app = Starlette(routes=[Route("/c", page.__call__)])
    async with serving(app) as at, keeper(store, clock, at) as keeps:
        calendars, schedules = CalendarRepository(store.db), ScheduleRepository(store.db)
        await calendars.add(calendar(f"{at}/c"))
        page.content = ics(event("a", "20260310T093000", "20260310T100000"))
        await keeps.calendars.fetch_calendars()
        page.status = 500
        for _ in range(FAILURES_TOLD):
            assert await NoticeRepository(store.db).take(5, FETCH_EVERY) == []
            clock.advance(FETCH_EVERY)
            await keeps.calendars.fetch_calendars()
        assert len(await schedules.of_calendar("c1")) == 1
        (notice,) = await NoticeRepository(store.db).take(5, FETCH_EVERY)
        assert "has not been able to read the calendar" in notice.text
        assert at not in notice.text
        assert await calendars.delete("c1")
        assert await schedules.of_calendar("c1") == []


async def test_the_bot_goes_to_no_address_of_its_own_network(store: Store, clock: Clock) -> None:
    async with keeper(store, clock) as keeps:
        with pytest.raises(OutboundRefused):
            await keeps.calendars.fetch(calendar("http://127.0.0.1:9/c"))
