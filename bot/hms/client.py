"""The calls to 100ms that the bot makes; each is bounded to `patience_s`.

All of them raise `HmsUnavailable` (network, 429, 5xx, paused) and `HmsRefused` (a clear no), and
`StoreUnavailable` where pauses are shared; a docstring names only what is particular to the call.
Sources are pages of the 100ms docs under server-side/v2/api-reference.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypeVar

import httpx
from pydantic import JsonValue, SecretStr, ValidationError

from bot.core.facts import HmsStatus
from bot.core.options import RecordingOptions
from bot.hms import lenient
from bot.hms.auth import TokenSource
from bot.hms.errors import HmsNotFound, HmsTooLarge, download_error
from bot.hms.kept import KeptFiles
from bot.hms.models import (
    ActiveRoom,
    Answer,
    Asset,
    AttendedSession,
    PresignedUrl,
    Recording,
    RecordingSettings,
    Replay,
    Room,
    RoomCode,
    Session,
    Template,
    WebhookDelivery,
)
from bot.hms.start_body import start_body
from bot.hms.transport import EXCHANGE_TIMEOUT_S, Query, Transport, rfc3339, unreadable
from bot.kit.pauses import Pauses
from bot.outbound import Outbound, OutboundError

KEPT_FOR_S = 600.0  # a file that was fetched, in memory only
KEPT_MOST_BYTES = 64 * 1024 * 1024
PAGE_SIZE = 100  # the most that 100ms gives; the fewest calls
LINK_FOR_US = timedelta(minutes=5)
DeliveryStatus = Literal["all", "failed", "success"]
A = TypeVar("A", bound=Answer)


@dataclass(slots=True)
class Bookmark:
    """Where the reading of a list broke off. Whoever reads on with it gets the pages after that."""

    cursor: str | None = None
    seen: set[str | None] = field(default_factory=lambda: {None})
    ended: bool = False


class HmsClient:
    """`base_url` includes the version: `https://api.100ms.live/v2`.

    `http` and `out` are the caller's to make and to close. Files are downloaded through `out`.
    """

    def __init__(
        self,
        base_url: str,
        tokens: TokenSource,
        http: httpx.AsyncClient,
        out: Outbound,
        *,
        patience_s: float = EXCHANGE_TIMEOUT_S,
        pauses: Pauses | None = None,
    ) -> None:
        self._transport = Transport(base_url, tokens, http, patience_s, pauses)
        self._out = out
        self._kept = KeptFiles(KEPT_MOST_BYTES, KEPT_FOR_S)

    # Recordings

    async def start(self, room_id: str, options: RecordingOptions) -> Recording:
        """Start recording a room: one call that must not happen twice. Mostly still `starting`.

        Raises:
            HmsConflict: a recording already runs there; adopt it.
            HmsForbidden: no such room, or not ours.
            HmsUnavailable: with `reached`, it may have started; look before trying again.
        Source: recordings/start-recording-for-room.
        """
        path, body = "/recordings/room/{id}/start", start_body(options)
        return _read(Recording, await self._transport.call("POST", path, room_id, body=body))

    async def stop(self, recording_id: str) -> Recording | None:
        """Stop this one recording; harmless to repeat. None when the answer says nothing.

        Raises:
            HmsNotFound: nothing runs any more, which is as good as stopped.
        Source: recordings/stop-recording-by-id.
        """
        answer = await self._transport.call("POST", "/recordings/{id}/stop", recording_id, body={})
        return next(Recording.each([answer]), None)

    async def pause(self, room_id: str) -> None:
        """Pause whatever is being recorded in the room; 100ms never reports that it did.

        Source: recordings/pause-recording-for-room.
        """
        await self._transport.call("POST", "/recordings/room/{id}/pause", room_id, body={})

    async def resume(self, room_id: str) -> None:
        """Go on recording in the room. Source: recordings/resume-recording-for-room."""
        await self._transport.call("POST", "/recordings/room/{id}/resume", room_id, body={})

    async def get_recording(self, recording_id: str) -> Recording:
        """One recording with its files.

        Raises:
            HmsNotFound, HmsForbidden: unknown, or not shown to us any more.
        Source: recordings/get-recording.
        """
        return _read(Recording, await self._transport.call("GET", "/recordings/{id}", recording_id))

    def list_recordings(
        self,
        *,
        room_id: str | None = None,
        session_id: str | None = None,
        status: HmsStatus | None = None,
    ) -> AsyncIterator[Recording]:
        """Recordings without their files; one call per 100 and one to see the end.

        The order is not documented. Source: recordings/list-all-recordings.
        """
        query = {"room_id": room_id, "session_id": session_id, "status": status}
        return self._pages(Recording, "/recordings", query)

    # Files

    async def get_asset(self, asset_id: str) -> Asset:
        """One file's description. Source: recording-assets/get-asset."""
        return _read(Asset, await self._transport.call("GET", "/recording-assets/{id}", asset_id))

    async def presigned_url(self, asset_id: str, *, valid_for: timedelta) -> PresignedUrl:
        """A link with which anyone can download the file for that long.

        `valid_for` travels as whole seconds, at least one. Never store the link: ask again.

        Source: recording-assets/get-presigned-url.
        """
        path = "/recording-assets/{id}/presigned-url"
        query = {"presign_duration": max(1, int(valid_for.total_seconds()))}
        return _read(PresignedUrl, await self._transport.call("GET", path, asset_id, query=query))

    async def download(self, url: SecretStr, max_bytes: int) -> bytes:
        """The content behind a link of `presigned_url`; one call to the storage, not to 100ms.

        Raises:
            HmsTooLarge: more than `max_bytes`; no more than that is held in memory.
            HmsRefused: the link has ended, the file is gone, or the link leads to an address that
                the bot does not go to.
        """
        try:
            return await self._out.download(url.get_secret_value(), max_bytes)
        except OutboundError as failed:
            raise download_error(failed) from None

    async def fetch_asset(self, asset_id: str, max_bytes: int) -> bytes:
        """A file's content: one call for the link, one to the storage. Raises as `download`.

        What was fetched is kept in memory for ten minutes: when a step fails at its fifth call, the
        next try need not repeat the four before it.
        """
        kept = self._kept.get(asset_id)
        if kept is None:
            link = await self.presigned_url(asset_id, valid_for=LINK_FOR_US)
            kept = await self.download(link.url, max_bytes)
            self._kept.put(asset_id, kept)
        if len(kept) > max_bytes:
            raise HmsTooLarge(max_bytes)
        return kept

    # Rooms

    def list_rooms(
        self,
        *,
        name: str | None = None,
        enabled: bool | None = None,
        bookmark: Bookmark | None = None,
    ) -> AsyncIterator[Room]:
        """Rooms; one call per 100 and one to see the end. With a bookmark, from there on.

        Whether `name` must match whole is not documented. Source: Rooms/list-rooms.
        """
        wanted = None if enabled is None else str(enabled).lower()
        return self._pages(Room, "/rooms", {"name": name, "enabled": wanted}, bookmark)

    async def get_room(self, room_id: str) -> Room:
        """One room; 403 stands for an unknown one too. Source: Rooms/retrieve-room."""
        return _read(Room, await self._transport.call("GET", "/rooms/{id}", room_id))

    async def room_codes(self, room_id: str) -> list[RoomCode]:
        """The codes of a room, one for each role. 403 where the room is disabled.

        Source: room-codes/get-room-codes.
        """
        answer = await self._transport.call("GET", "/room-codes/room/{id}", room_id)
        return list(RoomCode.each(_page(answer).get("data")))

    async def template_recordings(self, template_id: str) -> list[RecordingSettings]:
        """How rooms of a template are recorded. Source: policy/configure-recordings."""
        answer = await self._transport.call("GET", "/templates/{id}/recordings", template_id)
        return list(RecordingSettings.each(answer))

    async def template(self, template_id: str) -> Template:
        """A template itself. Source: policy/retrieve-a-template."""
        answer = await self._transport.call("GET", "/templates/{id}", template_id)
        return _read(Template, answer)

    async def active_room(self, room_id: str) -> ActiveRoom | None:
        """Who is in the room now; None when nobody is.

        Source: active-rooms/retrieve-active-room.
        """
        try:
            answer = await self._transport.call("GET", "/active-rooms/{id}", room_id)
        except HmsNotFound:
            return None
        return _read(ActiveRoom, answer)

    def list_active_sessions(self, *, bookmark: Bookmark | None = None) -> AsyncIterator[Session]:
        """What goes on now, one session for each room with people in it. Paged.

        Source: Sessions/list-sessions.
        """
        return self._pages(Session, "/sessions", {"active": "true"}, bookmark)

    async def session(self, session_id: str) -> AttendedSession:
        """A session with its peers. Source: Sessions/retrieve-a-session."""
        answer = await self._transport.call("GET", "/sessions/{id}", session_id)
        return _read(AttendedSession, answer)

    async def send_message(self, room_id: str, message: str, *, role: str | None = None) -> None:
        """Say something in the room's chat, to everyone or to one role. Repeating it shows twice.

        Source: active-rooms/send-message.
        """
        body: dict[str, JsonValue] = {"message": message, "type": "chat"}
        if role is not None:
            body["role"] = role
        path = "/active-rooms/{id}/send-message"
        await self._transport.call("POST", path, room_id, body=body)

    # Webhook history

    async def list_webhook_deliveries(
        self,
        start: datetime,
        end: datetime,
        *,
        status: DeliveryStatus = "all",
        room_id: str | None = None,
        event_names: Sequence[str] = (),
    ) -> AsyncIterator[WebhookDelivery]:
        """What 100ms tried to tell us, at most 14 days, within the last 30; one call per 100.

        Source: analytics/list-webhook-events.
        """
        query: dict[str, str | int | Sequence[str] | None] = {
            "start_time": rfc3339(start),
            "end_time": rfc3339(end),
            "status": status,
            "room_id": room_id,
            "event_names": list(event_names),
            "limit": PAGE_SIZE,
        }
        page, more = 1, True
        while more:
            query["page"] = page
            answer = _page(await self._transport.call("GET", "/analytics/webhooks", query=query))
            events, pagination = answer.get("events"), answer.get("pagination")
            for delivery in WebhookDelivery.each(events):
                yield delivery
            further = pagination.get("has_next") if isinstance(pagination, dict) else False
            more = bool(events) and further is True
            page += 1

    async def replay_webhooks(
        self,
        start: datetime,
        end: datetime,
        *,
        status: DeliveryStatus = "failed",
        room_id: str | None = None,
        event_names: Sequence[str] = (),
    ) -> Replay:
        """Have webhooks sent again, 10 a second; the same limits as the list of deliveries.

        The same request while one runs joins it. Source: analytics/replay-webhook-events.
        """
        body: dict[str, JsonValue] = {
            "start_time": rfc3339(start),
            "end_time": rfc3339(end),
            "status": status,
        }
        if room_id is not None:
            body["room_id"] = room_id
        if event_names:
            body["event_names"] = list(event_names)
        return _read(
            Replay, await self._transport.call("POST", "/analytics/webhooks/replay", body=body)
        )

    async def _pages(
        self, model: type[A], path: str, query: Query, bookmark: Bookmark | None = None
    ) -> AsyncIterator[A]:
        """Every row, page by page. Ends at an empty page, or when the cursor does not move on.

        A page whose call fails was not read: the bookmark stays before it.
        """
        at = bookmark or Bookmark()
        while not at.ended:
            wanted = {**query, "limit": PAGE_SIZE, "start": at.cursor}
            answer = _page(await self._transport.call("GET", path, query=wanted))
            rows = answer.get("data")
            at.cursor = lenient.text(answer.get("last"))
            at.ended = not rows or at.cursor in at.seen
            at.seen.add(at.cursor)
            for row in model.each(rows):
                yield row


def _read(model: type[A], answer: object) -> A:
    try:
        return model.model_validate(answer)
    except ValidationError:
        raise unreadable() from None


def _page(answer: object) -> dict[str, object]:
    if not isinstance(answer, dict):
        raise unreadable()
    return answer
