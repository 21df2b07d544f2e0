"""Writes one note about one recording, in a transaction that locks its row."""

import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Insert, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.deliveries import Delivery
from bot.core.derive import derive
from bot.core.facts import Fact, Followed, Observed, PlaceSeen, Shared
from bot.core.note import TOLD, Loaded, Merged, Note, after, merge
from bot.core.proofs import OwnWork
from bot.core.recording import Recording
from bot.store import rows
from bot.store.archive import unpacked
from bot.store.errors import LeaseLost, UnknownRecording, UnreadableRecording
from bot.store.repository import Repository, TeamDatabase
from bot.store.schema import aliases as alias_table
from bot.store.schema import deliveries as delivery_table
from bot.store.schema import fact_archives, recording_channels, recordings
from bot.store.schema import facts as fact_table
from bot.store.schema import inbox as inbox_table
from bot.store.sql import is_waiting, of_the_team
from bot.store.values import InboxState

r = recordings.c
KEY: BindParameter[str] = bindparam("its_key")
BODIES = select(fact_table.c.body).where(fact_table.c.recording_key == KEY)
ARCHIVE = select(fact_archives.c.body).where(fact_archives.c.recording_key == KEY)
LOCKED = select(r.room_id, r.room_lock, r.hms_id, r.lease_owner, r.holds, r.wakes, r.packed_at)
LOCKED = LOCKED.with_for_update().where(r.key == KEY, of_the_team(recordings))
CHANGED = update(recordings).where(r.key == KEY)
AGAIN = update(inbox_table).where(of_the_team(inbox_table), is_waiting())
AGAIN = AGAIN.where(inbox_table.c.room_id == bindparam("its_room"))
AGAIN = AGAIN.values(state=InboxState.NEW.value, leased_until=None)
MATCHED_AGAIN = AGAIN.returning(inbox_table.c.id)


@dataclass(frozen=True, slots=True)
class Written:
    """The result of a write. `state`: None if it must be reloaded. `mail`: some webhooks may match.

    `new` are the facts that were not known before.
    """

    new: tuple[Fact, ...]
    state: Loaded | None
    mail: bool


