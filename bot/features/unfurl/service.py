"""Previews of room links in people's messages: the room's name, its state and buttons.

A preview is shown once and not updated; its buttons act on the state at the time of the click.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.access.model import Spot
from bot.access.rights import Rights
from bot.access.visibility import Visibility
from bot.core.deliveries import Kind
from bot.core.note import Loaded
from bot.core.policy import silence_to_show
from bot.deps import Deps
from bot.features.card.service import CardLinks
from bot.features.rooms.model import FoundRoom, RoomCode, RoomEntry, RoomMatch, Unknown
from bot.features.rooms.service import RoomDirectory
from bot.features.unfurl.model import RoomSeen, offers
from bot.features.unfurl.views import room_unfurl
from bot.slack.errors import SlackRefused
from bot.store.errors import UnknownRecording

ROOMS_MOST = 5  # below one message


@dataclass(frozen=True, slots=True)
class Linked:
    """A message with links. Slack expects the `urls` back unchanged."""

    ts: str
    by: str
    spot: Spot
    urls: tuple[str, ...]


class Unfurling:
    def __init__(
        self,
        deps: Deps,
        rights: Rights,
        rooms: RoomDirectory,
        visibility: Visibility,
        links: CardLinks,
    ) -> None:
        self._deps = deps
        self._rights = rights
        self._rooms = rooms
        self._visibility = visibility
        self._links = links

    async def show(self, linked: Linked) -> None:
        """Unfurl the links to known rooms. Raises SlackError, StoreError."""
        now, found = self._deps.now(), await self._rooms_of(linked.urls)
        start = bool(found) and await self._offers_start(linked)
        unfurls = {
            url: room_unfurl(await self._seen(room, linked.spot, start=start), now)
            for url, room in found
        }
        if unfurls:
            await self._deps.slack.unfurl(linked.spot.channel, linked.ts, unfurls)

    async def _rooms_of(self, urls: Iterable[str]) -> list[tuple[str, RoomEntry]]:
        """Return the first link to each known room."""
        found: dict[str, tuple[str, RoomEntry]] = {}
        for url in urls:
            match await self._found(url):
                case FoundRoom(room=room, link=str()):
                    found.setdefault(room.room_id, (url, room))
                case Unknown(room_id=str()):
                    self._rooms.refresh_soon()
        return list(found.values())[:ROOMS_MOST]

    async def _found(self, url: str) -> RoomMatch:
        """Find a link's room. For an unknown code, search the likely rooms: 100ms has no lookup."""
        found = await self._rooms.find(url)
        if isinstance(found, RoomCode):
            await self._rooms.look_for(found.code)
            return await self._rooms.find(url)
        return found

    async def _offers_start(self, linked: Linked) -> bool:
        """Whether to offer *Start*: only if all full members may start in the channel.

        All readers see the same buttons. A guest's link gets no *Start*, since the guest may
        press it first.
        """
        channel = linked.spot.channel
        settings = await self._deps.store.channel_settings.of(channel)
        if settings.may_start.who != "everyone":
            return False
        try:
            return await self._rights.may_start(linked.by, channel)
        except SlackRefused:  # the bot lacks the right to look up people
            return False

    async def _seen(self, room: RoomEntry, spot: Spot, *, start: bool) -> RoomSeen:
        loaded = await self._recorded(room.room_id)
        shown = loaded.recording.channels if loaded else ()
        place = await self._visibility.for_everyone(spot, shown)
        if loaded is None or place is None:
            return RoomSeen(room, offers(room, spot, None, start=start))
        cards = [d for d in loaded.work.deliveries if d.kind is Kind.CARD]
        link = await self._links.link(place, cards)
        offered = offers(room, spot, place, start=start)
        policy, now = self._deps.policy, self._deps.now()
        silent = silence_to_show(loaded.recording, loaded.work, policy, now)
        return RoomSeen(room, offered, loaded.recording, link, silent)

    async def _recorded(self, room_id: str) -> Loaded | None:
        row = await self._deps.store.lists.open_recording_in_room(room_id)
        try:
            return await self._deps.store.recordings.load(row.key) if row else None
        except UnknownRecording:
            return None
