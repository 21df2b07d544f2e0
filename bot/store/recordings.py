"""Recordings: created, read, and written step by step."""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress

import structlog
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.deliveries import Delivery, DeliveryState, Kind, OutcomeAddress
from bot.core.derive import derive
from bot.core.facts import Beginning, Discovered, Fact, Followed, StartRequested, StopDue
from bot.core.note import POLL_NOW, Loaded, Note, merge
from bot.core.proofs import OpenChannel, OwnWork, SeenRecording
from bot.core.recording import Recording
from bot.store import rows
from bot.store.errors import StoreUnavailable, UnknownRecording, UnreadableRecording
from bot.store.reading import read
from bot.store.schema import aliases as alias_table
from bot.store.schema import deliveries as delivery_table
from bot.store.schema import facts as fact_table
from bot.store.schema import recording_channels, recordings, rooms
from bot.store.sql import of_the_team
from bot.store.values import AlreadyRequested, Created, RoomTaken
from bot.store.writes import StepWrites

log = structlog.get_logger()

# Ids and states of facts. Texts of people or 100ms (names, options, messages) are never logged.
LOGGED_FIELDS = {
    "by",
    "via",
    "channel_id",
    "room_id",
    "hms_id",
    "session_id",
    "asset_id",
    "type",
    "status",
    "outcome",
    "pause",
    "call",
    "cause",
    "why",
    "on",
    "place",
    "ended",
    "elsewhere",
    "error",
}

USED = update(rooms).where(of_the_team(rooms), rooms.c.room_id == bindparam("its_room"))


