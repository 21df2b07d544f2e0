"""A write by the worker returns the new state, and reads again only what somebody else changed."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import event

from bot.core.deliveries import DeliveryState, Kind, OutcomeAddress, Polled
from bot.core.facts import Followed, Observed, StartAccepted, StartAttempted, StopRequested
from bot.core.note import Loaded, Note
from bot.core.proofs import OwnWork
from bot.core.retry import Retry
from bot.core.steps import POLL
from bot.store.errors import LeaseLost
from bot.store.store import Store
from bot.store.values import InboxState, Settled
from tests.contract.store_support import (
    LEASE,
    T0,
    Clock,
    S,
    add_facts,
    card,
    entry,
    held,
    new_key,
    own_work,
    requested,
)

WAITING_AT = OutcomeAddress("U1", channel="C1", response_url="https://example.org/answer")
ACCEPTED = StartAccepted(at=T0 + S, hms_id="job-1")
NOTES = [
    Note(),
    Note(facts=[StartAttempted(at=T0)]),
    Note(facts=[ACCEPTED, Observed(at=T0 + S, status="running")], aliases=["job-1"]),
    Note(facts=[Followed(at=T0, channel_id="C2", by="U2")]),
    Note(facts=[StartAttempted(at=T0)], retries={"Start": None, "Stop": Retry(2, T0 + S)}),
    Note(deliveries=[card(posted_in="C1", ts="1.0", hash="h"), card("C2", DeliveryState.PARKED)]),
    Note(deliveries=[replace(card("U1"), kind=Kind.OUTCOME)]),
    Note(polled=Polled(T0 + S, 3), retries={POLL: Retry(1, T0)}),
]


async def taken(store: Store, owner: str = "a") -> Loaded:
    """A recording that `owner` works on, whose starter waits."""
    key = new_key()
    await store.recordings.create(key, requested(), outcome=WAITING_AT)
    await store.recordings.record(key, Note(retries={"Start": Retry(1, T0 + S)}))
    loaded = (await store.queue.take(1, owner))[OwnWork(key, owner)]
    assert loaded is not None
    return loaded


async def test_what_is_taken_is_loaded(store: Store) -> None:
    await store.follows.follow("room-1", "daily", "C7", "U7")
    loaded = await taken(store)
    assert loaded == await store.recordings.load(loaded.recording.key)
    assert (loaded.owner, loaded.followers) == ("a", ("C7",))


@pytest.mark.parametrize("note", NOTES)
async def test_the_state_returned_is_the_state_stored(store: Store, note: Note) -> None:
    since = await taken(store)
    state = await store.recordings.advance(own_work(since), since, note)
    assert state == await store.recordings.load(since.recording.key)
    again = await store.recordings.announce(
        own_work(state), state, Note(facts=[StartAttempted(at=T0 + 2 * S)])
    )
    assert again == await store.recordings.load(since.recording.key)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_nothing_is_read_again_while_nobody_else_wrote(store: Store) -> None:
    since = await taken(store)
    said: list[str] = []
    engine = store.db.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    await store.recordings.advance(own_work(since), since, NOTES[1])
    assert not [sql for sql in said if "FROM facts" in sql or "FROM deliveries" in sql]


async def test_what_others_wrote_meanwhile_is_in_the_state(store: Store, another: Store) -> None:
    since = await taken(store)
    key = since.recording.key
    await add_facts(another, key, [StopRequested(at=T0, by="U1")])
    state = await store.recordings.advance(own_work(since), since, NOTES[1])
    assert {f.kind for f in state.recording.log} == {
        "requested",
        "stop_requested",
        "start_attempted",
    }
    assert state == await store.recordings.load(key)


@pytest.mark.parametrize("note", NOTES)
async def test_a_note_whose_commit_was_in_doubt_is_written_once(store: Store, note: Note) -> None:
    since = await taken(store)
    state = await store.recordings.advance(own_work(since), since, note)
    assert await store.recordings.advance(own_work(since), since.doubted(), note) == state


async def test_a_late_note_overwrites_no_retry_of_the_other_one(
    store: Store, another: Store, clock: Clock
) -> None:
    since = await taken(store)
    key = since.recording.key
    clock.advance(LEASE + S)
    theirs = (await another.queue.take(1, "b"))[OwnWork(key, "b")]
    assert theirs is not None
    note = Note(retries={"Start": Retry(4, T0 + 9 * S)}, polled=Polled(clock.now(), 5))
    theirs = await another.recordings.advance(own_work(theirs), theirs, note)
    late = Note(facts=[ACCEPTED], retries={"Start": None}, polled=Polled(T0, 1))
    state = await store.recordings.advance(own_work(since), since, late)
    assert state.owner == "b"  # so the late one stops
    assert (state.work.retries, state.work.polled.unchanged) == (theirs.work.retries, 5)
    assert state.recording.hms_id == "job-1"
    with pytest.raises(LeaseLost):
        await store.recordings.announce(OwnWork(key, "a"), await held(store, key, "a"), NOTES[1])


async def test_webhooks_that_wait_are_matched_again_with_the_name_that_they_need(
    store: Store,
) -> None:
    since = await taken(store)
    mail = asyncio.Event()
    await store.inbox.put(entry(aliases=("job-1",)))
    [item] = await store.inbox.take(9)
    await store.inbox.settle([Settled(item.id, InboxState.WAITING)])
    store.db.on_mail = mail.set
    await store.recordings.advance(own_work(since), since, NOTES[2])
    assert mail.is_set()
    assert [again.id for again in await store.inbox.take(9)] == [item.id]
