"""Facts of recordings that ended long ago can be packed; since when this version is in use."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("recordings", sa.Column("packed_at", TIME, nullable=True))
    op.create_index(
        "ix_recordings_unpacked",
        "recordings",
        ["team_id", "requested_at"],
        **_where("packed_at IS NULL AND next_due_at IS NULL"),
    )
    op.create_table(
        "fact_archives",
        sa.Column("recording_key", TEXT, nullable=False),
        sa.Column("enterprise_id", TEXT, nullable=False),
        sa.Column("team_id", TEXT, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("recording_key", name="pk_fact_archives"),
        sa.ForeignKeyConstraint(
            ["recording_key"],
            ["recordings.key"],
            name="fk_fact_archives_recording_key",
            ondelete="CASCADE",
        ),
    )
    upgrades = op.create_table(
        "upgrades",
        sa.Column("version", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_upgrades"),
    )
    op.bulk_insert(upgrades, [{"version": revision, "at": datetime.now(UTC)}])


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
