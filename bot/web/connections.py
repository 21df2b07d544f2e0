"""Limit HTTP connections: how many, and how long a client may keep one waiting.

uvicorn only ends connections that are idle after a response. It waits forever for a first byte, for
headers, and for a client that does not read, and accepts connections until no file is left.
"""

import asyncio
import functools
import resource
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal, cast

import structlog
from starlette.responses import PlainTextResponse
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from bot.kit.metrics import CONNECTIONS, CONNECTIONS_CUT

log = structlog.get_logger()

REQUEST_WITHIN_S = 10.0  # for a whole request: its headers and its body
FLUSH_S = 2.0  # to send the last response of a connection that is cut
LOG_EVERY_S = 60.0
MOST = 1000
CutReason = Literal["late", "displaced", "busy"]
_ANSWERS: dict[CutReason, tuple[int, str]] = {
    "late": (408, "the request came too slowly"),
    "displaced": (503, "too many connections"),
    "busy": (503, "too many requests at once"),
}
BUSY = PlainTextResponse(
    _ANSWERS["busy"][1], status_code=503, headers={"retry-after": "1", "connection": "close"}
)


@dataclass(frozen=True, slots=True)
class Limits:
    """`connections` in all; at most `working` of them have a complete request in progress.

    `backlog` is the number of connections that the kernel holds until they are accepted. They are
    accepted all at once, so both together must leave files for the bot itself.
    """

    connections: int
    working: int
    backlog: int
    patience_s: float = REQUEST_WITHIN_S

    @classmethod
    def of_files(cls, files: int) -> "Limits":
        """Derive the limits from the number of files that the process may open.

        At least a quarter of the files stay for the bot itself.
        """
        connections = min(max(files // 2, 4), MOST)
        return cls(connections, working=connections * 3 // 4, backlog=connections // 2)


def limits_here() -> Limits:
    """Return the limits for this process, by `ulimit -n`."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Limits.of_files(MOST * 2 if files == resource.RLIM_INFINITY else files)


class Connections:
    """All open connections, and since when each has been waiting for its client.

    A new connection over the limit replaces the one that has waited longest, so half-open
    connections cannot keep anybody out.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: set[GuardedProtocol] = set()
        self._waiting: dict[GuardedProtocol, float] = {}  # since when; the longest first
        self._timer: asyncio.TimerHandle | None = None
        self._cut: Counter[str] = Counter()  # since the last line in the log
        self._log_timer: asyncio.TimerHandle | None = None

    def protocol(self) -> type[asyncio.Protocol]:
        """Return the value for `uvicorn.Config(http=…)`. uvicorn only calls it, as a factory."""
        return cast("type[asyncio.Protocol]", functools.partial(GuardedProtocol, self))

    def opened(self, connection: "GuardedProtocol") -> None:
        self._open.add(connection)
        self.waits(connection)
        while len(self._open) > self._limits.connections:
            self._end(next(iter(self._waiting)), "displaced")  # the new one, if no other waits
        CONNECTIONS.set(len(self._open))

    def closed(self, connection: "GuardedProtocol") -> None:
        self._open.discard(connection)
        self._waiting.pop(connection, None)
        CONNECTIONS.set(len(self._open))

    def waits(self, connection: "GuardedProtocol") -> None:
        """Note that the connection waits for its client from now on."""
        if connection not in self._open:
            return
        self._waiting.pop(connection, None)
        loop = connection.loop
        self._waiting[connection] = loop.time()
        if self._timer is None:
            self._timer = loop.call_later(self._limits.patience_s, self._sweep, loop)

    def works(self, connection: "GuardedProtocol") -> None:
        self._waiting.pop(connection, None)

    def is_waiting(self, connection: "GuardedProtocol") -> bool:
        return connection in self._waiting

    @property
    def are_busy(self) -> bool:
        return len(self._open) - len(self._waiting) >= self._limits.working

    def note(self, why: CutReason, loop: asyncio.AbstractEventLoop) -> None:
        """Count a cut connection. The first is logged at once, later ones once a minute."""
        CONNECTIONS_CUT.labels(why).inc()
        self._cut[why] += 1
        if self._log_timer is None:
            self._log(loop)

    def _log(self, loop: asyncio.AbstractEventLoop) -> None:
        self._log_timer = None
        if self._cut:
            log.warning("connections_cut", open=len(self._open), **self._cut)
            self._cut.clear()
            self._log_timer = loop.call_later(LOG_EVERY_S, self._log, loop)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        while self._waiting:
            connection, since = next(iter(self._waiting.items()))
            due = since + self._limits.patience_s
            if due > loop.time():
                self._timer = loop.call_at(due, self._sweep, loop)
                return
            self._end(connection, "late")

    def _end(self, connection: "GuardedProtocol", why: CutReason) -> None:
        self.closed(connection)
        if connection.cut(why):
            self.note(why, connection.loop)


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 protocol, which reports when it waits for its client and can be cut.

    It waits until a request is complete, and while a client reads too slowly. The time counts from
    the first byte of a request; further bytes do not extend it.
    """

    def __init__(self, connections: Connections, **of_uvicorn: Any) -> None:
        super().__init__(**of_uvicorn)
        self._guard = connections
        self._idle = True  # no byte of a request has come
        self._stalled = False  # the client does not read

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._guard.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._guard.closed(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._idle and self._guard.is_waiting(self):
            self._idle = False
            self._guard.waits(self)
        super().data_received(data)
        self._settle()

    def on_headers_complete(self) -> None:
        busy = self._guard.are_busy
        if busy:
            self._guard.note("busy", self.loop)
        app: Any = BUSY if busy else self.config.loaded_app
        self.app = app
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete:
            self._idle = True
            self._guard.waits(self)
        else:  # the next one of pipelined requests
            self._settle()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = True
        self._guard.waits(self)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stalled = False
        self._settle()

    def cut(self, why: CutReason) -> bool:
        """Close the connection, with a response if a request had begun.

        Returns False if it was closing already.
        """
        transport = self.transport
        was_closing = transport.is_closing()
        if was_closing or transport.get_write_buffer_size():
            transport.abort()
            return not was_closing
        if not self._idle and (self.cycle is None or not self._has_answered()):
            transport.write(_answer(why))
        transport.close()
        self.loop.call_later(FLUSH_S, transport.abort)
        return True

    def _has_answered(self) -> bool:
        return self.cycle.response_started and not self.cycle.response_complete

    def _settle(self) -> None:
        """Note that the bot is working, if the request is complete and the client reads."""
        cycle = self.cycle
        if cycle and not (cycle.response_complete or cycle.more_body or self._stalled):
            self._guard.works(self)


def _answer(why: CutReason) -> bytes:
    status, text = _ANSWERS[why]
    head = f"content-type: text/plain; charset=utf-8\r\ncontent-length: {len(text)}\r\n"
    return STATUS_LINE[status] + f"{head}connection: close\r\n\r\n{text}".encode()
