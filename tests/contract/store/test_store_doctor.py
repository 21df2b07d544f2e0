"""What waits, how webhooks fare, and what is paused: as `/record doctor` reads it."""

from datetime import timedelta

import pytest

from bot.core import facts as f
from bot.core.deliveries import Delivery, DeliveryState, Kind, Polled
from bot.core.note import Note
from bot.core.proofs import OwnWork
from bot.core.retry import Retry
from bot.core.steps import POLL
from bot.features.doctor.model import Ends, Received, Stuck
from bot.features.doctor.store import DoctorRepository
from bot.kit.cooldowns import Cooldown
from bot.store.store import Store
from bot.store.values import InboxState, Settled
from tests.contract.store_support import T0, Clock, S, add_facts, card, created, entry

DAY = timedelta(days=1)
NAME = "Stand-up <&> 🎥 שלום"
WEEK = T0 - 7 * DAY


async def test_nothing_received_yet(store: Store) -> None:
    assert await DoctorRepository(store.db).received(T0 - DAY) == Received(None)


async def test_received_by_what_became_of_it(store: Store, other_team: Store) -> None:
    await created(store)
    for n in range(5):
        await store.inbox.put(entry(f"e{n}", received_at=T0 + n * S))
    await store.inbox.put(entry("old", received_at=T0 - 2 * DAY))
    await other_team.inbox.put(entry("theirs", received_at=T0 + 99 * S))
    items = {item.entry.identity: item.id for item in await store.inbox.take(100)}
    key = await created(store, room_id="room-2")
    await store.recordings.record(key, Note(), inbox=[items["e0"], items["old"]])
    await store.inbox.settle(
        [Settled(items[e], InboxState.IGNORED) for e in ("e1", "e2")]
        + [Settled(items["e3"], InboxState.WAITING)]
    )
    seen = await DoctorRepository(store.db).received(T0 - DAY)
    assert seen == Received(T0 + 4 * S, matched=2, ignored=2, waiting=1)  # e4 is still new


async def ended(store: Store, room_id: str, *how: f.Fact) -> None:
    accepted = f.StartAccepted(at=T0 + S, hms_id=f"hms-{room_id}")
    await add_facts(store, await created(store, room_id=room_id), [accepted, *how])


async def test_ends_that_no_webhook_told(store: Store) -> None:
    done = f.Observed(at=T0 + 9 * S, status="completed")
    assert await DoctorRepository(store.db).ends(T0 - DAY) == Ends()
    await ended(store, "r1", done)
    await ended(store, "r2", done, f.BeamStopped(at=T0 + 8 * S, reason="room ended"))
    await ended(store, "r3", f.RecordingUploaded(at=T0 + 8 * S))
    await ended(store, "r4", f.Observed(at=T0 + 9 * S, status="running"))
    await ended(store, "r5", f.Observed(at=T0 + 9 * S, status="failed"))
    await add_facts(
        store,
        await created(store, room_id="r6"),
        [f.StartRefused(at=T0 + S, status=403, message="no")],
    )
    assert await DoctorRepository(store.db).ends(T0 - DAY) == Ends(total=4, by_polling=2)
    assert await DoctorRepository(store.db).ends(T0 + S) == Ends()


async def test_recordings_that_get_no_answer(store: Store, clock: Clock) -> None:
    one, two = await created(store), await created(store, room_id="r2")
    await store.recordings.record(one, Note(polled=Polled(T0, 3), retries={POLL: Retry(2, T0)}))
    await store.recordings.record(two, Note(polled=Polled(T0, 3)))
    assert await DoctorRepository(store.db).unanswered() == 1
    await store.queue.take(5, "me")
    await store.queue.release(OwnWork(one, "me"), None)
    assert await DoctorRepository(store.db).unanswered() == 0


