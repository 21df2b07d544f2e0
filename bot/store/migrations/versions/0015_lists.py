"""Lists of what one person may see: their own recordings, and those that may be public."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    team = "team_id"
    op.create_index("ix_recordings_starter", "recordings", [team, "starter", "requested_at"])
    op.create_index("ix_recordings_private", "recordings", [team, "is_private", "requested_at"])
