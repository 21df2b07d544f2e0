"""The tables. Texts, times and JSON mean the same on SQLite and PostgreSQL.

Columns of `recordings` up to `has_transcript` are a cache of `derive`; the facts are the truth.
Conditions of partial indexes are repeated literally by the queries that need them: a bound
parameter would not be recognised by either planner.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

from bot.store.errors import StoreRefused

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in and out; SQLite would forget the zone, and a naive time is refused."""

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


def _team() -> tuple[Column[str], Column[str]]:
    return _text("enterprise_id"), _text("team_id")


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


def _time(name: str, *, null: bool = True) -> Column[datetime]:
    return Column(name, UtcDateTime, nullable=null)


def _json(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, JSON(none_as_null=True), nullable=null)


def _id() -> Column[int]:
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def _recording(*, null: bool = False, primary_key: bool = False) -> Column[str]:
    key = ForeignKey("recordings.key", ondelete="CASCADE")
    return Column("recording_key", Text, key, nullable=null, primary_key=primary_key)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


recordings = Table(
    "recordings",
    metadata,
    Column("key", Text, primary_key=True),
    *_team(),
    _text("request_id"),
    _text("phase"),
    _text("room_id"),
    _text("room_name"),
    _text("room_lock", null=True),  # the room, while the recording occupies it
    _text("hms_id", null=True),
    _text("session_id", null=True),
    _text("starter"),
    _text("home"),
    Column("elsewhere", Boolean, nullable=False),
    _text("points_to", null=True),
    _time("requested_at", null=False),
    _time("attempted_at"),
    _time("accepted_at"),
    _time("started_at"),
    _time("stopped_at"),
    Column("duration_s", Float),
    Column("has_video", Boolean, nullable=False),
    Column("has_transcript", Boolean, nullable=False),
    # The queue: due from then on (null: done), unless leased.
    _time("next_due_at"),
    _time("leased_until"),
    _text("lease_owner", null=True),
    Column("wakes", Integer, nullable=False),
    Column("taken_wakes", Integer, nullable=False),  # `wakes` when it was taken
    # The reconciler's notes.
    _time("asked_at"),
    Column("asks", Integer, nullable=False),
    Column("ask_failures", Integer, nullable=False),
    _json("holds"),
    UniqueConstraint("enterprise_id", "team_id", "request_id"),
    UniqueConstraint("enterprise_id", "team_id", "room_lock"),
    Index("ix_recordings_due", "team_id", "next_due_at", **_where("next_due_at IS NOT NULL")),
    Index("ix_recordings_leased", "team_id", "leased_until", **_where("leased_until IS NOT NULL")),
    Index("ix_recordings_open", "team_id", "room_id", **_where("next_due_at IS NOT NULL")),
    Index("ix_recordings_recent", "team_id", "requested_at"),
    Index("ix_recordings_room", "team_id", "room_id", "requested_at"),
)

recording_channels = Table(
    "recording_channels",
    metadata,
    _recording(primary_key=True),
    Column("channel", Text, primary_key=True),
    *_team(),
    _time("requested_at", null=False),
    Index("ix_recording_channels_recent", "team_id", "channel", "requested_at"),
)

facts = Table(
    "facts",
    metadata,
    _id(),
    *_team(),
    _recording(),
    _text("identity"),
    _text("kind"),
    _time("at", null=False),
    _json("body"),
    UniqueConstraint("recording_key", "identity"),
)

aliases = Table(
    "aliases",
    metadata,
    *_team(),
    _text("alias"),
    _recording(),
    PrimaryKeyConstraint("enterprise_id", "team_id", "alias"),
    Index("ix_aliases_recording_key", "recording_key"),
)

