"""Everything the simulated account knows, in memory."""

import asyncio
from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

from record_bot_sandbox.hms.clock import object_id
from record_bot_sandbox.hms.faults import ErrorType
from record_bot_sandbox.hms.options import Transcription

Status = Literal["starting", "running", "stopping", "post_processing", "completed", "failed"]
AssetStatus = Literal["processing", "completed", "failed"]
BUSY: frozenset[Status] = frozenset({"starting", "running", "stopping"})
STOPPABLE: frozenset[Status] = frozenset({"starting", "running"})
OVER: frozenset[Status] = frozenset({"completed", "failed"})


def uuid() -> str:
    return str(uuid4())


@dataclass
class Template:
    name: str
    subdomain: str
    composite_enabled: bool = True
    destinations: tuple[str, ...] = ("default",)
    transcription: Transcription | None = None
    roles: tuple[str, ...] = ("host", "guest")
    max_duration_s: int = 4 * 3600
    auto_stop_s: int = 300
    presign_s: int = 3 * 24 * 3600
    width: int = 1280
    height: int = 720
    id: str = field(default_factory=object_id)


@dataclass
class Peer:
    name: str
    role: str
    user_id: str
    joined_ns: int
    left_ns: int | None = None
    id: str = field(default_factory=uuid)


@dataclass
class Session:
    room: "Room"
    created_ns: int
    closed_ns: int | None = None
    peers: dict[str, Peer] = field(default_factory=dict)
    id: str = field(default_factory=object_id)

    @property
    def present(self) -> list[Peer]:
        return [peer for peer in self.peers.values() if peer.left_ns is None]


@dataclass
class Webhook:
    url: str
    headers: dict[str, str]


@dataclass
class ChatMessage:
    at_ns: int
    sender: str
    text: str


@dataclass
class Room:
    name: str
    template: Template
    created_ns: int
    description: str = ""
    enabled: bool = True
    webhook: Webhook | None = None
    session: Session | None = None
    empty_since_ns: int = 0
    chat: list[ChatMessage] = field(default_factory=list)
    id: str = field(default_factory=object_id)
    updated_ns: int = 0

    @property
    def present(self) -> list[Peer]:
        return self.session.present if self.session else []


@dataclass
class Asset:
    recording: "Recording"
    type: Literal["room-composite", "chat", "transcript", "summary"]
    path: str
    status: AssetStatus
    created_ns: int
    content: bytes = b""
    duration_s: int = 0
    metadata: dict[str, object] = field(default_factory=dict)
    id: str = field(default_factory=object_id)


@dataclass
class Recording:
    """A recording job. Its id, its beam's id and its assets' ids are all different."""

    room: Room
    created_ns: int
    meeting_url: str
    destination: str
    width: int
    height: int
    audio_only: bool
    transcription: Transcription | None
    started_by: str
    names_job_in_transcripts: bool
    session: Session | None = None
    status: Status = "starting"
    updated_ns: int = 0
    started_ns: int | None = None
    stopped_ns: int | None = None
    stopped_by: str = ""
    paused_since_ns: int | None = None
    paused_ns: int = 0
    stop_reason: str | None = None
    error_type: ErrorType | None = None  # set by a fault or by the control API, before it shows
    assets: list[Asset] = field(default_factory=list)
    id: str = field(default_factory=object_id)
    beam_id: str = field(default_factory=object_id)
    beam_peer_id: str = field(default_factory=uuid)
    composite_id: str = field(default_factory=object_id)
    transcription_id: str = field(default_factory=object_id)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    hurry: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def asset_types(self) -> list[str]:
        types = ["room-composite", "chat"]
        if self.transcription:
            types.append("transcript")
            if self.transcription.summary.enabled:
                types.append("summary")
        return types

    @property
    def transcript_recording_id(self) -> str:
        """What transcription events call `recording_id`: nothing documents which it is."""
        return self.id if self.names_job_in_transcripts else self.composite_id


@dataclass
class State:
    account_id: str = field(default_factory=object_id)
    app_id: str = field(default_factory=object_id)
    templates: dict[str, Template] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    recordings: dict[str, Recording] = field(default_factory=dict)
    tokens_seen: set[str] = field(default_factory=set)

    @property
    def assets(self) -> dict[str, Asset]:
        return {a.id: a for recording in self.recordings.values() for a in recording.assets}

    def busy_in(self, room: Room) -> Recording | None:
        """The one recording that keeps this room's recorder busy."""
        every = self.recordings.values()
        return next((r for r in every if r.room is room and r.status in BUSY), None)
