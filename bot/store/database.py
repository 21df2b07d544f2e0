"""Transactions on SQLite and PostgreSQL with one interface, and translated errors."""

import asyncio
import errno
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Table, event, exc, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.kit.metrics import STORE_ERRORS
from bot.store.errors import StoreError, StoreFull, StoreRefused, StoreUnavailable

FULL = (errno.ENOSPC, errno.EDQUOT)
SQLITE_FULL = ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")  # the second: no room for the -shm
CANCELLED_S = 0.5
# The limit of the current task: a listener has less time than the engine.
_PATIENCE_S: ContextVar[float | None] = ContextVar("patience_s", default=None)
CHANGED = "changed_tables"
# The channels of PostgreSQL's notifications to other replicas.
WORK, MAIL = "record_bot_wake", "record_bot_mail"
# The transaction that the reads of this task, and of the tasks that it starts, share.
_SHARED: ContextVar["_Shared | None"] = ContextVar("shared_read", default=None)
OUTSIDE = (UnicodeEncodeError, OverflowError, TimeoutError, OSError)  # not SQLAlchemy's errors


@contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """Limit each transaction in this context, because a person waits for the answer."""
    token = _PATIENCE_S.set(seconds)
    try:
        yield
    finally:
        _PATIENCE_S.reset(token)


@dataclass(slots=True)
class _Shared:
    """A shared connection; its lock lets one read use it at a time."""

    conn: AsyncConnection
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Database:
    """An engine whose transactions never take longer than `patience_s`."""

    def __init__(self, engine: AsyncEngine, *, patience_s: float = 10.0) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._patience_s = patience_s
        options = {"begin": "BEGIN IMMEDIATE"} if self.is_sqlite else {}
        self._writes = engine.execution_options(**options)
        # In SQLite a single statement is a transaction, without two more hops to the thread.
        self._lone = engine.execution_options(begin="") if self.is_sqlite else self._writes
        # The statements of one read see the same state; SQLite does that by default.
        snapshot = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reads = engine.execution_options(**snapshot)
        self._closed = False
        self._changes = Counter[str]()
        _note_changes(engine.sync_engine)
        # SQLite's own wait for the write lock is neither fair nor fast.
        self._turn = asyncio.Lock() if self.is_sqlite else None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a consistent read transaction. Raises `StoreUnavailable`."""
        shared = _SHARED.get()
        with self._open():
            if shared is None:
                async with self._in_time(), self._reads.connect() as conn:
                    yield conn
            else:
                async with self._in_time(), shared.turn:
                    yield shared.conn

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """Make all reads in this context one transaction, also those of tasks started in it.

        These tasks must end in the context and must not write.
        """
        async with self.read() as conn:
            token = _SHARED.set(_Shared(conn))
            try:
                yield
            finally:
                _SHARED.reset(token)

    @asynccontextmanager
    async def write(self, *, lone: bool = False) -> AsyncIterator[AsyncConnection]:
        """Open a transaction, committed at the end. `lone`: it has exactly one statement.

        Raises `StoreUnavailable`, `StoreRefused`.
        """
        changed: set[str] = set()
        with self._open():
            try:
                async with (
                    self._in_time(),
                    self._turn or nullcontext(),
                    (self._lone if lone else self._writes).begin() as conn,
                ):
                    conn.info[CHANGED] = changed
                    yield conn
            finally:  # also if it is unknown whether it was committed
                self._changes.update(changed)

    def changes(self, *tables: Table) -> tuple[int, ...]:
        """The number of changes of each table by this process, as part of cache keys."""
        return tuple(self._changes[table.name] for table in tables)

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        """Limit the time of a transaction. Raises TimeoutError.

        On the first cancellation psycopg asks the server to cancel the query, and waits up to 10 s
        for that; a second cancellation ends the wait at once.
        """
        patience_s = min(self._patience_s, _PATIENCE_S.get() or self._patience_s)
        twice_s = None if self.is_sqlite else patience_s + CANCELLED_S
        async with asyncio.timeout(twice_s), asyncio.timeout(patience_s):
            yield

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """Build an insert that supports ON CONFLICT."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    async def notify(self, conn: AsyncConnection, channel: str, payload: str) -> None:
        """Notify every replica when this transaction commits. SQLite has no other replicas."""
        if not self.is_sqlite:
            await conn.execute(select(func.pg_notify(channel, payload)))

    @contextmanager
    def _open(self) -> Iterator[None]:
        """Raise if closed: a disposed engine would reconnect, perhaps to a reused file."""
        if self._closed:
            raise StoreUnavailable("the store is closed")
        with translated():
            yield

    async def close(self) -> None:
        self._closed = True
        await self.engine.dispose()

    async def ping(self) -> None:
        async with self.read() as conn:
            await conn.execute(text("SELECT 1"))


def _note_changes(engine: Engine) -> None:
    """Collect the tables that each transaction changes in the `info` of its connection."""

    @event.listens_for(engine, "after_execute")
    def after_execute(conn: Connection, statement: Any, *_: object) -> None:
        if getattr(statement, "is_dml", False) and CHANGED in conn.info:
            conn.info[CHANGED].add(statement.table.name)


@contextmanager
def translated() -> Iterator[None]:
    """Translate and count database errors. They are only chained: messages may quote values."""
    try:
        yield
    except StoreError:
        raise
    except (exc.StatementError, exc.TimeoutError, *OUTSIDE) as e:
        STORE_ERRORS.labels(type(e).__name__).inc()
        raise _translation(e) from e


def _translation(error: Exception) -> StoreError:
    match error:
        case exc.DataError() | exc.IntegrityError() | UnicodeEncodeError() | OverflowError():
            return StoreRefused(type(error).__name__)
        case exc.DBAPIError() | exc.TimeoutError():
            return (StoreFull if _is_full(error) else StoreUnavailable)(_why(error))
        case exc.StatementError():
            return StoreRefused(str(error.orig))
        case _:
            full = isinstance(error, OSError) and error.errno in FULL
            return (StoreFull if full else StoreUnavailable)(type(error).__name__)


def _is_full(error: exc.SQLAlchemyError) -> bool:
    """By SQLite's result code and PostgreSQL's SQLSTATE; drivers name them differently."""
    said = error.orig if isinstance(error, exc.DBAPIError) else None
    if getattr(said, "sqlstate", None) == "53100":
        return True
    return getattr(said, "sqlite_errorname", "") in SQLITE_FULL


def _why(error: exc.SQLAlchemyError) -> str:
    """Describe a connection error, or an error of SQLite's file (full, locked, damaged).

    For other failed statements it has only the types of the errors: PostgreSQL's messages may quote
    values.
    """
    if not isinstance(error, exc.DBAPIError):
        return type(error).__name__
    orig = error.orig
    if error.statement is None or isinstance(orig, sqlite3.OperationalError):
        return f"{type(error).__name__}: {orig}"
    return f"{type(error).__name__}: {type(orig).__name__}"
