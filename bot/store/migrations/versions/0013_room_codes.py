"""Room codes as digests; what a room tells about its template."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "room_codes",
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "digest"),
    )
    op.add_column("rooms", sa.Column("codes_read_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("rooms", sa.Column("template_id", sa.Text(), nullable=True))
    op.add_column("rooms", sa.Column("records", sa.Boolean(), nullable=True))
    op.create_table(
        "templates",
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("template_id", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "template_id"),
    )
