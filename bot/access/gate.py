"""The gate: the only place that constructs proofs.

A refused object and a missing one raise the same error, so that refusals reveal nothing.
"""

from collections.abc import Sequence

from bot.access.model import MEMBERS, Act, Person, Refusal
from bot.access.people import People
from bot.access.rights import NoRight, Rights
from bot.access.visibility import Visibility
from bot.core.places import OPEN, Place, is_channel
from bot.core.policy import CHOICES_FOR
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


class NotOpen(Exception):
    """Slack does not show the person to be in this channel, or there is no such channel."""


class UnknownPreset(Exception):
    """No preset has this id, or the person may not see it."""


class UnknownChoice(Exception):
    """No question to this person has this id, or it is too old."""


class UnknownSchedule(Exception):
    """No schedule has this id, or the person may not see it."""


class Gate:
    """Each method returns a proof or raises; SlackUnavailable if Slack does not answer."""

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
        """Raises NoRight. Does not check that they are in the channel: see `channel`."""
        await self._rights.to_start(user, channel)
        return MayStart(user, channel)

    async def room(
        self, may: MayStart, room_id: str, *, known_as: str = "", listed: str = ""
    ) -> KnownRoom:
        """Prove a room. A right to start in a channel covers every room.

        `listed` is the room's name if our list of rooms was just read. `known_as` is an earlier
        name, for a room that 100ms no longer lists.
        """
        if listed:
            return KnownRoom(room_id, listed, may.by)
        name = await self._deps.store.owners.room_name(room_id) if _is_storable(room_id) else None
        return KnownRoom(room_id, name or known_as or room_id, may.by)

    async def recording(self, user: str, key: str, here: str | None = None) -> SeenRecording:
        """Raises UnknownRecording, also if they may not see it."""
        row = await self._deps.store.lists.row(key) if _is_storable(key) else None
        seen = await self._visibility.sees(user, row, here=here) if row else None
        if seen is None:
            raise UnknownRecording(key)
        return seen

    async def asset(self, user: str, key: str, asset_id: str, here: str | None = None) -> SeenAsset:
        """Raises UnknownRecording, like `recording`."""
        return SeenAsset(await self.recording(user, key, here), asset_id)

    async def channel(self, user: str, channel: str, *, here: str | None = None) -> OpenChannel:
        """Raises NotOpen for a channel they are not in. `here` is the request's own channel."""
        if not is_channel(channel) or not _is_storable(channel):
            raise NotOpen(channel)
        if channel != here and not await self._visibility.is_in(user, channel):
            raise NotOpen(channel)
        return OpenChannel(channel, user)

    async def draft(self, user: str, request_id: str) -> OwnDraft:
        """Raises NotOpen for another person's draft. A purged one counts as theirs, and empty."""
        stored = _is_storable(request_id)
        owner = await self._deps.store.owners.draft(request_id) if stored else None
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
        """Raises UnknownPreset, also for another person's in a channel they are not in."""
        stored = _is_storable(preset_id)
        owner = await self._deps.store.owners.preset(preset_id) if stored else None
        if owner is None:
            raise UnknownPreset(preset_id)
        if owner.scope and owner.by != user:
            try:
                await self.channel(user, owner.scope, here=here)
            except NotOpen:
                raise UnknownPreset(preset_id) from None
        return SeenPreset(preset_id, user)

    async def schedule(self, user: str, schedule_id: str, here: str | None = None) -> SeenSchedule:
        """Raises UnknownSchedule, also if they may not see it."""
        stored = _is_storable(schedule_id)
        owner = await self._deps.store.owners.schedule(schedule_id) if stored else None
        if owner is None or not await self.sees_place(user, owner.channel, owner.by, here):
            raise UnknownSchedule(schedule_id)
        return SeenSchedule(schedule_id, user)

    async def sees_place(
        self, user: str, channel: str, owner: str, here: str | None = None
    ) -> bool:
        """Whether a person may see what `owner` set up in the channel.

        They may if they can see the channel, or if it is their own and they are a full member.
        """
        horizon = await self._visibility.horizon(user, here)
        if channel in (horizon.here, user) or channel in horizon.channels:
            return True
        if not horizon.member:
            return False
        return owner == user or await self._visibility.place(channel) in OPEN

    async def horizon(self, user: str, here: str | None = None) -> Horizon:
        return await self._visibility.horizon(user, here)

    async def search_scope(self, user: str, here: str | None = None) -> SearchScope:
        """Return the channels whose transcripts this person may search now."""
        return await self._visibility.search_scope(user, here)

    async def look(
        self, horizon: Horizon, rows: Sequence[RecordingRow], *, enough: int | None = None
    ) -> list[SeenRecording]:
        """Return those of the rows that they may see, in the same order."""
        return await self._visibility.look(horizon, rows, enough=enough)

    async def place(self, channel: str) -> Place | None:
        """Return the kind of place; None if Slack does not answer in time."""
        return await self._visibility.place(channel)


def _is_storable(text: str) -> bool:
    return "\x00" not in text
