"""Check a person's rights before an action. `bot.access.model` has the policy."""

from dataclasses import replace

from bot.access.model import Act, Refusal, refusal
from bot.access.people import People
from bot.core.channel_settings import ChannelSettings
from bot.deps import Deps
from bot.slack.errors import SlackUnavailable
from bot.store.values import RecordingRow


class NoRight(Exception):
    """`key` is the recording concerned; `doing` is the refused action, such as stop.

    For a schedule, a calendar or a rule, `doing` has its object.
    """

    def __init__(self, refused: Refusal, doing: str, key: str | None = None) -> None:
        super().__init__(f"{refused.act} is not theirs")
        self.refused = refused
        self.doing = doing
        self.key = key


class Rights:
    """Each method returns, or raises NoRight; SlackUnavailable if permission is unknown now."""

    def __init__(self, deps: Deps, people: People | None = None) -> None:
        self._deps = deps
        self.people = people or People(deps)

    async def to_start(
        self, user: str, channel: str | None, settings: ChannelSettings | None = None
    ) -> None:
        """Check starting. Pass the `settings` of the channel if they are already loaded."""
        settings = settings or await self._deps.store.channel_settings.of(channel)
        await self._check(user, Act.START, settings, "start")

    async def to_set_rule(self, user: str, channel: str | None) -> None:
        """Check recording a room automatically; the same right as starting."""
        try:
            await self.to_start(user, channel)
        except NoRight as no:
            refused = replace(no.refused, act=Act.SCHEDULE)
            raise NoRight(refused, "change which rooms are recorded automatically here") from no

    async def may_start(self, user: str, channel: str | None) -> bool:
        """Return whether to offer a start. False if unknown."""
        try:
            await self.to_start(user, channel)
        except (NoRight, SlackUnavailable):
            return False
        return True

    async def to_control(self, user: str, row: RecordingRow, doing: str) -> None:
        """Check by the settings of the recording's home channel. One's own needs no lookup."""
        if user == row.starter:
            return
        settings = await self._deps.store.channel_settings.of(row.origin)
        await self._check(user, Act.CONTROL, settings, doing, starter=row.starter, key=row.key)

    async def may_control(self, user: str, row: RecordingRow) -> bool:
        """Return whether to offer a stop. False if unknown."""
        try:
            await self.to_control(user, row, "stop")
        except (NoRight, SlackUnavailable):
            return False
        return True

    async def to_change_schedule(
        self, user: str, channel: str, owner: str, doing: str = "change this schedule"
    ) -> None:
        """Check changing a schedule, calendar or rule: its owner, and who may stop recordings."""
        if user == owner:
            return
        settings = await self._deps.store.channel_settings.of(channel)
        await self._check(user, Act.SCHEDULE, settings, doing, starter=owner)

    async def may_change_schedule(self, user: str, channel: str, owner: str) -> bool:
        """Return whether to offer a change. False if unknown."""
        try:
            await self.to_change_schedule(user, channel, owner)
        except (NoRight, SlackUnavailable):
            return False
        return True

    async def to_open(self, user: str, channel: str) -> None:
        """Check opening a file, by the settings of the channel that shows its recording."""
        settings = await self._deps.store.channel_settings.of(channel)
        await self._check(user, Act.LINK, settings, "open")

    async def may_open(self, user: str, channel: str) -> bool:
        """Return whether to offer a file. True if unknown: the click is checked again."""
        try:
            await self.to_open(user, channel)
        except NoRight:
            return False
        except SlackUnavailable:
            return True
        return True

    async def to_forget(self, user: str, row: RecordingRow) -> None:
        if row.starter is None and row.is_private:  # everyone who sees it may forget it
            await self._check(user, Act.FOLLOW, ChannelSettings(), "forget", key=row.key)
            return
        settings = await self._deps.store.channel_settings.of(row.origin)
        await self._check(user, Act.FORGET, settings, "forget", starter=row.starter, key=row.key)

    async def to_set(self, user: str) -> None:
        """Check changing channel settings and presets."""
        await self._check(user, Act.SETTINGS, ChannelSettings(), "change")

    async def to_change_workspace_preset(self, user: str, maker: str) -> None:
        """Check changing a workspace preset: only its author and admins can."""
        await self._check(user, Act.PRESET, ChannelSettings(), "change", starter=maker)

    async def _check(
        self,
        user: str,
        act: Act,
        settings: ChannelSettings,
        doing: str,
        *,
        starter: str | None = None,
        key: str | None = None,
    ) -> None:
        named = {
            Act.START: settings.may_start,
            Act.CONTROL: settings.may_stop,
            Act.SCHEDULE: settings.may_stop,
        }.get(act)
        groups = named.groups if named and named.who == "some" else ()
        person = await self.people.person(user, groups)
        refused = refusal(person, act, settings, starter=starter)
        if refused:
            raise NoRight(refused, doing, key)
