"""Transcripts that are kept, and their index.

Not in `versions` yet: it gets its number when the part that uses these tables becomes part of the
store.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "transcripts",
        _recording("transcripts"),
        *_team(),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("sentences", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("speakers", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("kept_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("recording_key", name="pk_transcripts"),
    )
    op.create_index("ix_transcripts_kept_at", "transcripts", ["team_id", "kept_at"])
    op.create_table(
        "transcript_sentences",
        sa.Column("id", ID, nullable=False),
        *_team(),
        _recording("transcript_sentences"),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("speaker", TEXT, nullable=False),
        sa.Column("peer_id", TEXT, nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=True),
        sa.Column("end_ms", sa.BigInteger(), nullable=True),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("stems", TEXT, nullable=False),
        sa.Column("window", TEXT.with_variant(TSVECTOR(), "postgresql"), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_transcript_sentences"),
        sa.UniqueConstraint("recording_key", "n", name="uq_transcript_sentences_recording_key_n"),
    )
    _index()
    op.create_table(
        "transcript_words",
        *_team(),
        sa.Column("word", TEXT, nullable=False),
        sa.Column("stem", TEXT, nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "word", name="pk_transcript_words"),
    )
    op.create_index("ix_transcript_words_stem", "transcript_words", ["team_id", "stem"])


def _index() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX ix_transcript_sentences_window"
            ' ON transcript_sentences USING gin ("window")'
        )
        return
    op.execute(
        "CREATE VIEW transcript_windows AS SELECT a.id, a.recording_key, a.n,"
        " a.stems || ' ' || coalesce(b.stems, '') || ' ' || coalesce(c.stems, '') AS stems"
        " FROM transcript_sentences a"
        " LEFT JOIN transcript_sentences b ON b.recording_key = a.recording_key AND b.n = a.n + 1"
        " LEFT JOIN transcript_sentences c ON c.recording_key = a.recording_key AND c.n = a.n + 2"
        " WHERE c.id IS NOT NULL OR a.n = 0"
    )
    op.execute(
        "CREATE VIRTUAL TABLE transcript_index USING fts5(stems, content='transcript_windows',"
        " content_rowid='id', columnsize=0,"
        " tokenize=\"unicode61 remove_diacritics 2 tokenchars '.'\")"
    )


def _team() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("enterprise_id", TEXT, nullable=False),
        sa.Column("team_id", TEXT, nullable=False),
    )


def _recording(table: str) -> sa.Column[str]:
    key = sa.ForeignKey("recordings.key", name=f"fk_{table}_recording_key_recordings")
    return sa.Column("recording_key", TEXT, key, nullable=False)
