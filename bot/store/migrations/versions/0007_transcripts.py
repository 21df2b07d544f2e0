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
        sa.Column("block", TEXT.with_variant(TSVECTOR(), "postgresql"), nullable=True),
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
            "CREATE INDEX ix_transcript_sentences_block ON transcript_sentences USING gin (block)"
        )
        return
    # A block is there once its last sentence is stored; the last ones, once everything is.
    op.execute(
        "CREATE VIEW transcript_blocks AS SELECT a.id,"
        " (SELECT group_concat(stems, ' ') FROM (SELECT b.stems FROM transcript_sentences b"
        " WHERE b.id BETWEEN a.id AND a.id + 9 ORDER BY b.id)) AS stems"
        " FROM transcript_sentences a JOIN transcripts t ON t.id = a.id >> 20"
        " WHERE a.id % 8 = 0 AND (t.done >= t.sentences OR (a.id & 1048575) < t.done - 9)"
    )
    op.execute(
        "CREATE VIRTUAL TABLE transcript_index USING fts5(stems, content='transcript_blocks',"
        " content_rowid='id', columnsize=0,"
        " tokenize=\"unicode61 remove_diacritics 2 tokenchars '.'\")"
    )


def _team() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("enterprise_id", TEXT, nullable=False),
        sa.Column("team_id", TEXT, nullable=False),
    )
