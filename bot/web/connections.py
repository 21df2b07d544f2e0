"""Connections that say nothing do not live for ever, and there are never too many of them."""

import asyncio
import resource
from typing import ClassVar

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.kit.metrics import CONNECTIONS_REFUSED

log = structlog.get_logger()

HEADERS_WITHIN_S = 10.0
BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: 40\r\nretry-after: 5\r\nconnection: close\r\n\r\n"
    b"too many connections: try again shortly\n"
)


def most_connections() -> int:
    """Half of what the process may open: the rest is for the database, Slack and 100ms."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(2000, max(16, soft // 2))


class BoundedConnection(HttpToolsProtocol):
    """uvicorn's, with a time-out for headers and a limit for all connections.

    Between two requests uvicorn itself closes what is idle (5 s); a body has a time-out of its own.
    """

    most: ClassVar[int] = most_connections()
    headers_within_s: ClassVar[float] = HEADERS_WITHIN_S
    _headers_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.most:
            CONNECTIONS_REFUSED.labels("too_many").inc()
            log.warning("too_many_connections", most=self.most)
            transport.write(BUSY)
            transport.close()
            return
        self._expect_headers()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._headers_due is None:
            self._expect_headers()

    def on_headers_complete(self) -> None:
        self._forget_headers()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_headers()
        super().connection_lost(exc)

    def _expect_headers(self) -> None:
        self._headers_due = self.loop.call_later(self.headers_within_s, self._too_slow)

    def _forget_headers(self) -> None:
        if self._headers_due is not None:
            self._headers_due.cancel()
            self._headers_due = None

    def _too_slow(self) -> None:
        self._headers_due = None
        if not self.transport.is_closing():
            CONNECTIONS_REFUSED.labels("no_headers").inc()
            self.transport.close()
