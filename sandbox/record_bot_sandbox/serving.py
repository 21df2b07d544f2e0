"""Run an ASGI app inside the current event loop, on a socket that is bound before it starts."""

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Literal

import uvicorn
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

START_TIMEOUT_S = 10.0
GRACE_S = 0.2  # for requests in flight when the server is told to stop
RESET = "sandbox.reset"  # the name of our ASGI extension


class _Server(uvicorn.Server):
    """Uvicorn without signal handlers and without its pauses, so that tests may start many."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._stop = asyncio.Event()

    def stop(self) -> None:
        self.should_exit = True
        self._stop.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave SIGINT and SIGTERM to the process, which may serve several apps."""
        yield

    async def main_loop(self) -> None:
        counter = 0
        while not await self.on_tick(counter):
            counter = (counter + 1) % 864_000
            try:
                await asyncio.wait_for(self._stop.wait(), 0.1)
            except TimeoutError:
                continue

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for sock in sockets or []:
            sock.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await _settle(self.server_state.tasks)
        for connection in list(self.server_state.connections):
            connection.transport.abort()  # event streams see this as the client leaving
        await _settle(self.server_state.tasks)
        for task in list(self.server_state.tasks):
            task.cancel()
        await self.lifespan.shutdown()


async def _settle(tasks: Iterable[asyncio.Task[Any]]) -> None:
    pending = list(tasks)
    if pending:
        await asyncio.wait(pending, timeout=GRACE_S)


class Resettable:
    """Offers apps an extension that cuts the TCP connection, as a broken network would.

    A client that leaves before its request has arrived is no error of the app: nobody is told.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            cycle = getattr(send, "__self__", None)
            scope.setdefault("extensions", {})[RESET] = _reset_of(getattr(cycle, "transport", None))
        with suppress(ClientDisconnect):
            await self.app(scope, receive, send)


def _reset_of(transport: asyncio.Transport | None) -> Callable[[], None]:
    def reset() -> None:
        if transport is None:
            return
        if sock := transport.get_extra_info("socket"):
            # Lingering for zero seconds makes the kernel send RST in place of FIN.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()

    return reset


def bind(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Name the protocol: asyncio sets TCP_NODELAY only where it reads TCP, else 40 ms a call.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    sock.setblocking(False)
    return sock


def free_port() -> int:
    """For a process that may come and go: below the ports that the kernel hands out by itself,
    so nobody takes it meanwhile."""
    rng = random.SystemRandom()
    while True:
        with suppress(OSError), bind("127.0.0.1", rng.randrange(20_000, 32_000)) as sock:
            port: int = sock.getsockname()[1]
            return port


def base_url_of(sock: socket.socket) -> str:
    """The address to call, with wildcard hosts replaced by one that can be dialled."""
    host, port = sock.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@asynccontextmanager
async def serving(
    app: ASGIApp,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    sock: socket.socket | None = None,
    http: type[asyncio.Protocol] | Literal["auto"] = "auto",
) -> AsyncIterator[str]:
    """Serve `app` while the block runs; yields its base URL, without a trailing slash.

    Pass a socket from `bind` when the app has to know its own address before it is built.
    """
    sock = sock or bind(host, port)
    base_url = base_url_of(sock)
    config = uvicorn.Config(
        Resettable(app),
        http=http,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        lifespan="on",
        timeout_keep_alive=60,  # as load balancers have it
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve([sock]), name=f"serving {base_url}")
    try:
        await _wait_until_started(server, task)
        yield base_url
    finally:
        server.stop()
        await asyncio.shield(task)
        sock.close()


async def _wait_until_started(server: uvicorn.Server, task: asyncio.Task[None]) -> None:
    async with asyncio.timeout(START_TIMEOUT_S):
        while not server.started:
            if task.done():
                await task
                raise RuntimeError("the server ended before it had started")
            await asyncio.sleep(0.002)
