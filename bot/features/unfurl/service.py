"""Links to rooms in people's messages: the room's name, its state and a button below them.

Shown once and not kept up to date; what is clicked there works on what is true by then.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.access.model import Spot
from bot.access.visibility import Visibility
from bot.core.deliveries import Kind
from bot.core.note import Loaded
from bot.deps import Deps
from bot.features.card.service import CardLinks
from bot.features.rooms.model import Found, RoomCode, RoomEntry, RoomMatch, Unknown
from bot.features.rooms.service import RoomDirectory
from bot.features.unfurl.model import RoomSeen, offers
from bot.features.unfurl.views import room_unfurl
from bot.store.errors import UnknownRecording

ROOMS_MOST = 5  # below one message


@dataclass(frozen=True, slots=True)
class Linked:
    """A message with links. Slack wants the `urls` back just as it gave them."""

    ts: str
    spot: Spot
    urls: tuple[str, ...]


class Unfurling:
    def __init__(
        self, deps: Deps, rooms: RoomDirectory, visibility: Visibility, links: CardLinks
    ) -> None:
        self._deps = deps
        self._rooms = rooms
        self._visibility = visibility
        self._links = links

    async def show(self, linked: Linked) -> None:
        """Nothing for links of which we know nothing. Raises SlackError, StoreError."""
        now = self._deps.now()
        unfurls = {
            url: room_unfurl(await self._seen(room, linked.spot), now)
            for url, room in await self._rooms_of(linked.urls)
        }
        if unfurls:
            await self._deps.slack.unfurl(linked.spot.channel, linked.ts, unfurls)

    async def _rooms_of(self, urls: Iterable[str]) -> list[tuple[str, RoomEntry]]:
        """The first link to each room that we know."""
        found: dict[str, tuple[str, RoomEntry]] = {}
        for url in urls:
            match await self._found(url):
                case Found(room=room, link=str()):
                    found.setdefault(room.room_id, (url, room))
                case Unknown(room_id=str()):
                    self._rooms.refresh_soon()
        return list(found.values())[:ROOMS_MOST]

    async def _found(self, url: str) -> RoomMatch:
        """100ms has no call from a code to its room: the likely rooms are looked through."""
        found = await self._rooms.find(url)
        if isinstance(found, RoomCode):
            await self._rooms.look_for(found.code)
            return await self._rooms.find(url)
        return found

    async def _seen(self, room: RoomEntry, spot: Spot) -> RoomSeen:
        loaded = await self._recorded(room.room_id)
        settings = await self._deps.store.channel_settings.of(spot.channel)
        all_start = settings.may_start.who == "everyone"
        shown = loaded.recording.channels if loaded else ()
        place = await self._visibility.for_everyone(spot, shown)
        if loaded is None or place is None:
            return RoomSeen(room, offers(room, spot, None, all_start=all_start))
        cards = [d for d in loaded.work.deliveries if d.kind is Kind.CARD]
        link = await self._links.link(place, cards)
        offered = offers(room, spot, place, all_start=all_start)
        return RoomSeen(room, offered, loaded.recording, link)

    async def _recorded(self, room_id: str) -> Loaded | None:
        row = await self._deps.store.lists.open_recording_in_room(room_id)
        try:
            return await self._deps.store.recordings.load(row.key) if row else None
        except UnknownRecording:
            return None
