"""What the database says for `/metrics`."""

from datetime import timedelta

from bot.core import facts as f
from bot.core.deliveries import Delivery, DeliveryState, Kind
from bot.core.note import Note
from bot.core.proofs import OwnWork
from bot.core.recording import Phase
from bot.store.health import Health
from bot.store.store import Store
from bot.store.values import InboxState, Settled
from bot.web.metrics import Gauges, metrics_of
from tests.contract.store_support import T0, Clock, S, add_facts, created, entry

MINUTE = timedelta(minutes=1)


async def test_an_empty_database_is_healthy_and_knows_no_webhook(store: Store) -> None:
    assert await store.health.read() == Health({}, 0.0, 0, 0, 0, False, None)


async def test_open_recordings_by_phase_and_how_late_they_are(
    store: Store, other_team: Store, clock: Clock
) -> None:
    one, two = await created(store), await created(store, room_id="r2")
    await created(other_team, room_id="r9")
    accepted = f.StartAccepted(at=T0 + S, hms_id="hms-1")
    await add_facts(store, one, [accepted, f.Observed(at=T0 + S, status="running")])
    clock.advance(3 * MINUTE)
    health = await store.health.read()
    assert health.open_by_phase == {Phase.RUNNING.value: 1, Phase.REQUESTED.value: 1}
    assert health.late_s == 180.0
    await store.queue.take(5, "me")
    await store.queue.release(OwnWork(two, "me"), None)
    await store.queue.release(OwnWork(one, "me"), clock.now() + MINUTE)
    health = await store.health.read()
    assert health.open_by_phase == {Phase.RUNNING.value: 1}
    assert health.late_s == 0.0, "not due yet"


async def test_webhooks_that_are_not_matched(store: Store, other_team: Store) -> None:
    for n in range(3):
        await store.inbox.put(entry(f"e{n}", received_at=T0 + n * S))
    await other_team.inbox.put(entry("theirs", received_at=T0 + 99 * S))
    items = await store.inbox.take(10)
    await store.inbox.settle([Settled(items[0].id, InboxState.WAITING)])
    await store.inbox.settle([Settled(items[1].id, InboxState.IGNORED)])
    health = await store.health.read()
    assert (health.backlog, health.waiting) == (1, 1)
    assert health.last_webhook_at == T0 + 2 * S


async def test_posts_that_slack_refused_of_open_recordings(store: Store) -> None:
    one, two = await created(store), await created(store, room_id="r2")
    for key in (one, two):
        parked = Delivery(
            Kind.CARD, "C1", DeliveryState.PARKED, error="not_in_channel", changed_at=T0
        )
        await store.recordings.record(key, Note(deliveries=[parked]))
    assert (await store.health.read()).parked == 2
    await store.queue.take(5, "me")
    await store.queue.release(OwnWork(two, "me"), None)
    assert (await store.health.read()).parked == 1


async def test_a_replay_that_is_owed(store: Store, clock: Clock) -> None:
    await store.heartbeat.beat(away_after=MINUTE, settle=S)
    assert not (await store.health.read()).replay_owed
    clock.advance(5 * MINUTE)
    assert await store.heartbeat.beat(away_after=MINUTE, settle=S)
    assert (await store.health.read()).replay_owed


def shown(stored: Gauges | None) -> dict[str, float]:
    return {sample.name: sample.value for m in metrics_of(stored) for sample in m.samples}


async def test_without_a_database_only_that_is_told() -> None:
    assert shown(None) == {"record_bot_store_up": 0.0}


async def test_the_time_of_the_last_webhook_is_missing_rather_than_zero(store: Store) -> None:
    name = "record_bot_last_webhook_timestamp_seconds"
    assert name not in shown(Gauges(await store.health.read()))
    await store.inbox.put(entry("e1", received_at=T0))
    assert shown(Gauges(await store.health.read()))[name] == T0.timestamp()


async def test_a_refused_token_and_a_rate_limit_are_told_apart(store: Store) -> None:
    await store.cooldowns.start_until_probed("slack", T0 + MINUTE, "account_inactive")
    await store.cooldowns.start("chat.update", T0 + MINUTE)
    paused = tuple(await store.cooldowns.running())
    told = shown(Gauges(await store.health.read(), paused))
    assert told["record_bot_slack_token_refused"] == 1
    assert told["record_bot_paused_methods"] == 1
