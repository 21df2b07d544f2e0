"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, Dialect, ForeignKey, Integer, Text
from sqlalchemy import text as sql
from sqlalchemy.types import TypeDecorator

from bot.store.errors import StoreRefused


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC datetimes in and out; refuses naive ones. SQLite would drop the zone.

    The parameters are SQLAlchemy's.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise StoreRefused(f"naive time {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BIG = BigInteger().with_variant(Integer, "sqlite")  # SQLite's own key is an INTEGER


def team() -> tuple[Column[str], Column[str]]:
    return text("enterprise_id"), text("team_id")


def text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


def time(name: str, *, null: bool = True) -> Column[datetime]:
    return Column(name, UtcDateTime, nullable=null)


def json(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, JSON(none_as_null=True), nullable=null)


def serial() -> Column[int]:
    return Column("id", BIG, primary_key=True)


def recording(*, null: bool = False, primary_key: bool = False) -> Column[str]:
    key = ForeignKey("recordings.key", ondelete="CASCADE")
    return Column("recording_key", Text, key, nullable=null, primary_key=primary_key)


def where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sql(condition), "postgresql_where": sql(condition)}
