"""Checks the database without changing it; `run` migrates it."""

import asyncio
import os
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import URL, Connection, func, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.features.doctor.model import CLOCK_FIX, Finding, apart, failed, ok, shown, warning
from bot.settings import WHERE
from bot.store.dead_letters import count_dead
from bot.store.drivers import engine_of
from bot.store.errors import DatabaseInUse, DatabaseUrlError, StoreError, StoreFull
from bot.store.locking import FileLock
from bot.store.migrating import HEAD, known_versions, still_fits, version_of
from bot.store.open import database_at
from bot.store.store import Store
from bot.store.values import DeadLetterCount

CHECK = "Database"
PATIENCE_S = 10.0
CLOCKS_DIFFER_BY = timedelta(seconds=5)  # tolerated per replica; leases last 15 s
FREE_AT_LEAST = 200 * 1024 * 1024
FULL_BELOW = 1024 * 1024
MORE_ROOM = "free some space, or move the database and change DATABASE_URL"
WRITABLE = "let the user that runs the bot write there, or change DATABASE_URL"


async def check_database(database_url: str, now: Callable[[], datetime]) -> Finding:
    try:
        url = database_at(database_url)
    except DatabaseUrlError as wrong:
        return failed(CHECK, f"DATABASE_URL: {wrong}", WHERE["DATABASE_URL"])
    if url.get_backend_name() == "sqlite":
        return await _sqlite(url, Path(url.database or ""), now)
    return await _inside(url, f"{url.database} at {url.host or 'this machine'}", now)


async def check_commit(store: Store) -> Finding | None:
    """Check that a running bot can write to the database. None if it can."""
    try:
        await store.check_commit()
    except StoreFull:
        found = "The bot's own disk is full, so it cannot save anything."
        return failed(CHECK, found, "free some space on the disk of the database")
    except StoreError as gone:
        found = f"The bot cannot write to its own database ({shown(str(gone))})."
        return failed(CHECK, found, "see whether another program holds the database, or its disk")
    return None


async def count_dead_letters(database_url: str) -> DeadLetterCount:
    """Count unreadable rows, also while a bot runs. Nothing is counted without a database."""
    try:
        url = database_at(database_url)
        engine = engine_of(url)
    except (DatabaseUrlError, ModuleNotFoundError):
        return DeadLetterCount()
    if url.get_backend_name() == "sqlite" and not _is_there(Path(url.database or "")):
        return DeadLetterCount()
    try:
        async with asyncio.timeout(PATIENCE_S), engine.connect() as conn:
            return await conn.run_sync(_dead_letters)
    except (SQLAlchemyError, TimeoutError, OSError):
        return DeadLetterCount()  # the other check says why
    finally:
        await engine.dispose()


def _dead_letters(conn: Connection) -> DeadLetterCount:
    """Count dead letters; none if their tables do not exist yet."""
    return count_dead(conn) if still_fits(conn) else DeadLetterCount()


async def _sqlite(url: URL, path: Path, now: Callable[[], datetime]) -> Finding:
    """Check a database file: its folder, its lock, its content."""
    if early := _before_opening(path):
        return early
    try:
        with FileLock(path):
            found = await _inside(url, str(path), now)
    except DatabaseInUse:
        return ok(CHECK, f"{path} is in use by a running bot, which is fine")
    except OSError as error:
        return failed(CHECK, f"cannot lock {path}: {error.strerror}", WRITABLE)
    return found


def _before_opening(path: Path) -> Finding | None:
    """Return a problem with the folder or the file's permissions, or that there is no file yet."""
    folder = next(p for p in path.parents if os.path.exists(p))
    if not os.access(folder, os.W_OK | os.X_OK):
        return failed(CHECK, f"cannot write in {folder}", WRITABLE)
    there = _is_there(path)
    if there and not os.access(path, os.R_OK | os.W_OK):
        return failed(CHECK, f"cannot write {path}", WRITABLE)
    if lacking := lacks_room(folder, shutil.disk_usage(folder).free):
        return lacking
    if not there:
        return ok(CHECK, f"{path} does not exist yet; the bot will create it")
    return None


