"""The inbox stores webhooks before they are answered; they are matched later."""

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from bot.kit.rush import Rush
from bot.store import rows
from bot.store.database import MAIL
from bot.store.group_commit import GroupCommit
from bot.store.repository import Repository, TeamDatabase
from bot.store.schema import inbox
from bot.store.sql import is_new, is_waiting, of_the_team
from bot.store.values import InboxEntry, InboxItem, InboxState, Settled

RUSH, RUSH_WITHIN_S, RUSH_MOST_S = 8, 0.1, 5.0

i = inbox.c


def _take() -> ReturningUpdate[Any]:
    now = bindparam("now", type_=i.leased_until.type)
    picked = (
        select(i.id)
        .where(of_the_team(inbox), is_new())
        .where(or_(i.leased_until.is_(None), i.leased_until <= now))
        .order_by(i.id)
        .limit(bindparam("at_most", type_=Integer))
        .with_for_update(skip_locked=True)
        .cte("picked")
    )
    take = update(inbox).where(i.id.in_(select(picked.c.id)))
    return take.values(leased_until=bindparam("until")).returning(inbox)


TAKE = _take()


class Inbox(Repository):
    def __init__(self, db: TeamDatabase) -> None:
        super().__init__(db)
        self._insert = self._db.insert(inbox).on_conflict_do_nothing().returning(i.identity)
        self._arrivals: GroupCommit[InboxEntry, bool] = GroupCommit(self._put_all)
        self._rush = Rush(RUSH, RUSH_WITHIN_S, RUSH_MOST_S)

    @property
    def is_rushed(self) -> bool:
        """Whether so many entries come that matching them would keep their senders waiting."""
        return self._rush.is_on(time.monotonic())

    async def put(self, entry: InboxEntry) -> bool:
        """Store an entry; returns after the commit. False if it is a duplicate.

        Raises `StoreRefused` if it cannot be stored; entries of the same batch are not affected.
        """
        self._rush.note(time.monotonic())
        return await self._arrivals.submit(entry)

    async def finish(self, within_s: float) -> bool:
        """Commit submitted entries; False if that takes too long."""
        return await self._arrivals.finish(within_s)

    async def _put_all(self, entries: Sequence[InboxEntry]) -> Sequence[bool]:
        first: dict[str, InboxEntry] = {}
        for entry in entries:
            first.setdefault(entry.identity, entry)
        # Sorted, because two replicas with the same webhooks could deadlock otherwise.
        new = [{**self._ours, **rows.inbox_row(first[name])} for name in sorted(first)]
        async with self._db.write(lone=True) as conn:  # SQLite's notification is no statement
            stored = set((await conn.scalars(self._insert, new)).all())
            if stored:
                await self._db.notify(conn, MAIL, self._payload)
        if stored:
            self._of.on_mail()
        return [e.identity in stored and first[e.identity] is e for e in entries]

    async def take(self, limit: int) -> list[InboxItem]:
        """Lease new items, oldest first, so that no other replica matches them."""
        now = self._now()
        given = {"now": now, "at_most": limit, "until": now + self._of.lease}
        async with self._db.write(lone=True) as conn:
            taken = await conn.execute(TAKE, given | self._team_parameters)
            return sorted((rows.inbox_item(row) for row in taken), key=lambda item: item.id)

    async def settle(self, settled: Sequence[Settled]) -> None:
        """Store the outcomes of these items in one transaction. Matched items stay matched."""
        alike: dict[tuple[str, str | None, str | None], list[int]] = defaultdict(list)
        for item in settled:
            alike[item.state.value, item.recording_key, item.note].append(item.id)
        if not alike:
            return
        async with self._db.write() as conn:
            # Sorted, because two replicas could deadlock otherwise.
            for (state, key, note), item_ids in sorted(alike.items(), key=lambda a: min(a[1])):
                these = (i.id.in_(sorted(item_ids)), i.state != InboxState.MATCHED.value)
                mine = update(inbox).where(self._mine(inbox), *these)
                change = {"state": state, "recording_key": key, "note": note, "leased_until": None}
                await conn.execute(mine.values(change))
        if any(item.state is InboxState.NEW for item in settled):
            self._of.on_mail()

    async def waiting(self, room_id: str | None = None) -> list[InboxItem]:
        """Return unmatched items, oldest first, of one room or all."""
        query = select(inbox).where(self._mine(inbox), is_waiting())
        if room_id is not None:
            query = query.where(i.room_id == room_id)
        async with self._db.read() as conn:
            return [rows.inbox_item(row) for row in await conn.execute(query.order_by(i.id))]

    async def stop_waiting(self, before: datetime, note: str) -> int:
        """Ignore items that have waited since before then; return their number."""
        old = update(inbox).where(self._mine(inbox), is_waiting(), i.received_at < before)
        ignored = old.values(state=InboxState.IGNORED.value, note=note)
        async with self._db.write() as conn:
            return len((await conn.execute(ignored.returning(i.id))).all())
