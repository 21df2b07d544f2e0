"""aiosqlite with one hop to the connection's thread per statement instead of four.

SQLAlchemy makes a cursor, executes, fetches everything and closes the cursor, and aiosqlite sends
each of these to the connection's thread and back. Here, only the statement runs in that thread and
fetches its rows there; the rest, which is cheap, runs in the caller's thread. A hop costs more
than most of our statements.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Self

from aiosqlite import Connection, Cursor
from aiosqlite.context import Result

READ = "BEGIN"  # deferred: neither it nor its end touches the file or waits for a lock


class OneHopCursor(Cursor):
    _conn: "OneHopConnection"
    _rows: list[Any]

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> Self:
        if sql == READ:
            self._rows = self._run(sql, ())
            self._conn.reads = True
        else:
            self._rows = await self._execute(self._run, sql, tuple(parameters or ()))  # type: ignore[no-untyped-call]
        return self

    def _run(self, sql: str, parameters: tuple[Any, ...]) -> list[Any]:
        self._cursor.execute(sql, parameters)
        return self._cursor.fetchall() if self._cursor.description else []

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        with suppress(sqlite3.ProgrammingError):  # cancelled: its statement still runs
            self._cursor.close()


class OneHopConnection(Connection):
    reads = False  # whether its transaction only reads, so it has nothing to undo

    def cursor(self) -> Result[Cursor]:
        return Result(self._new_cursor())

    async def _new_cursor(self) -> Cursor:
        return OneHopCursor(self, self._conn.cursor())

    async def commit(self) -> None:
        """Commit, unless a statement without BEGIN has committed itself."""
        if self.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        """Roll back, but only if needed: the pool requests it for each returned connection.

        Never runs during a statement: SQLAlchemy discards a connection when one is cancelled.
        """
        if self.in_transaction and self.reads:
            self._conn.rollback()
        elif self.in_transaction:
            await super().rollback()
        self.reads = False


async def connect(path: str) -> Connection:
    """Open a connection that several threads use, one at a time: SQLite itself is serialized."""

    def connector() -> sqlite3.Connection:
        return sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    connection = OneHopConnection(connector, iter_chunk_size=64)
    connection._thread.daemon = True  # noqa: SLF001  # as SQLAlchemy does, so that it does not keep the process alive
    return await connection
