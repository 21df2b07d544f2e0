"""The tables of what a team sets once: settings of channels, who changed them, presets."""

from sqlalchemy import Index, PrimaryKeyConstraint, Table, UniqueConstraint

from bot.store import columns as c
from bot.store.schema import metadata

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
    c.json("body"),  # the fields that were changed, as they are since
    Index("ix_settings_changes_channel", "team_id", "channel", "at"),
)

presets = Table(
    "presets",
    metadata,
    *c.team(),
    c.text("preset_id"),
    c.text("scope"),  # a channel; '' is the whole workspace
    c.text("name"),
    c.text("name_key"),  # as names are compared
    c.json("body"),
    c.text("by_user"),
    c.time("changed_at", null=False),
    PrimaryKeyConstraint("enterprise_id", "team_id", "preset_id"),
    UniqueConstraint("enterprise_id", "team_id", "scope", "name_key"),
)
