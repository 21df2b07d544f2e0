"""Deletes data that is no longer needed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, delete, func, or_, select

from bot.store.repository import Repository
from bot.store.schema import choices, drafts, homes, inbox, recordings
from bot.store.schema_clock import schedules
from bot.store.transcripts import Transcripts
from bot.store.values import InboxState

PURGED_AT_ONCE = 1000
RECORDINGS_AT_ONCE = 50

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
        """Delete untouched drafts and settled inbox items; return their number."""
        gone = 0
        if drafts_before is not None:
            gone += await self._purge(d.request_id, d.updated_at < drafts_before, at_once)
        if inbox_before is not None:
            read = inbox.c.state != InboxState.NEW.value
            old = and_(inbox.c.received_at < inbox_before, read)
            gone += await self._purge(inbox.c.id, old, at_once)
        return gone

    async def _purge(self, name: Column[Any], which: ColumnElement[bool], at_once: int) -> int:
        """Delete in small transactions, so that other writers need not wait long."""
        gone = 0
        some = select(name).where(self._mine(name.table), which).limit(at_once)
        old = delete(name.table).where(self._mine(name.table), name.in_(some)).returning(name)
        while True:
            async with self._db.write() as conn:
                count = len((await conn.execute(old)).all())
            gone += count
            if count < at_once:
                return gone

    async def schedules_over(self, made_before: datetime, deleted_before: datetime) -> int:
        """Delete finished schedules; events of a calendar stay as long as it is followed."""
        s = schedules.c
        made = and_(s.deleted_at.is_(None), s.created_at < made_before)
        old = or_(made, s.deleted_at < deleted_before)
        over = and_(s.state == "over", old, s.calendar_id.is_(None))
        return await self._purge(s.schedule_id, over, PURGED_AT_ONCE)

    async def choices(self, asked_before: datetime) -> None:
        old = delete(choices).where(self._mine(choices), choices.c.asked_at < asked_before)
        async with self._db.write() as conn:
            await conn.execute(old)

    async def webhooks_done(self, before: datetime, *, at_once: int = PURGED_AT_ONCE) -> int:
        """Delete matched webhooks: their facts are stored, so a repeated delivery has no effect.

        The newest one stays as a sign that webhooks arrive.
        """
        i = inbox.c
        newest = select(func.max(i.id)).where(self._mine(inbox)).scalar_subquery()
        done = and_(i.received_at < before, i.state == InboxState.MATCHED.value, i.id < newest)
        return await self._purge(i.id, done, at_once)

    async def recordings(self, before: datetime, *, at_once: int = RECORDINGS_AT_ONCE) -> int:
        """Delete some recordings that ended before then, with all their data; return their number.

        Messages in Slack and files at 100ms stay. Call `Transcripts.scrub` afterwards, as after
        forgetting.
        """
        r = recordings.c
        ended = or_(r.stopped_at.is_(None), r.stopped_at < before)
        old = and_(r.next_due_at.is_(None), r.leased_until.is_(None), r.requested_at < before)
        some = select(r.key).where(self._mine(recordings), old, ended).order_by(r.requested_at)
        some = some.limit(at_once).with_for_update(skip_locked=True)
        transcripts = Transcripts(self._of)
        async with self._db.write() as conn:
            keys = sorted((await conn.scalars(some)).all())
            for key in keys:
                await transcripts.forget_in(conn, key)
            if keys:
                gone = delete(recordings).where(self._mine(recordings), r.key.in_(keys))
                await conn.execute(gone)
        return len(keys)

    async def homes(self, opened_before: datetime) -> None:
        old = delete(homes).where(self._mine(homes), h.opened_at < opened_before)
        async with self._db.write() as conn:
            await conn.execute(old)
