"""Backs up a SQLite database while the bot runs, and restores it while the bot is stopped.

A plain copy is not enough: the last commits are in the `-wal` file next to the database, and an old
`-wal` next to a restored file undoes the restore, or damages it.
Source: sqlite.org, backup.html, wal.html and howtocorrupt.html.
"""

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, pool

from bot.store.errors import SchemaTooNew, StoreError
from bot.store.locking import FileLock
from bot.store.migrating import known_versions, still_fits
from bot.store.open import database_at

MODE = 0o600
BUSY_S = 10.0
SIDE_FILES = ("-wal", "-shm", "-journal")


class NotBackedUp(StoreError):
    """The backup or restore was not made. The message is one line: why, and what to do instead."""


def backup(database_url: str, file: Path) -> None:
    """Write a copy of the committed state; `file` is replaced once the copy is complete.

    Raises NotBackedUp.
    """
    url = database_at(database_url)
    if url.get_backend_name() != "sqlite":
        target = _without_password(url)
        raise NotBackedUp(f"back PostgreSQL up with: pg_dump -Fc --file={file} '{target}'")
    path = Path(url.database or "")
    if not path.exists():
        raise NotBackedUp(f"there is no database at {path}")
    _refuse_the_same(path, file)
    with _as_not_backed_up("backed up"), _temporary_beside(file) as copy:
        _copy(f"{path.absolute().as_uri()}?mode=rw", copy)
        _check(copy)
        os.replace(copy, file)
        _sync(file.parent)


def restore(database_url: str, file: Path) -> None:
    """Replace the database with a backup. A kill at any time leaves the old one or the new one.

    The backup is checked first for damage, and for a schema that this version can use.
    Raises NotBackedUp, DatabaseInUse while a bot runs, SchemaTooNew.
    """
    url = database_at(database_url)
    if url.get_backend_name() != "sqlite":
        target = _without_password(url)
        raise NotBackedUp(f"restore PostgreSQL with: pg_restore --clean -d '{target}' {file}")
    path = Path(url.database or "")
    if not file.is_file():
        raise NotBackedUp(f"there is no file {file}")
    _refuse_the_same(path, file)
    with _as_not_backed_up("restored"):
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path), _temporary_beside(path) as copy:
            _copy(_source_uri(file), copy)
            _check(copy)
            _check_schema(copy)
            _keep_owner(copy, path)
            _fold_log_in(path)
            for suffix in SIDE_FILES:  # of the old database; they would damage the new one
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            _sync(path.parent)
            os.replace(copy, path)
            _sync(path.parent)


@contextmanager
def _as_not_backed_up(done: str) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as wrong:
        raise NotBackedUp(f"nothing was {done}: {wrong}") from wrong


@contextmanager
def _temporary_beside(file: Path) -> Iterator[Path]:
    """Create a file in the same folder, readable only by its owner; delete it unless moved."""
    new = file.with_name(f"{file.name}.{os.getpid()}.partial")
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, MODE))
    os.chmod(new, MODE)  # whatever the umask
    try:
        yield new
    finally:
        for suffix in ("", *SIDE_FILES):
            new.with_name(new.name + suffix).unlink(missing_ok=True)


def _copy(source_uri: str, target: Path) -> None:
    """Copy in one step: in several, each commit of a running bot would restart the copy.

    The copy has no log next to it.
    """
    with (
        closing(sqlite3.connect(source_uri, uri=True, timeout=BUSY_S)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute("VACUUM")  # removes free pages
    with target.open("rb+") as written:
        os.fsync(written.fileno())


def _source_uri(file: Path) -> str:
    """The URI to open a backup without changes; with its log, if it is a plain copy with one."""
    uri = file.absolute().as_uri()
    has_log = any(file.with_name(file.name + suffix).exists() for suffix in SIDE_FILES)
    return f"{uri}?mode=rw" if has_log else f"{uri}?mode=ro&immutable=1"


def _check(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as conn:
        found = [str(row[0]) for row in conn.execute("PRAGMA integrity_check(1)")]
        if found != ["ok"]:
            raise NotBackedUp(f"the copy is damaged ({found[0]}); nothing was changed")
        if conn.execute("PRAGMA foreign_key_check").fetchone():
            raise NotBackedUp("rows are missing in the copy; nothing was changed")


def _check_schema(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as conn:
        try:
            row = conn.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError:
            row = None
    if row is None:
        raise NotBackedUp("the file is no database of record-bot; nothing was changed")
    if row[0] in known_versions():
        return
    engine = create_engine(f"sqlite:///{copy}", poolclass=pool.NullPool)
    with engine.connect() as conn:
        if not still_fits(conn):
            raise SchemaTooNew(
                f"the backup is at version {row[0]!r}, which this version of the bot cannot use: "
                "restore it with the newer one"
            )


def _keep_owner(copy: Path, path: Path) -> None:
    """Keep the owner of the database, or of its folder, if root restores for the bot's user."""
    owner = (path if path.exists() else path.parent).stat()
    with contextlib.suppress(PermissionError):
        for ours in (copy, path.with_name(path.name + ".lock")):
            os.chown(ours, owner.st_uid, owner.st_gid)


def _fold_log_in(path: Path) -> None:
    """Write the log into the old file, so that it is complete without the log.

    A damaged file stays as it is; it is replaced anyway.
    """
    if not path.exists() or not stat.S_ISREG(path.stat().st_mode):
        return
    with contextlib.suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=BUSY_S)) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _refuse_the_same(path: Path, file: Path) -> None:
    if path.exists() and file.exists() and path.samefile(file):
        raise NotBackedUp(f"{file} is the database itself")


def _without_password(url: URL) -> str:
    query = {name: value for name, value in url.query.items() if "password" not in name}
    named = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, query=query
    )
    return named.render_as_string()


def _sync(folder: Path) -> None:
    """Sync the folder, so that a rename survives a power loss."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
