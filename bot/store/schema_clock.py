"""The tables of schedules, calendars, rules for rooms, and notices about them."""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from bot.store import columns as c
from bot.store.schema import metadata

# A recurrence has a wall time, a zone and an RRULE; `due_at` is its next date, not armed yet.
schedules = Table(
    "schedules",
    metadata,
    *c.team(),
    c.text("schedule_id"),
    c.text("room_id"),
    c.text("room_name"),
    c.text("channel"),
    c.text("by_user"),
    c.text("zone"),
    c.text("wall"),  # naive, of the first date
    c.text("rrule", null=True),  # null: once
    c.json("stop", null=True),
    c.json("options"),  # used if the preset no longer exists
    c.json("said"),  # the options that override the preset
    c.text("preset_id", null=True),
    c.text("state"),
    c.text("why", null=True),  # why it is paused
    c.text("paused_by", null=True),  # the person who paused it
    c.time("created_at", null=False),
    c.time("due_at"),
    c.time("armed_for"),  # the date that waits for people in the room
    c.time("armed_until"),
    c.time("wake_at"),  # when to check it; the worker that does moves it ahead as its lease
    c.text("calendar_id", null=True),
    c.text("event", null=True),  # an id within that calendar
    c.text("skips", null=True),  # dates ahead that are left out, separated by spaces
    c.time("deleted_at"),  # it can be restored for an hour, and is `over` meanwhile
    PrimaryKeyConstraint("enterprise_id", "team_id", "schedule_id"),
    UniqueConstraint("enterprise_id", "team_id", "calendar_id", "event"),
    Index("ix_schedules_wake_at", "team_id", "wake_at", **c.where("wake_at IS NOT NULL")),
    Index("ix_schedules_armed", "team_id", "room_id", **c.where("armed_for IS NOT NULL")),
    Index("ix_schedules_channel", "team_id", "channel"),
    Index("ix_schedules_by_user", "team_id", "by_user"),
    Index("ix_schedules_room_id", "team_id", "room_id"),
)

calendars = Table(
    "calendars",
    metadata,
    *c.team(),
    c.text("calendar_id"),
    c.text("room_id"),
    c.text("room_name"),
    c.text("channel"),
    c.text("by_user"),
    c.text("zone"),
    c.text("url"),  # a secret that gives access to the calendar: never shown, never logged
    c.json("options"),
    c.text("state"),
    c.text("why", null=True),
    c.time("created_at", null=False),
    c.time("fetch_at"),  # the worker that fetches moves it ahead as its lease
    Column("failures", Integer, nullable=False),
    PrimaryKeyConstraint("enterprise_id", "team_id", "calendar_id"),
    Index("ix_calendars_fetch_at", "team_id", "fetch_at", **c.where("fetch_at IS NOT NULL")),
)

rules = Table(
    "rules",
    metadata,
    *c.team(),
    c.text("room_id"),
    c.text("room_name"),
    c.text("channel"),
    c.text("by_user"),
    Column("every_session", Boolean, nullable=False),
    Column("least_people", Integer, nullable=False),
    Column("until_empty", Boolean, nullable=False),
    c.json("options"),
    c.text("state"),
    c.text("why", null=True),
    c.time("created_at", null=False),
    c.time("look_at"),  # the worker that checks moves it ahead as its lease
    c.text("session_id", null=True),  # the last session that is or was recorded
    Column("parts", Integer, nullable=False),  # recordings of that session started by the rule
    c.text("seen_in", null=True),  # the recording in which people were seen
    c.time("empty_since"),
    PrimaryKeyConstraint("enterprise_id", "team_id", "room_id"),
    Index("ix_rules_look_at", "team_id", "look_at", **c.where("look_at IS NOT NULL")),
    Index("ix_rules_channel", "team_id", "channel"),
)

# The check for people in all rooms, shared by every schedule and rule.
presence = Table(
    "presence",
    metadata,
    *c.team(),
    c.time("look_at", null=False),
    PrimaryKeyConstraint("enterprise_id", "team_id"),
)

# Notices about schedules and rules that are still to be posted.
clock_notices = Table(
    "clock_notices",
    metadata,
    c.serial(),
    *c.team(),
    c.text("identity"),
    c.text("channel"),
    c.text("by_user"),  # gets a direct message if Slack refuses posts in the channel
    c.text("text"),  # mrkdwn written by the bot
    c.time("made_at", null=False),
    c.time("not_before", null=False),
    Column("attempts", Integer, nullable=False),
    UniqueConstraint("enterprise_id", "team_id", "identity"),
    Index("ix_clock_notices_not_before", "team_id", "not_before"),
)

# All tables of automatic starts.
CLOCK = (schedules, calendars, rules, clock_notices)
