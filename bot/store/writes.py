"""Writes the results of one step about one recording, on rows that it has locked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.deliveries import Delivery, Hold, Kind
from bot.core.derive import derive
from bot.core.facts import Fact, Followed
from bot.core.recording import Recording
from bot.store import rows
from bot.store.errors import LeaseLost, UnknownRecording
from bot.store.repository import Repository
from bot.store.schema import aliases as alias_table
from bot.store.schema import deliveries as delivery_table
from bot.store.schema import facts as fact_table
from bot.store.schema import inbox as inbox_table
from bot.store.schema import recording_channels, recordings
from bot.store.sql import of_the_team
from bot.store.values import Asked, InboxState, OutcomeAddress

r = recordings.c
KEY: BindParameter[str] = bindparam("its_key")
BODIES = select(fact_table.c.body).where(fact_table.c.recording_key == KEY)
LOCKED = select(r.room_lock, r.hms_id, r.lease_owner, r.holds, r.wakes).with_for_update()
LOCKED = LOCKED.where(r.key == KEY, of_the_team(recordings))


@dataclass(frozen=True, slots=True)
class Step:
    key: str
    facts: Sequence[Fact]
    aliases: frozenset[str]
    deliveries: Sequence[Delivery]
    addresses: Mapping[tuple[Kind, str], OutcomeAddress]
    holds: Mapping[str, Hold | None]
    asked: Asked | None
    inbox: Collection[int]
    wake: bool
    owner: str | None
    by: str | None


class StepWrites(Repository):
    async def _write_step(self, conn: AsyncConnection, step: Step) -> int:
        """Write the whole step; return the number of new facts. The row lock serializes steps."""
        row = await self._locked(conn, step)
        late = step.by is not None and row.lease_owner != step.by
        changes = self._notes(row, step, wake=step.wake or late)
        names, new = step.aliases, 0
        if step.facts:
            merged = await self._write_facts(conn, step)
            new = len(merged.new)
            if merged.new or merged.earlier:
                recording = derive(step.key, merged.all)
                changes |= rows.cached(recording)
                changes["room_lock"] = await self._room_lock(conn, row, recording)
                if recording.hms_id and recording.hms_id != row.hms_id:
                    names |= {recording.hms_id}
                if any(isinstance(f, Followed) for f in merged.new):
                    await self._show_in(conn, recording)
        await self._name(conn, step.key, names)
        for delivery in step.deliveries:
            if not late or await self._counts(conn, step.key, delivery):
                await self._deliver(conn, step, delivery)
        if step.inbox:
            await self._match_inbox(conn, step)
        if changes:
            await conn.execute(
                update(recordings).where(recordings.c.key == step.key).values(changes)
            )
        return new

    async def _locked(self, conn: AsyncConnection, step: Step) -> rows.AnyRow:
        row = (await conn.execute(LOCKED, {"its_key": step.key, **self._team_given})).first()
        if row is None:
            raise UnknownRecording(step.key)
        if step.owner is not None and row.lease_owner != step.owner:
            raise LeaseLost(step.key)
        return row

    def _notes(self, row: rows.AnyRow, step: Step, *, wake: bool) -> dict[str, Any]:
        now = self._now()
        changes: dict[str, Any] = {}
        if step.holds:
            changes["holds"] = rows.holds_after(row.holds, step.holds)
        if step.asked:
            changes |= rows.asked_row(step.asked)
        if wake:
            changes |= {"next_due_at": now, "wakes": row.wakes + 1}
        if step.owner is not None:
            changes["leased_until"] = now + self._of.lease
        return changes

    async def _write_facts(self, conn: AsyncConnection, step: Step) -> rows.Merged:
        bodies = await conn.scalars(BODIES, {"its_key": step.key})
        known = [rows.fact_of(body) for body in bodies]
        merged = rows.merge(known, step.facts)
        if merged.new:
            mine = {**self._ours, "recording_key": step.key}
            new = [{**mine, **rows.fact_row(f)} for f in merged.new]
            await conn.execute(insert(fact_table), new)
        for fact in merged.earlier:
            await conn.execute(
                update(fact_table)
                .where(fact_table.c.recording_key == step.key)
                .where(fact_table.c.identity == fact.identity)
                .values(rows.fact_row(fact))
            )
        return merged

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
        except IntegrityError:  # another one took it since we looked
            return None
        return wanted

    async def _show_in(self, conn: AsyncConnection, recording: Recording) -> None:
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

    async def _name(self, conn: AsyncConnection, key: str, names: Iterable[str]) -> None:
        named = [{**self._ours, "alias": name, "recording_key": key} for name in sorted(names)]
        if named:
            await conn.execute(self._db.insert(alias_table).on_conflict_do_nothing(), named)

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
        return there.attempts == late.attempts and there.state not in rows.TOLD

    async def _deliver(self, conn: AsyncConnection, step: Step, delivery: Delivery) -> None:
        row = rows.delivery_row(delivery)
        address = step.addresses.get((delivery.kind, delivery.target))
        if delivery.state in rows.TOLD:
            row["address"] = None
        elif address is not None:
            row["address"] = rows.address_row(address)
        put = self._db.insert(delivery_table)
        same = ["recording_key", "kind", "target"]
        again = put.on_conflict_do_update(
            index_elements=same, set_={name: put.excluded[name] for name in row}
        )
        await conn.execute(again, {**self._ours, "recording_key": step.key, **row})

    async def _match_inbox(self, conn: AsyncConnection, step: Step) -> None:
        matched = {"state": InboxState.MATCHED.value, "recording_key": step.key}
        mine = inbox_table.c.id.in_(sorted(step.inbox)) & self._mine(inbox_table)
        await conn.execute(update(inbox_table).where(mine).values(**matched, leased_until=None))
