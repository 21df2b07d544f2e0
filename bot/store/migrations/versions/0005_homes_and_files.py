"""Who looks at Home; the files that deliveries became; what must not come back."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "homes",
        sa.Column("enterprise_id", TEXT, nullable=False),
        sa.Column("team_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("shown_at", TIME, nullable=False),
        sa.Column("shown_fact", sa.BigInteger(), nullable=False),
        sa.Column("hash", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "user_id", name="pk_homes"),
    )
    op.create_index("ix_homes_opened_at", "homes", ["team_id", "opened_at"])
    op.create_table(
        "forgotten",
        sa.Column("enterprise_id", TEXT, nullable=False),
        sa.Column("team_id", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "digest", name="pk_forgotten"),
    )
    op.add_column("deliveries", sa.Column("file_id", TEXT, nullable=True))
