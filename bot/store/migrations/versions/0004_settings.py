"""Settings of channels and who changed them; presets."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "channel_settings",
        *_team(),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("by_user", TEXT, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "channel", name="pk_channel_settings"),
    )
    _changes()
    _presets()


def _team() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("enterprise_id", TEXT, nullable=False),
        sa.Column("team_id", TEXT, nullable=False),
    )


def _changes() -> None:
    op.create_table(
        "settings_changes",
        sa.Column("id", ID, nullable=False),
        *_team(),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("by_user", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_settings_changes"),
    )
    op.create_index("ix_settings_changes_channel", "settings_changes", ["team_id", "channel", "at"])


def _presets() -> None:
    op.create_table(
        "presets",
        *_team(),
        sa.Column("preset_id", TEXT, nullable=False),
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_key", TEXT, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("by_user", TEXT, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "preset_id", name="pk_presets"),
        sa.UniqueConstraint(
            "enterprise_id",
            "team_id",
            "scope",
            "name_key",
            name="uq_presets_enterprise_id_team_id_scope_name_key",
        ),
    )