async def test_messages_that_slack_has_not_taken(store: Store) -> None:
    mine = await created(store)
    other = await created(store, room_id="r2", channel_id="C2", by="U2")
    parked = card("C2", DeliveryState.PARKED, error="is_archived", changed_at=T0)
    trying = Delivery(
        Kind.RESULTS, "C1", DeliveryState.WAITING, retry=Retry(2, T0 + 9 * S), error="HTTP 500"
    )
    await store.recordings.record(other, Note(deliveries=[parked]))
    await store.recordings.record(mine, Note(deliveries=[card("C1"), trying]))
    await store.recordings.record(
        mine, Note(deliveries=[Delivery(Kind.OUTCOME, "U1", DeliveryState.WAITING)])
    )  # its turn comes
    now = Delivery(Kind.TRANSCRIPT, "C1", DeliveryState.SENDING, retry=Retry(1), changed_at=T0)
    await store.recordings.record(mine, Note(deliveries=[now]))  # just being sent
    found = await DoctorRepository(store.db).stuck_messages("C1", WEEK, 10)
    assert found == [
        Stuck(NAME, "U2", "C2", False, Kind.CARD, DeliveryState.PARKED, "is_archived"),
        Stuck(
            NAME,
            "U1",
            "C1",
            True,
            Kind.RESULTS,
            DeliveryState.WAITING,
            "HTTP 500",
            until=T0 + 9 * S,
        ),
    ]
    assert len(await DoctorRepository(store.db).stuck_messages("C1", T0 + S, 10)) == 1, (
        "parked too long ago"
    )
    assert len(await DoctorRepository(store.db).stuck_messages("C1", WEEK, 10)) == 2
    await store.queue.wake_parked("C2")
    assert [s.kind for s in await DoctorRepository(store.db).stuck_messages("C2", WEEK, 10)] == [
        Kind.RESULTS
    ]


async def test_the_card_of_what_never_started_waits_for_nothing(store: Store) -> None:
    key = await created(store)
    parked = card(
        "C1", DeliveryState.PARKED, error="not_in_channel", changed_at=T0, retry=Retry(0, T0 + S)
    )
    await store.recordings.record(key, Note(deliveries=[parked]))
    assert [s.over for s in await DoctorRepository(store.db).stuck_messages("C1", WEEK, 10)] == [
        False
    ]
    await store.queue.take(5, "me")
    await store.queue.release(OwnWork(key, "me"), None)
    assert [s.over for s in await DoctorRepository(store.db).stuck_messages("C1", WEEK, 10)] == [
        True
    ]


async def test_steps_that_wait_for_their_next_try(store: Store, clock: Clock) -> None:
    key = await created(store)
    await created(store, room_id="r2")
    later, past = Retry(3, T0 + 9 * S), Retry(1, T0 - S)
    await store.recordings.record(key, Note(retries={"Start": later, "UpdateCard:C1": past}))
    assert await DoctorRepository(store.db).stuck_steps("C1", 10) == [
        Stuck(NAME, "U1", "C1", True, step="Start", until=T0 + 9 * S, key=key)
    ]
    assert [s.here for s in await DoctorRepository(store.db).stuck_steps("C9", 10)] == [False]
    await store.recordings.record(key, Note(retries={"Start": None, "UpdateCard:C1": None}))
    assert await DoctorRepository(store.db).stuck_steps("C1", 10) == []


async def test_a_gate_that_is_shut_until_somebody_tries(
    store: Store, another: Store, clock: Clock
) -> None:
    await store.cooldowns.start_until_probed("slack", T0 + 5 * S, "token_revoked")
    assert await another.cooldowns.refused("slack") == Cooldown(
        "slack", T0 + 5 * S, T0, "token_revoked"
    )
    assert await store.cooldowns.claim_probe("slack", T0 + 15 * S) is False
    clock.advance(5 * S)
    assert await another.cooldowns.refused("slack") is not None, "it does not open by itself"
    tried = [await one.cooldowns.claim_probe("slack", T0 + 15 * S) for one in (store, another)]
    assert tried == [True, False]
    await another.cooldowns.start_until_probed("slack", T0 + 20 * S, "account_inactive")
    assert await store.cooldowns.refused("slack") == Cooldown(
        "slack", T0 + 20 * S, T0, "account_inactive"
    )
    await store.cooldowns.end("slack")
    assert await another.cooldowns.refused("slack") is None
    assert await store.cooldowns.claim_probe("slack", T0 + 99 * S) is False


async def test_all_that_nothing_goes_through(store: Store, other_team: Store, clock: Clock) -> None:
    await store.cooldowns.start("chat.update", T0 + 5 * S)
    await store.cooldowns.start("chat.postMessage", T0 + S)
    await store.cooldowns.start_until_probed("slack", T0 + S, "token_revoked")
    clock.advance(2 * S)
    assert [gate.method for gate in await store.cooldowns.running()] == [
        "chat.update",
        "slack",
    ]
    assert await other_team.cooldowns.running() == []


@pytest.mark.parametrize("limit", [1, 2])
async def test_no_more_than_asked_for(store: Store, limit: int) -> None:
    for n in range(4):
        key = await created(store, room_id=f"r{n}")
        parked = card("C1", DeliveryState.PARKED, changed_at=T0 + n * S)
        await store.recordings.record(
            key, Note(deliveries=[parked], retries={"Stop": Retry(1, T0 + 9 * S)})
        )
    assert len(await DoctorRepository(store.db).stuck_messages("C1", WEEK, limit)) == limit
    assert len(await DoctorRepository(store.db).stuck_steps("C1", limit)) == limit
