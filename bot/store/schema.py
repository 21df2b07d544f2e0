"""The tables of recordings and related data.

Columns of `recordings` up to `is_private` are a cache of `derive`; the facts are the source of
truth. Queries repeat the conditions of partial indexes literally, because neither planner matches
a bound parameter.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from bot.store import columns as c

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

recordings = Table(
    "recordings",
    metadata,
    Column("key", Text, primary_key=True),
    *c.team(),
    c.text("request_id"),
    c.text("phase"),
    c.text("room_id"),
    c.text("room_name"),
    c.text("title", null=True),
    c.text("room_lock", null=True),  # the room, while the recording occupies it
    c.text("hms_id", null=True),
    c.text("session_id", null=True),
    c.text("starter"),
    c.text("home"),
    Column("elsewhere", Boolean, nullable=False),
    Column("audio_only", Boolean, nullable=False, server_default=false()),
    c.text("points_to", null=True),
    c.time("requested_at", null=False),
    c.time("attempted_at"),
    c.time("accepted_at"),
    c.time("started_at"),
    c.time("stopped_at"),
    Column("duration_s", Float),
    Column("has_video", Boolean, nullable=False),
    Column("has_transcript", Boolean, nullable=False),
    Column("is_private", Boolean),  # null: not known yet
    # The queue: due from this time on (null: done), unless leased.
    c.time("next_due_at"),
    c.time("leased_until"),
    c.text("lease_owner", null=True),
    Column("wakes", Integer, nullable=False),
    Column("taken_wakes", Integer, nullable=False),  # `wakes` when it was taken
    # The reconciler's state.
    c.time("asked_at"),
    Column("asks", Integer, nullable=False),
    Column("ask_failures", Integer, nullable=False),
    c.json("holds"),
    # A dead letter: the time since which the bot cannot read it, and the name of the error.
    c.time("dead_since"),
    c.text("dead_why", null=True),
    c.time("packed_at"),  # its facts are in `fact_archives`
    UniqueConstraint("enterprise_id", "team_id", "request_id"),
    UniqueConstraint("enterprise_id", "team_id", "room_lock"),
    Index("ix_recordings_due", "team_id", "next_due_at", **c.where("next_due_at IS NOT NULL")),
    Index("ix_recordings_leased", "team_id", "leased_until", **c.where("leased_until IS NOT NULL")),
    Index("ix_recordings_open", "team_id", "room_id", **c.where("next_due_at IS NOT NULL")),
    Index("ix_recordings_dead", "team_id", "key", **c.where("dead_since IS NOT NULL")),
    Index(
        "ix_recordings_unpacked",
        "team_id",
        "requested_at",
        **c.where("packed_at IS NULL AND next_due_at IS NULL"),
    ),
    Index("ix_recordings_titled", "team_id", "requested_at", **c.where("title IS NOT NULL")),
    Index("ix_recordings_recent", "team_id", "requested_at"),
    Index("ix_recordings_starter", "team_id", "starter", "requested_at"),
    Index("ix_recordings_private", "team_id", "is_private", "requested_at"),
    Index("ix_recordings_room", "team_id", "room_id", "requested_at"),
)

recording_channels = Table(
    "recording_channels",
    metadata,
    c.recording(primary_key=True),
    Column("channel", Text, primary_key=True),
    *c.team(),
    c.time("requested_at", null=False),
    Index("ix_recording_channels_recent", "team_id", "channel", "requested_at"),
)

facts = Table(
    "facts",
    metadata,
    c.serial(),
    *c.team(),
    c.recording(),
    c.text("identity"),
    c.text("kind"),
    c.time("at", null=False),
    c.json("body"),
    UniqueConstraint("recording_key", "identity"),
)

fact_archives = Table(
    "fact_archives",
    metadata,
    c.recording(primary_key=True),
    *c.team(),
    Column("body", LargeBinary, nullable=False),  # see `archive`
)

upgrades = Table(
    "upgrades",
    metadata,
    Column("version", Text, primary_key=True),  # of the schema, for all teams
    c.time("at", null=False),
)

aliases = Table(
    "aliases",
    metadata,
    *c.team(),
    c.text("alias"),
    c.recording(),
    PrimaryKeyConstraint("enterprise_id", "team_id", "alias"),
    Index("ix_aliases_recording_key", "recording_key"),
)

deliveries = Table(
    "deliveries",
    metadata,
    c.serial(),
    *c.team(),
    c.recording(),
    c.text("kind"),
    c.text("target"),
    c.text("state"),
    c.text("posted_in", null=True),
    c.text("ts", null=True),
    c.text("hash", null=True),
    c.text("error", null=True),
    Column("attempts", Integer, nullable=False),
    c.time("not_before"),
    c.time("changed_at"),
    c.json("address", null=True),  # where a person waits for an outcome; deleted once told
    c.text("file_id", null=True),  # Slack's, of an uploaded file
    UniqueConstraint("recording_key", "kind", "target"),
    Index("ix_deliveries_parked", "team_id", "target", **c.where("state = 'parked'")),
)

inbox = Table(
    "inbox",
    metadata,
    c.serial(),
    *c.team(),
    c.text("identity"),
    c.text("type"),
    c.text("room_id", null=True),
    c.text("session_id", null=True),
    c.json("aliases"),
    c.json("body"),
    c.time("received_at", null=False),
    c.text("state"),
    c.recording(null=True),
    c.text("note", null=True),
    c.time("leased_until"),
    UniqueConstraint("enterprise_id", "team_id", "identity"),
    Index("ix_inbox_new", "team_id", "id", **c.where("state = 'new'")),
    Index("ix_inbox_waiting", "team_id", "room_id", **c.where("state = 'waiting'")),
    Index("ix_inbox_dead", "team_id", "id", **c.where("state = 'dead'")),
    Index("ix_inbox_received_at", "team_id", "received_at"),
    Index("ix_inbox_recording_key", "recording_key"),
)

rooms = Table(
    "rooms",
    metadata,
    *c.team(),
    c.text("room_id"),
    c.text("name"),
    Column("enabled", Boolean, nullable=False),
    Column("live", Boolean, nullable=False),
    c.time("last_used_at"),
    c.time("refreshed_at", null=False),
    c.time("codes_read_at"),
    c.text("template_id", null=True),
    Column("records", Boolean, nullable=True),  # whether composite recording is on, if 100ms says
    PrimaryKeyConstraint("enterprise_id", "team_id", "room_id"),
)

templates = Table(
    "templates",
    metadata,
    *c.team(),
    c.text("template_id"),
    c.json("body"),  # its recording settings at 100ms
    c.time("read_at", null=False),
    PrimaryKeyConstraint("enterprise_id", "team_id", "template_id"),
)

room_codes = Table(
    "room_codes",
    metadata,
    *c.team(),
    c.text("digest"),  # SHA-256 of the code; the code itself would let anybody join
    c.text("room_id"),
    PrimaryKeyConstraint("enterprise_id", "team_id", "digest"),
)

drafts = Table(
    "drafts",
    metadata,
    *c.team(),
    c.text("request_id"),
    c.text("user_id"),
    c.text("channel", null=True),
    c.json("body"),
    c.time("updated_at", null=False),
    c.text("recording_key", null=True),  # the recording whose settings filled the form
    PrimaryKeyConstraint("enterprise_id", "team_id", "request_id"),
    Index("ix_drafts_updated_at", "team_id", "updated_at"),
)

gates = Table(
    "gates",
    metadata,
    *c.team(),
    c.text("method"),
    c.time("until", null=False),
    # Of a pause until a probe passes: its start, and Slack's error.
    c.time("since"),
    c.text("why", null=True),
    PrimaryKeyConstraint("enterprise_id", "team_id", "method"),
)

follows = Table(
    "follows",
    metadata,
    *c.team(),
    c.text("room_id"),
    c.text("channel"),
    c.text("room_name"),
    c.text("by_user"),
    c.time("since", null=False),
    c.time("look_at", null=False),  # when to check the room for recordings next
    PrimaryKeyConstraint("enterprise_id", "team_id", "room_id", "channel"),
    Index("ix_follows_look_at", "team_id", "look_at"),
    Index("ix_follows_channel", "team_id", "channel"),
)

homes = Table(
    "homes",
    metadata,
    *c.team(),
    c.text("user_id"),
    Column("page", Integer, nullable=False),
    c.time("opened_at", null=False),
    # What it shows: the time, and the id of the newest fact then.
    c.time("shown_at", null=False),
    Column("shown_fact", BigInteger, nullable=False),
    c.text("hash", null=True),
    PrimaryKeyConstraint("enterprise_id", "team_id", "user_id"),
    Index("ix_homes_opened_at", "team_id", "opened_at"),
)

forgotten = Table(
    "forgotten",
    metadata,
    *c.team(),
    c.text("digest"),  # of an id at 100ms
    c.time("at", null=False),
    PrimaryKeyConstraint("enterprise_id", "team_id", "digest"),
)

audit = Table(
    "audit",
    metadata,
    c.serial(),
    *c.team(),
    c.text("action"),
    c.text("digest"),  # of the key of a deleted recording
    c.text("by_user"),
    c.time("at", null=False),
    Index("ix_audit_digest", "team_id", "digest"),
    Index("ix_audit_at", "team_id", "at"),
)

requests = Table(
    "requests",
    metadata,
    *c.team(),
    c.text("identity"),  # of a handled request of Slack
    c.time("at", null=False),
    PrimaryKeyConstraint("enterprise_id", "team_id", "identity"),
    Index("ix_requests_at", "team_id", "at"),
)

choices = Table(
    "choices",
    metadata,
    *c.team(),
    c.text("choice_id"),
    c.text("user_id"),
    c.json("body"),  # what each button of the question does
    c.time("asked_at", null=False),
    PrimaryKeyConstraint("enterprise_id", "team_id", "choice_id"),
    Index("ix_choices_asked_at", "team_id", "asked_at"),
)

heartbeats = Table(
    "pulse",
    metadata,
    *c.team(),
    c.time("seen_at", null=False),
    # The replay that is due for the downtime between these times. A claim moves `replay_due_at`.
    c.time("replay_since"),
    c.time("replay_until"),
    c.time("replay_due_at"),
    Column("replay_tries", Integer, nullable=False),
    PrimaryKeyConstraint("enterprise_id", "team_id"),
)


channel_settings = Table(
    "channel_settings",
    metadata,
    *c.team(),
    c.text("channel"),
    c.json("body"),
    c.text("by_user"),
    c.time("changed_at", null=False),
    PrimaryKeyConstraint("enterprise_id", "team_id", "channel"),
)


settings_changes = Table(
    "settings_changes",
    metadata,
    c.serial(),
    *c.team(),
    c.text("channel"),
    c.text("by_user"),
    c.time("at", null=False),
    c.json("body"),  # the changed fields with their new values
    Index("ix_settings_changes_channel", "team_id", "channel", "at"),
)


presets = Table(
    "presets",
    metadata,
    *c.team(),
    c.text("preset_id"),
    c.text("scope"),  # a channel; '' is the whole workspace
    c.text("name"),
    c.text("name_key"),  # the form in which names are compared
    c.json("body"),
    c.text("by_user"),
    c.time("changed_at", null=False),
    PrimaryKeyConstraint("enterprise_id", "team_id", "preset_id"),
    UniqueConstraint("enterprise_id", "team_id", "scope", "name_key"),
)


# Kept transcripts and their index. Foreign keys do not cascade: a recording with an indexed
# transcript cannot be deleted, because its words would stay in the index.
transcripts = Table(
    "transcripts",
    metadata,
    c.serial(),
    *c.team(),
    Column("recording_key", Text, ForeignKey("recordings.key"), nullable=False, unique=True),
    c.text("digest"),  # of the whole text
    Column("sentences", Integer, nullable=False),
    Column("done", Integer, nullable=False),  # sentences that are stored and indexed
    # The count of each word, compressed: forgetting subtracts it from `transcript_words`.
    Column("words", LargeBinary, nullable=False),
    c.json("summary", null=True),  # its sections; each line with the index of its sentence
    c.time("kept_at", null=False),
    Index("ix_transcripts_kept_at", "team_id", "kept_at"),
)


transcript_people = Table(
    "transcript_people",
    metadata,
    Column("transcript_id", BigInteger, ForeignKey("transcripts.id"), nullable=False),
    Column("who", Integer, nullable=False),  # counts from 0 within the transcript
    c.text("name"),
    c.text("peer_id"),
    PrimaryKeyConstraint("transcript_id", "who"),
    sqlite_with_rowid=False,
)


# Every eighth sentence is the first of a block, and the index has the stems of the whole block: on
# PostgreSQL in `block`, with a GIN index; on SQLite in the FTS5 table `transcript_index`, whose
# content is the view `transcript_blocks`. One function writes both (no triggers).
transcript_sentences = Table(
    "transcript_sentences",
    metadata,
    # transcript id * 2**20 + index of the sentence: no other key is stored.
    Column("id", c.BIG, primary_key=True, autoincrement=False),
    Column("who", Integer, nullable=False),  # of transcript_people
    Column("start_ms", BigInteger),
    Column("end_ms", BigInteger),
    c.text("text"),
    c.text("stems"),  # of the speaker's name and of the text
    Column("block", Text().with_variant(TSVECTOR(), "postgresql")),  # null on SQLite
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
    sqlite_with_rowid=False,
)


# A row means that something was deleted and SQLite's files may still contain its words.
scrubs = Table(
    "scrubs",
    metadata,
    *c.team(),
    c.time("since", null=False),
    PrimaryKeyConstraint("enterprise_id", "team_id"),
)


# Meeting pages. Both tables have the SHA-256 of a secret that is stored nowhere.
meeting_tickets = Table(
    "meeting_tickets",
    metadata,
    *c.team(),
    c.text("digest"),
    c.text("user_id"),
    c.text("user_name"),
    c.time("expires_at", null=False),
    c.time("taken_at"),
    PrimaryKeyConstraint("enterprise_id", "team_id", "digest"),
    Index("ix_meeting_tickets_expires_at", "team_id", "expires_at"),
)

meeting_sessions = Table(
    "meeting_sessions",
    metadata,
    *c.team(),
    c.text("digest"),
    c.text("user_id"),
    c.text("user_name"),
    c.time("expires_at", null=False),
    PrimaryKeyConstraint("enterprise_id", "team_id", "digest"),
    Index("ix_meeting_sessions_expires_at", "team_id", "expires_at"),
)


# Signed links to join a room that people got: `user_id` at 100ms, `slack` is the person's id.
joins = Table(
    "joins",
    metadata,
    *c.team(),
    c.text("room_id"),
    c.text("user_id"),
    c.text("slack"),
    c.time("at", null=False),
    PrimaryKeyConstraint("enterprise_id", "team_id", "room_id", "user_id"),
    Index("ix_joins_at", "team_id", "at"),
)
