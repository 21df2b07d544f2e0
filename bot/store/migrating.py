"""Upgrades the schema with Alembic, using the scripts inside the package."""

from pathlib import Path

import structlog
from sqlalchemy import URL, Connection, Engine, create_engine, inspect, pool, text

from bot.store.database import translated
from bot.store.drivers import PG_OPTIONS, pg_arguments, prepare_sqlite
from bot.store.errors import SchemaTooNew
from bot.store.schema import metadata

log = structlog.get_logger()

SCRIPTS = Path(__file__).parent / "migrations"
HEAD = "0023"  # checked by a test; with it, a start need not import Alembic
_LOCK = 0x7265_636F_7264  # "record"


def upgrade(url: URL) -> None:
    """Upgrade the schema. Blocks: call in a thread. Raises `StoreUnavailable`, `SchemaTooNew`."""
    engine = _engine(url)
    try:
        with translated():
            with engine.connect() as conn:
                if version_of(conn) == HEAD:
                    return
            with engine.execution_options(begin="BEGIN IMMEDIATE").begin() as conn:
                if conn.dialect.name == "postgresql":
                    conn.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": _LOCK})
                if version_of(conn) != HEAD:  # another replica may have upgraded it meanwhile
                    run_scripts(conn)
    finally:
        engine.dispose()


def run_scripts(conn: Connection) -> None:
    """Run every missing script, in the transaction of this connection."""
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = conn
    try:
        command.upgrade(config, "head")
    except CommandError as e:
        if still_fits(conn):
            log.warning("newer_schema", version=version_of(conn), known=HEAD)
            return
        raise SchemaTooNew(
            f"the database is at version {version_of(conn)!r}, which this version of the bot "
            "cannot use: use the newer one, or restore an older copy"
        ) from e


def known_versions() -> set[str]:
    """Return the versions of all scripts."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - slow to import, rarely needed

    return {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}


def still_fits(conn: Connection) -> bool:
    """Return whether a newer schema still has everything that this code uses.

    Migrations expand first, so a replica of the old version can restart during a deploy, and a
    deploy can be rolled back.
    """
    there = inspect(conn)
    for table in metadata.tables.values():
        if not there.has_table(table.name):
            return False
        found = {column["name"]: column for column in there.get_columns(table.name)}
        if not {column.name for column in table.columns} <= found.keys():
            return False
        for name, column in found.items():
            ours = table.columns.get(name)
            needed = not column["nullable"] and column["default"] is None
            if needed and (ours is None or ours.nullable):
                return False
    return True


def version_of(conn: Connection) -> str | None:
    """Return the version of the schema; None for a database without one."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    version: str | None = conn.scalar(text("SELECT version_num FROM alembic_version"))
    return version


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url.set(drivername="sqlite"), poolclass=pool.NullPool)
        prepare_sqlite(engine)
        return engine
    # Replicas wait for the one that migrates, and a migration may take long.
    patient = PG_OPTIONS | {"statement_timeout": "600000", "lock_timeout": "60000"}
    return create_engine(url, poolclass=pool.NullPool, connect_args=pg_arguments(patient))