deliveries = Table(
    "deliveries",
    metadata,
    _id(),
    *_team(),
    _recording(),
    _text("kind"),
    _text("target"),
    _text("state"),
    _text("posted_in", null=True),
    _text("ts", null=True),
    _text("hash", null=True),
    _text("error", null=True),
    Column("attempts", Integer, nullable=False),
    _time("not_before"),
    _time("changed_at"),
    _json("address", null=True),  # where an outcome is waited for; forgotten once told
    _text("file_id", null=True),  # Slack's, of an uploaded file
    UniqueConstraint("recording_key", "kind", "target"),
    Index("ix_deliveries_parked", "team_id", "target", **_where("state = 'parked'")),
)

inbox = Table(
    "inbox",
    metadata,
    _id(),
    *_team(),
    _text("identity"),
    _text("type"),
    _text("room_id", null=True),
    _text("session_id", null=True),
    _json("aliases"),
    _json("body"),
    _time("received_at", null=False),
    _text("state"),
    _recording(null=True),
    _text("note", null=True),
    _time("leased_until"),
    UniqueConstraint("enterprise_id", "team_id", "identity"),
    Index("ix_inbox_new", "team_id", "id", **_where("state = 'new'")),
    Index("ix_inbox_waiting", "team_id", "room_id", **_where("state = 'waiting'")),
    Index("ix_inbox_received_at", "team_id", "received_at"),
    Index("ix_inbox_recording_key", "recording_key"),
)

rooms = Table(
    "rooms",
    metadata,
    *_team(),
    _text("room_id"),
    _text("name"),
    Column("enabled", Boolean, nullable=False),
    Column("live", Boolean, nullable=False),
    _time("last_used_at"),
    _time("refreshed_at", null=False),
    PrimaryKeyConstraint("enterprise_id", "team_id", "room_id"),
)

drafts = Table(
    "drafts",
    metadata,
    *_team(),
    _text("request_id"),
    _text("user_id"),
    _text("channel", null=True),
    _json("body"),
    _time("updated_at", null=False),
    PrimaryKeyConstraint("enterprise_id", "team_id", "request_id"),
    Index("ix_drafts_updated_at", "team_id", "updated_at"),
)

gates = Table(
    "gates",
    metadata,
    *_team(),
    _text("method"),
    _time("until", null=False),
    # Of a gate that is shut until a probe passes: since when, and Slack's word for why.
    _time("since"),
    _text("why", null=True),
    PrimaryKeyConstraint("enterprise_id", "team_id", "method"),
)

follows = Table(
    "follows",
    metadata,
    *_team(),
    _text("room_id"),
    _text("channel"),
    _text("room_name"),
    _text("by_user"),
    _time("since", null=False),
    _time("look_at", null=False),  # when to ask 100ms again what runs in the room
    PrimaryKeyConstraint("enterprise_id", "team_id", "room_id", "channel"),
    Index("ix_follows_look_at", "team_id", "look_at"),
    Index("ix_follows_channel", "team_id", "channel"),
)

homes = Table(
    "homes",
    metadata,
    *_team(),
    _text("user_id"),
    Column("page", Integer, nullable=False),
    _time("opened_at", null=False),
    # What it shows: as of then, and of which fact of all.
    _time("shown_at", null=False),
    Column("shown_fact", BigInteger, nullable=False),
    _text("hash", null=True),
    PrimaryKeyConstraint("enterprise_id", "team_id", "user_id"),
    Index("ix_homes_opened_at", "team_id", "opened_at"),
)

forgotten = Table(
    "forgotten",
    metadata,
    *_team(),
    _text("digest"),  # of an id at 100ms
    _time("at", null=False),
    PrimaryKeyConstraint("enterprise_id", "team_id", "digest"),
)

pulse = Table(
    "pulse",
    metadata,
    *_team(),
    _time("seen_at", null=False),
    # The replay that is owed for the time in between, due then, unless somebody has put it off.
    _time("replay_since"),
    _time("replay_until"),
    _time("replay_due_at"),
    Column("replay_tries", Integer, nullable=False),
    PrimaryKeyConstraint("enterprise_id", "team_id"),
)
