"""Listens to PostgreSQL's notifications of work and mail, and reconnects when cut off."""

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import URL

if TYPE_CHECKING:
    from psycopg import AsyncConnection

log = structlog.get_logger(__name__)


class Listener:
    """Calls back on notifications; `told` has the callback of each channel.

    Uses a connection of its own: a pooled one would return to the pool with pending notifications.
    """

    def __init__(
        self,
        url: URL,
        payload: str,
        told: Mapping[str, Callable[[], None]],
        *,
        check_every_s: float = 30.0,
        pauses_s: tuple[float, ...] = (0.0, 0.5, 1.0, 2.0, 5.0),
    ) -> None:
        self._url = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._payload = payload
        self._told = told
        self._check_every_s = check_every_s
        self._pauses_s = pauses_s
        self._failures = 0

    async def run(self) -> None:
        import psycopg  # noqa: PLC0415  # only installed where PostgreSQL is used

        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, TimeoutError) as e:
                pause_s = self._pauses_s[min(self._failures, len(self._pauses_s) - 1)]
                self._failures += 1
                log.warning("wakes_unheard", error=type(e).__name__, again_in_s=pause_s)
                await asyncio.sleep(pause_s)

    async def _listen(self) -> None:
        import psycopg  # noqa: PLC0415

        connect = psycopg.AsyncConnection.connect(self._url, autocommit=True, connect_timeout=5)
        async with await connect as conn:
            for channel in self._told:
                await conn.execute(f"LISTEN {channel}")
            self._failures = 0
            for tell in self._told.values():  # notifications may have been missed
                tell()
            while True:
                await self._hear(conn)
                async with asyncio.timeout(10):  # a dead peer would never answer
                    await conn.execute("SELECT 1")

    async def _hear(self, conn: "AsyncConnection[Any]") -> None:
        async for notice in conn.notifies(timeout=self._check_every_s):
            if notice.payload == self._payload:
                self._told[notice.channel]()
