"""Titles of recordings."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("recordings", sa.Column("title", sa.Text(), nullable=True))
