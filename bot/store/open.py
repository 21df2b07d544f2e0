"""Opens the database: one process per SQLite file, any number on PostgreSQL."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.store.database import Database
from bot.store.drivers import engine_of
from bot.store.errors import DatabaseUrlError
from bot.store.locking import FileLock
from bot.store.migrating import upgrade
from bot.store.repository import TeamDatabase
from bot.store.store import Store
from bot.store.values import Team


async def open_store(
    database_url: str,
    *,
    team: Team,
    now: Callable[[], datetime],
    lease: timedelta,
) -> Store:
    """Open the store of this database, after upgrading its schema.

    Raises:
        DatabaseInUse: another process has this SQLite file open.
        DatabaseUrlError: the address is invalid, or that of an unsupported database.
        SchemaTooNew: a newer version of the bot has migrated the database.
        StoreUnavailable: the database does not answer.
    """
    url = database_at(database_url)
    lock = lock_of(url)
    try:
        await asyncio.to_thread(upgrade, url)
        database = Database(engine_of(url))
    except BaseException:
        if lock is not None:
            lock.close()
        raise
    return Store(TeamDatabase(database, team, now=now, lease=lease), lock)


async def migrate(database_url: str) -> None:
    """Upgrade the schema; fast if it is up to date, and safe in several processes at once."""
    url = database_at(database_url)
    lock = lock_of(url)
    try:
        await asyncio.to_thread(upgrade, url)
    finally:
        if lock is not None:
            lock.close()


def database_at(database_url: str) -> URL:
    """Return the address with our drivers in place of those it names."""
    if not database_url.startswith("sqlite") and database_url.partition("?")[0].count("@") > 1:
        # Part of the password would be parsed as the host, and shown in errors.
        raise DatabaseUrlError("user, password or name contain an @; write it as %40")
    try:
        url = make_url(database_url)
    except (ArgumentError, ValueError):  # their messages may quote the address
        raise DatabaseUrlError("not a database address; try sqlite:///record-bot.db") from None
    kind = url.get_backend_name()
    if kind in ("postgresql", "postgres"):
        if find_spec("psycopg") is None:
            raise DatabaseUrlError("PostgreSQL needs the extra: pip install 'record-bot[postgres]'")
        return url.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise DatabaseUrlError(f"{kind!r} is not supported: use sqlite or postgresql")
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise DatabaseUrlError("SQLite needs a file here, such as sqlite:///record-bot.db")
    path = Path(url.database).expanduser().resolve()
    return url.set(drivername="sqlite+aiosqlite", database=str(path))


def lock_of(url: URL) -> FileLock | None:
    """Return the lock on a SQLite file, readable only by its owner; None for PostgreSQL."""
    if url.get_backend_name() != "sqlite" or url.database is None:
        return None
    path = Path(url.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        return FileLock(path)
    except OSError as e:
        raise DatabaseUrlError(f"cannot write {path}: {e.strerror}") from e
