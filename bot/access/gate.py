"""The gate: the only place that makes proofs. What it cannot prove it refuses, in one voice.

What is refused and what does not exist look alike: both are `UnknownRecording`, or `NotOpen`.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.access.model import MEMBERS, Act, Person, Refusal
from bot.access.people import People
from bot.access.rights import NoRight, Rights
from bot.access.visibility import Visibility
from bot.core.places import OPEN, Place, is_channel
from bot.core.proofs import (
    HomeMember,
    Horizon,
    KnownRoom,
    MayStart,
    OpenChannel,
    OwnChoice,
    OwnDraft,
    SearchScope,
    SeenAsset,
    SeenPreset,
    SeenRecording,
    SeenSchedule,
)
from bot.deps import Deps
from bot.store.errors import UnknownRecording
from bot.store.values import RecordingRow

CHOICES_FOR = timedelta(hours=1)


class NotOpen(Exception):
    """A channel that the person is not in, as far as Slack says; or none at all."""


class UnknownPreset(Exception):
    """No preset has that id, or the person may not know of it."""


class UnknownChoice(Exception):
    """No question of this person's has that id, or it is too old."""


class UnknownSchedule(Exception):
    """No schedule has that id, or the person may not know of it."""


class Gate:
    """Each method returns a proof or raises; SlackUnavailable when nobody can tell now."""

    def __init__(self, deps: Deps, people: People, visibility: Visibility) -> None:
        self._deps = deps
        self._people = people
        self._visibility = visibility
        self._rights = Rights(deps, people)

    async def person(self, user: str) -> Person:
        return await self._people.person(user)

    async def member(self, user: str, act: Act = Act.SETTINGS) -> HomeMember:
        """Raises NoRight for guests and people of other organisations."""
        person = await self._people.person(user)
        if person.standing != "member":
            raise NoRight(Refusal(act, MEMBERS), "change")
        return HomeMember(user, person.admin)

    async def may_start(self, user: str, channel: str | None) -> MayStart:
        """Raises NoRight. That they are in the channel is not checked: see `channel`."""
        await self._rights.to_start(user, channel)
        return MayStart(user, channel)

    async def room(
        self, may: MayStart, room_id: str, *, known_as: str = "", listed: str = ""
    ) -> KnownRoom:
        """Everybody who may start somewhere may record any room there.

        `listed` is its name in our list of rooms, where that was just read; `known_as` our own
        earlier name of it, for a room that 100ms does not list any more.
        """
        if listed:
            return KnownRoom(room_id, listed, may.by)
        name = await self._deps.store.owners.room_name(room_id) if _is_storable(room_id) else None
        return KnownRoom(room_id, name or known_as or room_id, may.by)

    async def recording(self, user: str, key: str, here: str | None = None) -> SeenRecording:
        """Raises UnknownRecording, also for one that they may not know of."""
        row = await self._deps.store.lists.row(key) if _is_storable(key) else None
        seen = await self._visibility.sees(user, row, here=here) if row else None
        if seen is None:
            raise UnknownRecording(key)
        return seen

    async def asset(self, user: str, key: str, asset_id: str, here: str | None = None) -> SeenAsset:
        """Raises UnknownRecording as above."""
        return SeenAsset(await self.recording(user, key, here), asset_id)

    async def channel(self, user: str, channel: str, *, here: str | None = None) -> OpenChannel:
        """`here` is where Slack says that they act. Raises NotOpen for one they are not in."""
        if not is_channel(channel) or not _is_storable(channel):
            raise NotOpen(channel)
        if channel != here and not await self._visibility.is_in(user, channel):
            raise NotOpen(channel)
        return OpenChannel(channel, user)

    async def draft(self, user: str, request_id: str) -> OwnDraft:
        """Raises NotOpen for another person's. One that is too old to be known is empty."""
        owner = await self._deps.store.owners.draft(request_id)
        if owner is not None and owner.user != user:
            raise NotOpen(request_id)
        return OwnDraft(request_id, user, owner.channel if owner else None)

    async def choice(self, user: str, choice_id: str, answer: str) -> OwnChoice:
        """Raises UnknownChoice, also for another person's."""
        owner = await self._deps.store.owners.choice(choice_id) if _is_storable(choice_id) else None
        if owner is None or owner.user != user:
            raise UnknownChoice(choice_id)
        if self._deps.now() - owner.asked_at > CHOICES_FOR:
            raise UnknownChoice(choice_id)
        return OwnChoice(choice_id, user, answer)

    async def preset(self, user: str, preset_id: str, here: str | None = None) -> SeenPreset:
        """Raises UnknownPreset, also for another's of a channel that they are not in."""
        owner = await self._deps.store.owners.preset(preset_id)
        if owner is None:
            raise UnknownPreset(preset_id)
        if owner.scope and owner.by != user:
            try:
                await self.channel(user, owner.scope, here=here)
            except NotOpen:
                raise UnknownPreset(preset_id) from None
        return SeenPreset(preset_id, user)

    async def schedule(self, user: str, schedule_id: str, here: str | None = None) -> SeenSchedule:
        """Raises UnknownSchedule, also for one that they may not know of."""
        stored = _is_storable(schedule_id)
        owner = await self._deps.store.owners.schedule(schedule_id) if stored else None
        if owner is None or not await self.sees_place(user, owner.channel, owner.by, here):
            raise UnknownSchedule(schedule_id)
        return SeenSchedule(schedule_id, user)

    async def sees_place(
        self, user: str, channel: str, owner: str, here: str | None = None
    ) -> bool:
        """Whether a person may know of what `owner` set up in that channel: a place that they can
        look into, or their own as long as they are a full member."""
        horizon = await self._visibility.horizon(user, here)
        if channel in (horizon.here, user) or channel in horizon.channels:
            return True
        if not horizon.member:
            return False
        return owner == user or await self._visibility.place(channel) in OPEN

    async def horizon(self, user: str, here: str | None = None) -> Horizon:
        return await self._visibility.horizon(user, here)

    async def search_scope(self, user: str, here: str | None = None) -> SearchScope:
        """Whose transcripts this person may search now."""
        return await self._visibility.search_scope(user, here)

    async def look(
        self, horizon: Horizon, rows: Sequence[RecordingRow], *, enough: int | None = None
    ) -> list[SeenRecording]:
        """Those of the rows that they may know of, in this order."""
        return await self._visibility.look(horizon, rows, enough=enough)

    async def place(self, channel: str) -> Place | None:
        """What kind of place that is; None where Slack does not say in time."""
        return await self._visibility.place(channel)


def _is_storable(text: str) -> bool:
    return "\x00" not in text
