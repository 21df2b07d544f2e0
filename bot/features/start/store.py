"""Half-filled forms, and methods that Slack or 100ms told us to leave alone for a while."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, delete, func, or_, select, update

from bot.core.health import Shut
from bot.features.options.drafts import Draft
from bot.store.errors import StoreRefused
from bot.store.repository import Part
from bot.store.schema import drafts, gates, inbox
from bot.store.values import InboxState, SavedDraft

d = drafts.c
g = gates.c
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


class GatesPart(Part):
    async def gate(self, method: str) -> datetime | None:
        """Until when the method is to be left alone, by every replica; None if it is open."""
        query = select(g.until).where(self._mine(gates), g.method == method, g.until > self._now())
        async with self._db.read() as conn:
            until: datetime | None = await conn.scalar(query)
        return until

    async def close_gate(self, method: str, until: datetime) -> None:
        """Closes it, or for longer; never for less long than it was."""
        put = self._db.insert(gates).values(**self._ours, method=method, until=until)
        longer = put.on_conflict_do_update(
            index_elements=["enterprise_id", "team_id", "method"],
            set_={"until": put.excluded.until},
            where=put.excluded.until > g.until,
        )
        async with self._db.write() as conn:
            await conn.execute(longer)

    async def shut_gate(self, name: str, until: datetime, why: str) -> None:
        """Shuts it until somebody has tried, not before then, and opened it. Keeps since when."""
        now = self._now()
        put = self._db.insert(gates).values(
            **self._ours, method=name, until=until, since=now, why=why
        )
        again = put.on_conflict_do_update(
            index_elements=["enterprise_id", "team_id", "method"],
            set_={"until": until, "since": func.coalesce(g.since, now), "why": why},
        )
        async with self._db.write() as conn:
            await conn.execute(again)

    async def shut(self, name: str) -> Shut | None:
        """A gate that is shut until it is tried; None if it is open."""
        return next((gate for gate in await self.shut_gates() if gate.method == name), None)

    async def try_gate(self, name: str, until: datetime) -> bool:
        """True for one of those who ask once its time has come: they try, the others wait."""
        now = self._now()
        due = and_(self._mine(gates), g.method == name, g.since.is_not(None), g.until <= now)
        take = update(gates).where(due).values(until=until).returning(g.method)
        async with self._db.write() as conn:
            return (await conn.execute(take)).first() is not None

    async def open_gate(self, name: str) -> None:
        async with self._db.write() as conn:
            await conn.execute(delete(gates).where(self._mine(gates), g.method == name))

    async def shut_gates(self) -> list[Shut]:
        """All that nothing goes through now."""
        shut = or_(g.since.is_not(None), g.until > self._now())
        query = select(g.method, g.until, g.since, g.why).where(self._mine(gates), shut)
        async with self._db.read() as conn:
            return [Shut(*row) for row in await conn.execute(query.order_by(g.method))]
