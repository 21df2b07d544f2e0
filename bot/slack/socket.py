"""Socket Mode: always reachable, and closed only when no ack is under way."""

import asyncio
import logging

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import WIRE_ERRORS, SlackRefused, error_from

# Slack refreshes a connection some times a day, and the SDK closes the old one before it opens the
# next: with one alone, who clicks just then gets "We had some trouble connecting". Slack allows
# ten in all, so five replicas. Source: docs.slack.dev, apis/events-api/using-socket-mode.
CONNECTIONS = 2


class AppTokenRefused(SlackRefused):
    """No connection for this token."""


class SocketMode:
    def __init__(self, app: AsyncApp, app_token: str, client: AsyncWebClient) -> None:
        self._app = app
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
        one_at_a_time = asyncio.Lock()
        for _ in range(CONNECTIONS):
            handler = _Counting(self._app, self._app_token, web_client=self._client)
            handler.client.connect_operation_lock = one_at_a_time  # renewed together, both are gone
            self._handlers.append(handler)
            await handler.connect_async()  # type: ignore[no-untyped-call]

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


class _Counting(AsyncSocketModeHandler):
    """`close_async` does not wait for listeners, so we count them."""

    def __init__(self, app: AsyncApp, app_token: str, *, web_client: AsyncWebClient) -> None:
        logger = logging.getLogger("slack_sdk.socket_mode")
        super().__init__(app, app_token, web_client=web_client, logger=logger)
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
            await super().handle(client, req)
        finally:
            self._busy -= 1
            if self._busy == 0:
                self._idle.set()

    async def drain(self, within_s: float) -> None:
        try:
            async with asyncio.timeout(within_s):
                await self._idle.wait()
        except TimeoutError:
            return
