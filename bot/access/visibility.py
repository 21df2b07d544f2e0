"""Where people can see recordings: their channels, here, and for full members public channels."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.access.memberships import Memberships
from bot.access.model import Person, Spot
from bot.access.people import WITHIN_S, People, remembered
from bot.core.places import OPEN, Place, is_channel
from bot.core.proofs import Horizon, SearchScope, SeenRecording
from bot.deps import Deps
from bot.slack.errors import NotAuthorized, SlackError, SlackRefused
from bot.store.values import RecordingRow

PLACES_FOR = timedelta(minutes=1)
OTHER_CHANNELS = 30  # conversations.info takes 50 calls a minute


class Visibility:
    """Decides by Slack's answers. Without an answer, a recording is not shown."""

    def __init__(self, deps: Deps, people: People) -> None:
        self._deps = deps
        self._people = people
        self._memberships = Memberships(deps)
        self._place = remembered(self._ask_place, lasting=PLACES_FOR)

    async def place(self, channel: str) -> Place | None:
        """Return the kind of place; None if Slack does not answer in time."""
        if not is_channel(channel):
            return "direct"
        try:
            return await self._place(channel)
        except SlackError:
            return None

    async def _ask_place(self, channel: str) -> Place | None:
        """Return None if Slack does not show us the channel; that result is cached, too."""
        try:
            return await self._deps.slack.place(channel)
        except NotAuthorized:
            raise
        except SlackRefused:
            return None

    async def is_in(self, user: str, channel: str) -> bool:
        """Whether the person is in the channel; False if Slack does not answer."""
        return channel in (await self._memberships.of(user)).channels

    async def horizon(self, user: str, here: str | None = None) -> Horizon:
        """Return where this person can see recordings, for lists that are restricted in SQL."""
        person, membership = await asyncio.gather(self._person(user), self._memberships.of(user))
        known = isinstance(person, Person) and membership.complete
        lacks = person.needed if isinstance(person, NotAuthorized) else None
        return Horizon(
            user,
            member=known and isinstance(person, Person) and person.standing == "member",
            channels=membership.channels if known else frozenset(),
            here=here,
            complete=known,
            lacks=lacks or membership.lacks,
        )

    async def search_scope(self, user: str, here: str | None = None) -> SearchScope:
        """Return the channels to search, each of them checked: search filters before it ranks.

        Of public channels that the person is not in, only the latest 30 are checked, because each
        takes a call to Slack.
        """
        horizon = await self.horizon(user, here)
        channels = horizon.channels | ({here} if here else set())
        if not horizon.member:
            return SearchScope(user, False, frozenset(channels), horizon.complete, horizon.lacks)
        kept = await self._deps.store.transcripts.channels()
        others = [channel for channel in kept if is_channel(channel) and channel not in channels]
        places = await self._places_in_time(others[:OTHER_CHANNELS])
        public = {channel for channel, place in places.items() if place in OPEN}
        every = len(places) == len(others) and None not in places.values()
        return SearchScope(user, True, frozenset(channels | public), every)

    async def look(
        self, horizon: Horizon, rows: Sequence[RecordingRow], *, enough: int | None = None
    ) -> list[SeenRecording]:
        """Return those of the rows that the person may see, in the same order."""
        shown = await self._deps.store.lists.channels_of([row.key for row in rows])
        theirs = [self._known_places(horizon, row, shown.get(row.key, ())) for row in rows]
        unsure = {
            channel
            for row, places in zip(rows, theirs, strict=True)
            if horizon.member and not places
            for channel in shown.get(row.key, ())
        }
        public = await self._public_among(unsure)
        seen: list[SeenRecording] = []
        for row, known in zip(rows, theirs, strict=True):
            if len(seen) == enough:
                break
            every = shown.get(row.key, ())
            places = known or (public & set(every) if horizon.member else frozenset())
            if places:
                seen.append(_seen(horizon, row, places))
        return seen

    async def sees(
        self, user: str, row: RecordingRow, *, here: str | None = None
    ) -> SeenRecording | None:
        """Return the proof for one recording, with all its channels that the person can see."""
        horizon, shown = await asyncio.gather(
            self.horizon(user, here), self._deps.store.lists.channels_of([row.key])
        )
        every = shown.get(row.key, [])
        places = self._known_places(horizon, row, every)
        if horizon.member:
            places |= await self._public_among(set(every) - places)
        return _seen(horizon, row, places) if places else None

    async def for_everyone(self, spot: Spot, channels: Iterable[str]) -> str | None:
        """Return a channel that shows the recording and that everybody at the spot can see.

        The spot itself, or else a public channel, which people of other organisations cannot see.
        """
        shown = list(channels)
        if spot.channel in shown:
            return spot.channel
        if not spot.shared:
            public = await self._public_among(shown)
            return next((channel for channel in shown if channel in public), None)
        return None

    def _known_places(
        self, horizon: Horizon, row: RecordingRow, every: Sequence[str]
    ) -> frozenset[str]:
        """Return the channels that need no call: theirs, this one, and those of own recordings."""
        places = horizon.channels & set(every)
        if horizon.here in every:
            places |= {horizon.here or ""}
        places |= {channel for channel in every if channel == horizon.user}
        own = row.starter == horizon.user and (horizon.member or not is_channel(row.origin))
        return places | {row.origin} if own else places

    async def _public_among(self, channels: Iterable[str]) -> frozenset[str]:
        """Return the public ones among the channels; none if Slack does not answer in time."""
        asked = sorted(channels)
        try:
            async with asyncio.timeout(WITHIN_S):
                places = await asyncio.gather(*map(self.place, asked))
        except TimeoutError:
            return frozenset()
        return frozenset(c for c, place in zip(asked, places, strict=True) if place in OPEN)

    async def _places_in_time(self, channels: Sequence[str]) -> dict[str, Place | None]:
        """Return the kinds of those channels for which Slack answers within the time limit."""
        asked = {channel: asyncio.ensure_future(self.place(channel)) for channel in channels}
        if asked:
            await asyncio.wait(asked.values(), timeout=WITHIN_S)
        for task in asked.values():
            task.cancel()  # does nothing to those that are done
        return {
            channel: task.result()
            for channel, task in asked.items()
            if task.done() and not task.cancelled()
        }

    async def _person(self, user: str) -> Person | SlackError:
        try:
            return await self._people.person(user)
        except SlackError as unknown:
            return unknown


def _seen(horizon: Horizon, row: RecordingRow, places: frozenset[str]) -> SeenRecording:
    first = [horizon.here, row.origin, *sorted(places)]
    channel = next(c for c in first if c is not None and c in places)
    return SeenRecording(row.key, horizon.user, channel, places)
