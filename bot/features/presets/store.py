"""Stores presets of the workspace and its channels."""

from typing import Any

import structlog
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.options import RecordingOptions
from bot.features.presets.model import PRESETS_MOST, WORKSPACE, NameTaken, Preset, TooMany, name_key
from bot.kit.metrics import FAULTS
from bot.store.repository import Repository
from bot.store.rows import AnyRow
from bot.store.schema import presets

log = structlog.get_logger()

p = presets.c
_COLUMNS = (p.preset_id, p.scope, p.name, p.body, p.by_user, p.changed_at)


class PresetRepository(Repository):
    async def for_channel(self, channel: str | None) -> list[Preset]:
        """Return the channel's presets, then the workspace's, by name."""
        found = await self._presets(p.scope.in_({WORKSPACE, channel or WORKSPACE}))
        return sorted(found, key=lambda one: (one.scope == WORKSPACE, name_key(one.name)))

    async def of_person(self, user: str) -> list[Preset]:
        """Return the person's presets in any channel, then the workspace's, by name."""
        found = await self._presets((p.scope == WORKSPACE) | (p.by_user == user))
        return sorted(found, key=lambda one: (one.by != user, name_key(one.name)))

    async def _presets(self, which: ColumnElement[bool]) -> list[Preset]:
        query = select(*_COLUMNS).where(self._mine(presets), which)
        async with self._db.read() as conn:
            found = (await conn.execute(query)).all()
        return [preset for row in found if (preset := _readable(row))]

    async def get(self, preset_id: str) -> Preset | None:
        query = select(*_COLUMNS).where(self._mine(presets), p.preset_id == preset_id)
        async with self._db.read() as conn:
            row = (await conn.execute(query)).first()
        return _preset(row) if row else None

    async def save(self, preset: Preset) -> NameTaken | TooMany | None:
        """Insert or update a preset; its author stays. Returns None on success."""
        change = {
            "name": preset.name,
            "name_key": name_key(preset.name),
            "body": preset.options.model_dump(mode="json"),
            "changed_at": self._now(),
        }
        made = {"preset_id": preset.preset_id, "scope": preset.scope, "by_user": preset.by}
        put = self._db.insert(presets).values(**self._ours, **made, **change)
        same = ["enterprise_id", "team_id", "preset_id"]
        async with self._db.write() as conn:
            if await self._is_full(conn, preset):
                return TooMany()
            try:
                async with conn.begin_nested():
                    await conn.execute(put.on_conflict_do_update(index_elements=same, set_=change))
            except IntegrityError:
                return NameTaken()
        return None

    async def _is_full(self, conn: AsyncConnection, preset: Preset) -> bool:
        others = select(func.count()).select_from(presets)
        others = others.where(self._mine(presets), p.scope == preset.scope)
        others = others.where(p.preset_id != preset.preset_id)
        return (await conn.scalar(others) or 0) >= PRESETS_MOST

    async def delete(self, preset_id: str) -> None:
        """Delete a preset; channels that had it as default have none afterwards."""
        gone = delete(presets).where(self._mine(presets), p.preset_id == preset_id)
        async with self._db.write() as conn:
            await conn.execute(gone)


def _preset(row: AnyRow | Any) -> Preset:
    options = RecordingOptions.model_validate(row.body)
    return Preset(row.preset_id, row.scope, row.name, options, row.by_user, row.changed_at)


def _readable(row: AnyRow) -> Preset | None:
    """Parse a row; None if it has options of a newer version, so that the others are listed."""
    try:
        return _preset(row)
    except ValueError as odd:
        FAULTS.labels("presets").inc()
        log.error("preset_unreadable", preset=row.preset_id, why=type(odd).__name__)
        return None
