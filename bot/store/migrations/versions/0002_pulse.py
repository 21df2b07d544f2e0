"""When the bot was last alive, and the replay owed for it; since when a gate is shut, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "pulse",
        sa.Column("enterprise_id", TEXT, nullable=False),
        sa.Column("team_id", TEXT, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("replay_since", TIME, nullable=True),
        sa.Column("replay_until", TIME, nullable=True),
        sa.Column("replay_due_at", TIME, nullable=True),
        sa.Column("replay_tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", name="pk_pulse"),
    )
    op.add_column("gates", sa.Column("since", TIME, nullable=True))
    op.add_column("gates", sa.Column("why", TEXT, nullable=True))
