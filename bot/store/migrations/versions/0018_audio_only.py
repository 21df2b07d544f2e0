"""Which recordings are of sound only. Those that are finished already count as videos."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column(
        "recordings",
        sa.Column("audio_only", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
