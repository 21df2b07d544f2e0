"""The values that go into the store and come out of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.core.recording import Phase
from bot.core.retry import Retry


@dataclass(frozen=True, slots=True)
class Team:
    """Whose rows these are. `enterprise_id` is '' where there is none."""

    team_id: str
    enterprise_id: str = ""


@dataclass(frozen=True, slots=True)
class Created:
    key: str


@dataclass(frozen=True, slots=True)
class AlreadyRequested:
    """The same request came before; `key` is the recording that it made."""

    key: str


@dataclass(frozen=True, slots=True)
class RoomTaken:
    """`key` is the recording that occupies the room."""

    key: str


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """The cached columns of a recording: enough to list and to match, without its facts."""

    key: str
    phase: Phase
    room_id: str
    room_name: str
    hms_id: str | None
    session_id: str | None
    starter: str | None
    home: str
    elsewhere: bool
    points_to: str | None
    requested_at: datetime
    attempted_at: datetime | None
    accepted_at: datetime | None
    started_at: datetime | None
    stopped_at: datetime | None
    duration_s: float | None
    has_video: bool
    has_transcript: bool


class InboxState(StrEnum):
    NEW = "new"
    MATCHED = "matched"
    WAITING = "waiting"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """A webhook as it came in, without presigned URLs. Two with one identity are the same."""

    identity: str
    type: str
    received_at: datetime
    body: Mapping[str, Any]
    room_id: str | None = None
    session_id: str | None = None
    aliases: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class InboxItem:
    """An entry that the store keeps."""

    id: int
    state: InboxState
    entry: InboxEntry
    recording_key: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What the matcher decided about one item."""

    id: int
    state: InboxState
    recording_key: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A room that is followed, taken to be looked at: nobody else does before `until`."""

    room_id: str
    room_name: str
    since: datetime  # the first follow
    until: datetime


@dataclass(frozen=True, slots=True)
class Owed:
    """A replay of the webhooks of this time that is still to be asked for."""

    since: datetime
    until: datetime
    retry: Retry  # `attempts` so far; `not_before` is when it is due


@dataclass(frozen=True, slots=True)
class FollowedRoom:
    """A room of which a channel wants to see every recording."""

    room_id: str
    room_name: str
    by: str
    since: datetime
