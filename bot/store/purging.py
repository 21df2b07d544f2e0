"""Deletes data that is no longer needed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, delete, select

from bot.store.repository import Repository
from bot.store.schema import choices, drafts, homes, inbox
from bot.store.values import InboxState

PURGED_AT_ONCE = 1000

d = drafts.c
h = homes.c


class Purging(Repository):
    async def purge(
        self,
        *,
        drafts_before: datetime | None = None,
        inbox_before: datetime | None = None,
        at_once: int = PURGED_AT_ONCE,
    ) -> int:
        """Delete untouched drafts and settled inbox items; return how many."""
        gone = 0
        if drafts_before is not None:
            gone += await self._purge(d.request_id, d.updated_at < drafts_before, at_once)
        if inbox_before is not None:
            read = inbox.c.state != InboxState.NEW.value
            old = and_(inbox.c.received_at < inbox_before, read)
            gone += await self._purge(inbox.c.id, old, at_once)
        return gone

    async def _purge(self, name: Column[Any], which: ColumnElement[bool], at_once: int) -> int:
        """Delete in small transactions, so that other writers get a turn."""
        gone = 0
        some = select(name).where(self._mine(name.table), which).limit(at_once)
        old = delete(name.table).where(self._mine(name.table), name.in_(some)).returning(name)
        while True:
            async with self._db.write() as conn:
                count = len((await conn.execute(old)).all())
            gone += count
            if count < at_once:
                return gone

    async def choices(self, asked_before: datetime) -> None:
        old = delete(choices).where(self._mine(choices), choices.c.asked_at < asked_before)
        async with self._db.write() as conn:
            await conn.execute(old)

    async def homes(self, opened_before: datetime) -> None:
        old = delete(homes).where(self._mine(homes), h.opened_at < opened_before)
        async with self._db.write() as conn:
            await conn.execute(old)
