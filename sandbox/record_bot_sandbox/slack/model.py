"""What lives in a workspace."""

from dataclasses import dataclass, field
from typing import Any, Literal

JSON = dict[str, Any]
Values = dict[str, dict[str, JSON]]  # block_id -> action_id -> what view.state.values holds
ChannelKind = Literal["public", "private", "im"]
Surface = Literal["modal", "home"]
Origin = Literal["command", "message", "ephemeral", "view"]


@dataclass(frozen=True)
class User:
    id: str
    name: str
    real_name: str
    team_id: str  # of several workspaces in `teams`, any one
    is_admin: bool = False
    is_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    is_deleted: bool = False  # has left the workspace
    tz: str = "Europe/Amsterdam"
    tz_offset: int = 3600
    teams: tuple[str, ...] = ()  # of their organisation (Enterprise Grid), all that they are in


@dataclass(frozen=True)
class UserGroup:
    id: str
    name: str
    handle: str
    users: frozenset[str]


@dataclass
class Message:
    ts: str
    channel: str
    user: str
    text: str
    blocks: list[JSON] = field(default_factory=list)
    attachments: list[JSON] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: JSON | None = None
    files: list[str] = field(default_factory=list)
    by_app: bool = False
    edited_ts: str | None = None
    reply_broadcast: bool = False
    viewer: str | None = None  # set on ephemeral messages: the one person who sees it


@dataclass
class Channel:
    id: str
    name: str
    kind: ChannelKind
    members: set[str]
    is_archived: bool = False
    is_ext_shared: bool = False
    im_user: str | None = None
    topic: str = ""
    messages: dict[str, Message] = field(default_factory=dict)
    ephemerals: dict[str, Message] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)


@dataclass
class View:
    id: str
    user: str
    surface: Surface
    body: JSON
    hash: str
    root_id: str
    previous_id: str | None = None
    channel: str | None = None  # where the person was when it opened
    values: Values = field(default_factory=dict)
    offered: dict[tuple[str, str], list[JSON]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    is_open: bool = True

    @property
    def external_id(self) -> str:
        return str(self.body.get("external_id") or "")


@dataclass
class Trigger:
    id: str
    user: str
    made_at: float
    channel: str | None = None
    view_id: str | None = None  # the modal it came from: what views.push needs
    used: bool = False


@dataclass
class ResponseUrl:
    id: str
    user: str
    channel: str
    origin: Origin
    expires_at: float
    original_ts: str | None = None
    thread_ts: str | None = None
    posts_left: int = 5


@dataclass
class File:
    id: str
    ticket: str
    name: str
    length: int
    alt_txt: str | None = None
    title: str = ""
    content: bytes | None = None
    completed: bool = False
    shares: list[tuple[str, str]] = field(default_factory=list)  # channel, ts


@dataclass
class Call:
    """One Web API call, as the record keeps it."""

    at: float
    method: str
    args: JSON
    ok: bool
    error: str | None
    fault: str | None = None


@dataclass
class Delivery:
    """One attempt to hand something to the bot."""

    id: str
    at: float
    transport: Literal["http", "socket"]
    kind: str
    type: str
    payload: JSON
    retry_num: int = 0
    retry_reason: str | None = None
    status: int | None = None
    failure: str | None = None
    reason: str | None = None
    latency_ms: float | None = None
    ack: Any = None
    no_retry: bool = False
