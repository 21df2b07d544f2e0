"""The inbox: webhooks are safe here before they are answered, and are matched later."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update

from bot.store import rows
from bot.store.database import MAIL
from bot.store.group_commit import GroupCommit
from bot.store.repository import Repository, TeamDatabase
from bot.store.schema import inbox
from bot.store.sql import is_new, is_waiting
from bot.store.values import InboxEntry, InboxItem, InboxState, Settled

i = inbox.c


class Inbox(Repository):
    def __init__(self, db: TeamDatabase) -> None:
        super().__init__(db)
        self._arrivals: GroupCommit[InboxEntry, bool] = GroupCommit(self._put_all)

    async def put(self, entry: InboxEntry) -> bool:
        """Returns once it is committed. False: it was there before.

        Raises `StoreRefused` if it cannot be stored; those who arrived with it do not suffer.
        """
        return await self._arrivals.submit(entry)

    async def finish(self, within_s: float) -> bool:
        """Commit what was submitted; False if that takes longer."""
        return await self._arrivals.finish(within_s)

    async def _put_all(self, entries: Sequence[InboxEntry]) -> Sequence[bool]:
        first: dict[str, InboxEntry] = {}
        for entry in entries:
            first.setdefault(entry.identity, entry)
        # In one order everywhere: two replicas with the same news could deadlock.
        new = [{**self._ours, **rows.inbox_row(first[name])} for name in sorted(first)]
        put = self._db.insert(inbox).on_conflict_do_nothing().returning(i.identity)
        async with self._db.write() as conn:
            stored = set((await conn.scalars(put, new)).all())
            if stored:
                await self._db.notify(conn, MAIL, self._payload)
        if stored:
            self._of.on_mail()
        return [e.identity in stored and first[e.identity] is e for e in entries]

    async def take(self, limit: int) -> list[InboxItem]:
        """New items, oldest first, leased so that no other replica matches them meanwhile."""
        now = self._now()
        picked = (
            select(i.id)
            .where(self._mine(inbox), is_new())
            .where(or_(i.leased_until.is_(None), i.leased_until <= now))
            .order_by(i.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("picked")
        )
        take = update(inbox).where(i.id.in_(select(picked.c.id)))
        async with self._db.write(lone=True) as conn:
            taken = await conn.execute(
                take.values(leased_until=now + self._of.lease).returning(inbox)
            )
            return sorted((rows.inbox_item(row) for row in taken), key=lambda item: item.id)

    async def settle(self, settled: Sequence[Settled]) -> None:
        """What became of these items, in one transaction. What is matched stays so."""
        alike: dict[tuple[str, str | None, str | None], list[int]] = defaultdict(list)
        for item in settled:
            alike[item.state.value, item.recording_key, item.note].append(item.id)
        if not alike:
            return
        async with self._db.write() as conn:
            # In one order everywhere: two replicas could deadlock.
            for (state, key, note), item_ids in sorted(alike.items(), key=lambda a: min(a[1])):
                these = (i.id.in_(sorted(item_ids)), i.state != InboxState.MATCHED.value)
                mine = update(inbox).where(self._mine(inbox), *these)
                change = {"state": state, "recording_key": key, "note": note, "leased_until": None}
                await conn.execute(mine.values(change))
        if any(item.state is InboxState.NEW for item in settled):
            self._of.on_mail()

    async def waiting(self, room_id: str | None = None) -> list[InboxItem]:
        """Those that nobody could be found for yet, oldest first; of one room, or all."""
        query = select(inbox).where(self._mine(inbox), is_waiting())
        if room_id is not None:
            query = query.where(i.room_id == room_id)
        async with self._db.read() as conn:
            return [rows.inbox_item(row) for row in await conn.execute(query.order_by(i.id))]

    async def stop_waiting(self, before: datetime, note: str) -> int:
        """What has waited since then is nobody's; how many."""
        old = update(inbox).where(self._mine(inbox), is_waiting(), i.received_at < before)
        ignored = old.values(state=InboxState.IGNORED.value, note=note)
        async with self._db.write() as conn:
            return len((await conn.execute(ignored.returning(i.id))).all())
