"""When the bot was last alive, and the replay owed for the time it was not: once for everybody."""

import asyncio
from datetime import timedelta

import pytest

from bot.core.retry import Retry
from bot.store.store import Store
from bot.store.values import Owed
from tests.contract.store_support import T0, Clock, S

AWAY, SETTLE, KEEP = 30 * S, 20 * S, 25 * S


async def beat(store: Store) -> bool:
    return await store.heartbeat.beat(away_after=AWAY, settle=SETTLE)


async def test_the_first_note_ever_owes_nothing(store: Store, clock: Clock) -> None:
    assert await beat(store) is False
    clock.advance(30 * S)
    assert await beat(store) is False
    assert await store.heartbeat.owed_replay() is None
    assert await store.heartbeat.take_replay(KEEP) is None


async def test_a_gap_owes_a_replay_from_the_last_note_until_we_are_back(
    store: Store, clock: Clock
) -> None:
    await beat(store)
    clock.advance(10 * S)
    await beat(store)
    clock.advance(400 * S)
    assert await beat(store) is True
    back = T0 + 410 * S
    assert await store.heartbeat.owed_replay() == Owed(
        T0 + 10 * S, back + SETTLE, Retry(0, back + SETTLE)
    )
    assert await store.heartbeat.take_replay(KEEP) is None, (
        "a proxy needs a while to see that we are back"
    )
    clock.advance(SETTLE)
    assert await beat(store) is False
    taken = await store.heartbeat.take_replay(KEEP)
    assert taken == Owed(T0 + 10 * S, back + SETTLE, Retry(1, back + SETTLE + KEEP))
    await store.heartbeat.settle_replay(taken)
    clock.advance(1000 * S)
    assert await store.heartbeat.take_replay(KEEP) is None
    assert await store.heartbeat.owed_replay() is None


async def test_of_many_that_start_together_one_owes_and_one_takes(
    store: Store, another: Store, clock: Clock
) -> None:
    await beat(store)
    clock.advance(timedelta(hours=2))
    noticed = await asyncio.gather(*(beat(one) for one in (store, another) * 5))
    assert sorted(noticed) == [False] * 9 + [True]
    clock.advance(SETTLE)
    taken = await asyncio.gather(*(one.heartbeat.take_replay(KEEP) for one in (store, another) * 5))
    assert sum(one is not None for one in taken) == 1


async def test_what_its_taker_never_settled_is_due_again_as_the_same_request(
    store: Store, another: Store, clock: Clock
) -> None:
    await beat(store)
    clock.advance(100 * S)
    await beat(store)
    clock.advance(SETTLE)
    first = await store.heartbeat.take_replay(KEEP)
    clock.advance(KEEP)
    again = await another.heartbeat.take_replay(KEEP)
    assert first is not None
    assert again is not None
    assert (again.since, again.until, again.retry.attempts) == (first.since, first.until, 2)
    await store.heartbeat.settle_replay(first)
    assert await store.heartbeat.owed_replay() == again, "it is another's by now"


async def test_put_off_until_later(store: Store, clock: Clock) -> None:
    await beat(store)
    clock.advance(100 * S)
    await beat(store)
    clock.advance(SETTLE)
    taken = await store.heartbeat.take_replay(KEEP)
    assert taken is not None
    await store.heartbeat.settle_replay(taken, again_at=clock.now() + 60 * S)
    clock.advance(59 * S)
    assert await store.heartbeat.take_replay(KEEP) is None
    clock.advance(1 * S)
    again = await store.heartbeat.take_replay(KEEP)
    assert again is not None
    assert (again.since, again.retry.attempts) == (taken.since, 2)


async def test_a_second_gap_before_the_replay_makes_one_replay_of_both(
    store: Store, clock: Clock
) -> None:
    await beat(store)
    clock.advance(100 * S)
    await beat(store)
    clock.advance(5 * S)
    await beat(store)
    clock.advance(200 * S)
    assert await beat(store) is True
    owed = await store.heartbeat.owed_replay()
    assert owed is not None
    assert (owed.since, owed.until) == (T0, clock.now() + SETTLE)


@pytest.mark.parametrize("behind", [1 * S, 100 * S])
async def test_a_replica_whose_clock_is_behind_makes_no_gap(
    store: Store, clock: Clock, behind: timedelta
) -> None:
    await beat(store)
    clock.advance(-behind)
    assert await beat(store) is False
    clock.advance(behind + 20 * S)
    assert await beat(store) is False


async def test_a_clock_that_was_far_ahead_is_forgotten(store: Store, clock: Clock) -> None:
    clock.advance(timedelta(days=30))
    await beat(store)
    clock.advance(-timedelta(days=30))
    await beat(store)
    clock.advance(100 * S)
    assert await beat(store) is True


async def test_another_team_owes_nothing(store: Store, other_team: Store, clock: Clock) -> None:
    await beat(store)
    await beat(other_team)
    clock.advance(100 * S)
    assert await beat(store) is True
    assert await other_team.heartbeat.owed_replay() is None
    assert await beat(other_team) is True
