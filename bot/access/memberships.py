"""The channels that a person is in: one list per person from Slack, cached for a minute."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.deps import Deps
from bot.slack.errors import NotAuthorized, SlackError, SlackRefused

FRESH_FOR = timedelta(minutes=1)
USABLE_FOR = timedelta(minutes=10)  # while Slack does not answer
WITHIN_S = 1.5  # a listener has 2.5
MOST = 5_000


@dataclass(frozen=True, slots=True)
class Membership:
    """Public channels, and private ones that the bot is in as well.

    `complete` is False while Slack does not answer. `lacks` is the scope that the app is missing.
    """

    channels: frozenset[str]
    complete: bool = True
    lacks: str | None = None


NOT_KNOWN = Membership(frozenset(), complete=False)


class Memberships:
    def __init__(self, deps: Deps, *, within_s: float = WITHIN_S) -> None:
        self._deps = deps
        self._within_s = within_s
        self._known: OrderedDict[str, tuple[datetime, frozenset[str]]] = OrderedDict()

    async def of(self, user: str) -> Membership:
        """Return a person's channels; the last known ones if Slack fails, for ten minutes."""
        known = self._known.get(user)
        if known and self._age(known[0]) < FRESH_FOR:
            return Membership(known[1])
        try:
            async with asyncio.timeout(self._within_s):
                channels = await self._deps.slack.channels_of(user)
        except NotAuthorized as lacking:
            return replace(NOT_KNOWN, lacks=lacking.needed)
        except SlackRefused:  # Slack does not show us this person: they share no channel with us
            channels = frozenset()
        except (SlackError, TimeoutError):
            usable = known is not None and self._age(known[0]) < USABLE_FOR
            return Membership(known[1]) if known and usable else NOT_KNOWN
        self._known[user] = (self._deps.now(), channels)
        self._known.move_to_end(user)
        if len(self._known) > MOST:
            self._known.popitem(last=False)
        return Membership(channels)

    def _age(self, at: datetime) -> timedelta:
        """Return the age of an entry. One from the future is old: the clock was set back."""
        age = self._deps.now() - at
        return age if age >= timedelta(0) else USABLE_FOR