class Recordings(StepWrites):
    async def create(
        self,
        key: str,
        first: Beginning,
        *,
        also: Sequence[Fact] = (),
        outcome: OutcomeAddress | None = None,
        once: Sequence[str] = (),
    ) -> Created | AlreadyRequested | RoomTaken:
        """Create a recording, due at once, with its facts, its room and its outcome address.

        The outcome is a `WAITING` delivery to `outcome.user`. One transaction; of any number of
        rivals for a request, a room or a 100ms id exactly one is `Created`.
        Raises DoneBefore if any of the requests in `once` was handled before.
        """
        facts = merge((), (first, *also)).all
        recording = derive(key, facts)
        async with self._waking() as conn:
            await self._claim(conn, once)
            if isinstance(first, Discovered) and (key_of := await self._named(conn, first.hms_id)):
                return AlreadyRequested(key_of)
            for _ in range(3):  # the rival may end between our insert and our query
                if await self._insert_recording(conn, recording):
                    mail = await self._insert_parts(conn, recording, facts, outcome)
                    if isinstance(first, StartRequested):
                        await self._mark_used(conn, first.room_id)
                    break
                if rival := await self._rival(conn, recording):
                    return rival
            else:
                raise StoreUnavailable(f"room {recording.room_id} keeps changing hands")
        _log_facts(key, facts)
        if mail:
            self._of.on_mail()
        return Created(key)

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
    ) -> bool:
        """Insert the rows that belong to a recording. True if waiting webhooks may match now."""
        mine = {**self._ours, "recording_key": recording.key}
        await conn.execute(insert(fact_table), [{**mine, **rows.fact_row(f)} for f in facts])
        names = [recording.hms_id] if recording.hms_id else []
        mail = await self._add_aliases(conn, recording.key, names)
        if mail:
            mail = await self._match_again(conn, recording.room_id)
        shown = [
            {**mine, "channel": c, "requested_at": recording.requested_at}
            for c in recording.channels
        ]
        await conn.execute(insert(recording_channels), shown)
        if outcome is not None:
            waiting = Delivery(
                Kind.OUTCOME, outcome.user, DeliveryState.WAITING, changed_at=self._now()
            )
            address = rows.address_row(outcome)
            row = {**mine, **rows.delivery_row(waiting), "address": address}
            await conn.execute(insert(delivery_table), row)
        return mail

    async def _mark_used(self, conn: AsyncConnection, room_id: str) -> None:
        """Note the time of use: type-ahead lists rooms by it."""
        used = {"its_room": room_id, "last_used_at": self._now()}
        await conn.execute(USED, used | self._team_parameters)

    async def load(self, key: str) -> Loaded:
        """Load the recording from its facts, with the engine's state."""
        async with self._db.read() as conn:
            return await self._load(conn, key)

    async def load_readable(self, keys: Collection[str]) -> list[Loaded]:
        """Load recordings together, in no order, without unknown and unreadable ones."""
        loaded: list[Loaded] = []
        if keys:
            async with self._db.read() as conn:
                stored = await read(conn, keys, self._team_parameters)
            for one in stored.values():
                await asyncio.sleep(0)  # each takes milliseconds: others have their turn
                with suppress(UnreadableRecording):
                    loaded.append(one.loaded())
        return loaded

    async def _load(self, conn: AsyncConnection, key: str) -> Loaded:
        found = await read(conn, [key], self._team_parameters)
        if key not in found:
            raise UnknownRecording(key)
        return found[key].loaded()

    async def announce(self, work: OwnWork, since: Loaded, note: Note) -> Loaded:
        """Commit before a call that it is about to be made, and renew the lease; the new state.

        Raises LeaseLost, with nothing written, if another worker has the recording now.
        """
        return await self._advance(work, since, note, renew=True)

    async def advance(self, work: OwnWork, since: Loaded, note: Note) -> Loaded:
        """Commit the result of a call, in one transaction; the new state.

        `since` is the state that the last write returned. The result must never be lost, so it is
        written even if another worker has taken the lease since. In that case that worker is woken,
        its own deliveries stay, and the state returned is the stored one.
        """
        return await self._advance(work, since, note, renew=False)

    async def _advance(self, work: OwnWork, since: Loaded, note: Note, *, renew: bool) -> Loaded:
        async with self._db.write() as conn:
            written = await self._write_own(conn, work, since, note, renew=renew)
            state = written.state or await self._load(conn, work.key)
        _log_facts(work.key, written.new)
        if written.mail:
            self._of.on_mail()
        return state

    async def record(
        self,
        key: str,
        note: Note,
        *,
        inbox: Collection[int] = (),
    ) -> int:
        """Store facts from 100ms in one transaction; return the number of new ones.

        The `inbox` items become matched. The recording becomes due, even if a worker has it. The
        first recording to name an alias keeps it; its `hms_id` is always an alias.
        """
        return await self._record(key, note, inbox=inbox)

    async def act(
        self,
        on: SeenRecording,
        facts: Sequence[Fact],
        *,
        retry_now: Collection[str] = (),
        once: Sequence[str] = (),
    ) -> int:
        """Store a person's request about a recording; return the number of new facts.

        The steps named in `retry_now` are retried at once. Raises DoneBefore if any of the requests
        in `once` was handled before.
        """
        note = Note(facts=facts, retries=dict.fromkeys(retry_now))
        return await self._record(on.key, note, once=once)

    async def adopt_card(self, on: SeenRecording, card: Delivery) -> None:
        """Store the place of a card, learned from a click on it."""
        await self._record(on.key, Note(deliveries=[card]))

    async def poll_now(self, key: str) -> None:
        """Make a poll of 100ms due now, whatever the result of the last one was.

        Raises UnknownRecording.
        """
        await self._record(key, POLL_NOW)

    async def stop_when_empty(self, key: str, fact: StopDue) -> None:
        """Have it stopped, because the room is empty. Raises UnknownRecording."""
        await self._record(key, Note(facts=[fact]))

    async def show_in(self, key: str, to: OpenChannel, fact: Followed) -> None:
        """Show a running recording in a channel that has just followed its room."""
        if fact.channel_id != to.channel:
            raise ValueError(f"the proof is about {to.channel}")
        await self._record(key, Note(facts=[fact]))

    async def _record(
        self, key: str, note: Note, *, inbox: Collection[int] = (), once: Sequence[str] = ()
    ) -> int:
        async with self._waking() as conn:
            await self._claim(conn, once)
            written = await self._write_foreign(conn, key, note, inbox)
        _log_facts(key, written.new)
        if written.mail:
            self._of.on_mail()
        return len(written.new)

    async def keys_by_alias(self, aliases: Collection[str]) -> dict[str, str]:
        """Return the keys of recordings by 100ms id; unknown ids are left out."""
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
                with suppress(ValueError):  # a state that only newer code knows
                    found[row.recording_key] = (*there, rows.delivery_of(row))
        return found


def _log_facts(key: str, new: Sequence[Fact]) -> None:
    """Log a line for each new fact after its commit: what happened, and who asked for it."""
    for fact in new:
        told = fact.model_dump(mode="json", include=LOGGED_FIELDS, exclude_none=True)
        log.info("fact", key=key, fact=fact.kind, **told)
