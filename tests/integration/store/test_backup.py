"""Backup while the bot writes, restore after `kill -9`: the copy counts, whatever lies beside."""

import asyncio
import multiprocessing
import os
import shutil
import sqlite3
import stat
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from bot.store.backup import NotBackedUp, backup, restore
from bot.store.errors import DatabaseInUse, SchemaTooNew
from bot.store.locking import FileLock
from bot.store.migrating import HEAD, SCRIPTS
from bot.store.open import migrate, open_store
from bot.store.store import Store
from bot.store.values import Team
from tests.contract.store_support import LEASE, Clock, entry
from tests.databases import migrated_copy

KILLS = 30


@pytest.fixture
def database(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return migrated_copy(folder / "bot.db")


def url(path: Path) -> str:
    return f"sqlite:///{path}"


async def opened(path: Path, clock: Clock, team: Team) -> Store:
    return await open_store(url(path), team=team, now=clock.now, lease=LEASE)


def webhooks(path: Path) -> set[str]:
    """The identities in a file as SQLite itself reads it, which must be whole."""
    with closing(sqlite3.connect(path)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {row[0] for row in conn.execute("SELECT identity FROM inbox")}


def beside(path: Path) -> set[str]:
    return {file.name for file in path.parent.iterdir()}


def as_left_by_kill_9(path: Path, to: Path) -> None:
    """The file and its log, as they are while the bot has them open."""
    to.parent.mkdir(exist_ok=True)
    for suffix in ("", "-wal", "-shm"):
        shutil.copy(path.with_name(path.name + suffix), to.with_name(to.name + suffix))


async def test_a_backup_of_a_running_bot_has_what_is_committed(
    database: Path, tmp_path: Path, clock: Clock, team: Team
) -> None:
    store, copy = await opened(database, clock, team), tmp_path / "copies" / "copy.db"
    copy.parent.mkdir()
    for n in range(50):
        await store.inbox.put(entry(f"before-{n}"))
    writing = asyncio.gather(*(store.inbox.put(entry(f"meanwhile-{n}")) for n in range(400)))
    await asyncio.to_thread(backup, url(database), copy)
    assert all(await writing)
    assert {f"before-{n}" for n in range(50)} <= webhooks(copy)
    assert beside(copy) == {"copy.db"}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    await asyncio.to_thread(backup, url(database), copy)  # the next one replaces it
    assert len(webhooks(copy)) == 450
    await store.close()


async def test_a_restore_after_kill_9_is_not_undone_by_the_log(
    database: Path, tmp_path: Path, clock: Clock, team: Team
) -> None:
    store, copy, dead = (
        await opened(database, clock, team),
        tmp_path / "copy.db",
        tmp_path / "d" / "x",
    )
    await store.inbox.put(entry("before"))
    await asyncio.to_thread(backup, url(database), copy)
    for n in range(1600):
        await store.inbox.put(entry(f"after-{n}"))
    as_left_by_kill_9(database, dead)
    await store.close()
    assert dead.with_name("x-wal").stat().st_size > 100_000
    await asyncio.to_thread(restore, url(dead), copy)
    assert beside(dead) == {"x", "x.lock"}
    assert stat.S_IMODE(dead.stat().st_mode) == 0o600
    assert webhooks(dead) == {"before"}
    again = await opened(dead, clock, team)
    assert await again.inbox.put(entry("since"))
    await again.close()
    assert webhooks(dead) == {"before", "since"}


async def test_a_plain_copy_with_its_log_is_restored_whole(
    database: Path, tmp_path: Path, clock: Clock, team: Team
) -> None:
    store, plain = await opened(database, clock, team), tmp_path / "plain" / "copy.db"
    await store.inbox.put(entry("in the log"))
    as_left_by_kill_9(database, plain)
    await store.close()
    target = tmp_path / "new" / "bot.db"  # there is nothing yet
    await asyncio.to_thread(restore, url(target), plain)
    assert webhooks(target) == {"in the log"}


def test_a_backup_on_a_read_only_disk(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "locked" / "copy.db"
    copy.parent.mkdir()
    backup(url(database), copy)
    copy.chmod(0o400)
    copy.parent.chmod(0o500)
    restore(url(database), copy)
    assert beside(copy) == {"copy.db"}
    copy.parent.chmod(0o700)


def test_no_restore_while_a_bot_runs(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(url(database), copy)
    with FileLock(database), pytest.raises(DatabaseInUse):
        restore(url(database), copy)


def _not_sqlite(copy: Path) -> None:
    copy.write_bytes(b"no database at all, but long enough to be one" * 100)


def _cut(copy: Path) -> None:
    os.truncate(copy, copy.stat().st_size // 2)


def _overwritten(copy: Path) -> None:
    with copy.open("rb+") as file:
        file.seek(4096 * 2)
        file.write(b"\xff" * 4096 * 3)


def _sql(*statements: str) -> Callable[[Path], None]:
    def change(copy: Path) -> None:
        with closing(sqlite3.connect(copy, isolation_level=None)) as conn:
            for statement in statements:
                conn.execute(statement)

    return change


def _nothing(copy: Path) -> None:
    copy.unlink()


BAD: dict[str, tuple[Callable[[Path], None], type[Exception]]] = {
    "not SQLite": (_not_sqlite, NotBackedUp),
    "cut": (_cut, NotBackedUp),
    "overwritten": (_overwritten, NotBackedUp),
    "of another program": (_sql("DROP TABLE alembic_version"), NotBackedUp),
    "too new": (
        _sql("UPDATE alembic_version SET version_num = '9999'", "DROP TABLE homes"),
        SchemaTooNew,
    ),
    "rows missing": (
        _sql("INSERT INTO aliases VALUES ('', 'T1', 'a', 'no such recording')"),
        NotBackedUp,
    ),
    "not there": (_nothing, NotBackedUp),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_backup_changes_nothing(database: Path, tmp_path: Path, bad: str) -> None:
    spoil, error = BAD[bad]
    copy = tmp_path / "copy.db"
    backup(url(database), copy)
    spoil(copy)
    before = database.read_bytes()
    with pytest.raises(error):
        restore(url(database), copy)
    assert database.read_bytes() == before
    assert beside(database) <= {"bot.db", "bot.db.lock"}


def test_a_newer_schema_that_still_fits_is_restored(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(url(database), copy)
    _sql("UPDATE alembic_version SET version_num = '9999'")(copy)
    restore(url(database), copy)


async def test_an_older_schema_is_restored_and_upgraded(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    old = database.with_name("old.db")
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    engine = create_engine(f"sqlite:///{old}")
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, "0005")
    engine.dispose()
    backup(url(old), copy)
    restore(url(database), copy)
    await migrate(url(database))
    with closing(sqlite3.connect(database)) as conn:
        assert conn.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)


def test_a_damaged_database_is_replaced(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(url(database), copy)
    _not_sqlite(database)
    database.with_name("bot.db-wal").write_bytes(b"old" * 1000)
    restore(url(database), copy)
    assert webhooks(database) == set()


def test_the_database_is_no_copy_of_itself(database: Path) -> None:
    with pytest.raises(NotBackedUp, match="itself"):
        backup(url(database), database)
    with pytest.raises(NotBackedUp, match="itself"):
        restore(url(database), database)


def test_what_cannot_be_written_is_said(database: Path, tmp_path: Path) -> None:
    with pytest.raises(NotBackedUp, match="nothing was backed up"):
        backup(url(database), tmp_path / "no" / "such" / "folder")
    with pytest.raises(NotBackedUp, match="no database"):
        backup(url(tmp_path / "none.db"), tmp_path / "copy.db")


def test_postgresql_has_tools_of_its_own(tmp_path: Path) -> None:
    address = "postgresql://bot:secret@db.example.org/bot"
    with pytest.raises(NotBackedUp, match="pg_dump -Fc") as raised:
        backup(address, tmp_path / "copy.dump")
    assert "'postgresql://bot@db.example.org/bot'" in str(raised.value)
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)
    with pytest.raises(NotBackedUp, match="pg_restore"):
        restore(address, tmp_path / "copy.dump")


async def test_killed_at_any_time_a_restore_leaves_the_old_or_the_new_one(
    database: Path, tmp_path: Path, clock: Clock, team: Team
) -> None:
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["bot.store.backup"])  # imported once, not by each process
    copy, old, dead = tmp_path / "copy.db", tmp_path / "old" / "x", tmp_path / "d" / "x"
    store = await opened(database, clock, team)
    await store.inbox.put(entry("new"))
    await asyncio.to_thread(backup, url(database), copy)
    await store.inbox.put(entry("old"))
    as_left_by_kill_9(database, old)
    await store.close()
    seen = set()
    took_s = 0.0  # of a whole one, once all is imported: the others are killed within that
    for n in range(KILLS):
        as_left_by_kill_9(old, dead)
        process = forks.Process(target=restore, args=(url(dead), copy))
        began = time.monotonic()
        process.start()
        process.join(None if n <= 1 else 1.2 * took_s * (n - 2) / KILLS)
        took_s = time.monotonic() - began if n <= 1 else took_s
        process.kill()
        process.join()
        found = frozenset(webhooks(dead))
        assert found in ({"new"}, {"new", "old"})
        seen.add(found)
    assert seen == {frozenset({"new"}), frozenset({"new", "old"})}
    restore(url(dead), copy)
    assert webhooks(dead) == {"new"}
    left = [name for name in beside(dead) if name.endswith(("-wal", "-shm"))]
    assert left == []
