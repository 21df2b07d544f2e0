"""A wire between the bot and one of the simulations, that can be silent, slow or cut."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

CHUNK = 65_536
DRIP_BYTES, DRIP_EVERY_S = 24, 0.25


@dataclass(eq=False)
class _Connection:
    """`flowing` is cleared for a connection that stays open and carries nothing any more."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    flowing: asyncio.Event = field(default_factory=asyncio.Event)

    def reset(self) -> None:
        self.flowing.set()
        for writer in (self.near, self.far):
            _reset(writer)


class Relay:
    """Forwards TCP from `url` to `target` (host and port), as long as nothing is wrong."""

    def __init__(self) -> None:
        self.target: tuple[str, int] = ("127.0.0.1", 0)
        self.url = ""
        self.dripping = False  # answers come a few bytes at a time
        self._open: set[_Connection] = set()

    def silence(self) -> int:
        """What is connected now stays so, and carries nothing more; how many that are."""
        flowing = [c for c in self._open if c.flowing.is_set()]
        for connection in flowing:
            connection.flowing.clear()
        return len(flowing)

    def cut(self) -> None:
        """Reset everything that is connected."""
        for connection in list(self._open):
            connection.reset()

    def cut_silent(self) -> None:
        for connection in [c for c in self._open if not c.flowing.is_set()]:
            connection.reset()

    async def serve(
        self, near_reader: asyncio.StreamReader, near_writer: asyncio.StreamWriter
    ) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(*self.target)
        except OSError:
            near_writer.close()
            return
        connection = _Connection(near_writer, far_writer)
        connection.flowing.set()
        self._open.add(connection)
        try:
            await asyncio.gather(
                self._pump(near_reader, far_writer, connection, answers=False),
                self._pump(far_reader, near_writer, connection, answers=True),
            )
        except OSError:
            pass
        finally:
            self._open.discard(connection)
            for writer in (near_writer, far_writer):
                writer.close()

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        connection: _Connection,
        *,
        answers: bool,
    ) -> None:
        while data := await reader.read(CHUNK):
            await connection.flowing.wait()
            while data:
                some = DRIP_BYTES if answers and self.dripping else CHUNK
                writer.write(data[:some])
                await writer.drain()
                data = data[some:]
                if data:
                    await asyncio.sleep(DRIP_EVERY_S)
        await connection.flowing.wait()
        with contextlib.suppress(OSError):
            writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def relay() -> AsyncIterator[Relay]:
    """A relay that listens; its target is set once it is known."""
    made = Relay()
    connections: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(made.serve(reader, writer))
        connections.add(task)
        task.add_done_callback(connections.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
