"""Models of 100ms' responses. A value that is missing, null, empty or of a wrong type is None.

Only an object's id is required. Statuses and types stay plain strings, because 100ms may add some.
Durations are in seconds, sizes in bytes, times aware in UTC.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Self, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from bot.core.facts import AssetSeen, AssetStatus, Fact, HmsStatus, Observed
from bot.core.options import OutputMode
from bot.hms import lenient, redact

Id = Annotated[str, BeforeValidator(lenient.text)]
Text = Annotated[str | None, BeforeValidator(lenient.text)]
Time = Annotated[datetime | None, BeforeValidator(lenient.moment)]
Whole = Annotated[int | None, BeforeValidator(lenient.whole)]
Seconds = Annotated[float | None, BeforeValidator(lenient.seconds)]
Strings = Annotated[tuple[str, ...], BeforeValidator(lenient.strings)]
Flag = Annotated[bool, BeforeValidator(lambda value: value is True)]

STATUSES: tuple[HmsStatus, ...] = get_args(HmsStatus)
ASSET_STATUSES: tuple[AssetStatus, ...] = get_args(AssetStatus)
OUTPUT_MODES: tuple[OutputMode, ...] = get_args(OutputMode)


class HmsModel(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="ignore", validate_by_alias=True, validate_by_name=True
    )

    @classmethod
    def each(cls, rows: object) -> Iterator[Self]:
        """Yield a model for each valid object of a list; the others are left out."""
        for row in lenient.objects(rows):
            try:
                yield cls.model_validate(row)
            except ValidationError:
                continue


class Asset(HmsModel):
    """One file of a recording."""

    id: Id
    type: Text = None
    status: Text = None
    size: Whole = None
    duration_s: Seconds = Field(default=None, validation_alias="duration")
    output_mode: OutputMode | None = None

    @model_validator(mode="before")
    @classmethod
    def _mode_from_metadata(cls, data: object) -> object:
        if not isinstance(data, dict) or "output_mode" in data:
            return data
        metadata = data.get("metadata")
        mode = metadata.get("output_mode") if isinstance(metadata, dict) else None
        return {**data, "output_mode": mode}

    @field_validator("output_mode", mode="before")
    @classmethod
    def _known_mode(cls, mode: object) -> object:
        return mode if mode in OUTPUT_MODES else None


class HmsRecording(HmsModel):
    """A recording job. Lists have no `assets`; get a single recording to see them."""

    id: Id
    room_id: Text = None
    session_id: Text = None
    status: Text = None
    created_at: Time = None
    started_at: Time = None
    stopped_at: Time = None
    meeting_url: Text = None
    assets: tuple[Asset, ...] = Field(default=(), validation_alias="recording_assets")

    @field_validator("meeting_url", mode="after")
    @classmethod
    def _no_tokens(cls, url: str | None) -> str | None:
        return None if url is None else redact.without_tokens(url)

    @field_validator("assets", mode="before")
    @classmethod
    def _readable_assets(cls, rows: object) -> tuple[object, ...]:
        if isinstance(rows, tuple) and all(isinstance(row, Asset) for row in rows):
            return rows
        return tuple(Asset.each(rows))


class PresignedUrl(HmsModel):
    """A link that anyone can use while it is valid: never stored, never logged."""

    url: SecretStr


class Room(HmsModel):
    """A room. If `own_webhook`, its events go to its own webhook and not to the workspace's."""

    id: Id
    name: Text = None
    enabled: Annotated[bool, BeforeValidator(lambda value: value is not False)] = True
    own_webhook: bool = False
    template_id: Text = None
    records: bool | None = None  # whether composite recording is on; None: 100ms does not say

    @model_validator(mode="before")
    @classmethod
    def _sees_within(cls, data: object) -> object:
        if not isinstance(data, dict) or "own_webhook" in data:
            return data
        webhook, recording = data.get("webhook"), data.get("recording_info")
        url = webhook.get("url") if isinstance(webhook, dict) else None
        on = recording.get("enabled") if isinstance(recording, dict) else None
        records = on if isinstance(on, bool) else None
        return {**data, "own_webhook": lenient.text(url) is not None, "records": records}


