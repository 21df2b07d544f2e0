"""Transcripts that are kept, and their index."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0007"
down_revision = "0006"

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "transcripts",
        sa.Column("id", ID, nullable=False),
        *_team(),
        sa.Column("recording_key", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("sentences", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=True),
        sa.Column("kept_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_transcripts"),
        sa.UniqueConstraint("recording_key", name="uq_transcripts_recording_key"),
        sa.ForeignKeyConstraint(
            ["recording_key"], ["recordings.key"], name="fk_transcripts_recording_key_recordings"
        ),
    )
    op.create_index("ix_transcripts_kept_at", "transcripts", ["team_id", "kept_at"])
    op.create_table(
        "transcript_people",
        sa.Column("transcript_id", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Integer(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("peer_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("transcript_id", "who", name="pk_transcript_people"),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
            name="fk_transcript_people_transcript_id_transcripts",
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "transcript_sentences",
        sa.Column("id", ID, nullable=False, autoincrement=False),
        sa.Column("who", sa.Integer(), nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=True),
        sa.Column("end_ms", sa.BigInteger(), nullable=True),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("stems", TEXT, nullable=False),
        sa.Column("window", TEXT.with_variant(TSVECTOR(), "postgresql"), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_transcript_sentences"),
    )
    _index()
    op.create_table(
        "transcript_words",
        *_team(),
        sa.Column("word", TEXT, nullable=False),
        sa.Column("stem", TEXT, nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", "word", name="pk_transcript_words"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_transcript_words_stem", "transcript_words", ["team_id", "stem"])
    op.create_table(
        "scrubs",
        *_team(),
        sa.Column("since", TIME, nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "team_id", name="pk_scrubs"),
    )


def _index() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX ix_transcript_sentences_window"
            ' ON transcript_sentences USING gin ("window")'
        )
        return
    # A window is there once its last sentence is stored; in a short transcript the first one is.
    op.execute(
        "CREATE VIEW transcript_windows AS SELECT a.id,"
        " a.stems || ' ' || coalesce(b.stems, '') || ' ' || coalesce(c.stems, '') AS stems"
        " FROM transcript_sentences a"
        " LEFT JOIN transcript_sentences b ON b.id = a.id + 1"
        " LEFT JOIN transcript_sentences c ON c.id = a.id + 2"
        " WHERE c.id IS NOT NULL OR a.id % 1048576 = 0"
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
