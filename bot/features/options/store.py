"""Half-filled forms, and methods that Slack or 100ms told us to leave alone for a while."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, delete, select

from bot.features.options.drafts import Draft
from bot.store.errors import StoreRefused
from bot.store.repository import Part
from bot.store.schema import drafts, inbox
from bot.store.values import InboxState, SavedDraft

d = drafts.c


PURGED_AT_ONCE = 1000


class DraftsPart(Part):
    async def save_draft(
        self, request_id: str, user: str, channel: str | None, draft: Draft
    ) -> None:
        """The latest is kept. Raises `StoreRefused` if the form is another person's."""
        body = draft.model_dump(mode="json")
        change = {"channel": channel, "body": body, "updated_at": self._now()}
        put = self._db.insert(drafts).values(
            **self._ours, request_id=request_id, user_id=user, **change
        )
        put = put.on_conflict_do_update(
            index_elements=["enterprise_id", "team_id", "request_id"],
            set_=change,
            where=d.user_id == user,
        )
        async with self._db.write() as conn:
            if (await conn.execute(put.returning(d.request_id))).first() is None:
                raise StoreRefused("the form belongs to someone else")

    async def draft(self, request_id: str, user: str) -> SavedDraft | None:
        """What this person typed into that form."""
        query = select(d.body, d.channel, d.updated_at).where(
            self._mine(drafts), d.request_id == request_id, d.user_id == user
        )
        async with self._db.read() as conn:
            row = (await conn.execute(query)).first()
        if row is None:
            return None
        return SavedDraft(Draft.model_validate(row.body), row.channel, row.updated_at)

    async def purge(
        self,
        *,
        drafts_before: datetime | None = None,
        inbox_before: datetime | None = None,
        at_once: int = PURGED_AT_ONCE,
    ) -> int:
        """Forgets drafts not touched since, and inbox items read before; how many."""
        gone = 0
        if drafts_before is not None:
            gone += await self._purge(d.request_id, d.updated_at < drafts_before, at_once)
        if inbox_before is not None:
            read = inbox.c.state != InboxState.NEW.value
            old = and_(inbox.c.received_at < inbox_before, read)
            gone += await self._purge(inbox.c.id, old, at_once)
        return gone

    async def _purge(self, name: Column[Any], which: ColumnElement[bool], at_once: int) -> int:
        """A few at a time: after a long absence they are many, and others want to write, too."""
        gone = 0
        some = select(name).where(self._mine(name.table), which).limit(at_once)
        old = delete(name.table).where(self._mine(name.table), name.in_(some)).returning(name)
        while True:
            async with self._db.write() as conn:
                count = len((await conn.execute(old)).all())
            gone += count
            if count < at_once:
                return gone
