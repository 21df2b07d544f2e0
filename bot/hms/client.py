"""The bot's calls to 100ms, each bounded by `patience_s`.

Every call can raise `HmsUnavailable` (network, 429, 5xx, paused) and `HmsRefused` (4xx); a
docstring only lists errors that are special to its call.
Sources are pages of the 100ms docs under server-side/v2/api-reference.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypeVar

import httpx
from pydantic import JsonValue, SecretStr, ValidationError

from bot.core.assets import SummarySection
from bot.core.facts import AssetSeen, HmsStatus
from bot.core.options import RecordingOptions
from bot.hms import lenient
from bot.hms.auth import TokenSource
from bot.hms.errors import HmsNotFound, HmsTooLarge, download_error
from bot.hms.kept import KeptFiles
from bot.hms.models import (
    ActiveRoom,
    Asset,
    AttendedSession,
    HmsModel,
    HmsRecording,
    HmsRoomCode,
    PresignedUrl,
    RecordingSettings,
    Replay,
    Room,
    Session,
    Template,
    WebhookDelivery,
)
from bot.hms.results import parse_summary
from bot.hms.start_body import start_body
from bot.hms.transport import EXCHANGE_TIMEOUT_S, Query, Transport, rfc3339, unreadable
from bot.kit.shared_cooldowns import Cooldowns
from bot.outbound import Outbound, OutboundError

KEPT_FOR_S = 600.0  # how long downloaded files are cached, in memory only
KEPT_MOST_BYTES = 64 * 1024 * 1024
PAGE_SIZE = 100  # 100ms' maximum
LINK_FOR_US = timedelta(minutes=5)
SUMMARY_BYTES = 1024 * 1024
_START = "/recordings/room/{id}/start"
DeliveryStatus = Literal["all", "failed", "success"]
A = TypeVar("A", bound=HmsModel)


@dataclass(slots=True)
class Bookmark:
    """The position in a paged list. Pass it again to resume after the last page read."""

    cursor: str | None = None
    seen: set[str | None] = field(default_factory=lambda: {None})
    ended: bool = False


class HmsClient:
    """`base_url` includes the version: `https://api.100ms.live/v2`.

    The caller makes and closes `http` and `out`. Files are downloaded through `out`.
    """

    def __init__(
        self,
        base_url: str,
        tokens: TokenSource,
        http: httpx.AsyncClient,
        out: Outbound,
        *,
        patience_s: float = EXCHANGE_TIMEOUT_S,
        cooldowns: Cooldowns | None = None,
    ) -> None:
        self._transport = Transport(base_url, tokens, http, patience_s, cooldowns)
        self._out = out
        self._kept = KeptFiles(KEPT_MOST_BYTES, KEPT_FOR_S)

    # Recordings

    async def start(self, room_id: str, options: RecordingOptions) -> HmsRecording:
        """Start recording a room. Must not be repeated blindly. Mostly returns status `starting`.

        Raises:
            HmsConflict: a recording already runs in the room; adopt it.
            HmsForbidden: no such room, or not ours.
            HmsUnavailable: if `reached`, it may have started; list recordings before a retry.
        Source: recordings/start-recording-for-room.
        """
        body = start_body(options)
        return _read(HmsRecording, await self._transport.call("POST", _START, room_id, body=body))

    async def check_start(self) -> None:
        """Raise HmsUnavailable if a rate limit holds back starts; no call."""
        await self._transport.check_cooldown(f"POST {_START}")

    async def stop(self, recording_id: str) -> HmsRecording | None:
        """Stop one recording; safe to repeat. Return None if the response names no recording.

        Raises:
            HmsNotFound: it no longer runs; treat it as stopped.
        Source: recordings/stop-recording-by-id.
        """
        answer = await self._transport.call("POST", "/recordings/{id}/stop", recording_id, body={})
        return next(HmsRecording.each([answer]), None)

    async def pause(self, room_id: str) -> None:
        """Pause all recording in the room; no status or webhook of 100ms confirms it.

        Source: recordings/pause-recording-for-room.
        """
        await self._transport.call("POST", "/recordings/room/{id}/pause", room_id, body={})

    async def resume(self, room_id: str) -> None:
        """Resume recording in the room. Source: recordings/resume-recording-for-room."""
        await self._transport.call("POST", "/recordings/room/{id}/resume", room_id, body={})

    async def get_recording(self, recording_id: str) -> HmsRecording:
        """Return one recording with its files.

        Raises:
            HmsNotFound, HmsForbidden: unknown, or no longer visible to us.
        Source: recordings/get-recording.
        """
        return _read(
            HmsRecording, await self._transport.call("GET", "/recordings/{id}", recording_id)
        )

    def list_recordings(
        self,
        *,
        room_id: str | None = None,
        session_id: str | None = None,
        status: HmsStatus | None = None,
    ) -> AsyncIterator[HmsRecording]:
        """List recordings without their files; one call per 100 and one to see the end.

        The order is not documented. Source: recordings/list-all-recordings.
        """
        query = {"room_id": room_id, "session_id": session_id, "status": status}
        return self._pages(HmsRecording, "/recordings", query)

    # Files

    async def get_asset(self, asset_id: str) -> Asset:
        """Return the metadata of one file. Source: recording-assets/get-asset."""
        return _read(Asset, await self._transport.call("GET", "/recording-assets/{id}", asset_id))

    async def presigned_url(self, asset_id: str, *, valid_for: timedelta) -> PresignedUrl:
        """Return a link with which anyone can download the file while it is valid.

        `valid_for` is sent in whole seconds, at least one. Never store the link: request a new one.

        Source: recording-assets/get-presigned-url.
        """
        path = "/recording-assets/{id}/presigned-url"
        query = {"presign_duration": max(1, int(valid_for.total_seconds()))}
        return _read(PresignedUrl, await self._transport.call("GET", path, asset_id, query=query))

    async def download(self, url: SecretStr, max_bytes: int) -> bytes:
        """Download a link of `presigned_url`; one call to the storage, not to 100ms.

        Raises:
            HmsTooLarge: more than `max_bytes`; no more than that is held in memory.
            HmsRefused: the link has expired, the file is gone, or the link leads to an address
                that the bot does not open.
        """
        try:
            return await self._out.download(url.get_secret_value(), max_bytes)
        except OutboundError as failed:
            raise download_error(failed) from None

    async def fetch_asset(self, asset_id: str, max_bytes: int) -> bytes:
        """Return a file's content: one call for the link, one to the storage. Raises as `download`.

        Content is cached in memory for ten minutes, so that the retry of a step with several files
        does not download all of them again.
        """
        kept = self._kept.get(asset_id)
        if kept is None:
            link = await self.presigned_url(asset_id, valid_for=LINK_FOR_US)
            kept = await self.download(link.url, max_bytes)
            self._kept.put(asset_id, kept)
        if len(kept) > max_bytes:
            raise HmsTooLarge(max_bytes)
        return kept

    async def summary(self, asset: AssetSeen | None) -> tuple[SummarySection, ...]:
        """Fetch and parse a summary; () if there is none to show. Raises as `fetch_asset`."""
        if asset is None or asset.status != "completed":
            return ()
        try:
            return parse_summary(await self.fetch_asset(asset.asset_id, SUMMARY_BYTES))
        except (HmsNotFound, HmsTooLarge):
            return ()

    # Rooms

    def list_rooms(
        self,
        *,
        name: str | None = None,
        enabled: bool | None = None,
        bookmark: Bookmark | None = None,
    ) -> AsyncIterator[Room]:
        """List rooms, from the bookmark on if given; one call per 100 and one to see the end.

        Whether `name` matches whole names only is not documented. Source: Rooms/list-rooms.
        """
        wanted = None if enabled is None else str(enabled).lower()
        return self._pages(Room, "/rooms", {"name": name, "enabled": wanted}, bookmark)

    async def get_room(self, room_id: str) -> Room:
        """Return one room. An unknown one also gives 403. Source: Rooms/retrieve-room."""
        return _read(Room, await self._transport.call("GET", "/rooms/{id}", room_id))

    async def room_codes(self, room_id: str) -> list[HmsRoomCode]:
        """Return the codes of a room, one for each role. 403 if the room is disabled.

        Source: room-codes/get-room-codes.
        """
        answer = await self._transport.call("GET", "/room-codes/room/{id}", room_id)
        return list(HmsRoomCode.each(_page(answer).get("data")))

    async def template_recordings(self, template_id: str) -> list[RecordingSettings]:
        """Return a template's recording settings. Source: policy/configure-recordings."""
        answer = await self._transport.call("GET", "/templates/{id}/recordings", template_id)
        return list(RecordingSettings.each(answer))

    async def template(self, template_id: str) -> Template:
        """Return a template. Source: policy/retrieve-a-template."""
        answer = await self._transport.call("GET", "/templates/{id}", template_id)
        return _read(Template, answer)

    async def active_room(self, room_id: str) -> ActiveRoom | None:
        """Return the room's session and its peers; None if nobody is in the room.

        Source: active-rooms/retrieve-active-room.
        """
        try:
            answer = await self._transport.call("GET", "/active-rooms/{id}", room_id)
        except HmsNotFound:
            return None
        return _read(ActiveRoom, answer)

    def list_active_sessions(self, *, bookmark: Bookmark | None = None) -> AsyncIterator[Session]:
        """List active sessions, one for each room with people in it. Paged.

        Source: Sessions/list-sessions.
        """
        return self._pages(Session, "/sessions", {"active": "true"}, bookmark)

    async def session(self, session_id: str) -> AttendedSession:
        """Return a session with its peers. Source: Sessions/retrieve-a-session."""
        answer = await self._transport.call("GET", "/sessions/{id}", session_id)
        return _read(AttendedSession, answer)

    async def send_message(self, room_id: str, message: str, *, role: str | None = None) -> None:
        """Send a message to the room's chat, to everyone or one role. A repeat appears twice.

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
        """List webhook deliveries in a window of at most 14 days, within the last 30 days.

        One call per 100.

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
        """Have webhooks sent again, 10 per second; the window has the limits of the list.

        An equal request joins a running replay. Source: analytics/replay-webhook-events.
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
        """Yield every row, page by page, until an empty page or a cursor that was seen before.

        If the call for a page fails, the bookmark stays before that page.
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
