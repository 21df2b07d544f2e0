"""Who paused a schedule. For those that were paused before, nobody knows."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("schedules", sa.Column("paused_by", sa.Text(), nullable=True))
