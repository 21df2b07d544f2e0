"""What kind of place a recording belongs to; requests that were acted on; whose draft it is."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("recordings", sa.Column("is_private", sa.Boolean(), nullable=True))
    op.add_column("drafts", sa.Column("recording_key", TEXT, nullable=True))
    op.create_table(
        "requests",
        sa.Column("enterprise_id", TEXT, nullable=False),
        sa.Column("team_id", TEXT, nullable=False),
        sa.Column("identity", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "identity", name="pk_requests"),
    )
    op.create_index("ix_requests_at", "requests", ["team_id", "at"])
