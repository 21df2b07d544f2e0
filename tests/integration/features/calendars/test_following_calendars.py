"""How many calendars a person may follow."""

from dataclasses import replace
from pathlib import Path

from record_bot_sandbox.slack import seed

from bot.access.rights import Rights
from bot.features.calendars.model import CALENDARS_MOST, RoomCalendar
from bot.features.calendars.service import add_calendar
from tests.contract.store_support import T0
from tests.integration.hostile_kit import target

URL = "https://calendar.example.com/a.ics"
CALENDAR = RoomCalendar("", "room-1", "standup", seed.STANDUP, seed.STARTER, "UTC", T0, URL)


async def test_a_person_has_so_many_calendars(tmp_path: Path) -> None:
    async with target(tmp_path) as there:
        deps = there.parts.deps
        rights = Rights(deps)
        for n in range(CALENDARS_MOST):
            assert await add_calendar(deps, rights, replace(CALENDAR, calendar_id=str(n)))
        more = replace(CALENDAR, calendar_id="more")
        assert await add_calendar(deps, rights, more) is None
        assert await add_calendar(deps, rights, replace(more, by=seed.ADMIN))
