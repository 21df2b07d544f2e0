"""What ended long ago takes little room, reads as before, and goes when its time is over."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Table, func, select, update

from bot.core import facts as f
from bot.core.note import Loaded, Note
from bot.deps import Deps
from bot.engine.housekeeping import drop_recordings, pack_facts, tidy
from bot.store.archive import packed, unpacked
from bot.store.errors import UnknownRecording, UnreadableRecording
from bot.store.schema import (
    aliases,
    deliveries,
    fact_archives,
    facts,
    inbox,
    recording_channels,
    recordings,
    upgrades,
)
from bot.store.store import Store
from tests.contract.store_support import T0, Clock, S, card, created, entry
from tests.integration.engine.test_dead_letters import deps as deps_fixture

deps = deps_fixture
DAY = timedelta(days=1)
OF_ONE = (facts, fact_archives, aliases, deliveries, recording_channels, inbox)


@pytest.fixture(autouse=True)
async def upgraded(store: Store) -> None:
    """A week before the tests begin."""
    async with store.db.database.write() as conn:
        await conn.execute(update(upgrades).values(at=T0 - 7 * DAY))


async def ended(store: Store, number: int) -> str:
    """With facts, a card, a webhook, and nothing left to do."""
    key = await created(store, room_id=f"room-{number}")
    told: list[f.Fact] = [
        f.StartAttempted(at=T0 + S),
        f.StartAccepted(at=T0 + 2 * S, hms_id=f"hms-{key}"),
        f.BeamStarted(at=T0 + 3 * S, session_id="s", started_at=T0 + 3 * S),
        f.BeamStopped(at=T0 + 9 * S, reason="“done” <&> 🎥"),
        f.Observed(at=T0 + 9 * S, status="completed", stopped_at=T0 + 9 * S),
    ]
    await store.inbox.put(entry(f"about-{key}"))
    items = [item.id for item in await store.inbox.take(99)]
    note = Note(facts=told, aliases=[f"alias-{key}"], deliveries=[card()])
    await store.recordings.record(key, note, inbox=items)
    await rest(store)
    return key


async def rest(store: Store) -> None:
    for own in await store.queue.take(99, "me"):
        await store.queue.release(own, None)


async def rows(store: Store, table: Table, key: str) -> int:
    column = table.c.recording_key
    async with store.db.database.read() as conn:
        count = await conn.scalar(select(func.count()).select_from(table).where(column == key))
        return int(count or 0)


async def loaded(store: Store, key: str) -> Loaded:
    return replace(await store.recordings.load(key), wakes=0, owner=None)


def test_facts_come_out_as_they_went_in() -> None:
    bodies: list[dict[str, object]] = [
        {"kind": "x", "at": T0.isoformat(), "text": "<&> 🎥 שלום"},
        {"n": 1.5, "no": None},
    ]
    assert unpacked(packed(bodies)) == bodies


async def test_a_packed_recording_reads_as_before(store: Store, deps: Deps, clock: Clock) -> None:
    key, newest = await ended(store, 1), await ended(store, 2)
    before, listed = await loaded(store, key), await store.lists.row(key)
    clock.advance(DAY)
    assert await pack_facts(deps) == 0  # it may still get facts every day
    clock.advance(2 * DAY)
    assert await pack_facts(deps) == 1
    assert [await rows(store, t, key) for t in (facts, fact_archives)] == [0, 1]
    assert [await rows(store, t, newest) for t in (facts, fact_archives)] == [6, 0]
    assert await loaded(store, key) == before
    assert await store.lists.row(key) == listed
    assert await pack_facts(deps) == 0


async def test_something_new_unpacks_it(store: Store, deps: Deps, clock: Clock) -> None:
    key = await ended(store, 1)
    await ended(store, 2)
    clock.advance(3 * DAY)
    before = await loaded(store, key)
    await pack_facts(deps)
    repeated = f.BeamStopped(at=T0 + 9 * S, reason="“done” <&> 🎥")
    assert await store.recordings.record(key, Note(facts=[repeated])) == 0
    assert [await rows(store, t, key) for t in (facts, fact_archives)] == [0, 1]
    shared = f.Shared(at=clock.now(), channel_id="C9", by="U2")
    assert await store.recordings.record(key, Note(facts=[shared])) == 1
    assert [await rows(store, t, key) for t in (facts, fact_archives)] == [7, 0]
    after = await loaded(store, key)
    assert set(after.recording.log) == {*before.recording.log, shared}
    await rest(store)
    await pack_facts(deps)  # it has the newest fact of all
    await ended(store, 3)
    assert await pack_facts(deps) == 1
    assert set((await loaded(store, key)).recording.log) == set(after.recording.log)


async def test_a_step_unpacks_it_too(store: Store, deps: Deps, clock: Clock) -> None:
    key = await ended(store, 1)
    await ended(store, 2)
    clock.advance(3 * DAY)
    await pack_facts(deps)
    await store.recordings.record(key, Note())
    [(own, state)] = (await store.queue.take(9, "me")).items()
    assert state
    earlier = f.BeamStarted(at=T0 + 2 * S, session_id="s", started_at=T0 + 3 * S)
    told = await store.recordings.advance(own, state, Note(facts=[earlier]))
    assert [await rows(store, t, key) for t in (facts, fact_archives)] == [6, 0]
    assert (await store.recordings.load(key)).recording == told.recording
    assert earlier in told.recording.log


async def test_nothing_is_packed_on_the_first_day(store: Store, deps: Deps, clock: Clock) -> None:
    """A replica of the version before may still run, and does not know archives."""
    key = await ended(store, 1)
    await ended(store, 2)
    clock.advance(5 * DAY)
    async with store.db.database.write() as conn:
        await conn.execute(update(upgrades).values(at=clock.now() - DAY + S))
    assert await pack_facts(deps) == 0
    assert await rows(store, facts, key) == 6
    clock.advance(S)
    assert await pack_facts(deps) == 1


async def test_a_damaged_archive_concerns_nobody_else(
    store: Store, deps: Deps, clock: Clock
) -> None:
    key, other = await ended(store, 1), await ended(store, 2)
    await ended(store, 3)
    clock.advance(3 * DAY)
    await pack_facts(deps)
    async with store.db.database.write() as conn:
        its = update(fact_archives).where(fact_archives.c.recording_key == key)
        await conn.execute(its.values(body=b"no archive"))
    with pytest.raises(UnreadableRecording):
        await store.recordings.load(key)
    assert (await store.recordings.load(other)).recording.log
    with pytest.raises(UnreadableRecording):
        await store.recordings.record(key, Note(facts=[f.BeamStopped(at=T0, reason="x")]))


async def test_what_is_too_old_is_purged_with_everything_about_it(
    store: Store, deps: Deps, clock: Clock
) -> None:
    old, packed_one = await ended(store, 1), await ended(store, 2)
    running = await created(store, room_id="room-3")
    clock.advance(3 * DAY)
    await pack_facts(deps)
    clock.advance(400 * DAY - 3 * DAY)
    assert await drop_recordings(deps) == 0
    clock.advance(10 * S)
    assert await drop_recordings(replace(deps, keep_records_for=None)) == 0
    assert await drop_recordings(deps) == 2
    for key in (old, packed_one):
        with pytest.raises(UnknownRecording):
            await store.recordings.load(key)
        assert [await rows(store, table, key) for table in OF_ONE] == [0] * len(OF_ONE)
    assert (await store.recordings.load(running)).recording.key == running


async def test_many_are_purged_a_few_at_a_time(store: Store, clock: Clock) -> None:
    for number in range(5):
        await ended(store, number)
    clock.advance(500 * DAY)
    before = clock.now() - 400 * DAY
    assert [await store.purging.recordings(before, at_once=2) for _ in range(4)] == [2, 2, 1, 0]


async def test_webhooks_that_became_facts_are_not_kept_for_long(
    store: Store, deps: Deps, clock: Clock
) -> None:
    key, newest = await ended(store, 1), await ended(store, 2)
    clock.advance(2 * DAY)
    await tidy(deps)
    assert await rows(store, inbox, key) == 1
    clock.advance(2 * DAY)
    await tidy(deps)
    assert [await rows(store, inbox, k) for k in (key, newest)] == [0, 1]
    assert await store.inbox.put(entry(f"about-{key}"))  # sent again: its facts are known


async def test_columns_of_the_recording_stay(store: Store, deps: Deps, clock: Clock) -> None:
    key = await ended(store, 1)
    await ended(store, 2)
    async with store.db.database.read() as conn:
        query = select(recordings).where(recordings.c.key == key)
        before = (await conn.execute(query)).one()._asdict()
        clock.advance(3 * DAY)
    await pack_facts(deps)
    async with store.db.database.read() as conn:
        after = (await conn.execute(query)).one()._asdict()
    assert {**before, "packed_at": clock.now()} == after
