"""Socket Mode: two connections, so that one is always open; closed only after the last ack."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import WIRE_ERRORS, SlackRefused, error_from

# Slack refreshes a connection several times a day, and the SDK closes the old one before it opens
# the next. With a single connection, a click at that moment fails with "We had some trouble
# connecting". Slack allows ten connections in all, which is enough for five replicas.
# Source: docs.slack.dev, apis/events-api/using-socket-mode.
CONNECTIONS = 2
SLACK_CLOSES_WITHIN_S = 15.0  # Slack closes about ten seconds after its warning
PING_EVERY_S = 10.0


class AppTokenRefused(SlackRefused):
    """Slack opens no connection for this app-level token."""


class SocketMode:
    """`is_malformed` logs and counts a malformed payload; such a payload is acked and dropped."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        client: AsyncWebClient,
        is_malformed: Callable[[object], bool],
    ) -> None:
        self._app = app
        self._is_malformed = is_malformed
        self._app_token = app_token
        self._client = client
        self._handlers: list[_CountingHandler] = []

    @property
    def connected(self) -> bool:
        """Whether at least one connection is open."""
        return any(handler.is_open for handler in self._handlers)

    async def connect(self) -> None:
        """Open the connections, which reconnect by themselves.

        Raises AppTokenRefused (the SDK would retry forever), SlackUnavailable.
        """
        await self._check_token()
        shared = _SharedState()
        for _ in range(CONNECTIONS):
            client = _PatientClient(self._app_token, self._client, shared)
            handler = _CountingHandler(self._app, client, self._is_malformed)
            self._handlers.append(handler)
            await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no types here

    async def _check_token(self) -> None:
        try:
            await self._client.apps_connections_open(app_token=self._app_token)
        except WIRE_ERRORS as raised:
            match error_from(raised):
                case SlackRefused(error=error):
                    raise AppTokenRefused(error) from None
                case unavailable:
                    raise unavailable from None

    async def close(self, within_s: float) -> None:
        await asyncio.gather(*(handler.drain(within_s) for handler in self._handlers))
        for handler in self._handlers:
            await handler.close_async()  # type: ignore[no-untyped-call]


@dataclass(eq=False)
class _SharedState:
    """Keeps the connections of this process from being renewed at the same time."""

    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)
    leaving: "_PatientClient | None" = None


class _PatientClient(SocketModeClient):
    """A client that keeps reading after Slack's warning, until Slack closes the connection.

    Requests on their way to a connection that we close ourselves would be lost. Only one client at
    a time waits like this, because Slack may close both connections at once.
    """

    def __init__(self, app_token: str, web_client: AsyncWebClient, shared: _SharedState) -> None:
        super().__init__(
            app_token,
            logging.getLogger("slack_sdk.socket_mode"),
            web_client,
            ping_interval=PING_EVERY_S,
        )
        self.connect_operation_lock = shared.one_at_a_time
        self._shared = shared
        self._closed = asyncio.Event()

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Reconnect. `force` is True for Slack's warning, False once the connection is closed."""
        if not force:
            self._closed.set()
        elif await self._is_closed_by_slack():
            return
        await super().connect_to_new_endpoint(force)

    async def _is_closed_by_slack(self) -> bool:
        """Wait for Slack to close the connection. False if it does not, or another one waits."""
        if self.current_session is None or self.current_session.closed:
            return True  # closed already, and being renewed
        if self._shared.leaving is not None:
            return self._shared.leaving is self  # a second warning
        self._closed.clear()
        self._shared.leaving = self
        try:
            async with asyncio.timeout(SLACK_CLOSES_WITHIN_S):
                await self._closed.wait()
        except TimeoutError:
            return False
        finally:
            self._shared.leaving = None
        return True


class _CountingHandler(AsyncSocketModeHandler):
    """Counts running listeners, because `close_async` does not wait for them."""

    client: SocketModeClient

    def __init__(
        self, app: AsyncApp, client: SocketModeClient, is_malformed: Callable[[object], bool]
    ) -> None:
        self.app, self.client, self._is_malformed = app, client, is_malformed
        client.socket_mode_request_listeners.append(self.handle)  # type: ignore[arg-type]
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def is_open(self) -> bool:
        session = self.client.current_session
        return session is not None and not session.closed

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        self._busy += 1
        self._idle.clear()
        try:
            if self._must_drop(req.payload):
                await client.send_socket_mode_response(SocketModeResponse(req.envelope_id))
            else:
                await super().handle(client, req)
        finally:
            self._busy -= 1
            if self._busy == 0:
                self._idle.set()

    def _must_drop(self, payload: Any) -> bool:
        try:
            AsyncBoltRequest(mode="socket_mode", body=payload)
        except Exception:  # Bolt parses the body and assumes that it is well-formed
            return self._is_malformed(None)
        return self._is_malformed(payload)

    async def drain(self, within_s: float) -> None:
        try:
            async with asyncio.timeout(within_s):
                await self._idle.wait()
        except TimeoutError:
            return
