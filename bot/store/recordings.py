"""Recordings: created, read, and written step by step."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.deliveries import Delivery, Hold, Kind, State
from bot.core.derive import derive
from bot.core.facts import Beginning, Discovered, Fact
from bot.core.recording import Recording
from bot.store import rows
from bot.store.channel_settings import by_channel, settings_where
from bot.store.errors import StoreUnavailable, UnknownRecording
from bot.store.schema import aliases as alias_table
from bot.store.schema import channel_settings, recording_channels, recordings
from bot.store.schema import deliveries as delivery_table
from bot.store.schema import facts as fact_table
from bot.store.sql import of_the_team
from bot.store.values import (
    AlreadyRequested,
    Asked,
    Created,
    Loaded,
    OutcomeAddress,
    RoomTaken,
)
from bot.store.writes import BODIES, KEY, Step, StepWrites

NOTES = select(recordings).where(recordings.c.key == KEY, of_the_team(recordings))
DELIVERIES = select(delivery_table).where(delivery_table.c.recording_key == KEY)
DELIVERIES = DELIVERIES.order_by(delivery_table.c.id)
WHERE_SHOWN = select(recording_channels.c.channel).where(recording_channels.c.recording_key == KEY)
SETTINGS = settings_where(
    of_the_team(channel_settings), channel_settings.c.channel.in_(WHERE_SHOWN)
)


class Recordings(StepWrites):
    async def create(
        self,
        key: str,
        first: Beginning,
        *,
        also: Sequence[Fact] = (),
        outcome: OutcomeAddress | None = None,
    ) -> Created | AlreadyRequested | RoomTaken:
        """Create a recording, due at once, with its facts, its room and its outcome address.

        The outcome is a `WAITING` delivery to `outcome.user`. One transaction; of any number of
        rivals for a request, a room or a 100ms id, exactly one is `Created`.
        """
        facts = rows.merge((), (first, *also)).all
        recording = derive(key, facts)
        async with self._waking() as conn:
            if isinstance(first, Discovered) and (key_of := await self._named(conn, first.hms_id)):
                return AlreadyRequested(key_of)
            for _ in range(3):  # the rival may end between our insert and our look at it
                if await self._insert_recording(conn, recording):
                    await self._insert_parts(conn, recording, facts, outcome)
                    return Created(key)
                if rival := await self._rival(conn, recording):
                    return rival
            raise StoreUnavailable(f"room {recording.room_id} keeps changing hands")

    async def _insert_recording(self, conn: AsyncConnection, recording: Recording) -> bool:
        row = {
            "key": recording.key,
            "request_id": recording.request_id,
            "room_lock": rows.wanted_lock(recording),
            **self._ours,
            **rows.cached(recording),
            **rows.fresh_notes(self._now()),
        }
        new = self._db.insert(recordings).on_conflict_do_nothing().returning(recordings.c.key)
        return (await conn.execute(new, row)).first() is not None

    async def _named(self, conn: AsyncConnection, hms_id: str) -> str | None:
        a = alias_table.c
        query = select(a.recording_key).where(self._mine(alias_table), a.alias == hms_id)
        key: str | None = await conn.scalar(query)
        return key

    async def _rival(
        self, conn: AsyncConnection, recording: Recording
    ) -> AlreadyRequested | RoomTaken | None:
        keys = select(recordings.c.key).where(self._mine(recordings))
        same = keys.where(recordings.c.request_id == recording.request_id)
        if (key := await conn.scalar(same)) is not None:
            return AlreadyRequested(key)
        if await conn.scalar(keys.where(recordings.c.key == recording.key)) is not None:
            return AlreadyRequested(recording.key)
        in_room = keys.where(recordings.c.room_lock == rows.wanted_lock(recording))
        key = await conn.scalar(in_room)
        return RoomTaken(key) if key is not None else None

    async def _insert_parts(
        self,
        conn: AsyncConnection,
        recording: Recording,
        facts: Sequence[Fact],
        outcome: OutcomeAddress | None,
    ) -> None:
        mine = {**self._ours, "recording_key": recording.key}
        await conn.execute(insert(fact_table), [{**mine, **rows.fact_row(f)} for f in facts])
        if recording.hms_id is not None:
            await self._name(conn, recording.key, [recording.hms_id])
        shown = [
            {**mine, "channel": c, "requested_at": recording.requested_at}
            for c in recording.channels
        ]
        await conn.execute(insert(recording_channels), shown)
        if outcome is not None:
            waiting = Delivery(Kind.OUTCOME, outcome.user, State.WAITING, changed_at=self._now())
            address = rows.address_row(outcome)
            row = {**mine, **rows.delivery_row(waiting), "address": address}
            await conn.execute(insert(delivery_table), row)

    async def load(self, key: str) -> Loaded:
        """Load the recording from its facts, with the reconciler's notes about it."""
        its = {"its_key": key}
        async with self._db.read() as conn:
            row = (await conn.execute(NOTES, its | self._team_given)).first()
            if row is None:
                raise UnknownRecording(key)
            facts = [rows.fact_of(body) for body in await conn.scalars(BODIES, its)]
            deliveries = (await conn.execute(DELIVERIES, its)).all()
            settings = by_channel(await conn.execute(SETTINGS, its | self._team_given))
        addresses = {
            (Kind(d.kind), d.target): rows.address_of(d.address) for d in deliveries if d.address
        }
        work = rows.work_of(row, deliveries)
        return Loaded(derive(key, facts), work, addresses, settings, row.lease_owner)

    async def record(
        self,
        key: str,
        *,
        facts: Sequence[Fact] = (),
        aliases: Iterable[str] = (),
        deliveries: Sequence[Delivery] = (),
        addresses: Mapping[tuple[Kind, str], OutcomeAddress] | None = None,
        holds: Mapping[str, Hold | None] | None = None,
        asked: Asked | None = None,
        inbox: Collection[int] = (),
        wake: bool = False,
        owner: str | None = None,
        by: str | None = None,
    ) -> int:
        """Store everything from one step in one transaction; return the number of new facts.

        A hold of None is cleared; unnamed ones stay. The `inbox` items become matched. With
        `owner`, nothing is written unless that lease is still held (`LeaseLost`), and the lease is
        renewed: announce calls this way. Store the outcome of a call with `by` instead, because it
        must never be lost: if another worker has had the lease since, it is woken, and a delivery
        counts only if that worker has not continued with it. The first recording to name an alias
        keeps it; `hms_id` is one, too.
        """
        step = Step(
            key=key,
            facts=facts,
            aliases=frozenset(aliases),
            deliveries=deliveries,
            addresses=addresses or {},
            holds=holds or {},
            asked=asked,
            inbox=inbox,
            wake=wake,
            owner=owner,
            by=by,
        )
        async with self._waking() if wake else self._db.write() as conn:
            return await self._write_step(conn, step)

    async def add_facts(
        self, key: str, facts: Sequence[Fact], *, aliases: Iterable[str] = (), wake: bool = True
    ) -> int:
        """Add facts from any source and make it due; return the number of new facts."""
        return await self.record(key, facts=facts, aliases=aliases, wake=wake)

    async def save_delivery(
        self, key: str, delivery: Delivery, *, address: OutcomeAddress | None = None
    ) -> None:
        """Store a delivery. Keeps its address if none is given, while anybody waits there."""
        where = {(delivery.kind, delivery.target): address} if address else None
        await self.record(key, deliveries=[delivery], addresses=where)

    async def outcome_address(self, key: str, target: str) -> OutcomeAddress | None:
        """Return where the outcome is awaited; None once it was sent."""
        d = delivery_table.c
        query = select(d.address).where(
            self._mine(delivery_table),
            d.recording_key == key,
            d.kind == Kind.OUTCOME.value,
            d.target == target,
        )
        async with self._db.read() as conn:
            stored = await conn.scalar(query)
        return rows.address_of(stored) if stored else None

    async def keys_by_alias(self, aliases: Collection[str]) -> dict[str, str]:
        """Return the recordings of these 100ms ids, as far as known."""
        if not aliases:
            return {}
        a = alias_table.c
        query = select(a.alias, a.recording_key).where(
            self._mine(alias_table), a.alias.in_(sorted(aliases))
        )
        async with self._db.read() as conn:
            return {row.alias: row.recording_key for row in await conn.execute(query)}

    async def cards(self, keys: Collection[str]) -> dict[str, tuple[Delivery, ...]]:
        """Return the cards of these recordings, for links to them."""
        query = select(delivery_table).where(
            self._mine(delivery_table),
            delivery_table.c.recording_key.in_(sorted(keys)),
            delivery_table.c.kind == Kind.CARD.value,
        )
        found: dict[str, tuple[Delivery, ...]] = {}
        async with self._db.read() as conn:
            for row in await conn.execute(query.order_by(delivery_table.c.id)):
                there = found.get(row.recording_key, ())
                found[row.recording_key] = (*there, rows.delivery_of(row))
        return found
