"""Socket Mode: always reachable, and closed only when no ack is under way."""

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

# Slack refreshes a connection some times a day, and the SDK closes the old one before it opens the
# next: with one alone, who clicks just then gets "We had some trouble connecting". Slack allows
# ten in all, so five replicas. Source: docs.slack.dev, apis/events-api/using-socket-mode.
CONNECTIONS = 2
SLACK_CLOSES_WITHIN_S = 15.0  # after it has warned: some ten seconds
PING_EVERY_S = 10.0


class AppTokenRefused(SlackRefused):
    """No connection for this token."""


class SocketMode:
    """`ignores` says which payloads are malformed: they are acked, and go no further."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        client: AsyncWebClient,
        ignores: Callable[[object], bool],
    ) -> None:
        self._app = app
        self._ignores = ignores
        self._app_token = app_token
        self._client = client
        self._handlers: list[_Counting] = []

    @property
    def connected(self) -> bool:
        """Whether anything that Slack sends now can reach us."""
        return any(handler.is_open for handler in self._handlers)

    async def connect(self) -> None:
        """Afterwards it reconnects by itself.

        Raises AppTokenRefused, which the SDK would try again and again; SlackUnavailable.
        """
        await self._check_token()
        company = _Company()
        for _ in range(CONNECTIONS):
            client = _PatientClient(self._app_token, self._client, company)
            handler = _Counting(self._app, client, self._ignores)
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
class _Company:
    """What the connections of a process share: renewed together, both would be gone."""

    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)
    leaving: "_PatientClient | None" = None


class _PatientClient(SocketModeClient):
    """Asked to leave, it reads on until Slack closes: what is under way to a connection that we
    close is lost. Only one at a time has this patience, for Slack may close both at once."""

    def __init__(self, app_token: str, web_client: AsyncWebClient, company: _Company) -> None:
        super().__init__(
            app_token,
            logging.getLogger("slack_sdk.socket_mode"),
            web_client,
            ping_interval=PING_EVERY_S,
        )
        self.connect_operation_lock = company.one_at_a_time
        self._company = company
        self._closed = asyncio.Event()

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """`force`: Slack asked for it. Once it has closed the connection, it is not forced."""
        if not force:
            self._closed.set()
        elif await self._is_closed_by_slack():
            return
        await super().connect_to_new_endpoint(force)

    async def _is_closed_by_slack(self) -> bool:
        """Waits for it, unless another one leaves, too: together they would both be gone."""
        if self.current_session is None or self.current_session.closed:
            return True  # it has been already, and is renewed
        if self._company.leaving is not None:
            return self._company.leaving is self  # asked twice
        self._closed.clear()
        self._company.leaving = self
        try:
            async with asyncio.timeout(SLACK_CLOSES_WITHIN_S):
                await self._closed.wait()
        except TimeoutError:
            return False
        finally:
            self._company.leaving = None
        return True


class _Counting(AsyncSocketModeHandler):
    """`close_async` does not wait for listeners, so we count them."""

    client: SocketModeClient

    def __init__(
        self, app: AsyncApp, client: SocketModeClient, ignores: Callable[[object], bool]
    ) -> None:
        self.app, self.client, self._ignores = app, client, ignores
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
            if self._is_malformed(req.payload):
                await client.send_socket_mode_response(SocketModeResponse(req.envelope_id))
            else:
                await super().handle(client, req)
        finally:
            self._busy -= 1
            if self._busy == 0:
                self._idle.set()

    def _is_malformed(self, payload: Any) -> bool:
        try:
            AsyncBoltRequest(mode="socket_mode", body=payload)
        except Exception:  # Bolt looks into the body, and expects what Slack sends
            return self._ignores(None)
        return self._ignores(payload)

    async def drain(self, within_s: float) -> None:
        try:
            async with asyncio.timeout(within_s):
                await self._idle.wait()
        except TimeoutError:
            return
