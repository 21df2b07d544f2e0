"""Schedules, calendars, rules for rooms, and what channels are told about them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("enterprise_id", TEXT, nullable=False),
        sa.Column("team_id", TEXT, nullable=False),
        sa.Column("schedule_id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("room_name", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("by_user", TEXT, nullable=False),
        sa.Column("zone", TEXT, nullable=False),
        sa.Column("wall", TEXT, nullable=False),
        sa.Column("rrule", TEXT, nullable=True),
        sa.Column("stop", sa.JSON(), nullable=True),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("preset_id", TEXT, nullable=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("why", TEXT, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("armed_for", TIME, nullable=True),
        sa.Column("armed_until", TIME, nullable=True),
        sa.Column("wake_at", TIME, nullable=True),
        sa.Column("calendar_id", TEXT, nullable=True),
        sa.Column("event", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "schedule_id", name="pk_schedules"),
        sa.UniqueConstraint(
            "enterprise_id",
            "team_id",
            "calendar_id",
            "event",
            name="uq_schedules_enterprise_id_team_id_calendar_id_event",
        ),
    )
    op.create_index(
        "ix_schedules_armed",
        "schedules",
        ["team_id", "room_id"],
        sqlite_where=sa.text("armed_for IS NOT NULL"),
        postgresql_where=sa.text("armed_for IS NOT NULL"),
    )
    op.create_index("ix_schedules_by_user", "schedules", ["team_id", "by_user"])
    op.create_index("ix_schedules_channel", "schedules", ["team_id", "channel"])
    op.create_index("ix_schedules_room_id", "schedules", ["team_id", "room_id"])
    op.create_index(
        "ix_schedules_wake_at",
        "schedules",
        ["team_id", "wake_at"],
        sqlite_where=sa.text("wake_at IS NOT NULL"),
        postgresql_where=sa.text("wake_at IS NOT NULL"),
    )
    op.create_table(
        "calendars",
        sa.Column("enterprise_id", TEXT, nullable=False),
        sa.Column("team_id", TEXT, nullable=False),
        sa.Column("calendar_id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("room_name", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("by_user", TEXT, nullable=False),
        sa.Column("zone", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("why", TEXT, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("fetch_at", TIME, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "calendar_id", name="pk_calendars"),
    )
    op.create_index(
        "ix_calendars_fetch_at",
        "calendars",
        ["team_id", "fetch_at"],
        sqlite_where=sa.text("fetch_at IS NOT NULL"),
        postgresql_where=sa.text("fetch_at IS NOT NULL"),
    )
    op.create_table(
        "rules",
        sa.Column("enterprise_id", TEXT, nullable=False),
        sa.Column("team_id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("room_name", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("by_user", TEXT, nullable=False),
        sa.Column("every_session", sa.Boolean(), nullable=False),
        sa.Column("least_people", sa.Integer(), nullable=False),
        sa.Column("until_empty", sa.Boolean(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("why", TEXT, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("look_at", TIME, nullable=True),
        sa.Column("session_id", TEXT, nullable=True),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("seen_in", TEXT, nullable=True),
        sa.Column("empty_since", TIME, nullable=True),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "room_id", name="pk_rules"),
    )
    op.create_index("ix_rules_channel", "rules", ["team_id", "channel"])
    op.create_index(
        "ix_rules_look_at",
        "rules",
        ["team_id", "look_at"],
        sqlite_where=sa.text("look_at IS NOT NULL"),
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_table(
        "presence",
        sa.Column("enterprise_id", TEXT, nullable=False),
        sa.Column("team_id", TEXT, nullable=False),
        sa.Column("look_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", name="pk_presence"),
    )
    op.create_table(
        "clock_notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enterprise_id", TEXT, nullable=False),
        sa.Column("team_id", TEXT, nullable=False),
        sa.Column("identity", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("by_user", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("not_before", TIME, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clock_notices"),
        sa.UniqueConstraint(
            "enterprise_id",
            "team_id",
            "identity",
            name="uq_clock_notices_enterprise_id_team_id_identity",
        ),
    )
    op.create_index("ix_clock_notices_not_before", "clock_notices", ["team_id", "not_before"])
