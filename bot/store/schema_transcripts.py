"""The tables of transcripts that are kept, and of their index.

A sentence is the first of a window, and the index has the stems of the whole window. On PostgreSQL
they are in `window`, a `tsvector` with a GIN index. On SQLite the FTS5 table `transcript_index` has
them: its content is the view `transcript_windows`, which has a window once its last sentence is
stored, and one function writes both (no triggers).

Foreign keys do not cascade: a recording whose transcript is still indexed cannot be deleted,
because nothing would take its words out of the index.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from bot.store import columns as c
from bot.store import schema

metadata = MetaData(naming_convention=schema.metadata.naming_convention)


def _recording(*, primary_key: bool = False) -> Column[str]:
    key = ForeignKey(schema.recordings.c.key)
    return Column("recording_key", Text, key, nullable=False, primary_key=primary_key)


transcripts = Table(
    "transcripts",
    metadata,
    _recording(primary_key=True),
    *c.team(),
    c.text("digest"),  # of all that was said
    Column("sentences", Integer, nullable=False),
    Column("done", Integer, nullable=False),  # sentences that are stored and indexed
    c.json("speakers"),
    c.json("words"),  # how often each was said: what forgetting takes from `transcript_words`
    c.time("kept_at", null=False),
    Index("ix_transcripts_kept_at", "team_id", "kept_at"),
)

transcript_sentences = Table(
    "transcript_sentences",
    metadata,
    c.serial(),
    *c.team(),
    _recording(),
    Column("n", Integer, nullable=False),
    c.text("speaker"),
    c.text("peer_id"),
    Column("start_ms", BigInteger),
    Column("end_ms", BigInteger),
    c.text("text"),
    c.text("stems"),  # of the speaker's name and the text
    Column("window", Text().with_variant(TSVECTOR(), "postgresql")),  # null on SQLite
    UniqueConstraint("recording_key", "n"),
)

transcript_words = Table(
    "transcript_words",
    metadata,
    *c.team(),
    c.text("word"),
    c.text("stem"),
    Column("n", BigInteger, nullable=False),
    PrimaryKeyConstraint("enterprise_id", "team_id", "word"),
    Index("ix_transcript_words_stem", "team_id", "stem"),
)
