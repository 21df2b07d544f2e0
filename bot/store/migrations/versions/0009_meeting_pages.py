"""Tickets and sessions of the meeting pages."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    for table in ("meeting_tickets", "meeting_sessions"):
        taken = [sa.Column("taken_at", TIME, nullable=True)] if table == "meeting_tickets" else []
        op.create_table(
            table,
            sa.Column("enterprise_id", TEXT, nullable=False),
            sa.Column("team_id", TEXT, nullable=False),
            sa.Column("digest", TEXT, nullable=False),
            sa.Column("user_id", TEXT, nullable=False),
            sa.Column("user_name", TEXT, nullable=False),
            sa.Column("expires_at", TIME, nullable=False),
            *taken,
            sa.PrimaryKeyConstraint("enterprise_id", "team_id", "digest", name=f"pk_{table}"),
        )
        op.create_index(f"ix_{table}_expires_at", table, ["team_id", "expires_at"])
