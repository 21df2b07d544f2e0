"""What cannot be read is set aside: since when and why, for recordings and webhooks."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("recordings", sa.Column("dead_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("recordings", sa.Column("dead_why", sa.Text(), nullable=True))
    op.create_index(
        "ix_recordings_dead", "recordings", ["team_id", "key"], **_where("dead_since IS NOT NULL")
    )
    op.create_index("ix_inbox_dead", "inbox", ["team_id", "id"], **_where("state = 'dead'"))


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
