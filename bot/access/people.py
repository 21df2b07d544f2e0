"""People and user groups, read from Slack and cached for some minutes."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

from async_lru import alru_cache

from bot.access.model import Person
from bot.deps import Deps
from bot.slack.errors import NotAuthorized, SlackError, SlackRefused, SlackUnavailable
from bot.slack.values import Member

FOR = timedelta(minutes=5)
MOST = 5_000
WITHIN_S = 1.5  # a listener has 2.5
SLOW_FOR_S = 1.0
TOO_SLOW = "too slow to say who that is"

Q = ParamSpec("Q")
T = TypeVar("T")


def remembered(
    ask: Callable[Q, Coroutine[Any, Any, T]],
    *,
    most: int = MOST,
    within_s: float = WITHIN_S,
    lasting: timedelta = FOR,
) -> Callable[Q, Coroutine[Any, Any, T]]:
    """Cache the results of `ask` by its arguments; concurrent equal calls share one request.

    Raises SlackUnavailable if Slack takes too long, so that access is refused. That is cached, too,
    for about the time of one request, which may ask again and has no time to wait twice.
    """
    too_slow: dict[object, float] = {}

    @alru_cache(maxsize=most, ttl=lasting.total_seconds())
    async def answer(*question: Q.args, **named: Q.kwargs) -> T:
        name = (question, *named.items())
        if time.monotonic() < too_slow.get(name, 0.0):
            raise SlackUnavailable(TOO_SLOW, reached=True)
        try:
            async with asyncio.timeout(within_s):
                return await ask(*question, **named)
        except TimeoutError:
            if len(too_slow) >= most:
                too_slow.clear()
            too_slow[name] = time.monotonic() + min(SLOW_FOR_S, within_s)
            raise SlackUnavailable(TOO_SLOW, reached=True) from None

    return answer


class People:
    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._member = remembered(self._ask)
        self._group = remembered(self._ask_group)
        self._all_groups = remembered(self._ask_groups)

    async def person(self, user: str, groups: Iterable[str] = ()) -> Person:
        """Look up a person, and which of these user groups they are in.

        Raises SlackUnavailable; NotAuthorized if the bot lacks a scope.
        """
        member = await self._member(user)
        belongs = [g for g in groups if user in await self._group(g)]
        return Person(user, member.standing, member.admin, frozenset(belongs), zone=member.zone)

    async def zone(self, user: str) -> str:
        """Return the person's time zone in Slack, an IANA name; "" if Slack does not say."""
        try:
            return (await self._member(user)).zone
        except SlackError:
            return ""

    async def user_groups(self) -> dict[str, str] | None:
        """Map the ids of all user groups to their names; None if Slack does not show them."""
        return await self._all_groups()

    async def _ask_groups(self) -> dict[str, str] | None:
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
            return Member("external", admin=False)

    async def _ask_group(self, group: str) -> frozenset[str]:
        """Treat a deleted group as empty."""
        try:
            return await self._deps.slack.group_members(group)
        except SlackRefused:
            return frozenset()
