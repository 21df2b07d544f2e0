"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _recordings()
    _recordings_indexes()
    _recording_channels()
    _facts()
    _aliases()
    _deliveries()
    _inbox()
    _rooms()
    _drafts()
    _gates()


def _team() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("enterprise_id", TEXT, nullable=False),
        sa.Column("team_id", TEXT, nullable=False),
    )


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _recordings() -> None:
    op.create_table(
        "recordings",
        sa.Column("key", TEXT, nullable=False),
        *_team(),
        sa.Column("request_id", TEXT, nullable=False),
        sa.Column("phase", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("room_name", TEXT, nullable=False),
        sa.Column("room_lock", TEXT, nullable=True),
        sa.Column("hms_id", TEXT, nullable=True),
        sa.Column("session_id", TEXT, nullable=True),
        sa.Column("starter", TEXT, nullable=False),
        sa.Column("home", TEXT, nullable=False),
        sa.Column("elsewhere", sa.Boolean(), nullable=False),
        sa.Column("points_to", TEXT, nullable=True),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("attempted_at", TIME, nullable=True),
        sa.Column("accepted_at", TIME, nullable=True),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("stopped_at", TIME, nullable=True),
        sa.Column("duration_s", sa.Float(), nullable=True),
        sa.Column("has_video", sa.Boolean(), nullable=False),
        sa.Column("has_transcript", sa.Boolean(), nullable=False),
        *_queue_and_notes(),
        sa.PrimaryKeyConstraint("key", name="pk_recordings"),
        sa.UniqueConstraint(
            "enterprise_id",
            "team_id",
            "request_id",
            name="uq_recordings_enterprise_id_team_id_request_id",
        ),
        sa.UniqueConstraint(
            "enterprise_id",
            "team_id",
            "room_lock",
            name="uq_recordings_enterprise_id_team_id_room_lock",
        ),
    )


def _queue_and_notes() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("next_due_at", TIME, nullable=True),
        sa.Column("leased_until", TIME, nullable=True),
        sa.Column("lease_owner", TEXT, nullable=True),
        sa.Column("wakes", sa.Integer(), nullable=False),
        sa.Column("taken_wakes", sa.Integer(), nullable=False),
        sa.Column("asked_at", TIME, nullable=True),
        sa.Column("asks", sa.Integer(), nullable=False),
        sa.Column("ask_failures", sa.Integer(), nullable=False),
        sa.Column("holds", sa.JSON(), nullable=False),
    )


def _recordings_indexes() -> None:
    op.create_index(
        "ix_recordings_due",
        "recordings",
        ["team_id", "next_due_at"],
        **_where("next_due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_recordings_leased",
        "recordings",
        ["team_id", "leased_until"],
        **_where("leased_until IS NOT NULL"),
    )
    op.create_index(
        "ix_recordings_open",
        "recordings",
        ["team_id", "room_id"],
        **_where("next_due_at IS NOT NULL"),
    )
    op.create_index("ix_recordings_recent", "recordings", ["team_id", "requested_at"])
    op.create_index("ix_recordings_room", "recordings", ["team_id", "room_id", "requested_at"])


def _recording_channels() -> None:
    op.create_table(
        "recording_channels",
        sa.Column("recording_key", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        *_team(),
        sa.Column("requested_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_key"],
            ["recordings.key"],
            name="fk_recording_channels_recording_key",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("recording_key", "channel", name="pk_recording_channels"),
    )
    op.create_index(
        "ix_recording_channels_recent", "recording_channels", ["team_id", "channel", "requested_at"]
    )


def _facts() -> None:
    op.create_table(
        "facts",
        sa.Column("id", ID, nullable=False),
        *_team(),
        sa.Column("recording_key", TEXT, nullable=False),
        sa.Column("identity", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_key"], ["recordings.key"], name="fk_facts_recording_key", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_facts"),
        sa.UniqueConstraint("recording_key", "identity", name="uq_facts_recording_key_identity"),
    )


def _aliases() -> None:
    op.create_table(
        "aliases",
        *_team(),
        sa.Column("alias", TEXT, nullable=False),
        sa.Column("recording_key", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_key"],
            ["recordings.key"],
            name="fk_aliases_recording_key",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "alias", name="pk_aliases"),
    )
    op.create_index("ix_aliases_recording_key", "aliases", ["recording_key"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", ID, nullable=False),
        *_team(),
        sa.Column("recording_key", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("posted_in", TEXT, nullable=True),
        sa.Column("ts", TEXT, nullable=True),
        sa.Column("hash", TEXT, nullable=True),
        sa.Column("error", TEXT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", TIME, nullable=True),
        sa.Column("changed_at", TIME, nullable=True),
        sa.Column("address", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_key"],
            ["recordings.key"],
            name="fk_deliveries_recording_key",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint(
            "recording_key", "kind", "target", name="uq_deliveries_recording_key_kind_target"
        ),
    )
    op.create_index(
        "ix_deliveries_parked", "deliveries", ["team_id", "target"], **_where("state = 'parked'")
    )


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", ID, nullable=False),
        *_team(),
        sa.Column("identity", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=True),
        sa.Column("session_id", TEXT, nullable=True),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("recording_key", TEXT, nullable=True),
        sa.Column("note", TEXT, nullable=True),
        sa.Column("leased_until", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_key"], ["recordings.key"], name="fk_inbox_recording_key", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint(
            "enterprise_id", "team_id", "identity", name="uq_inbox_enterprise_id_team_id_identity"
        ),
    )
    op.create_index("ix_inbox_new", "inbox", ["team_id", "id"], **_where("state = 'new'"))
    op.create_index("ix_inbox_received_at", "inbox", ["team_id", "received_at"])
    op.create_index("ix_inbox_recording_key", "inbox", ["recording_key"])
    op.create_index(
        "ix_inbox_waiting", "inbox", ["team_id", "room_id"], **_where("state = 'waiting'")
    )


def _rooms() -> None:
    op.create_table(
        "rooms",
        *_team(),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("last_used_at", TIME, nullable=True),
        sa.Column("refreshed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "room_id", name="pk_rooms"),
    )


def _drafts() -> None:
    op.create_table(
        "drafts",
        *_team(),
        sa.Column("request_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "request_id", name="pk_drafts"),
    )
    op.create_index("ix_drafts_updated_at", "drafts", ["team_id", "updated_at"])


def _gates() -> None:
    op.create_table(
        "gates",
        *_team(),
        sa.Column("method", TEXT, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "method", name="pk_gates"),
    )