def _is_there(path: Path) -> bool:
    return os.path.exists(path)  # unlike Path.exists, never raises


def lacks_room(folder: Path, free: int) -> Finding | None:
    """Return a problem if the disk of a folder has too few free bytes."""
    if free >= FREE_AT_LEAST:
        return None
    if free < FULL_BELOW:
        full = f"the disk of {folder} is full, so the bot cannot save anything"
        return failed(CHECK, full, MORE_ROOM)
    found = f"only {free // 1024 // 1024} MB are free on the disk of {folder}"
    return warning(CHECK, found, MORE_ROOM)


async def _inside(url: URL, place: str, now: Callable[[], datetime]) -> Finding:
    """Check the schema version, and whether this version of the bot supports it."""
    try:
        engine = engine_of(url)
    except ModuleNotFoundError as missing:
        fix = "install the bot with its extra: record-bot[postgres]"
        return failed(CHECK, f"the library {missing.name} is not installed", fix)
    try:
        async with asyncio.timeout(PATIENCE_S), engine.connect() as conn:
            ahead = await _ahead(conn, now)
            server, revision, may_create, fits = await conn.run_sync(_read)
    except (SQLAlchemyError, TimeoutError, OSError) as error:
        fix = "check that the server is running, and that address, user and password are right"
        if url.get_backend_name() == "sqlite":
            fix = "is this a SQLite file? Restore a copy, or change DATABASE_URL"
        return failed(CHECK, f"cannot open {place}: {_why(error, url)}", fix)
    finally:
        await engine.dispose()
    if abs(ahead) > CLOCKS_DIFFER_BY:
        found = f"{place}: this machine is {apart(ahead)} the database"
        return failed(CHECK, f"{found}. Replicas would take work from each other", CLOCK_FIX)
    return _version(f"{server}, {place}", revision, may_create, fits)


async def _ahead(conn: AsyncConnection, now: Callable[[], datetime]) -> timedelta:
    """Return how far our clock is ahead of the database's, which all replicas share."""
    if conn.dialect.name == "sqlite":
        return timedelta(0)
    theirs = (await conn.execute(select(func.clock_timestamp()))).scalar_one()
    ahead: timedelta = now() - theirs
    return ahead


def _read(conn: Connection) -> tuple[str, str | None, bool, bool]:
    revision, fits = version_of(conn), still_fits(conn)
    if conn.dialect.name == "sqlite":
        return f"SQLite {conn.scalar(text('SELECT sqlite_version()'))}", revision, True, fits
    may = conn.scalar(text("SELECT has_schema_privilege(current_schema(), 'CREATE')"))
    return f"PostgreSQL {conn.scalar(text('SHOW server_version'))}", revision, bool(may), fits


def _version(place: str, revision: str | None, may_create: bool, fits: bool) -> Finding:
    if revision == HEAD:
        return ok(CHECK, f"{place}: up to date")
    if revision is not None and revision not in known_versions():
        found = f"{place}: a newer version of the bot has upgraded it ({shown(revision)})"
        if fits:
            fix = "this version still works with it; upgrade when you can"
            return warning(CHECK, found, fix)
        return failed(CHECK, found, "use that newer version, or restore an older copy")
    if not may_create:
        fix = "let this user create tables: GRANT CREATE ON SCHEMA … TO …"
        return failed(CHECK, f"{place}: the tables are missing and this user cannot add them", fix)
    state = "empty" if revision is None else f"at version {revision}"
    return ok(CHECK, f"{place}: {state}; the bot will update it when it starts")


def _why(error: Exception, url: URL) -> str:
    """Return the driver's message, which names host and user, never the password."""
    if isinstance(error, TimeoutError):
        return f"no answer within {PATIENCE_S:g} s"
    said = str(error.orig) if isinstance(error, DBAPIError) else type(error).__name__
    return shown(said.replace(url.password, "…") if url.password else said)
