"""The worker of schedules, rules and calendars: runs their loops, and tells channels."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from async_lru import alru_cache

from bot.access.gate import Gate
from bot.access.rights import Rights
from bot.deps import Deps
from bot.features.automatic.model import Notice
from bot.features.automatic.steps import BATCH, CHECK_S, CLAIM, DueChecks
from bot.features.automatic.store import NoticeRepository
from bot.features.calendars.steps import DueCalendars
from bot.features.rooms.service import RoomDirectory
from bot.features.rules.steps import DueRules
from bot.features.schedules import views
from bot.features.schedules.model import subject_of
from bot.features.schedules.steps import DueSchedules
from bot.hms.errors import HmsError
from bot.kit.background import forever
from bot.outbound import Outbound
from bot.slack.errors import SlackError, SlackRefused, SlackUnavailable
from bot.store.errors import StoreError
from bot.store.schema_clock import CLOCK

log = structlog.get_logger()

TELL_FOR = timedelta(hours=24)
GONE_S = 1.0  # between two attempts while the store is unavailable


class Timekeeper:
    """One per process; the rows in the database divide the work among replicas."""

    def __init__(
        self, deps: Deps, gate: Gate, rights: Rights, rooms: RoomDirectory, out: Outbound
    ) -> None:
        checks = DueChecks(deps, gate, rights)
        self.calendars = DueCalendars(deps, checks, out)
        self.rules = DueRules(deps, gate, checks)
        self.schedules = DueSchedules(deps, gate, rooms, checks, self.calendars.unfollow)
        self._deps = deps
        self._notices = NoticeRepository(deps.db)
        self._anything = alru_cache(ttl=CHECK_S)(self._read_anything)

    async def keep(self) -> None:
        """Run all loops until cancelled."""
        turns = (
            self.schedules.start_what_is_due,
            self.check_rooms,
            self.rules.check_ruled_rooms,
            self.tell,
            self.calendars.fetch_calendars,
        )
        await asyncio.gather(*map(self._forever, turns))

    async def check_rooms(self) -> float:
        """Check the rooms of all waiting schedules and all rules in one pass."""
        every = self._deps.policy.presence_every
        if await self._deps.store.presence.claim_check(every):
            sessions = {
                one.room_id: one.id
                async for one in self._deps.hms.list_active_sessions()
                if one.room_id
            }
            await self._deps.store.presence.people_in(sessions)
        return min(CHECK_S, every.total_seconds())

    async def _forever(self, turn: Callable[[], Awaitable[float]]) -> None:
        async def needed() -> float:
            changes = self._deps.db.database.changes(*CLOCK)
            return await turn() if await self._anything(changes) else CHECK_S

        away = (StoreError, HmsError, SlackError)
        await forever("clock", needed, away=away, pause_s=GONE_S)

    async def _read_anything(self, _changes: tuple[int, ...]) -> bool:
        """Whether there is any work; most bots have no schedules, so one query serves all loops."""
        return await self._notices.anything()

    async def tell(self) -> float:
        """Post due notices without mentions. May repeat one after a crash (docs/adr/0001)."""
        taken = await self._notices.take(BATCH, CLAIM)
        for notice in taken:
            await self._tell(notice)
        return 0.0 if taken else CHECK_S

    async def _tell(self, notice: Notice) -> None:
        message = views.notice(notice.text, subject_of(notice.identity)).payload()
        try:
            try:
                await self._deps.slack.post(notice.channel, message)
            except SlackRefused as refused:
                log.info("told_directly", channel=notice.channel, why=refused.error)
                if notice.by != notice.channel:
                    await self._deps.slack.post(notice.by, message)
        except SlackRefused as refused:
            log.warning("notice_dropped", why=refused.error)
        except SlackUnavailable as failed:
            now, policy = self._deps.now(), self._deps.policy
            if notice.made_at is None or now - notice.made_at < TELL_FOR:
                wait = policy.backoff(notice.attempts, policy.retry_first, policy.retry_cap)
                asked = timedelta(seconds=failed.retry_after_s or 0)
                await self._notices.put_off(notice, now + max(wait, asked))
                return
            log.warning("notice_dropped", why=str(failed))
        await self._notices.mark_sent(notice)
