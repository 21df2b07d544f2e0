"""The bot's parts as wiring builds them, between the simulated Slack and 100ms, on SQLite.

Nothing runs by itself: each turn of the timekeeper is made by a test.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from record_bot_sandbox.hms.app import serve as serve_hms
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.hms.sim import Sim as HmsSim
from record_bot_sandbox.hms.state import Room
from record_bot_sandbox.serving import serving
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.app import create_app
from record_bot_sandbox.slack.config import SlackConfig
from record_bot_sandbox.slack.sim import Sim as SlackSim

from bot.access.gate import Gate
from bot.access.rights import Rights
from bot.access.visibility import Visibility
from bot.core.when import Once, When
from bot.core.when_grammar import read_when
from bot.features.automatic.model import Notice
from bot.features.automatic.store import NoticeRepository
from bot.features.calendars.model import RoomCalendar
from bot.features.calendars.store import CalendarRepository
from bot.features.rooms.refreshing import Refreshing
from bot.features.rules.model import Rule
from bot.features.rules.store import RuleRepository
from bot.features.schedules.model import (
    Schedule,
    planned,
    woken,
)
from bot.features.schedules.store import ScheduleRepository
from bot.settings import Settings
from bot.store.values import RecordingRow
from bot.wiring import Components, build

MIN = timedelta(minutes=1)


@dataclass
class Stage:
    parts: Components
    slack: SlackSim
    hms: HmsSim

    @property
    def schedules(self) -> ScheduleRepository:
        return ScheduleRepository(self.parts.deps.db)

    @property
    def rules(self) -> RuleRepository:
        return RuleRepository(self.parts.deps.db)

    def gate(self) -> Gate:
        people = Rights(self.parts.deps).people
        return Gate(self.parts.deps, people, Visibility(self.parts.deps, people))

    def room(self, name: str = "standup") -> Room:
        return next(room for room in self.hms.state.rooms.values() if room.name == name)

    async def due(
        self, text: str | None = None, *, channel: str = seed.STANDUP, **more: object
    ) -> Schedule:
        """One of the starter's that is due now, for the standup unless `more` says otherwise."""
        now, room = self.parts.deps.now(), self.room()
        read = read_when(text, now=now, zone="UTC") if text else When(Once(now, "UTC"), None, "UTC")
        assert isinstance(read, When), read
        one = Schedule("s1", room.id, room.name, channel, seed.STARTER, read, now)
        one = woken(replace(planned(one, now), due_at=now, **more))  # type: ignore[arg-type]
        await self.schedules.add(one)
        return one

    async def turn(self) -> Schedule:
        """One turn, and the schedule as it is then."""
        await self.parts.timekeeper.schedules.start_what_is_due()
        found = await self.schedules.get("s1")
        assert found is not None
        return found

    async def notices(self) -> list[Notice]:
        return await NoticeRepository(self.parts.deps.db).take(50, MIN)

    async def recordings(self) -> list[RecordingRow]:
        return await self.parts.deps.store.lists.recent()


@asynccontextmanager
async def stage(*databases: str) -> AsyncIterator[list[Stage]]:
    """A bot for each of the databases, which may be the same."""
    config = SlackConfig(speed=1)
    app = create_app(config)
    async with AsyncExitStack() as stack:
        hms_config = HmsConfig(speed=1)
        running = await stack.enter_async_context(serve_hms(hms_config))
        slack_url = await stack.enter_async_context(serving(app, "127.0.0.1", 0))
        for room in running.sim.state.rooms.values():
            if room.session is not None:
                running.sim.people.end(room, "everybody leaves", lock=False)
        stages = []
        for url in databases:
            settings = Settings(
                _env_file=None,
                slack_bot_token=config.bot_token,
                slack_signing_secret=config.signing_secret,
                slack_api_url=f"{slack_url}/api/",
                hms_access_key=hms_config.access_key,
                hms_secret=hms_config.secret,
                hms_api_url=f"{running.base_url}/v2",
                database_url=url,
            )
            parts = await stack.enter_async_context(build(settings))
            await Refreshing(parts.deps).rooms()
            stages.append(Stage(parts, app.state.sim, running.sim))
        yield stages


def somebody_in(there: Stage, name: str = "standup") -> None:
    there.hms.people.join(there.room(name), "Ana")


def leaves(there: Stage) -> None:
    users = there.slack.users
    users[seed.STARTER] = replace(users[seed.STARTER], is_deleted=True)


async def rule_and_calendar(there: Stage) -> tuple[Rule, RoomCalendar]:
    room, now = there.room(), there.parts.deps.now()
    rule = Rule(room.id, room.name, seed.STANDUP, seed.STARTER, now)
    calendar = RoomCalendar(
        "c1", room.id, room.name, seed.STANDUP, seed.STARTER, "UTC", now, "https://x.example/a"
    )
    await there.rules.set(rule)
    await CalendarRepository(there.parts.deps.db).add(calendar)
    return rule, calendar
