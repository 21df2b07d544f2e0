"""The queue on both databases: one worker per recording, and no wake is lost."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest

from bot.core.calm import Calm
from bot.core.deliveries import DeliveryState, Kind, Polled
from bot.core.facts import StopRequested
from bot.core.note import POLL_NOW, Note
from bot.core.proofs import OwnWork
from bot.core.retry import Retry
from bot.core.steps import POLL
from bot.store.errors import UnknownRecording
from bot.store.store import Store
from tests.contract.store_support import (
    LEASE,
    T0,
    Clock,
    S,
    add_facts,
    card,
    created,
    entry,
    keys_of,
    next_due,
)
from tests.patience import PATIENCE_S


async def rooms(store: Store, count: int) -> list[str]:
    return [await created(store, room_id=f"room-{n}") for n in range(count)]


async def test_two_owners_never_have_the_same_recording(store: Store, another: Store) -> None:
    keys = await rooms(store, 60)
    taken = await asyncio.gather(
        *(store.queue.take(4, f"a{n}") for n in range(12)),
        *(another.queue.take(4, f"b{n}") for n in range(12)),
    )
    seen = Counter(key for batch in taken for key in keys_of(batch))
    assert max(seen.values()) == 1
    assert max(len(batch) for batch in taken) <= 4
    rest = keys_of(await store.queue.take(100, "c"))
    assert sorted([*seen, *rest]) == sorted(keys)


async def test_the_longest_waiting_is_taken_first(store: Store, clock: Clock) -> None:
    late, early = await rooms(store, 2)
    await store.queue.take(2, "a")
    await store.queue.release(OwnWork(late, "a"), T0 + 20 * S)
    await store.queue.release(OwnWork(early, "a"), T0 + 10 * S)
    assert await next_due(store) == T0 + 10 * S
    assert await store.queue.take(9, "a") == {}
    clock.advance(20 * S)
    assert keys_of(await store.queue.take(1, "a")) == [early]
    assert keys_of(await store.queue.take(9, "a")) == [late]


async def test_a_lease_ends_and_may_be_renewed_until_then(
    store: Store, another: Store, clock: Clock
) -> None:
    [key] = await rooms(store, 1)
    await store.queue.take(1, "a")
    assert await next_due(store) == T0 + LEASE
    clock.advance(LEASE - S)
    assert await store.queue.renew(["a"]) == [key]
    clock.advance(LEASE - S)
    assert await another.queue.take(1, "b") == {}
    clock.advance(S)
    assert keys_of(await another.queue.take(1, "b")) == [key]
    assert await store.queue.renew(["a"]) == []
    assert not await store.queue.release(OwnWork(key, "a"), None)
    assert await next_due(store) == clock.now() + LEASE


async def test_a_wake_during_the_run_is_honoured(store: Store, another: Store) -> None:
    [key] = await rooms(store, 1)
    await store.queue.take(1, "a")
    await add_facts(another, key, [StopRequested(at=T0, by="U1")])
    assert await another.queue.take(1, "b") == {}
    assert await store.queue.release(OwnWork(key, "a"), T0 + 600 * S)
    assert keys_of(await another.queue.take(1, "b")) == [key]
    assert not await another.queue.release(OwnWork(key, "b"), None)
    assert await next_due(store) is None


async def test_a_poll_is_kept_unless_someone_wants_another_one(store: Store) -> None:
    [key] = await rooms(store, 1)
    await store.queue.take(1, "a")
    await store.queue.release(OwnWork(key, "a"), T0, polled=Polled(T0, 3))
    assert (await store.recordings.load(key)).work.polled == Polled(T0, 3)
    await store.queue.take(1, "a")
    await store.recordings.record(key, POLL_NOW)
    await store.queue.release(OwnWork(key, "a"), T0, polled=Polled(T0, 4))
    assert (await store.recordings.load(key)).work.polled == Polled()


async def test_no_wake_is_lost_between_runs(store: Store, another: Store) -> None:
    """A fact that comes at any moment of a run is seen by that run or by a next one."""
    [key] = await rooms(store, 1)
    stop = asyncio.Event()
    seen = 0

    async def worker(mine: Store, owner: str) -> None:
        nonlocal seen
        while not stop.is_set() or await next_due(mine) is not None:
            for taken in keys_of(await mine.queue.take(1, owner)):
                seen = len((await mine.recordings.load(taken)).recording.log)
                await mine.queue.release(OwnWork(taken, owner), None)
            await asyncio.sleep(0)

    async def people() -> None:
        for n in range(40):
            await add_facts(another, key, [StopRequested(at=T0 + n * S, by="U1")])
        stop.set()

    await asyncio.gather(worker(store, "a"), worker(another, "b"), people())
    assert seen == 41


async def test_wakes_reach_only_the_team_and_the_keys_named(
    store: Store, other_team: Store
) -> None:
    one, two = await rooms(store, 2)
    [theirs] = await rooms(other_team, 1)
    await store.queue.take(9, "a")
    await other_team.queue.take(9, "a")
    for key in (one, two):
        await store.queue.release(OwnWork(key, "a"), None)
    await other_team.queue.release(OwnWork(theirs, "a"), None)
    await store.recordings.record(one, Note())
    with pytest.raises(UnknownRecording):
        await store.recordings.record(theirs, Note())
    assert keys_of(await store.queue.take(9, "a")) == [one]
    assert await other_team.queue.take(9, "a") == {}


async def test_after_downtime_everything_unfinished_is_due(store: Store) -> None:
    done, later, leased = await rooms(store, 3)
    await store.queue.take(9, "old")
    await store.queue.release(OwnWork(done, "old"), None)
    await store.queue.release(OwnWork(later, "old"), T0 + 999 * S)
    await store.inbox.put(entry())
    assert len(await store.inbox.take(9)) == 1
    await store.queue.release_all()
    assert await store.queue.wake_all_open() == 2
    assert sorted(keys_of(await store.queue.take(9, "new"))) == sorted([later, leased])
    assert len(await store.inbox.take(9)) == 1


async def test_what_is_resumed_is_also_polled(store: Store) -> None:
    [key] = await rooms(store, 1)
    await store.recordings.record(key, Note(polled=Polled(T0, 3), retries={POLL: Retry(2, T0)}))
    assert await store.queue.resume() == 1
    work = (await store.recordings.load(key)).work
    assert (work.polled, work.retries) == (Polled(), {})


async def test_two_wakes_of_many_do_not_deadlock(store: Store, another: Store) -> None:
    keys = await rooms(store, 20)
    await asyncio.gather(
        *(store.recordings.record(k, Note()) for k in keys),
        *(another.recordings.record(k, Note()) for k in keys[::-1]),
        *(store.queue.wake_all_open() for _ in range(5)),
        *(another.queue.wake_parked("C1") for _ in range(5)),
        *(
            another.recordings.record(k, Note(deliveries=[card(state=DeliveryState.PARKED)]))
            for k in keys
        ),
    )
    assert sorted(keys_of(await store.queue.take(99, "a"))) == sorted(keys)


async def test_what_was_parked_in_a_channel_is_tried_again(store: Store) -> None:
    one, two = await rooms(store, 2)
    parked = card("C1", DeliveryState.PARKED, error="is_archived", retry=Retry(7, T0 + 900 * S))
    await store.recordings.record(one, Note(deliveries=[parked]))
    await store.recordings.record(one, Note(deliveries=[card("C2", DeliveryState.PARKED)]))
    await store.recordings.record(two, Note(deliveries=[card("C1", DeliveryState.SENT)]))
    await store.queue.take(9, "a")
    for key in (one, two):
        await store.queue.release(OwnWork(key, "a"), None)
    assert await store.queue.wake_parked("C1") == [one]
    assert await store.queue.wake_parked("C1") == []
    assert keys_of(await store.queue.take(9, "a")) == [one]
    states = {d.target: d.state for d in (await store.recordings.load(one)).work.deliveries}
    assert states == {"C1": DeliveryState.WAITING, "C2": DeliveryState.PARKED}
    woken = (await store.recordings.load(one)).work.delivery(Kind.CARD, "C1")
    assert woken is not None
    assert (woken.retry, woken.error) == (Retry(), None)


async def test_every_commit_that_makes_work_says_so(store: Store) -> None:
    calls: list[str] = []
    store.db.on_work = lambda: calls.append("woken")
    store.db.on_mail = lambda: calls.append("mail")
    [key] = await rooms(store, 1)
    await add_facts(store, key, [StopRequested(at=T0, by="U1")])
    await store.recordings.record(key, Note())
    await store.inbox.put(entry())
    await store.inbox.put(entry())  # known already: no news
    assert calls == ["woken", "woken", "woken", "mail"]


async def test_every_replica_hears_of_work_and_of_mail_by_itself(
    store: Store, another: Store, other_team: Store
) -> None:
    heard = asyncio.Queue[str]()
    listening = asyncio.create_task(
        store.queue.listen(lambda: heard.put_nowait("work"), lambda: heard.put_nowait("mail"))
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            if store is not another:
                assert {await heard.get(), await heard.get()} == {"work", "mail"}  # it listens now
            else:
                await asyncio.sleep(0)
            [key] = await rooms(another, 1)
            assert await heard.get() == "work"
            await another.recordings.record(key, Note())
            assert await heard.get() == "work"
            await another.inbox.put(entry())
            assert await heard.get() == "mail"
            await rooms(other_team, 1)
            await another.recordings.record(key, Note())
            assert await heard.get() == "work"
        assert heard.empty()  # the other team's came before, and was not for us
    finally:
        listening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listening


def calm(key: str, due_at: datetime, wakes: int = 0) -> tuple[Calm, Calm]:
    """A recording as it was released, and as a list of 100ms leaves it."""
    was = Calm(key, f"job-{key}", frozenset(), Polled(T0, 1), 60 * S, T0 + 600 * S, due_at, wakes)
    return was, replace(was, polled=Polled(T0 + 30 * S, 2), due_at=T0 + 90 * S)


async def test_a_list_polls_what_is_as_it_was_released(store: Store) -> None:
    calm_one, woken, moved = await rooms(store, 3)
    await rooms_released(store, T0 + 60 * S)
    await add_facts(store, woken, [StopRequested(at=T0, by="U1")])
    await store.queue.take(1, "b")  # the one that was woken
    await store.queue.release(OwnWork(woken, "b"), T0 + 60 * S)
    pairs = [calm(key, T0 + 60 * S) for key in (calm_one, woken)]
    await store.queue.bulk_polled([*pairs, calm(moved, T0 + 61 * S)])
    seen = {key: (await store.recordings.load(key)).work.polled for key in (calm_one, woken, moved)}
    assert seen == {calm_one: Polled(T0 + 30 * S, 2), woken: Polled(), moved: Polled()}


async def test_a_list_does_not_touch_what_is_being_worked_on(store: Store, clock: Clock) -> None:
    [key] = await rooms(store, 1)
    await rooms_released(store, T0 + 60 * S)
    clock.advance(60 * S)
    [own] = await store.queue.take(1, "b")
    await store.queue.bulk_polled([calm(key, T0 + 60 * S)])
    assert (await store.recordings.load(key)).work.polled == Polled()
    await store.queue.release(own, None)
    await store.queue.bulk_polled([calm(key, T0 + 60 * S)])
    assert await next_due(store) is None


async def rooms_released(store: Store, until: datetime) -> list[str]:
    taken = await store.queue.take(9, "a")
    for own in taken:
        await store.queue.release(own, until)
    return keys_of(taken)
