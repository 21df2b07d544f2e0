"""The whole simulated Slack: what it knows, and what it notes."""

import asyncio
import secrets
from collections import deque
from collections.abc import Coroutine
from typing import Any

from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.changes import Changes
from record_bot_sandbox.slack.config import SlackConfig
from record_bot_sandbox.slack.errors import PersonError
from record_bot_sandbox.slack.faults import FaultBook
from record_bot_sandbox.slack.model import (
    JSON,
    Call,
    Channel,
    Delivery,
    File,
    Origin,
    ResponseUrl,
    Trigger,
    User,
    View,
)
from record_bot_sandbox.slack.sockets import SocketHub

KEPT_CALLS = 5_000
RESPONSE_URL_LIFE_S = 30 * 60


class Sim:
    """One workspace with one installed app. Everything runs in one event loop, so no locks."""

    def __init__(self, config: SlackConfig) -> None:
        self.config = config
        self.base_url = (config.public_base_url or "").rstrip("/")
        self.request_url = config.request_url
        self.token_error: str | None = None  # after app_uninstalled or tokens_revoked
        self.org_wide = False  # installed for a whole organisation, not for this workspace
        self.users: dict[str, User] = seed.users()
        self.channels: dict[str, Channel] = seed.channels()
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[list[str]]] = {}  # user -> modals on screen, front last
        self.homes: dict[str, str] = {}
        self.external_ids: dict[str, str] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.files: dict[str, File] = {}
        self.calls: deque[Call] = deque(maxlen=KEPT_CALLS)
        self.deliveries: deque[Delivery] = deque(maxlen=KEPT_CALLS)
        self.problems: list[JSON] = []
        self.changes = Changes()
        self.faults = FaultBook(config.speed, enforce_limits=config.rate_limits)
        self.sockets = SocketHub(
            self.problem, lambda count: self.changes.add("sockets", connections=count)
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self._serial = 0
        self._last_us = 0

    # -- time and names

    def now(self) -> float:
        return self.config.clock()

    def new_ts(self) -> str:
        """A message timestamp: microseconds, never the same twice."""
        self._last_us = max(self._last_us + 1, int(self.now() * 1_000_000))
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        self._serial += 1
        return f"{prefix}0{self._serial:09X}"

    def new_trigger(
        self, user: str, *, channel: str | None = None, view_id: str | None = None
    ) -> str:
        self._serial += 1
        trigger_id = f"{self._serial}.{int(self.now())}.{secrets.token_hex(16)}"
        self.triggers[trigger_id] = Trigger(trigger_id, user, self.now(), channel, view_id)
        return trigger_id

    def new_response_url(
        self,
        user: str,
        channel: str,
        origin: Origin,
        *,
        original_ts: str | None = None,
        thread_ts: str | None = None,
    ) -> str:
        key = secrets.token_urlsafe(18)
        self.response_urls[key] = ResponseUrl(
            id=key,
            user=user,
            channel=channel,
            origin=origin,
            expires_at=self.now() + RESPONSE_URL_LIFE_S / self.config.speed,
            original_ts=original_ts,
            thread_ts=thread_ts,
        )
        kind = "commands" if origin == "command" else "actions"
        return f"{self.base_url}/{kind}/{seed.TEAM_ID}/{key}"

    # -- notes

    def problem(self, where: str, message: str, **context: Any) -> None:
        """Something that real Slack would not have taken, or that this one does not simulate."""
        self.problems.append({"at": self.now(), "where": where, "message": message, **context})
        self.changes.add("problem", where=where, message=message)

    # -- people and places

    def user(self, user_id: str) -> User:
        if user_id not in self.users:
            raise PersonError(f"there is no user {user_id!r}")
        return self.users[user_id]

    def channel(self, channel_id: str) -> Channel:
        if channel_id not in self.channels:
            raise PersonError(f"there is no channel {channel_id!r}")
        return self.channels[channel_id]

    def visible_channel(self, user_id: str, channel_id: str) -> Channel:
        """The channel, if this person can open it."""
        user, channel = self.user(user_id), self.channel(channel_id)
        browsable = channel.kind == "public" and not (user.is_restricted or user.is_stranger)
        if user_id not in channel.members and not browsable:
            raise PersonError(f"{user_id} cannot see {channel_id}")
        return channel

    def im_of(self, user_id: str) -> Channel:
        channel_id = seed.dm_id(user_id)
        if channel_id not in self.channels:
            self.channels[channel_id] = seed.direct_message(user_id)
        return self.channels[channel_id]

    # -- work in the background

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.problem("simulation", f"background work failed: {error!r}")

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
