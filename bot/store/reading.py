"""Loads recordings from their facts, with the engine's state: a few queries for any number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.channel_settings import ChannelSettings
from bot.core.deliveries import Kind
from bot.core.derive import derive
from bot.core.note import Loaded
from bot.core.recording import Phase
from bot.store import rows
from bot.store.archive import unpacked
from bot.store.errors import UnreadableRecording
from bot.store.schema import (
    channel_settings,
    deliveries,
    fact_archives,
    facts,
    follows,
    recording_channels,
)
from bot.store.schema import recordings as recording_table
from bot.store.sql import of_the_team

r = recording_table.c
shown = recording_channels.c
KEYS: BindParameter[list[str]] = bindparam("keys", expanding=True)
ROOMS: BindParameter[list[str]] = bindparam("rooms", expanding=True)

RECORDINGS = select(recording_table).where(r.key.in_(KEYS), of_the_team(recording_table))
BODIES = select(facts.c.recording_key, facts.c.body).where(facts.c.recording_key.in_(KEYS))
ARCHIVES = select(fact_archives.c.recording_key, fact_archives.c.body)
ARCHIVES = ARCHIVES.where(fact_archives.c.recording_key.in_(KEYS))
DELIVERIES = select(deliveries).where(deliveries.c.recording_key.in_(KEYS))
DELIVERIES = DELIVERIES.order_by(deliveries.c.id)
SETTINGS = (
    select(shown.recording_key, channel_settings.c.channel, channel_settings.c.body)
    .join(channel_settings, channel_settings.c.channel == shown.channel)
    .where(shown.recording_key.in_(KEYS), of_the_team(channel_settings))
)
FOLLOWERS = (
    select(follows.c.room_id, follows.c.channel)
    .where(of_the_team(follows), follows.c.room_id.in_(ROOMS))
    .order_by(follows.c.since, follows.c.channel)
)


@dataclass(slots=True)
class Stored:
    """The rows of one recording."""

    row: rows.AnyRow
    facts: list[Mapping[str, Any]] = field(default_factory=list)
    deliveries: list[rows.AnyRow] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    followers: list[str] = field(default_factory=list)
    archive: bytes | None = None  # the facts, if they are packed

    def loaded(self) -> Loaded:
        """Convert the rows. Raises UnreadableRecording, for example for a fact of newer code."""
        try:
            return self._loaded()
        except Exception as odd:  # any error: the other recordings must not suffer
            raise UnreadableRecording(self.row.key, type(odd).__name__) from odd

    def _loaded(self) -> Loaded:
        row = self.row
        bodies = [*(unpacked(self.archive) if self.archive else ()), *self.facts]
        return Loaded(
            recording=derive(row.key, [rows.fact_of(body) for body in bodies]),
            work=rows.work_of(row, self.deliveries),
            addresses={
                (Kind(d.kind), d.target): rows.address_of(d.address)
                for d in self.deliveries
                if d.address
            },
            settings={c: ChannelSettings.model_validate(body) for c, body in self.settings.items()},
            followers=tuple(self.followers),
            owner=row.lease_owner,
            wakes=row.wakes,
        )


async def read(
    conn: AsyncConnection, keys: Collection[str], team: Mapping[str, str]
) -> dict[str, Stored]:
    """Read rows by key; `team` has the parameters of `of_the_team`. Unknown keys are left out."""
    found = (await conn.execute(RECORDINGS, {"keys": sorted(keys), **team})).all()
    stored = {row.key: Stored(row) for row in found}
    if not stored:
        return stored
    given = {"keys": sorted(stored)}
    for row in await conn.execute(BODIES, given):
        stored[row.recording_key].facts.append(row.body)
    archived = sorted(key for key, one in stored.items() if one.row.packed_at)
    if archived:
        for row in await conn.execute(ARCHIVES, {"keys": archived}):
            stored[row.recording_key].archive = row.body
    for row in await conn.execute(DELIVERIES, given):
        stored[row.recording_key].deliveries.append(row)
    for key, channel, body in await conn.execute(SETTINGS, {**given, **team}):
        stored[key].settings[channel] = body
    followers = await _followers(conn, (s.row for s in stored.values()), team)
    for one in stored.values():
        one.followers = followers.get(one.row.room_id, [])
    return stored


async def _followers(
    conn: AsyncConnection, found: Iterable[rows.AnyRow], team: Mapping[str, str]
) -> dict[str, list[str]]:
    """The followers by room, of rooms with a recording that has not started yet."""
    followers: dict[str, list[str]] = defaultdict(list)
    rooms = sorted({row.room_id for row in found if row.phase == Phase.REQUESTED.value})
    if rooms:
        for row in await conn.execute(FOLLOWERS, {"rooms": rooms, **team}):
            followers[row.room_id].append(row.channel)
    return followers
