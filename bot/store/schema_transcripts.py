"""The tables of transcripts that are kept, and of their index.

`transcript_windows.stems` is what the index knows: text on SQLite, where the FTS5 table
`transcript_index` (external content, no triggers) is written with it by one function; a `tsvector`
with a GIN index on PostgreSQL. Foreign keys do not cascade: a recording whose transcript is still
indexed cannot be deleted, because nothing would take its words out of the index.
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
    _recording(),
    Column("n", Integer, nullable=False),
    c.text("speaker"),
    c.text("peer_id"),
    Column("start_ms", BigInteger),
    Column("end_ms", BigInteger),
    c.text("text"),
    PrimaryKeyConstraint("recording_key", "n"),
)

transcript_windows = Table(
    "transcript_windows",
    metadata,
    c.serial(),
    *c.team(),
    _recording(),
    Column("n", Integer, nullable=False),  # of its first sentence
    Column("stems", Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
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
