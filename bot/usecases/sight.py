"""Which recordings people may know of: their own, and those shown where they can look."""

from collections.abc import Iterable

from bot.domain.permissions import Person
from bot.domain.unfurls import Spot
from bot.slack.errors import SlackError
from bot.slack.gateway import SeenChannel
from bot.store.values import RecordingRow
from bot.usecases.deps import Deps
from bot.usecases.people import Remembered


class Sight:
    """Asked of Slack once per channel, and once per person for a private one; then remembered."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._channels: Remembered[SeenChannel] = Remembered(deps.now)
        self._members: Remembered[bool] = Remembered(deps.now)

    async def sees(self, person: Person, row: RecordingRow, channels: Iterable[str]) -> bool:
        """Whoever is a guest here sees what they started: Slack shows them few channels."""
        if row.starter == person.user:
            return True
        if person.standing != "member":
            return False
        for channel in channels:
            if await self._sees_channel(person.user, channel):
                return True
        return False

    async def place(self, spot: Spot, channels: Iterable[str]) -> str | None:
        """Of those that show a recording, one that everybody at the spot can look into.

        The spot itself, else a public channel, which people of other organisations cannot see.
        """
        shown = list(channels)
        if spot.channel in shown:
            return spot.channel
        if not spot.shared:
            for channel in shown:
                if await self._is_public(channel):
                    return channel
        return None

    async def _is_public(self, channel: str) -> bool:
        """What Slack does not tell now is not shown now."""
        if not channel.startswith(("C", "G")):
            return False
        try:
            return (await self._channels.get(channel, self._deps.slack.channel)).public
        except SlackError:
            return False

    async def _sees_channel(self, user: str, channel: str) -> bool:
        if not channel.startswith(("C", "G")):
            return channel == user
        if await self._is_public(channel):
            return True
        try:
            return await self._members.get(f"{channel} {user}", self._ask)
        except SlackError:
            return False

    async def _ask(self, name: str) -> bool:
        channel, _, user = name.partition(" ")
        return await self._deps.slack.can_see(channel, user)
