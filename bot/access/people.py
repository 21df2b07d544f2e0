"""Facts for a person's rights, requested from Slack and cached for some minutes."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.access.model import Person
from bot.deps import Deps
from bot.slack.errors import NotAuthorized, SlackRefused, SlackUnavailable
from bot.slack.values import Member

FOR = timedelta(minutes=5)
MOST = 5_000
WITHIN_S = 1.5  # a listener has 2.5

T = TypeVar("T")


class Remembered(Generic[T]):
    """Cached answers by name: none older than `lasting`, no more than `most`."""

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        most: int = MOST,
        within_s: float = WITHIN_S,
        lasting: timedelta = FOR,
    ) -> None:
        self._now, self._most, self._within_s, self._lasting = now, most, within_s, lasting
        self._known: OrderedDict[str, tuple[datetime, T]] = OrderedDict()

    async def get(self, name: str, ask: Callable[[str], Awaitable[T]]) -> T:
        """Return a cached or new answer. Raises SlackUnavailable if Slack takes too long."""
        found = self._known.get(name)
        if found and timedelta(0) <= self._now() - found[0] < self._lasting:
            return found[1]
        try:
            async with asyncio.timeout(self._within_s):
                answer = await ask(name)
        except TimeoutError:
            raise SlackUnavailable("too slow to say who that is", reached=True) from None
        self._known[name] = (self._now(), answer)
        self._known.move_to_end(name)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return answer


class People:
    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._members: Remembered[Member] = Remembered(deps.now)
        self._groups: Remembered[frozenset[str]] = Remembered(deps.now)
        self._all_groups: Remembered[dict[str, str] | None] = Remembered(deps.now, most=1)

    async def person(self, user: str, groups: Iterable[str] = ()) -> Person:
        """Look a person up; of these user groups, return those they are in.

        Raises SlackUnavailable; NotAuthorized when the bot lacks permission.
        """
        member = await self._members.get(user, self._ask)
        belongs = [g for g in groups if user in await self._groups.get(g, self._ask_group)]
        return Person(user, member.standing, member.admin, frozenset(belongs))

    async def user_groups(self) -> dict[str, str] | None:
        """Return user group names by id; None if Slack does not show them to the bot."""
        return await self._all_groups.get("all", self._ask_groups)

    async def _ask_groups(self, _: str) -> dict[str, str] | None:
        try:
            return await self._deps.slack.user_groups()
        except SlackRefused:
            return None

    async def _ask(self, user: str) -> Member:
        """Treat users that Slack does not return as external."""
        try:
            return await self._deps.slack.member(user, home_team=self._deps.identity.team_id)
        except NotAuthorized:
            raise
        except SlackRefused:
            return Member(user, "external", admin=False)

    async def _ask_group(self, group: str) -> frozenset[str]:
        """Treat a deleted group as empty."""
        try:
            return await self._deps.slack.group_members(group)
        except SlackRefused:
            return frozenset()
