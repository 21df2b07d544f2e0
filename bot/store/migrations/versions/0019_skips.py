"""Dates that a schedule leaves out, and deletions that can be taken back for an hour."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("schedules", sa.Column("skips", sa.Text(), nullable=True))
    op.add_column("schedules", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
