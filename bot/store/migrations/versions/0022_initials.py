"""PostgreSQL finds the words that begin with a letter, which a misspelt word may mean.

SQLite's primary key sorts words by code point, so it needs no other index.
"""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX ix_transcript_words_initial"
            " ON transcript_words (team_id, substr(word, 1, 1))"
        )
