"""A note that waited out an outage comes when another replica has had the recording meanwhile."""

from dataclasses import replace

import pytest

from bot.core.deliveries import Delivery, DeliveryState, Kind
from bot.core.facts import StartAccepted
from bot.core.note import Note
from bot.core.proofs import OwnWork
from bot.core.retry import Retry
from bot.store.store import Store
from tests.contract.store_support import LEASE, T0, Clock, S, card, created, held, keys_of

ANNOUNCED = card(state=DeliveryState.SENDING, retry=Retry(1))
AGAIN = replace(ANNOUNCED, retry=Retry(2))
POSTED = card(posted_in="C1", ts="1.0", hash="then", retry=Retry(1))
EARLIER = replace(POSTED, hash="before")


async def announce(store: Store, key: str, owner: str, delivery: Delivery) -> None:
    held_by = await held(store, key, owner)
    await store.recordings.announce(OwnWork(key, owner), held_by, Note(deliveries=[delivery]))


async def advance(store: Store, key: str, owner: str, delivery: Delivery) -> None:
    held_by = await held(store, key, owner)
    await store.recordings.advance(OwnWork(key, owner), held_by, Note(deliveries=[delivery]))


async def taken_over(store: Store, another: Store, clock: Clock, left: Delivery) -> str:
    """`a` has left this behind, and could not renew; `b` has the recording."""
    key = await created(store)
    await store.queue.take(1, "a")
    await announce(store, key, "a", left)
    clock.advance(LEASE + S)
    assert keys_of(await another.queue.take(1, "b")) == [key]
    return key


async def the_card(store: Store, key: str) -> Delivery | None:
    return (await store.recordings.load(key)).work.delivery(Kind.CARD, "C1")


@pytest.mark.parametrize(
    "late",
    [
        replace(ANNOUNCED, state=DeliveryState.WAITING, retry=Retry(0, T0)),
        replace(ANNOUNCED, state=DeliveryState.PARKED, error="not_in_channel"),
        replace(ANNOUNCED, state=DeliveryState.GONE),
        replace(POSTED, ts="0.5"),
    ],
)
async def test_what_the_other_one_posted_stays(
    store: Store, another: Store, clock: Clock, late: Delivery
) -> None:
    """Else it would be posted once more, or nobody would know of the newer one."""
    key = await taken_over(store, another, clock, ANNOUNCED)
    await announce(another, key, "b", AGAIN)
    await advance(another, key, "b", replace(POSTED, retry=Retry(2)))
    await advance(store, key, "a", late)
    assert await the_card(store, key) == replace(POSTED, retry=Retry(2))


async def test_what_the_other_one_is_posting_stays_announced(
    store: Store, another: Store, clock: Clock
) -> None:
    key = await taken_over(store, another, clock, ANNOUNCED)
    await announce(another, key, "b", AGAIN)
    await advance(store, key, "a", replace(ANNOUNCED, state=DeliveryState.WAITING))
    assert await the_card(store, key) == AGAIN


async def test_what_the_other_one_has_not_touched_is_noted(
    store: Store, another: Store, clock: Clock
) -> None:
    """Or it would post a second time what is there."""
    key = await taken_over(store, another, clock, ANNOUNCED)
    await advance(store, key, "a", POSTED)
    assert await the_card(store, key) == POSTED


async def test_an_edit_that_came_last_is_known_as_it_is(
    store: Store, another: Store, clock: Clock
) -> None:
    """Slack shows the late one, and the other replica was done: it is looked at again."""
    key = await taken_over(store, another, clock, EARLIER)
    await advance(another, key, "b", POSTED)
    await another.queue.release(OwnWork(key, "b"), None)
    await advance(store, key, "a", EARLIER)
    assert await the_card(store, key) == EARLIER
    assert keys_of(await another.queue.take(1, "b")) == [key]


async def test_a_fact_that_comes_late_is_looked_at(
    store: Store, another: Store, clock: Clock
) -> None:
    key = await taken_over(store, another, clock, ANNOUNCED)
    await another.queue.release(OwnWork(key, "b"), None)
    await store.recordings.advance(
        OwnWork(key, "a"),
        await held(store, key, "a"),
        Note(facts=[StartAccepted(at=T0, hms_id="job-1")]),
    )
    assert keys_of(await another.queue.take(1, "b")) == [key]


async def test_who_still_has_the_lease_wakes_nobody(
    store: Store, another: Store, clock: Clock
) -> None:
    """Also past its time, as long as nobody took it."""
    key = await created(store)
    await store.queue.take(1, "a")
    await announce(store, key, "a", ANNOUNCED)
    clock.advance(LEASE + S)
    await advance(store, key, "a", POSTED)
    assert await the_card(store, key) == POSTED
    assert not await store.queue.release(OwnWork(key, "a"), None)
    assert await another.queue.take(1, "b") == {}
