"""The real store on an SQLite that is all in memory and in this thread.

The store's own code and SQL, without files and without threads: quick, and each time the same.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

from sqlalchemy import Connection, Engine, NestedTransaction, Table, create_engine
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import StaticPool

from bot.store.database import Database, translated
from bot.store.drivers import prepare_sqlite, to_json
from bot.store.errors import StoreUnavailable
from bot.store.schema import metadata


class _Conn:
    """What the store uses of an AsyncConnection; nothing here ever lets another task run."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    async def execute(self, *args: Any) -> Any:
        return self._conn.execute(*args)

    async def scalar(self, *args: Any) -> Any:
        return self._conn.scalar(*args)

    async def scalars(self, *args: Any) -> Any:
        return self._conn.scalars(*args)

    @asynccontextmanager
    async def begin_nested(self) -> AsyncIterator[NestedTransaction]:
        with self._conn.begin_nested() as nested:
            yield nested


class Memory(Database):
    """`before` and `after` surround every write, and may raise: instead of it, or once it is
    committed."""

    def __init__(
        self, engine: Engine, before: Callable[[], None], after: Callable[[], None]
    ) -> None:
        self.is_sqlite = True
        self._engine = engine
        self._before, self._after = before, after
        self.reads = self.writes = 0
        self.open = True

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        self.reads += 1
        self._must_be_open()
        with translated(), self._engine.connect() as conn:
            yield cast("AsyncConnection", _Conn(conn))

    @asynccontextmanager
    async def write(self, *, lone: bool = False) -> AsyncIterator[AsyncConnection]:
        self.writes += 1
        self._must_be_open()
        self._before()
        with translated(), self._engine.begin() as conn:
            yield cast("AsyncConnection", _Conn(conn))
        self._after()

    def changes(self, *tables: Table) -> tuple[int, ...]:
        """Whatever is written, it may have changed these tables."""
        return (self.writes,)

    def _must_be_open(self) -> None:
        if not self.open:
            raise StoreUnavailable("the store is closed")

    async def close(self) -> None:
        self.open = False


_engines: list[Engine] = []


def empty_database() -> Engine:
    """One engine for all, emptied: what SQLAlchemy has compiled once stays compiled."""
    if not _engines:
        engine = create_engine("sqlite://", poolclass=StaticPool, json_serializer=to_json)
        prepare_sqlite(engine)
        metadata.create_all(engine)
        _engines.append(engine)
    with _engines[0].begin() as conn:
        for table in reversed(metadata.sorted_tables):
            conn.execute(table.delete())
    return _engines[0]
