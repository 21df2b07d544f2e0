"""The load generator: a process of its own, with as little of a client as there can be.

`python -m tests.bench.load JOB` reads a file that `run` wrote, and prints what it measured. Raw
asyncio: its own cost is in the figure of the bare Starlette endpoint, which is why ratios hold.
"""

import asyncio
import json
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measure import percentile

ANSWER_WITHIN_S = 10.0
ALL_WITHIN_S = 300.0
OK = b"HTTP/1.1 200"


class LoadFailed(Exception):
    """An answer was not what it has to be, so nothing was measured."""


@dataclass(frozen=True, slots=True)
class Job:
    """`rate` per second sets the times of sending beforehand; without, each answer brings on the
    next request, `gap_s` later. The first `warm_up` requests are not measured.
    """

    port: int
    requests: Sequence[str]
    connections: int = 1
    rate: float | None = None
    gap_s: float = 0.0
    warm_up: int = 0
    expect: str = ""


@dataclass(slots=True)
class Measured:
    """`sent_at` is the time of day. With a rate, latency counts from when it should have left."""

    latencies_ms: list[float] = field(default_factory=list)
    sent_at: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def per_s(self) -> float:
        return len(self.latencies_ms) / self.seconds

    def at(self, share: float) -> float:
        return percentile(self.latencies_ms, share)


async def run(job: Job) -> Measured:
    """Let another process do it. Raises LoadFailed."""
    with TemporaryDirectory(prefix="record-bot-load-") as folder:
        file = Path(folder) / "job.json"
        file.write_text(json.dumps(asdict(job)))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.bench.load",
            str(file),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
    if process.returncode != 0:
        raise LoadFailed(err.decode().strip().splitlines()[-1] if err else "no reason given")
    return Measured(**json.loads(out))


class _Connection(asyncio.Protocol):
    """One request at a time over one connection that stays open."""

    def __init__(self) -> None:
        self._came = bytearray()
        self._answer: asyncio.Future[bytes] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        head = self._came.find(b"\r\n\r\n")
        if head < 0 or self._answer is None or self._answer.done():
            return
        marked = self._came[:head].lower().partition(b"content-length:")[2]
        length = int(marked.partition(b"\r\n")[0] or 0)
        if len(self._came) >= head + 4 + length:
            self._answer.set_result(bytes(self._came))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(LoadFailed(f"the connection ended: {exc}"))

    async def ask(self, request: bytes) -> bytes:
        assert self._transport is not None
        self._came.clear()
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        async with asyncio.timeout(ANSWER_WITHIN_S):
            return await self._answer


class _Generator:
    def __init__(self, job: Job, connections: Sequence[_Connection]) -> None:
        self._job = job
        self._connections = connections
        self._expect = job.expect.encode()
        self._wrong: Counter[bytes] = Counter()

    async def run(self) -> Measured:
        everything = [request.encode("latin-1") for request in self._job.requests]
        split = self._job.warm_up
        await self._one_after_another(everything[:split], Measured())
        measured = Measured()
        began = time.perf_counter()
        if self._job.rate:
            await self._paced(everything[split:], self._job.rate, measured)
        else:
            await self._one_after_another(everything[split:], measured)
        measured.seconds = time.perf_counter() - began
        if self._wrong:
            raise LoadFailed(f"wrong answers: {self._wrong.most_common(2)}")
        return measured

    async def _one_after_another(self, requests: Sequence[bytes], measured: Measured) -> None:
        """Each connection sends its next request when the last is answered."""
        left = iter(requests)
        turns = (self._turns(connection, left, measured) for connection in self._connections)
        await asyncio.gather(*turns)

    async def _turns(
        self, connection: _Connection, left: Iterator[bytes], measured: Measured
    ) -> None:
        for request in left:
            await self._measure(connection, request, time.perf_counter(), measured)
            if self._job.gap_s:
                await asyncio.sleep(self._job.gap_s)

    async def _paced(self, requests: Sequence[bytes], rate: float, measured: Measured) -> None:
        """At set times, however slow the answers: waiting for a free connection counts, too."""
        due = deque(enumerate(requests))
        began = time.perf_counter() + 0.05
        await asyncio.gather(
            *(
                self._pace(connection, due, began, rate, measured)
                for connection in self._connections
            )
        )

    async def _pace(
        self,
        connection: _Connection,
        due: deque[tuple[int, bytes]],
        began: float,
        rate: float,
        measured: Measured,
    ) -> None:
        while due:
            i, request = due.popleft()
            at = began + i / rate
            early = at - time.perf_counter()
            if early > 0:
                await asyncio.sleep(early)
                at = time.perf_counter()  # the timer's own lateness is not the server's
            await self._measure(connection, request, at, measured)

    async def _measure(
        self, connection: _Connection, request: bytes, since: float, measured: Measured
    ) -> None:
        measured.sent_at.append(time.time())
        answer = await connection.ask(request)
        measured.latencies_ms.append((time.perf_counter() - since) * 1000)
        if not answer.startswith(OK) or self._expect not in answer:
            self._wrong[answer[:300]] += 1


async def _main(job: Job) -> None:
    loop = asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(_Connection, "127.0.0.1", job.port))[1]
        for _ in range(job.connections)
    ]
    async with asyncio.timeout(ALL_WITHIN_S):
        measured = await _Generator(job, connections).run()
    sys.stdout.write(json.dumps(asdict(measured)))


if __name__ == "__main__":
    asyncio.run(_main(Job(**json.loads(Path(sys.argv[1]).read_text()))))