class HmsRoomCode(HmsModel):
    """A code with which anyone can join a room: never stored, never logged."""

    code: SecretStr
    role: Text = None
    enabled: Annotated[bool, BeforeValidator(lambda value: value is not False)] = True


class RecordingSettings(HmsModel):
    """How a template records to one destination.

    `records`: whether composite recording is on; None where 100ms does not say.
    """

    name: Text = None
    max_duration_s: Seconds = Field(default=None, validation_alias="maxDuration")
    width: Whole = None
    height: Whole = None
    records: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        browser = _within(data, "compositeRecording", "browserComposite")
        if not isinstance(browser, dict):
            return {**data, "records": None}
        on = browser.get("enabled")
        size = {"width": browser.get("width"), "height": browser.get("height")}
        return {**data, **size, "records": on if isinstance(on, bool) else None}


class Template(HmsModel):
    """The recording settings in a template itself.

    `destinations` come from `destinations.browserRecordings`, deprecated since February 2024 but
    present in older templates; `records` comes from `settings.recording`.
    """

    records: bool | None = None
    destinations: tuple[RecordingSettings, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _sees_within(cls, data: object) -> object:
        on = _within(data, "settings", "recording", "enabled")
        named = _within(data, "destinations", "browserRecordings")
        each = list(named.values()) if isinstance(named, dict) else named
        return {
            "records": on if isinstance(on, bool) else None,
            "destinations": tuple(RecordingSettings.each(each)),
        }


def _within(data: object, *path: str) -> object:
    """Return the value at a path of keys; None if the response has another shape."""
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


class ActiveRoom(HmsModel):
    """A room with people in it."""

    id: Id
    session_id: Text = None
    peer_ids: Strings = ()

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, data: object) -> object:
        session = data.get("session") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(session, dict):
            return data
        return {
            **data,
            "session_id": session.get("id"),
            "peer_ids": session.get("peers"),
        }


class Session(HmsModel):
    """A meeting in a room, from the first join to the last leave."""

    id: Id
    room_id: Text = None


class SessionPeer(HmsModel):
    """A participant of a session. `left_at` is None while they are still in it."""

    id: Id
    name: Text = None
    role: Text = None
    user_id: Text = None
    joined_at: Time = None
    left_at: Time = None


class AttendedSession(Session):
    """A session with all its participants, including those who have left."""

    peers: tuple[SessionPeer, ...] = ()

    @field_validator("peers", mode="before")
    @classmethod
    def _listed(cls, rows: object) -> tuple[object, ...]:
        return tuple(SessionPeer.each(list(rows.values()) if isinstance(rows, dict) else rows))


class WebhookDelivery(HmsModel):
    """An entry of 100ms' delivery history; `error_reason` is set if the delivery failed.

    The target URL is left out, because it may contain a secret.
    """

    event_id: Id
    type: Text = None
    error_reason: Text = None

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, data: object) -> object:
        payload = data.get("payload") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(payload, dict):
            return data
        return {
            **data,
            "type": payload.get("original_event_name"),
            "error_reason": payload.get("error_reason"),
        }


class Replay(HmsModel):
    """A replay of webhooks. `status` is `started` or `already_running`."""

    status: Text = None


def facts_of_recording(recording: HmsRecording, at: datetime) -> list[Fact]:
    """Convert a response received at `at` to facts.

    A recording or file with an unknown status gives no fact.
    """
    observed: list[Fact] = [
        Observed(
            at=at,
            status=status,
            session_id=recording.session_id,
            started_at=lenient.past(recording.started_at, at),
            stopped_at=lenient.past(recording.stopped_at, at),
            meeting_url=recording.meeting_url,
        )
        for status in STATUSES
        if recording.status == status
    ]
    seen = (asset_seen(asset, at) for asset in recording.assets)
    return observed + [fact for fact in seen if fact is not None]


def asset_seen(asset: Asset, at: datetime) -> AssetSeen | None:
    """Convert a file to a fact; None if it has no type or an unknown status."""
    for status in ASSET_STATUSES:
        if asset.status == status and asset.type is not None:
            return AssetSeen(
                at=at,
                asset_id=asset.id,
                type=asset.type,
                status=status,
                mode=asset.output_mode,
                size=asset.size,
                duration_s=asset.duration_s,
            )
    return None
