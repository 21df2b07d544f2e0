"""Opening, migrating, losing and finding the database."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, QueuePool, event, select, text, update

from bot.core.deliveries import Polled
from bot.core.note import Note
from bot.store.database import MAIL
from bot.store.drivers import engine_of
from bot.store.errors import (
    DatabaseInUse,
    DatabaseUrlError,
    SchemaTooNew,
    StoreRefused,
    StoreUnavailable,
)
from bot.store.listening import Listener
from bot.store.migrating import HEAD, SCRIPTS
from bot.store.open import database_at, migrate, open_store
from bot.store.schema import metadata, recordings
from bot.store.store import Store
from bot.store.values import Team
from tests.contract.store_support import LEASE, Clock, created, entry, keys_of
from tests.patience import PATIENCE_S


def is_described(_: object, name: str | None, *__: object) -> bool:
    """What only one of the databases has, the full-text index above all, is not in the schema."""
    return not (name or "").startswith(
        ("transcript_index", "ix_transcript_sentences_block", "ix_transcript_words_initial")
    )


def differences(conn: Connection) -> object:
    options = {"include_object": is_described}
    return compare_metadata(MigrationContext.configure(conn, opts=options), metadata)


async def test_migrations_make_exactly_the_tables_we_use(empty_database_url: str) -> None:
    await migrate(empty_database_url)
    engine = engine_of(database_at(empty_database_url))
    async with engine.connect() as conn:
        assert await conn.run_sync(differences) == []
    await engine.dispose()


def test_the_head_we_know_is_the_head_of_the_scripts() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


async def test_migrating_again_changes_nothing(empty_database_url: str) -> None:
    await migrate(empty_database_url)
    await migrate(empty_database_url)


async def test_replicas_that_start_together_migrate_once(new_postgres: Callable[[], str]) -> None:
    url = new_postgres()
    await asyncio.gather(*(migrate(url) for _ in range(5)))


async def made_newer(url: str, *changes: str) -> None:
    """What a later version of the bot leaves behind."""
    engine = engine_of(database_at(url))
    async with engine.begin() as conn:
        for change in (*changes, "UPDATE alembic_version SET version_num = '9999'"):
            await conn.execute(text(change))
    await engine.dispose()


@pytest.mark.parametrize(
    "contracted",
    [
        "ALTER TABLE recordings DROP COLUMN duration_s",
        "ALTER TABLE facts RENAME COLUMN body TO said",
        "DROP TABLE homes",
    ],
)
async def test_a_newer_database_that_lacks_something_is_left_alone(
    own_database_url: str, clock: Clock, contracted: str
) -> None:
    await made_newer(own_database_url, contracted)
    with pytest.raises(SchemaTooNew, match="9999"):
        await open_store(own_database_url, team=Team("T"), now=clock.now, lease=LEASE)


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_a_newer_database_that_wants_something_is_left_alone(
    own_database_url: str, clock: Clock
) -> None:
    await made_newer(own_database_url, "ALTER TABLE recordings ALTER hms_id SET NOT NULL")
    with pytest.raises(SchemaTooNew, match="9999"):
        await open_store(own_database_url, team=Team("T"), now=clock.now, lease=LEASE)


async def test_a_replica_comes_back_while_a_newer_one_is_deployed(
    own_database_url: str, clock: Clock
) -> None:
    """It was killed after the newer one had migrated: expanding is nothing that it notices."""
    await made_newer(
        own_database_url,
        "ALTER TABLE recordings ADD COLUMN mood TEXT",
        "ALTER TABLE recordings ADD COLUMN taste TEXT NOT NULL DEFAULT ''",
        "CREATE TABLE tomorrow (a TEXT NOT NULL)",
    )
    old = await open_store(own_database_url, team=Team("T"), now=clock.now, lease=LEASE)
    key = await created(old)
    assert keys_of(await old.queue.take(1, "a")) == [key]
    await old.close()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_second_process_on_the_file_is_refused(store: Store, database_url: str) -> None:
    code = (
        "import asyncio, sys\nfrom bot.store.open import migrate\nasyncio.run(migrate(sys.argv[1]))"
    )
    other = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code, database_url], capture_output=True, text=True
    )
    assert "DatabaseInUse" in other.stderr
    with pytest.raises(DatabaseInUse, match=r"in use by process \d+.*PostgreSQL"):
        await migrate(database_url)
    await store.close()
    await migrate(database_url)


async def test_sqlite_is_set_up_to_lose_nothing(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "new.db"
    store = await open_store(f"sqlite:///{path}", team=Team("T"), now=clock.now, lease=LEASE)
    async with store.db.database.write() as conn:
        found = [
            (await conn.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    await store.close()
    assert found == ["wal", 2, 1, 5000]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "nonsense", "sqlite:////proc/x/y.db"]
)
async def test_an_address_that_cannot_work_is_named(url: str) -> None:
    with pytest.raises(DatabaseUrlError):
        await migrate(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_the_driver_is_ours(scheme: str) -> None:
    url = database_at(f"{scheme}://me:secret@db:5433/bot?sslmode=require")
    assert url.drivername == "postgresql+psycopg"
    assert (url.host, url.port, url.database) == ("db", 5433, "bot")
    assert dict(url.query) == {"sslmode": "require"}


async def test_a_server_that_is_not_there_is_unavailable(clock: Clock) -> None:
    with pytest.raises(StoreUnavailable):
        await migrate("postgresql://nobody@127.0.0.1:1/none")


async def test_a_closed_store_is_unavailable(store: Store) -> None:
    await store.ping()
    await store.close()
    with pytest.raises(StoreUnavailable):
        await store.ping()


async def test_connections_cut_off_are_replaced(
    shared_postgres: str, team: Team, clock: Clock
) -> None:
    store = await open_store(shared_postgres, team=team, now=clock.now, lease=LEASE)
    await created(store)
    await terminate_all(shared_postgres)
    await store.ping()
    await store.inbox.put(entry())
    await store.close()


async def test_a_listener_cut_off_listens_again_and_looks(
    shared_postgres: str, team: Team, clock: Clock
) -> None:
    store = await open_store(shared_postgres, team=team, now=clock.now, lease=LEASE)
    heard = asyncio.Queue[str]()
    listener = Listener(
        database_at(shared_postgres), f"/{team.team_id}", {MAIL: lambda: heard.put_nowait("mail")}
    )
    task = asyncio.create_task(listener.run())
    async with asyncio.timeout(PATIENCE_S):
        await heard.get()
        await terminate_all(shared_postgres)
        await heard.get()
        await store.inbox.put(entry())
        await heard.get()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await store.close()


async def test_a_database_that_hangs_is_unavailable_in_time(
    database_url: str, database_kind: str, team: Team, clock: Clock
) -> None:
    store = await open_store(database_url, team=team, now=clock.now, lease=LEASE)
    key = await created(store)
    async with store.db.database.write() as conn:
        await conn.execute(update(recordings).where(recordings.c.key == key).values(asks=1))
        store.db.database._patience_s = 0.2
        with pytest.raises(StoreUnavailable):
            await store.recordings.record(key, Note())
    await store.recordings.record(key, Note())
    await store.close()


async def test_a_write_given_up_while_it_waits_leaves_no_lock(
    tmp_path: Path, team: Team, clock: Clock
) -> None:
    """Its statement goes on in another thread, and may get the lock when nobody wants it."""
    path = tmp_path / "bot.sqlite"
    store = await open_store(f"sqlite:///{path}", team=team, now=clock.now, lease=LEASE)
    key = await created(store)
    pool = cast("QueuePool", store.db.database.engine.pool)
    with closing(sqlite3.connect(path, isolation_level=None, timeout=2)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(store.recordings.record(key, Note()))
        while not pool.checkedout():  # noqa: ASYNC110 - then it waits for the lock
            await asyncio.sleep(0)
        writing.cancel()
        other.execute("ROLLBACK")
        await asyncio.wait([writing])
        await store.recordings.record(key, Note())
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    await store.close()


async def test_a_read_sees_one_state_and_leaves_nothing_open(
    tmp_path: Path, team: Team, clock: Clock
) -> None:
    """Its beginning and its end take no hop to the connection's thread, and yet are there."""
    path = tmp_path / "bot.sqlite"
    store = await open_store(f"sqlite:///{path}", team=team, now=clock.now, lease=LEASE)
    key = await created(store)
    asks = select(recordings.c.asks).where(recordings.c.key == key)
    async with store.db.database.read() as conn:
        before = await conn.scalar(asks)
        await store.recordings.record(key, Note(polled=Polled(clock.now(), 5)))
        assert await conn.scalar(asks) == before
    assert (await store.recordings.load(key)).work.polled.unchanged == 5
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as other:
        (busy, *_) = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert not busy, "somebody still reads"
    await store.close()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_cost_grows_with_what_is_due_not_with_history(store: Store) -> None:
    """The queries that run all the time find their partial index."""
    plans: list[str] = []
    for query, values in await statements(store):
        async with store.db.database.read() as conn:  # with parameters bound, as in real life
            found = await conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)
            plans.extend(row[-1] for row in found)
    scans = [plan for plan in plans if plan.startswith("SCAN") and "subquery" not in plan]
    scans = [plan for plan in scans if plan not in ("SCAN CONSTANT ROW", "SCAN picked")]
    assert scans == []
    for index in ("due", "leased", "open"):
        assert any(f"ix_recordings_{index} " in plan for plan in plans), index
    assert any("ix_inbox_new" in plan for plan in plans)
    assert any("ix_inbox_waiting" in plan for plan in plans)
    assert any("ix_deliveries_parked" in plan for plan in plans)
    assert any("ix_recording_channels_recent" in plan for plan in plans)


async def statements(store: Store) -> list[tuple[str, tuple[Any, ...]]]:
    """What the busy methods send."""
    seen: list[tuple[str, tuple[Any, ...]]] = []

    def note(_: object, __: object, sql: str, values: tuple[Any, ...], *___: object) -> None:
        if not sql.startswith("BEGIN"):
            seen.append((sql, values))

    engine = store.db.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    await store.queue.take(5, "a")
    await store.queue.renew(["a"])
    await store.inbox.take(5)
    await store.inbox.waiting("room-1")
    await store.lists.open_in_rooms(["room-1"])
    await store.lists.open_recording_in_room("room-1")
    await store.lists.recent(channel="C1")
    await store.lists.recent(room_id="room-1")
    await store.lists.recent()
    await store.lists.running(channel="C1")
    await store.queue.wake_parked("C1")
    await store.recordings.keys_by_alias(["a"])
    event.remove(engine, "before_cursor_execute", note)
    return seen


async def test_what_a_database_says_is_not_in_our_error(store: Store) -> None:
    """It quotes values, which may be a person's words."""
    with pytest.raises(StoreRefused) as refused:
        await store.inbox.put(entry(room_id="secret\ud800"))
    assert "secret" not in str(refused.value)


async def terminate_all(url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        await conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
