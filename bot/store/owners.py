"""Owners of drafts, presets, choices and schedules, for access checks; features read the rest."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.store.repository import Repository
from bot.store.schema import choices, drafts, presets, rooms
from bot.store.schema_clock import schedules

d, p, h, s = drafts.c, presets.c, choices.c, schedules.c


@dataclass(frozen=True, slots=True)
class DraftOwner:
    user: str
    channel: str | None


@dataclass(frozen=True, slots=True)
class PresetOwner:
    """`scope` is the preset's channel; '' is the whole workspace."""

    scope: str
    by: str


@dataclass(frozen=True, slots=True)
class ChoiceOwner:
    user: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class ScheduleOwner:
    channel: str
    by: str


class Owners(Repository):
    async def draft(self, request_id: str) -> DraftOwner | None:
        query = select(d.user_id, d.channel).where(self._mine(drafts), d.request_id == request_id)
        async with self._db.read() as conn:
            row = (await conn.execute(query)).first()
        return DraftOwner(row.user_id, row.channel) if row else None

    async def preset(self, preset_id: str) -> PresetOwner | None:
        query = select(p.scope, p.by_user).where(self._mine(presets), p.preset_id == preset_id)
        async with self._db.read() as conn:
            row = (await conn.execute(query)).first()
        return PresetOwner(row.scope, row.by_user) if row else None

    async def room_name(self, room_id: str) -> str | None:
        query = select(rooms.c.name).where(self._mine(rooms), rooms.c.room_id == room_id)
        async with self._db.read() as conn:
            name: str | None = await conn.scalar(query)
        return name

    async def choice(self, choice_id: str) -> ChoiceOwner | None:
        query = select(h.user_id, h.asked_at).where(self._mine(choices), h.choice_id == choice_id)
        async with self._db.read() as conn:
            row = (await conn.execute(query)).first()
        return ChoiceOwner(row.user_id, row.asked_at) if row else None

    async def schedule(self, schedule_id: str) -> ScheduleOwner | None:
        query = select(s.channel, s.by_user).where(
            self._mine(schedules), s.schedule_id == schedule_id
        )
        async with self._db.read() as conn:
            row = (await conn.execute(query)).first()
        return ScheduleOwner(row.channel, row.by_user) if row else None
