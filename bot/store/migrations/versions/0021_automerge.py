"""SQLite's index is merged by `Transcripts.keep` in small steps.

By itself it merges some hundred pages at once, in the transaction of whoever comes then.
"""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute("INSERT INTO transcript_index(transcript_index, rank) VALUES('automerge', 0)")
