"""Which channel follows which room."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "follows",
        sa.Column("enterprise_id", TEXT, nullable=False),
        sa.Column("team_id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("room_name", TEXT, nullable=False),
        sa.Column("by_user", TEXT, nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("look_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint(
            "enterprise_id", "team_id", "room_id", "channel", name="pk_follows"
        ),
    )
    op.create_index("ix_follows_look_at", "follows", ["team_id", "look_at"])
    op.create_index("ix_follows_channel", "follows", ["team_id", "channel"])
