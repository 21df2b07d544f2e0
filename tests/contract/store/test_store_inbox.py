"""The inbox on both databases: kept once, in grouped commits, matched later."""

import asyncio

import psycopg
import pytest

from bot.core.note import Note
from bot.store.errors import StoreRefused, StoreUnavailable
from bot.store.group_commit import GroupCommit
from bot.store.store import FINISHED_WITHIN_S, Store
from bot.store.values import InboxState, Settled
from tests.contract.store_support import LEASE, T0, Clock, S, created, entry, next_due
from tests.patience import PATIENCE_S


async def test_an_entry_is_kept_once_and_comes_back_whole(store: Store, other_team: Store) -> None:
    assert await store.inbox.put(entry())
    assert not await store.inbox.put(entry(type="another"))
    [item] = await store.inbox.take(9)
    assert item.entry == entry()
    assert (item.state, item.recording_key, item.note) == (InboxState.NEW, None, None)
    assert await other_team.inbox.take(9) == []


async def test_of_many_deliveries_at_once_one_is_new(store: Store, another: Store) -> None:
    answers = await asyncio.gather(
        *(s.inbox.put(entry(f"e{n % 50}")) for n in range(200) for s in (store, another))
    )
    assert sum(answers) == 50
    assert len(await store.inbox.take(999)) == 50


async def test_a_poisonous_row_fails_its_caller_alone(store: Store) -> None:
    good = [entry(f"e{n}") for n in range(20)]
    bad = [entry("no-json", body={"n": float("nan")}), entry("no-utf8", room_id="\ud800")]
    answers = await asyncio.gather(
        *(store.inbox.put(e) for e in [*good[:10], *bad, *good[10:]]), return_exceptions=True
    )
    assert answers.count(True) == 20
    assert [type(a) for a in answers if a is not True] == [StoreRefused, StoreRefused]
    assert len(await store.inbox.take(99)) == 20


async def test_a_caller_that_leaves_takes_nobody_with_it(store: Store) -> None:
    tasks = [asyncio.create_task(store.inbox.put(entry(f"e{n}"))) for n in range(10)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert answers.count(True) == 9
    assert len(await store.inbox.take(99)) == 10


async def test_items_are_leased_to_one_matcher_in_order(
    store: Store, another: Store, clock: Clock
) -> None:
    for n in range(6):
        await store.inbox.put(entry(f"e{n}"))
    one, two = await asyncio.gather(store.inbox.take(3), another.inbox.take(3))
    names = [[item.entry.identity for item in taken] for taken in (one, two)]
    assert sorted(names[0] + names[1]) == [f"e{n}" for n in range(6)]
    assert all(taken == sorted(taken) for taken in names)
    assert await next_due(store) == T0 + LEASE
    clock.advance(LEASE)
    assert len(await another.inbox.take(9)) == 6


async def test_settled_items_are_not_taken_again(store: Store) -> None:
    key = await created(store)
    for n in range(4):
        await store.inbox.put(entry(f"e{n}", room_id=f"room-{n}"))
    ids = [item.id for item in await store.inbox.take(9)]
    await store.inbox.settle(
        [
            Settled(ids[0], InboxState.IGNORED, note="not ours"),
            Settled(ids[2], InboxState.WAITING),
            Settled(ids[3], InboxState.NEW),
        ]
    )
    await store.recordings.record(key, Note(), inbox=[ids[1]])
    assert [item.id for item in await store.inbox.take(9)] == [ids[3]]
    [waiting] = await store.inbox.waiting("room-2")
    assert waiting.entry.identity == "e2"
    assert await store.inbox.waiting("room-1") == []
    assert [w.id for w in await store.inbox.waiting()] == [ids[2]]


async def test_old_settled_items_are_forgotten(store: Store) -> None:
    for n in range(3):
        await store.inbox.put(entry(f"e{n}", received_at=T0 + n * S))
    ids = [item.id for item in await store.inbox.take(9)]
    await store.inbox.settle([Settled(i, InboxState.IGNORED) for i in (ids[0], ids[2])])
    assert await store.purging.purge(inbox_before=T0 + 2 * S) == 1
    assert await store.purging.purge(inbox_before=T0 + 3 * S) == 1
    assert await store.purging.purge(inbox_before=T0 + 3 * S) == 0


async def test_many_old_items_are_forgotten_a_few_at_a_time(store: Store) -> None:
    for n in range(5):
        await store.inbox.put(entry(f"e{n}", received_at=T0 + n * S))
    ids = [item.id for item in await store.inbox.take(9)]
    await store.inbox.settle([Settled(i, InboxState.IGNORED) for i in ids])
    assert await store.purging.purge(inbox_before=T0 + 4 * S, at_once=2) == 4
    assert await store.purging.purge(inbox_before=T0 + 5 * S, at_once=2) == 1


async def test_an_unavailable_database_fails_all_at_once() -> None:
    calls = 0

    async def write(items: object) -> list[bool]:
        nonlocal calls
        calls += 1
        raise StoreUnavailable("down")

    group = GroupCommit[int, bool](write)
    answers = await asyncio.gather(*(group.submit(n) for n in range(9)), return_exceptions=True)
    assert [type(a) for a in answers] == [StoreUnavailable] * 9
    assert calls == 1


async def test_while_one_batch_commits_the_next_gathers() -> None:
    batches: list[int] = []
    begun, go = asyncio.Event(), asyncio.Event()

    async def write(items: object) -> list[int]:
        assert isinstance(items, list)
        batches.append(len(items))
        begun.set()
        await go.wait()
        return items

    group = GroupCommit[int, int](write, at_most=4)
    first = asyncio.create_task(group.submit(0))
    await begun.wait()
    others = [asyncio.create_task(group.submit(n)) for n in range(1, 7)]
    await asyncio.sleep(0)
    go.set()
    assert await asyncio.gather(first, *others) == list(range(7))
    assert batches == [1, 4, 2]


async def test_closing_waits_for_what_was_submitted(store: Store) -> None:
    put = asyncio.create_task(store.inbox.put(entry()))
    await asyncio.sleep(0)
    await store.close()
    assert await put
    with pytest.raises(StoreUnavailable):
        await store.inbox.put(entry("late"))


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_closing_waits_for_no_database_that_hangs(store: Store, shared_postgres: str) -> None:
    """It would be killed then, in the middle of something else."""
    await store.ping()
    with psycopg.connect(shared_postgres) as conn:
        conn.execute("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
        put = asyncio.create_task(store.inbox.put(entry()))
        await asyncio.sleep(0)
        async with asyncio.timeout(FINISHED_WITHIN_S + PATIENCE_S):
            await store.close()
    with pytest.raises(asyncio.CancelledError):
        await put
