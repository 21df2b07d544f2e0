"""Who had which recording forgotten, and when: the one row that stays of it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

TEXT = sa.Text()


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "audit",
        sa.Column("id", number, nullable=False, autoincrement=True),
        sa.Column("enterprise_id", TEXT, nullable=False),
        sa.Column("team_id", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("by_user", TEXT, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_digest", "audit", ["team_id", "digest"])
    op.create_index("ix_audit_at", "audit", ["team_id", "at"])
