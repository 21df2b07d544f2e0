"""Which recordings people can see: their own, and those shown in channels they can access."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.access.model import Person, Spot
from bot.access.people import WITHIN_S, People, remembered
from bot.core.recording import Recording
from bot.deps import Deps
from bot.slack.errors import SlackError
from bot.store.values import RecordingRow

PATIENCE_S = 5.0  # of whoever is told after the ack


@dataclass(frozen=True, slots=True)
class Seen:
    """A visible recording, and the channel through which the person sees it."""

    row: RecordingRow
    channel: str
    channels: tuple[str, ...]  # all that show it, whether the person sees them or not


class Sight:
    """Asks Slack once per channel, and once per person for a private one, and caches answers.

    Without an answer from Slack, a recording is not shown.
    """

    def __init__(self, deps: Deps, people: People) -> None:
        self._deps = deps
        self._people = people
        self._channel = remembered(deps.slack.channel)
        self._can_see = remembered(deps.slack.can_see)

    async def look(
        self,
        user: str,
        rows: Sequence[RecordingRow],
        *,
        here: str | None = None,
        enough: int | None = None,
        within_s: float = PATIENCE_S,
    ) -> list[Seen]:
        """Return the visible ones of these, up to a number: each channel may cost a call.

        `here` is the channel of the command, which the person can access. After the time limit, it
        returns those found by then.
        """
        shown = await self._deps.store.lists.channels_of([row.key for row in rows])
        seen: list[Seen] = []
        try:
            async with asyncio.timeout(within_s):
                for row in rows:
                    if len(seen) == enough:
                        break
                    channels = tuple(shown.get(row.key, ()))
                    channel = await self._by(user, row, channels, here)
                    if channel is not None:
                        seen.append(Seen(row, channel, channels))
        except TimeoutError:
            pass
        return seen

    async def sees(
        self, user: str, row: RecordingRow, *, here: str | None = None, within_s: float = WITHIN_S
    ) -> Seen | None:
        """Return how the person sees it; None if they must not learn about it."""
        seen = await self.look(user, [row], here=here, within_s=within_s)
        return seen[0] if seen else None

    async def places(self, user: str, recording: Recording, *, here: str | None) -> frozenset[str]:
        """Return the channels where they can see it; empty if they must not learn about it."""
        known = {channel for channel in recording.channels if channel == here}
        if recording.starter == user:
            known.add(recording.home)
        try:
            async with asyncio.timeout(WITHIN_S):
                for channel in recording.channels:
                    if channel not in known and await self._first(user, [channel]):
                        known.add(channel)
        except TimeoutError:
            pass
        return frozenset(known)

    async def for_everyone(self, spot: Spot, channels: Iterable[str]) -> str | None:
        """Return a channel that shows the recording and that everybody at the spot can see.

        The spot itself, or else a public channel, which people of other organisations cannot see.
        """
        shown = list(channels)
        if spot.channel in shown:
            return spot.channel
        if not spot.shared:
            for channel in shown:
                if await self._is_public(channel):
                    return channel
        return None

    async def _by(
        self, user: str, row: RecordingRow, channels: Sequence[str], here: str | None
    ) -> str | None:
        if here in channels:
            return here
        if row.starter == user:
            return row.home
        home_first = sorted(channels, key=lambda channel: channel != row.home)
        return await self._first(user, home_first)

    async def _first(self, user: str, channels: Iterable[str]) -> str | None:
        """Return the first channel that a member sees; None for guests, who see few."""
        try:
            person = await self._people.person(user)
        except SlackError:
            return None
        if person.standing == "member":
            for channel in channels:
                if await self._sees_channel(person, channel):
                    return channel
        return None

    async def _is_public(self, channel: str) -> bool:
        """Return whether the channel is public; False if Slack does not answer."""
        if not channel.startswith(("C", "G")):
            return False
        try:
            return (await self._channel(channel)).public
        except SlackError:
            return False

    async def _sees_channel(self, person: Person, channel: str) -> bool:
        if not channel.startswith(("C", "G")):
            return channel == person.user
        if await self._is_public(channel):
            return True
        try:
            return await self._can_see(channel, person.user)
        except SlackError:
            return False
