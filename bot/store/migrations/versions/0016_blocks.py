"""The index of transcripts by blocks of ten sentences, in place of every three."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _postgresql()
    else:
        _sqlite()


def _postgresql() -> None:
    """The windows that a block begins with have the stems of all its sentences."""
    op.execute("DROP INDEX ix_transcript_sentences_window")
    op.execute('ALTER TABLE transcript_sentences RENAME COLUMN "window" TO block')
    windows = " || ".join(f"coalesce(w{n}.block, '')" for n in range(8))
    joins = " ".join(
        f"LEFT JOIN transcript_sentences w{n} ON w{n}.id = a.id + {n}" for n in range(8)
    )
    op.execute(
        f"UPDATE transcript_sentences s SET block = made.block FROM"  # noqa: S608 - no input
        f" (SELECT a.id, {windows} AS block FROM transcript_sentences a {joins}"
        " WHERE a.id % 8 = 0) made WHERE made.id = s.id"
    )
    op.execute("UPDATE transcript_sentences SET block = NULL WHERE id % 8 <> 0")
    op.execute(
        "CREATE INDEX ix_transcript_sentences_block ON transcript_sentences USING gin (block)"
    )


def _sqlite() -> None:
    """A block is there once its last sentence is stored; the last ones, once everything is."""
    op.execute("DROP TABLE transcript_index")
    op.execute("DROP VIEW transcript_windows")
    op.execute('ALTER TABLE transcript_sentences RENAME COLUMN "window" TO block')
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
    op.execute("INSERT INTO transcript_index(transcript_index) VALUES('rebuild')")
