"""The tables of what a team sets once: settings of channels, who changed them, presets."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from bot.store.schema import UtcDateTime, metadata


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


channel_settings = Table(
    "channel_settings",
    metadata,
    _text("enterprise_id"),
    _text("team_id"),
    _text("channel"),
    Column("body", JSON, nullable=False),
    _text("by_user"),
    Column("changed_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("enterprise_id", "team_id", "channel"),
)

settings_changes = Table(
    "settings_changes",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    _text("enterprise_id"),
    _text("team_id"),
    _text("channel"),
    _text("by_user"),
    Column("at", UtcDateTime, nullable=False),
    Column("body", JSON, nullable=False),  # the fields that were changed, as they are since
    Index("ix_settings_changes_channel", "team_id", "channel", "at"),
)

presets = Table(
    "presets",
    metadata,
    _text("enterprise_id"),
    _text("team_id"),
    _text("preset_id"),
    _text("scope"),  # a channel; '' is the whole workspace
    _text("name"),
    _text("name_key"),  # as names are compared
    Column("body", JSON, nullable=False),
    _text("by_user"),
    Column("changed_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("enterprise_id", "team_id", "preset_id"),
    UniqueConstraint("enterprise_id", "team_id", "scope", "name_key"),
)
