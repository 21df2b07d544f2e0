"""The Home tab: shows what one person may see, in pages, and updates it while it is open."""

from datetime import timedelta

import structlog

from bot.access.gate import Gate
from bot.access.views import what_may_be_missing
from bot.deps import Deps
from bot.features.doctor.checks import permissions
from bot.features.doctor.service import late
from bot.features.doctor.store import DoctorRepository
from bot.features.history.service import LOOKED_THROUGH, Lists
from bot.features.home.model import HomeHealth, HomePage
from bot.features.home.store import HomeRepository, OpenHome
from bot.features.home.views import PRESETS, RUNNING, home_message, home_view
from bot.features.presets.store import PresetRepository
from bot.kit.background import forever
from bot.slack.errors import NotAuthorized, SlackError
from bot.store.errors import StoreError
from bot.ui.message import View, view_hash
from bot.ui.replies import permission_missing

log = structlog.get_logger()

PER_PAGE = 8
AT_ONCE = 10
LEAST_INTERVAL = timedelta(seconds=0.5)  # also if a sandbox runs time faster
IDLE = timedelta(seconds=5)


class Homes:
    def __init__(self, deps: Deps, gate: Gate, lists: Lists) -> None:
        self._deps = deps
        self._gate = gate
        self._lists = lists

    async def open(self, user: str, page: int = 0) -> None:
        """Show Home now, and keep it up to date for a while."""
        there = min(max(0, page), LOOKED_THROUGH // PER_PAGE)
        await self._show(await HomeRepository(self._deps.db).opened(user, there))

    async def again(self, user: str) -> None:
        """Reopen the current page if the person opened Home recently."""
        since = self._deps.now() - self._deps.policy.home_for
        home = await HomeRepository(self._deps.db).get(user, since)
        if home is not None:
            await self.open(user, home.page)

    async def keep_current(self) -> None:
        """Update open Homes until cancelled. While there are none, each check is one query."""

        async def turn() -> float:
            interval = max(LEAST_INTERVAL, self._deps.policy.home_every)
            return min(interval if await self._refresh() else IDLE, IDLE).total_seconds()

        away = (SlackError, StoreError)
        await forever("home", turn, away=away, pause_s=IDLE.total_seconds())

    async def _refresh(self) -> bool:
        """Update outdated Homes. False if none is open."""
        now, policy = self._deps.now(), self._deps.policy
        since = now - policy.home_for
        if not await HomeRepository(self._deps.db).anyone(since):
            return False
        stale = await HomeRepository(self._deps.db).take(
            AT_ONCE, opened_since=since, shown_before=now - policy.home_again
        )
        for home in stale:
            await self._show(home)
        return True

    async def _show(self, home: OpenHome) -> None:
        """Publish a Home if it differs from what the person sees."""
        try:
            view = await self.view(home)
        except NotAuthorized as lacking:
            view = home_message(permission_missing(lacking.needed))
        shown = view_hash(view)
        if shown != home.hash:
            await self._deps.slack.publish_home(home.user, view)
            await HomeRepository(self._deps.db).shown(home.user, home.page, shown)

    async def view(self, home: OpenHome) -> View:
        deps, user, first = self._deps, home.user, home.page * PER_PAGE
        person = await self._gate.person(user)
        member = person.standing == "member"
        to = await self._gate.horizon(user)
        running = await self._lists.running(to)
        recent = await self._lists.page(to, first + PER_PAGE + 1, over=True)
        presets = await PresetRepository(deps.db).of_person(user) if member else []
        return home_view(
            HomePage(
                running=tuple(await self._lists.rows(running[:RUNNING])),
                more_running=max(0, len(running) - RUNNING),
                recent=tuple(
                    await self._lists.rows(recent[first : first + PER_PAGE], files=member)
                ),
                page=home.page,
                older=len(recent) > first + PER_PAGE,
                member=member,
                pages=deps.public_url is not None,
                presets=tuple(presets[:PRESETS]),
                more_presets=max(0, len(presets) - PRESETS),
                opened_ms=int(home.opened_at.timestamp() * 1000),
                health=await self._health() if person.admin else None,
                missing=what_may_be_missing(to),
            ),
            deps.now(),
        )

    async def _health(self) -> HomeHealth:
        deps = self._deps
        received = await DoctorRepository(deps.db).received(deps.now())
        return HomeHealth(
            webhooks=deps.policy.webhooks,
            last_webhook_at=received.last_at,
            unanswered=await DoctorRepository(deps.db).unanswered(),
            cooldowns=tuple(one.method for one in await deps.store.cooldowns.running()),
            permissions=permissions(deps.identity.scopes),
            late=len(await late(deps)),
        )
