"""Driver settings that keep data safe and calls from hanging."""

import json
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store.errors import StoreRefused
from bot.store.one_hop import connect

PG_OPTIONS = {
    "timezone": "UTC",
    "statement_timeout": "8000",
    "lock_timeout": "5000",
    "idle_in_transaction_session_timeout": "15000",
}


_STRICT = json.JSONEncoder(allow_nan=False, separators=(",", ":"))


def to_json(value: Any) -> str:
    """Encode as strict JSON: PostgreSQL refuses NaN, but SQLite would store it."""
    try:
        return _STRICT.encode(value)
    except (TypeError, ValueError) as e:
        raise StoreRefused("a value that is not JSON") from e


def from_json(text: str) -> Any:
    """Decode stored JSON; None if it is invalid, so that one bad row does not hide the others."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def engine_of(url: URL) -> AsyncEngine:
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(
            url,
            async_creator=partial(connect, url.database or ""),
            json_serializer=to_json,
            json_deserializer=from_json,
            hide_parameters=True,  # they contain texts of people
            pool_size=8,
            max_overflow=0,
            pool_timeout=10,
            pool_use_lifo=True,
        )
        prepare_sqlite(engine.sync_engine)
        return engine
    return create_async_engine(
        url,
        json_serializer=to_json,
        hide_parameters=True,
        pool_size=10,
        max_overflow=10,
        pool_timeout=10,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args=pg_arguments(PG_OPTIONS),
    )


def pg_arguments(options: dict[str, str]) -> dict[str, Any]:
    """Set timeouts in the server for slow statements, and in the network for a lost server."""
    return {
        "connect_timeout": 5,
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        "application_name": "record-bot",
        "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
    }


def prepare_sqlite(engine: Engine) -> None:
    """Begin transactions explicitly, so that writers wait at the start.

    The driver's default begins late and lets one writer overwrite what another one read.
    """

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "busy_timeout = 5000",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",  # overwrites deleted rows with zeros
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        begin = connection.get_execution_options().get("begin", "BEGIN")
        if begin:
            connection.exec_driver_sql(begin)
