"""Questions with buttons: what each button does, and who may press it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

TEXT = sa.Text()


def upgrade() -> None:
    op.create_table(
        "choices",
        sa.Column("enterprise_id", TEXT, nullable=False),
        sa.Column("team_id", TEXT, nullable=False),
        sa.Column("choice_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "choice_id", name="pk_choices"),
    )
    op.create_index("ix_choices_asked_at", "choices", ["team_id", "asked_at"])
