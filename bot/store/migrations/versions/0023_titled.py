"""Recordings with a title are found by it without reading all others."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    titled = sa.text("title IS NOT NULL")
    op.create_index(
        "ix_recordings_titled",
        "recordings",
        ["team_id", "requested_at"],
        sqlite_where=titled,
        postgresql_where=titled,
    )
