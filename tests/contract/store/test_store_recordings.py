"""Recordings on both databases: made once, never losing what is written side by side."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from bot.core.deliveries import DeliveryState, Kind, OutcomeAddress, Polled
from bot.core.derive import derive
from bot.core.facts import (
    Adopted,
    BeamStarted,
    Fact,
    PointsTo,
    Shared,
    StartAccepted,
    StartAttempted,
    StartExpired,
    StopRequested,
)
from bot.core.note import Note
from bot.core.proofs import OwnWork
from bot.core.recording import Phase
from bot.core.retry import Retry
from bot.core.steps import POLL
from bot.store.errors import LeaseLost, StoreRefused, StoreUnavailable, UnknownRecording
from bot.store.store import Store
from bot.store.values import AlreadyRequested, Created, RoomTaken
from tests.contract.store_support import (
    LEASE,
    T0,
    Clock,
    S,
    add_facts,
    card,
    created,
    held,
    keys_of,
    new_key,
    next_due,
    requested,
)

WAITING_AT = OutcomeAddress("U1", "C1", "https://hooks.slack.test/x", "view-1")


async def test_a_recording_comes_back_as_its_facts_have_it(store: Store) -> None:
    key, request = new_key(), requested()
    follow = Shared(at=T0 + S, channel_id="C2", by="U2")
    assert await store.recordings.create(
        key, request, also=[follow], outcome=WAITING_AT
    ) == Created(key)

    loaded = await store.recordings.load(key)

    assert loaded.recording == derive(key, [request, follow])
    assert loaded.recording.requested_at.utcoffset() == timedelta(0)
    assert loaded.addresses == {(Kind.OUTCOME, "U1"): WAITING_AT}
    outcome = loaded.work.delivery(Kind.OUTCOME, "U1")
    assert outcome is not None
    assert outcome.state is DeliveryState.WAITING
    assert await next_due(store) == T0


async def test_the_address_of_an_outcome_never_shows_its_response_url() -> None:
    assert "hooks.slack" not in repr(WAITING_AT)


async def test_a_repeated_request_is_the_same_recording(store: Store) -> None:
    request = requested()
    key = new_key()
    await store.recordings.create(key, request)
    assert await store.recordings.create(new_key(), request) == AlreadyRequested(key)
    same_key = requested(room_id="room-2")
    assert await store.recordings.create(key, same_key) == AlreadyRequested(key)


async def test_a_room_has_one_recording_at_a_time(store: Store, other_team: Store) -> None:
    key = await created(store)
    assert await store.recordings.create(new_key(), requested()) == RoomTaken(key)
    elsewhere = await created(other_team)
    assert elsewhere != key
    await add_facts(store, key, [StartExpired(at=T0)])
    await created(store)


async def test_of_80_rivals_for_a_room_one_is_created(store: Store, another: Store) -> None:
    answers = await asyncio.gather(
        *(s.recordings.create(new_key(), requested()) for _ in range(40) for s in (store, another))
    )
    made = [a for a in answers if isinstance(a, Created)]
    assert len(made) == 1
    assert [a for a in answers if a != made[0]] == [RoomTaken(made[0].key)] * 79


async def test_of_50_clicks_on_one_form_one_creates(store: Store, another: Store) -> None:
    request = requested()
    answers = await asyncio.gather(
        *(s.recordings.create(new_key(), request) for _ in range(25) for s in (store, another))
    )
    made = [a for a in answers if isinstance(a, Created)]
    assert len(made) == 1
    assert answers.count(AlreadyRequested(made[0].key)) == 49


async def test_no_fact_is_lost_among_80_writers(store: Store, another: Store) -> None:
    key = await created(store)
    follows = [Shared(at=T0 + i * S, channel_id=f"C{i}", by="U2") for i in range(40)]

    def retries(n: int) -> dict[str, Retry | None]:
        return {f"h{n}": Retry(n, T0)}

    async def written(one: Store, note: Note) -> int:
        """As callers do: a database that is too busy to take it now is asked again."""
        while True:
            try:
                return await one.recordings.record(key, note)
            except StoreUnavailable:
                continue  # others were served meanwhile, so there is an end

    counts = await asyncio.gather(
        *(written(store, Note(facts=[f], retries=retries(n))) for n, f in enumerate(follows)),
        *(written(another, Note(facts=[f])) for f in follows),
    )

    loaded = await store.recordings.load(key)
    assert sum(counts) == 40
    assert len(loaded.recording.channels) == 40
    assert len(loaded.work.retries) == 40
    in_channel = await store.lists.running(channel="C39")
    assert [row.key for row in in_channel] == [key]


async def test_order_and_repetition_of_facts_do_not_matter(store: Store) -> None:
    facts: list[Fact] = [
        StartAttempted(at=T0 + S),
        StartAccepted(at=T0 + 2 * S, hms_id="hms-1"),
        BeamStarted(at=T0 + 9 * S, session_id="s-1"),
        BeamStarted(at=T0 + 5 * S, session_id="s-1"),  # the same, told earlier
    ]
    one = await created(store, room_id="a")
    other = await created(store, room_id="b")
    assert await add_facts(store, one, facts) == 3
    for fact in [*reversed(facts), *facts]:
        await add_facts(store, other, [fact])
    row_one, row_other = await store.lists.row(one), await store.lists.row(other)
    assert row_one is not None
    assert row_other is not None
    assert row_one.phase is row_other.phase is Phase.RUNNING
    assert row_one.started_at == row_other.started_at == T0 + 5 * S
    assert (await store.recordings.load(other)).recording.started_at == T0 + 5 * S


async def test_times_come_back_in_utc_whatever_zone_they_came_in(store: Store) -> None:
    berlin = datetime(2026, 3, 1, 14, 30, tzinfo=timezone(timedelta(hours=2)))
    key = await created(store)
    await store.recordings.record(key, Note(polled=Polled(berlin, 2), retries={POLL: Retry(1, T0)}))
    work = (await store.recordings.load(key)).work
    assert work.polled == Polled(berlin, 2)
    assert work.polled.at is not None
    assert work.polled.at.utcoffset() == timedelta(0)
    assert work.retries == {POLL: Retry(1, T0)}


async def test_a_naive_time_is_refused(store: Store) -> None:
    key = await created(store)
    with pytest.raises(StoreRefused, match="naive"):
        await store.recordings.record(key, Note(polled=Polled(datetime(2026, 3, 1))))  # noqa: DTZ001


async def test_one_step_is_all_or_nothing(store: Store) -> None:
    key = await created(store)
    with pytest.raises(StoreRefused):
        await store.recordings.record(
            key, Note(facts=[StopRequested(at=T0, by="U1")], deliveries=[card(posted_in="C\ud800")])
        )
    loaded = await store.recordings.load(key)
    assert not loaded.recording.stop_pending
    assert loaded.work.deliveries == ()


async def test_deliveries_retries_and_polls_are_notes_that_change(store: Store) -> None:
    key = await created(store)
    hold = Retry(2, T0 + 5 * S)
    sending = card(state=DeliveryState.SENDING, retry=Retry(1), changed_at=T0)
    await store.recordings.record(
        key, Note(deliveries=[sending], retries={"Start": hold, "Ask": hold})
    )
    sent = card(posted_in="C1", ts="17.1", hash="abc", retry=Retry(0, T0 + S))
    await store.recordings.record(key, Note(deliveries=[sent], retries={"Ask": None}))
    work = (await store.recordings.load(key)).work
    assert work.deliveries == (sent,)
    assert dict(work.retries) == {"Start": hold}
    assert await store.recordings.cards([key, "none"]) == {key: (sent,)}


async def test_an_address_lives_until_its_outcome_is_told(store: Store) -> None:
    key = new_key()
    await store.recordings.create(key, requested(), outcome=WAITING_AT)
    loaded = await store.recordings.load(key)
    assert loaded.addresses == {(Kind.OUTCOME, "U1"): WAITING_AT}
    [waiting] = loaded.work.deliveries
    await store.recordings.record(key, Note(deliveries=[waiting]))
    assert (await store.recordings.load(key)).addresses == loaded.addresses
    told = replace(waiting, state=DeliveryState.SENT)
    await store.recordings.record(key, Note(deliveries=[told]))
    assert (await store.recordings.load(key)).addresses == {}


async def test_the_first_recording_keeps_an_alias(store: Store, other_team: Store) -> None:
    one, two = await created(store, room_id="a"), await created(store, room_id="b")
    accepted = StartAccepted(at=T0, hms_id="hms-1")
    await store.recordings.record(one, Note(facts=[accepted], aliases=["job-1"]))
    adopted = Adopted(at=T0, hms_id="hms-1", elsewhere=True)
    await store.recordings.record(two, Note(facts=[adopted], aliases=["job-1", "job-2"]))
    found = await store.recordings.keys_by_alias(["hms-1", "job-1", "job-2", "job-3"])
    assert found == {"hms-1": one, "job-1": one, "job-2": two}
    assert await store.recordings.keys_by_alias([]) == {}
    assert await other_team.recordings.keys_by_alias(["hms-1"]) == {}


async def test_a_room_taken_meanwhile_is_not_taken_back(store: Store) -> None:
    first = await created(store)
    at = [T0 + i * S for i in range(4)]
    await add_facts(store, first, [StartAttempted(at=at[0]), PointsTo(at=at[0], key="gone")])
    second = await created(store)
    third = await created(store, room_id="room-3")
    await add_facts(store, third, [StartAccepted(at=at[1], hms_id="hms-3")])
    holder = await store.lists.open_recording_in_room("room-1")
    assert holder is not None
    assert holder.key == second


async def test_a_late_fact_that_brings_a_recording_back_does_not_take_the_room(
    store: Store,
) -> None:
    first = await created(store)
    await add_facts(store, first, [StartExpired(at=T0)])
    second = await created(store)
    await add_facts(store, first, [StartAccepted(at=T0 + S, hms_id="late")])
    row = await store.lists.row(first)
    assert row is not None
    assert row.phase is Phase.STARTING
    holder = await store.lists.open_recording_in_room("room-1")
    assert holder is not None
    assert holder.key == second
    await add_facts(store, second, [StartExpired(at=T0 + S)])
    await add_facts(store, first, [StopRequested(at=T0 + 2 * S, by="U1")])
    holder = await store.lists.open_recording_in_room("room-1")
    assert holder is not None
    assert holder.key == first
    assert await store.recordings.create(new_key(), requested()) == RoomTaken(first)


async def test_who_lost_the_lease_announces_nothing_but_reports(
    store: Store, another: Store, clock: Clock
) -> None:
    key = await created(store)
    assert keys_of(await store.queue.take(1, "a")) == [key]
    clock.advance(LEASE)
    assert keys_of(await another.queue.take(1, "b")) == [key]
    with pytest.raises(LeaseLost):
        await store.recordings.announce(
            OwnWork(key, "a"), await held(store, key, "a"), Note(facts=[StartAttempted(at=T0)])
        )
    assert (await store.recordings.load(key)).recording.attempted_at is None
    await store.recordings.record(key, Note(facts=[StartAccepted(at=T0, hms_id="h")]))
    assert (await store.recordings.load(key)).recording.hms_id == "h"


async def test_an_announcement_renews_the_lease(store: Store, clock: Clock) -> None:
    key = await created(store)
    await store.queue.take(1, "a")
    clock.advance(LEASE - S)
    await store.recordings.announce(
        OwnWork(key, "a"), await held(store, key, "a"), Note(facts=[StartAttempted(at=T0)])
    )
    clock.advance(LEASE - S)
    assert await store.queue.take(1, "b") == {}


async def test_a_key_of_nobody_or_of_another_team_is_unknown(
    store: Store, other_team: Store
) -> None:
    theirs = await created(other_team, room_id=new_key())
    for key in ("nobody", theirs):
        with pytest.raises(UnknownRecording):
            await store.recordings.load(key)
        with pytest.raises(UnknownRecording):
            await add_facts(store, key, [StopRequested(at=T0, by="U1")])
        assert await store.lists.row(key) is None


async def test_callers_cut_off_leave_the_store_usable(store: Store) -> None:
    """Listeners are bounded by a time-out, which may strike in mid-transaction."""
    key = await created(store)

    async def cut_off(n: int) -> None:
        follow = Shared(at=T0, channel_id=f"C{n}", by="U2")
        task = asyncio.create_task(add_facts(store, key, [follow]))
        for _ in range(n):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    await asyncio.gather(*(cut_off(n) for n in range(80)))
    assert await add_facts(store, key, [Shared(at=T0, channel_id="C-last", by="U2")]) == 1
    assert "C-last" in (await store.recordings.load(key)).recording.channels
