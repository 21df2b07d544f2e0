"""Values that the store accepts and returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.core.recording import Phase
from bot.core.retry import Retry


@dataclass(frozen=True, slots=True)
class Team:
    """The owner of rows. `enterprise_id` is '' if there is none."""

    team_id: str
    enterprise_id: str = ""


@dataclass(frozen=True, slots=True)
class Created:
    key: str


@dataclass(frozen=True, slots=True)
class AlreadyRequested:
    """A duplicate of an earlier request; `key` is the recording that it created."""

    key: str


@dataclass(frozen=True, slots=True)
class RoomTaken:
    """The room is occupied; `key` is the recording that occupies it."""

    key: str


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """The cached columns of a recording: enough to list and to match it, without its facts."""

    key: str
    phase: Phase
    room_id: str
    room_name: str
    title: str | None
    hms_id: str | None
    session_id: str | None
    starter: str | None
    origin: str
    elsewhere: bool
    audio_only: bool
    points_to: str | None
    requested_at: datetime
    attempted_at: datetime | None
    accepted_at: datetime | None
    started_at: datetime | None
    stopped_at: datetime | None
    duration_s: float | None
    has_video: bool
    has_transcript: bool
    is_private: bool | None

    @property
    def name(self) -> str:
        """The name to show: its title, else the name of its room."""
        return self.title or self.room_name

    @property
    def began(self) -> datetime:
        """When it started; until that is known, when it was requested."""
        return self.started_at or self.requested_at


class InboxState(StrEnum):
    NEW = "new"
    MATCHED = "matched"
    WAITING = "waiting"
    IGNORED = "ignored"
    DEAD = "dead"  # unreadable


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """A webhook as received, without presigned URLs. Entries with the same identity are equal."""

    identity: str
    type: str
    received_at: datetime
    body: Mapping[str, Any]
    room_id: str | None = None
    session_id: str | None = None
    aliases: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class InboxItem:
    """An entry that the store has kept."""

    id: int
    state: InboxState
    entry: InboxEntry
    recording_key: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The matcher's decision about one item."""

    id: int
    state: InboxState
    recording_key: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class DeadLetterCount:
    """The number of dead letters, and their most frequent reasons (names of errors) with counts."""

    webhooks: int = 0
    recordings: int = 0
    reasons: tuple[tuple[str, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.webhooks or self.recordings)


@dataclass(frozen=True, slots=True)
class ClaimedRoom:
    """A followed room, claimed for a check: no other worker checks it before `until`."""

    room_id: str
    room_name: str
    since: datetime  # the first follow
    until: datetime


@dataclass(frozen=True, slots=True)
class Owed:
    """A replay of the webhooks between these times, still to be requested."""

    since: datetime
    until: datetime
    retry: Retry  # `attempts` so far; `not_before` is when it is due


@dataclass(frozen=True, slots=True)
class FollowedRoom:
    """A room whose recordings a channel follows."""

    room_id: str
    room_name: str
    by: str
    since: datetime