class StepWrites(Repository):
    def __init__(self, db: TeamDatabase) -> None:
        super().__init__(db)
        self._putting = cache(self._put)

    async def _write_foreign(
        self, conn: AsyncConnection, key: str, note: Note, inbox: Collection[int]
    ) -> Written:
        """Write without the lease. The worker with the lease reloads everything."""
        row = await self._locked(conn, key)
        changes = {"wakes": row.wakes + 1, "next_due_at": self._now()}
        written = await self._write(conn, row, key, note, changes)
        if inbox:
            await self._match_inbox(conn, key, inbox)
        return written

    async def _write_own(
        self, conn: AsyncConnection, work: OwnWork, since: Loaded, note: Note, *, renew: bool
    ) -> Written:
        """Write as the worker that took the lease; `since` is its last state.

        If another worker has taken the lease since, the write is late: of its deliveries, only
        those count that the other worker has not continued (`_counts`).
        """
        key = work.key
        row = await self._locked(conn, key)
        if row.lease_owner == work.owner:
            changes = {"leased_until": self._now() + self._of.lease} if renew else {}
            unchanged = since if row.wakes == since.wakes else None
            return await self._write(conn, row, key, note, changes, since=unchanged)
        if renew:
            raise LeaseLost(key)
        counting = [d for d in note.deliveries if await self._counts(conn, key, d)]
        late = Note(facts=note.facts, aliases=note.aliases, deliveries=counting)
        changes = {"wakes": row.wakes + 1, "next_due_at": self._now()}
        return await self._write(conn, row, key, late, changes)

    async def _write(
        self,
        conn: AsyncConnection,
        row: rows.AnyRow,
        key: str,
        note: Note,
        changes: dict[str, Any],
        *,
        since: Loaded | None = None,
    ) -> Written:
        """Write the whole note on the locked row. With `since`, the facts are not read again."""
        names, merged = frozenset(note.aliases), merge((), ())
        if note.facts:
            known = since.recording.log if since else await self._known(conn, row, key)
            merged = merge(known, note.facts)
            if row.packed_at and (merged.new or merged.earlier):
                await self._unpack(conn, key, known)
                changes["packed_at"] = None
            await self._write_facts(conn, key, merged)
        state = after(since, note, merged) if since else None
        if merged.new or merged.earlier:
            recording = state.recording if state else derive(key, merged.all)
            changes |= rows.cached(recording)
            changes["room_lock"] = await self._room_lock(conn, row, recording)
            if recording.hms_id and recording.hms_id != row.hms_id:
                names |= {recording.hms_id}
            if any(isinstance(f, Followed | Shared | PlaceSeen) for f in merged.new):
                await self._write_channels(conn, recording)
                state = None  # reload, with the settings of the new channels
        mail = await self._add_aliases(conn, key, names)
        if mail or any(isinstance(f, Observed) and f.status == "failed" for f in merged.new):
            mail = await self._match_again(conn, row.room_id)
        for delivery in note.deliveries:
            await self._deliver(conn, key, delivery)
        if note.retries:
            changes |= rows.retries_row(row.holds, note.retries)
        if note.polled:
            changes |= rows.polled_row(note.polled)
        if changes:
            await conn.execute(CHANGED, {"its_key": key, **changes})
        return Written(merged.new, state, mail)

    async def _locked(self, conn: AsyncConnection, key: str) -> rows.AnyRow:
        row = (await conn.execute(LOCKED, {"its_key": key, **self._team_parameters})).first()
        if row is None:
            raise UnknownRecording(key)
        return row

    async def _known(self, conn: AsyncConnection, row: rows.AnyRow, key: str) -> list[Fact]:
        """Read the facts. Raises UnreadableRecording, for example if only newer code knows one."""
        bodies = list(await conn.scalars(BODIES, {"its_key": key}))
        archive = await conn.scalar(ARCHIVE, {"its_key": key}) if row.packed_at else None
        try:
            every = [*(unpacked(archive) if archive else ()), *bodies]
            return [rows.fact_of(body) for body in every]
        except (ValueError, zlib.error) as odd:
            raise UnreadableRecording(key, type(odd).__name__) from odd

    async def _unpack(self, conn: AsyncConnection, key: str, known: Sequence[Fact]) -> None:
        """Move the facts from the archive back to rows, to add new ones."""
        mine = {**self._ours, "recording_key": key}
        await conn.execute(insert(fact_table), [{**mine, **rows.fact_row(f)} for f in known])
        await conn.execute(delete(fact_archives).where(fact_archives.c.recording_key == key))

    async def _write_facts(self, conn: AsyncConnection, key: str, merged: Merged) -> None:
        if merged.new:
            mine = {**self._ours, "recording_key": key}
            new = [{**mine, **rows.fact_row(f)} for f in merged.new]
            await conn.execute(insert(fact_table), new)
        for fact in merged.earlier:
            await conn.execute(
                update(fact_table)
                .where(fact_table.c.recording_key == key)
                .where(fact_table.c.identity == fact.identity)
                .values(rows.fact_row(fact))
            )

    async def _room_lock(
        self, conn: AsyncConnection, row: rows.AnyRow, recording: Recording
    ) -> str | None:
        """Return the room if this recording occupies it; None if another one has it."""
        wanted = rows.wanted_lock(recording)
        if wanted is None or row.room_lock == wanted:
            return wanted
        holder = select(recordings.c.key).where(self._mine(recordings))
        if await conn.scalar(holder.where(recordings.c.room_lock == wanted)) is not None:
            return None
        mine = update(recordings).where(recordings.c.key == recording.key)
        try:
            async with conn.begin_nested():
                await conn.execute(mine.values(room_lock=wanted))
        except IntegrityError:  # another one took it in the meantime
            return None
        return wanted

    async def _write_channels(self, conn: AsyncConnection, recording: Recording) -> None:
        shown = [
            {
                **self._ours,
                "recording_key": recording.key,
                "channel": channel,
                "requested_at": recording.requested_at,
            }
            for channel in recording.channels
        ]
        await conn.execute(self._db.insert(recording_channels).on_conflict_do_nothing(), shown)
        if recording.withdrawn:
            there = recording_channels.c
            gone = delete(recording_channels).where(
                there.recording_key == recording.key, there.channel.in_(recording.withdrawn)
            )
            await conn.execute(gone)

    async def _add_aliases(self, conn: AsyncConnection, key: str, names: Iterable[str]) -> bool:
        """Store ids of 100ms. True if any is new: waiting webhooks may match now."""
        named = [{**self._ours, "alias": name, "recording_key": key} for name in sorted(names)]
        if not named:
            return False
        put = self._db.insert(alias_table).on_conflict_do_nothing().returning(alias_table.c.alias)
        return bool((await conn.execute(put, named)).all())

    async def _match_again(self, conn: AsyncConnection, room_id: str) -> bool:
        """Make the waiting webhooks of this room new again; False if there are none."""
        waiting = {"its_room": room_id, **self._team_parameters}
        return bool((await conn.execute(MATCHED_AGAIN, waiting)).all())

    async def _counts(self, conn: AsyncConnection, key: str, late: Delivery) -> bool:
        """Decide whether a late delivery counts after another worker has had the recording.

        True if that worker has not tried this delivery, or if it concerns the message that exists.
        """
        d = delivery_table.c
        same = (d.recording_key == key, d.kind == late.kind.value, d.target == late.target)
        query = select(d.state, d.attempts, d.ts).where(*same)
        there = (await conn.execute(query)).first()
        if there is None or (there.ts and there.ts == late.ts):
            return True
        return there.attempts == late.retry.attempts and there.state not in TOLD

    async def _deliver(self, conn: AsyncConnection, key: str, delivery: Delivery) -> None:
        """Store a delivery. The address in the row stays until the person is told."""
        row = rows.delivery_row(delivery)
        if delivery.state in TOLD:
            row["address"] = None
        mine = {**self._ours, "recording_key": key}
        await conn.execute(self._putting(*row), {**mine, **row})

    def _put(self, *columns: str) -> Insert:
        """Insert a delivery, or change these columns of the one that is there."""
        put = self._db.insert(delivery_table)
        same = ["recording_key", "kind", "target"]
        changes = {name: put.excluded[name] for name in columns}
        return put.on_conflict_do_update(index_elements=same, set_=changes)

    async def _match_inbox(self, conn: AsyncConnection, key: str, items: Collection[int]) -> None:
        matched = {"state": InboxState.MATCHED.value, "recording_key": key}
        mine = inbox_table.c.id.in_(sorted(items)) & self._mine(inbox_table)
        await conn.execute(update(inbox_table).where(mine).values(**matched, leased_until=None))
