"""A worker that must end gives its leases back; a clock that is set back puts nothing off."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import select

from bot.core.deliveries import Delivery, DeliveryState, Kind, Polled
from bot.core.note import Note
from bot.core.retry import Retry
from bot.core.steps import Action
from bot.deps import Deps
from bot.dispatch import DISPATCH
from bot.engine.context import Context, Dispatch
from bot.engine.loop import Reconciler
from bot.store.rows import AnyRow
from bot.store.schema import recordings
from bot.store.store import Store
from tests.contract.store_support import LEASE, T0, Clock, S, created
from tests.integration.engine.test_dead_letters import deps as deps_fixture
from tests.patience import PATIENCE_S

deps = deps_fixture
HOUR = timedelta(hours=1)


async def until(look: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await look():  # noqa: ASYNC110 - the loop makes it true
            await asyncio.sleep(0.02)


async def row_of(store: Store, key: str) -> AnyRow:
    async with store.db.database.read() as conn:
        return (await conn.execute(select(recordings).where(recordings.c.key == key))).one()


async def test_what_hangs_when_the_bot_ends_is_given_back(
    store: Store, another: Store, deps: Deps
) -> None:
    """An acknowledged start would have to wait for the lease to end, and be too old by then."""
    key = await created(store)
    begun = asyncio.Event()

    async def hang(_: Action, __: Context) -> Note:
        begun.set()
        return await asyncio.Event().wait()  # type: ignore[return-value]

    dispatch = Dispatch(wanted=DISPATCH.wanted, carry_out=hang)
    running = asyncio.create_task(Reconciler(deps, dispatch, "me").run())
    async with asyncio.timeout(PATIENCE_S):
        await begun.wait()
    assert (await row_of(store, key)).lease_owner is not None
    assert await another.queue.take(9, "somebody else") == {}
    running.cancel()
    await asyncio.wait([running])
    assert [own.key for own in await another.queue.take(9, "somebody else")] == [key]


async def test_only_the_leases_of_the_owner_are_given_back(store: Store) -> None:
    one, two = await created(store), await created(store, room_id="room-2")
    await store.queue.take(1, "me")
    await store.queue.take(1, "you")
    assert await store.queue.give_back({"me"}) == 1
    owners = {(await row_of(store, key)).lease_owner for key in (one, two)}
    assert owners == {None, "you"}


async def put_off(store: Store, key: str) -> None:
    """An edit, a post and a poll, each for some seconds; then nothing is due for half a minute."""
    note = Note(
        deliveries=[
            Delivery(Kind.CARD, "C1", DeliveryState.SENT, retry=Retry(0, T0 + S), changed_at=T0),
            Delivery(Kind.RESULTS, "C1", DeliveryState.WAITING, retry=Retry(3, T0 + 20 * S)),
        ],
        retries={"Stop": Retry(2, T0 + 10 * S), "Pause": Retry(1, T0 - S)},
        polled=Polled(T0, 5),
    )
    await store.recordings.record(key, note)
    for own in await store.queue.take(9, "me"):
        await store.queue.release(own, T0 + 30 * S)


async def test_a_clock_set_back_an_hour_holds_nothing_up_for_an_hour(
    store: Store, clock: Clock
) -> None:
    key, leased = await created(store), await created(store, room_id="room-2")
    await put_off(store, key)
    await store.recordings.record(leased, Note())
    await store.queue.take(1, "a replica that dies now")
    await store.cooldowns.start("chat.update", T0 + 5 * S)
    clock.advance(-HOUR)
    await store.queue.clock_set_back(HOUR)
    now = clock.now()
    state = await store.recordings.load(key)
    held = {d.kind: d.retry.not_before for d in state.work.deliveries}
    assert held == {Kind.CARD: now + S, Kind.RESULTS: now + 20 * S}
    assert state.work.retries == {"Stop": Retry(2, now + 10 * S), "Pause": Retry(1, T0 - S - HOUR)}
    assert state.work.polled == Polled()
    assert (await row_of(store, key)).next_due_at == now
    assert (await row_of(store, leased)).leased_until == now + LEASE
    [gate] = await store.cooldowns.running()
    assert gate.until == now + 5 * S


async def test_the_loop_notices_it(store: Store, deps: Deps, clock: Clock) -> None:
    key = await created(store)
    await put_off(store, key)
    done = asyncio.Event()

    async def carry_out(_: Action, __: Context) -> Note:
        done.set()
        return Note()

    dispatch = Dispatch(wanted=DISPATCH.wanted, carry_out=carry_out)
    reconciler = Reconciler(deps, dispatch, "me", discover_every_s=0.05)
    running = asyncio.create_task(reconciler.run())

    async def checked() -> bool:
        return reconciler.stalled() is None

    await until(checked)
    assert not done.is_set()
    clock.advance(-HOUR)
    async with asyncio.timeout(PATIENCE_S):
        await done.wait()
    reconciler.stop()
    await running
