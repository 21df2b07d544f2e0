"""Schedules and rules in both databases: one worker each, nothing lost, nothing twice."""

import asyncio
from contextvars import Context
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.when import StopAfter, When
from bot.core.when_grammar import read_when
from bot.features.automatic.model import Notice
from bot.features.automatic.store import NoticeRepository
from bot.features.rules.model import Rule
from bot.features.rules.store import RuleRepository
from bot.features.schedules.model import Schedule, paused, planned, skipped, started, turn
from bot.features.schedules.store import ScheduleRepository
from bot.store.store import Store
from tests.contract.store_support import T0, Clock, S, created

CLAIM = timedelta(seconds=30)
HOUR = timedelta(hours=1)
MIN = timedelta(minutes=1)


def schedule(text: str = "every day at 12:01 until 12:30", **more: object) -> Schedule:
    when = read_when(text, now=T0, zone="UTC")
    assert isinstance(when, When), when
    one = Schedule("s1", "room-1", "Stand-up", "C1", "U1", when, T0)
    return planned(replace(one, **more), T0)  # type: ignore[arg-type]


def notices(store: Store) -> NoticeRepository:
    return NoticeRepository(store.db)


def repo(store: Store) -> ScheduleRepository:
    return ScheduleRepository(store.db)


async def test_a_schedule_comes_back_as_it_was(store: Store, other_team: Store) -> None:
    every = ("every day at 12:01", "at 12:01 until 12:30", "first monday of the month at 9 for 30m")
    for n, text in enumerate(every):
        one = schedule(text, schedule_id=f"s{n}")
        await repo(store).add(one)
        assert await repo(store).get(f"s{n}") == one
        assert await repo(other_team).get(f"s{n}") is None
    assert len(await repo(store).listed(channels=["C1"])) == 3
    assert len(await repo(store).listed(by="U1")) == 3
    assert await repo(store).listed(channels=["C2"], by="U2") == []


async def test_changes_at_the_same_time_are_both_kept_or_the_second_is_refused(
    store: Store,
) -> None:
    one = schedule()
    await repo(store).add(one)
    longer = replace(one, when=replace(one.when, stop=StopAfter(3000)))
    armed, _ = turn(one, T0 + 2 * MIN, HOUR)
    assert await repo(store).write(one, longer)
    assert await repo(store).write(one, armed)
    kept = await repo(store).get("s1")
    assert kept
    assert (kept.when, kept.armed_for) == (longer.when, armed.armed_for)
    other = schedule("every weekday at 13:00").when
    assert await repo(store).write(kept, replace(kept, when=other))
    assert not await repo(store).write(kept, started(kept))


async def test_schedules_that_are_over_are_deleted_after_a_while(
    store: Store, other_team: Store
) -> None:
    for n, state in enumerate(("over", "active", "paused")):
        await repo(store).add(schedule(schedule_id=f"s{n}", state=state))
    await repo(store).add(schedule(schedule_id="event", state="over", calendar_id="c", event="e"))
    await repo(other_team).add(schedule(state="over"))
    await repo(store).add(schedule(schedule_id="gone", state="over", deleted_at=T0 + MIN))
    assert await store.purging.schedules_over(T0, T0) == 0
    assert await store.purging.schedules_over(T0 + MIN, T0 + MIN) == 1  # an hour for *Undo*
    assert await repo(store).deleted("gone")
    assert await store.purging.schedules_over(T0, T0 + 2 * MIN) == 1
    assert await repo(store).get("s0") is None
    assert await repo(store).deleted("gone") is None
    assert all([await repo(store).get(name) for name in ("s1", "s2", "event")])
    assert await repo(other_team).get("s1")


async def test_the_channels_that_have_schedules_and_rules(store: Store, other_team: Store) -> None:
    rules = RuleRepository(store.db)
    assert await repo(store).channels() == await rules.channels() == set()
    for n, channel in enumerate(("C3", "C1", "U1", "C1")):
        await repo(store).add(schedule(schedule_id=f"s{n}", channel=channel))
        await rules.set(Rule(f"room-{n}", "Stand-up", channel, "U1", T0))
    await repo(other_team).add(schedule(channel="C2"))
    assert await repo(store).channels() == await rules.channels() == {"C1", "C3", "U1"}


async def test_reads_together_are_one_transaction(store: Store, another: Store) -> None:
    """What is written between two of them is seen by neither."""
    async with store.db.database.together():
        first = await repo(store).channels()
        await asyncio.create_task(repo(another).add(schedule()), context=Context())
        later, one = await asyncio.gather(repo(store).channels(), repo(store).get("s1"))
    assert (first, later, one) == (set(), set(), None)
    assert await repo(store).channels() == {"C1"}


async def test_what_is_due_goes_to_one_worker_and_comes_back_if_it_dies(
    store: Store, another: Store, clock: Clock
) -> None:
    for n in range(20):
        await repo(store).add(schedule(schedule_id=f"s{n}", room_id=f"room-{n}"))
    assert await repo(store).take(50, CLAIM) == []
    assert await repo(store).next_wake() == T0 + MIN
    clock.advance(MIN)
    taken = await asyncio.gather(*(repo(s).take(50, CLAIM) for s in (store, another)))
    ids = [one.schedule_id for each in taken for one in each]
    assert sorted(ids) == sorted(f"s{n}" for n in range(20))
    assert await repo(store).take(50, CLAIM) == []
    clock.advance(CLAIM)
    assert len(await repo(another).take(50, CLAIM)) == 20


async def test_a_turn_writes_only_what_nobody_has_changed(store: Store, clock: Clock) -> None:
    await repo(store).add(schedule())
    clock.advance(MIN)
    (before,) = await repo(store).take(1, CLAIM)
    armed, _ = turn(before, clock.now(), HOUR)
    seen = await repo(store).get("s1")
    assert seen is not None
    assert await repo(store).write(seen, paused(seen, "asked"))  # by a person, meanwhile
    assert not await repo(store).write(before, armed, [Notice("n", "C1", "U1", "text")])
    assert await notices(store).take(5, CLAIM) == []
    now = await repo(store).get("s1")
    assert now is not None
    assert (now.state, now.armed_for, now.wake_at) == ("paused", None, None)


async def test_a_wake_during_a_turn_is_not_lost(store: Store, clock: Clock) -> None:
    await repo(store).add(schedule())
    clock.advance(MIN)
    (before,) = await repo(store).take(1, CLAIM)
    armed, _ = turn(before, clock.now(), HOUR)
    assert await repo(store).write(before, armed)
    clock.advance(S)
    assert await store.presence.check_soon("room-1")
    assert not await store.presence.check_soon("room-2")
    (again,) = await repo(store).take(1, CLAIM)
    clock.advance(S)
    await store.presence.check_soon("room-1")  # the first person comes while we look
    assert await repo(store).write(again, armed)
    assert await repo(store).next_wake() == clock.now()


async def test_a_notice_is_told_once_and_kept_until_it_is(store: Store, clock: Clock) -> None:
    one = schedule()
    await repo(store).add(one)
    notice = Notice("nobody:s1", "C1", "U1", "Nobody came")
    assert await repo(store).write(one, skipped(one, T0 + HOUR, T0), [notice, notice])
    await notices(store).tell([notice])
    (taken,) = await notices(store).take(5, CLAIM)
    assert await notices(store).take(5, CLAIM) == []
    clock.advance(CLAIM)
    (taken,) = await notices(store).take(5, CLAIM)
    assert (taken.text, taken.attempts) == ("Nobody came", 2)
    await notices(store).mark_sent(taken)
    clock.advance(CLAIM)
    assert await notices(store).take(5, CLAIM) == []


async def test_what_is_started_is_known_by_its_request(store: Store, clock: Clock) -> None:
    one = schedule()
    armed, _ = turn(one, T0 + MIN, HOUR)
    await created(store, request_id=armed.request_id, room_id="room-1")
    assert await repo(store).were_started([armed.request_id, "other"]) == {armed.request_id}
    assert started(armed).request_id != armed.request_id


async def test_one_look_serves_every_schedule_and_rule(
    store: Store, another: Store, clock: Clock
) -> None:
    every = timedelta(seconds=30)
    assert not await store.presence.claim_check(every)  # nothing waits for it
    rules = RuleRepository(store.db)
    await rules.set(Rule("room-9", "Nine", "C1", "U1", T0))
    for n in range(3):
        one = schedule(schedule_id=f"s{n}", room_id=f"room-{n}")
        armed, _ = turn(one, T0 + MIN, HOUR)
        await repo(store).add(armed)
    taken = await asyncio.gather(*(s.presence.claim_check(every) for s in (store, another)))
    assert sorted(taken) == [False, True]
    await store.presence.people_in({"room-1": "session", "room-9": "session"})
    assert [one.room_id for one in await repo(store).take(9, CLAIM)] == ["room-1"]
    assert [one.room_id for one in await rules.take(9, CLAIM)] == ["room-9"]
    clock.advance(every)
    assert await another.presence.claim_check(every)
    clock.advance(-10 * every)  # the clock is set back: nobody waits for it to catch up
    assert await another.presence.claim_check(every)
    assert not await another.presence.claim_check(every)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_what_looks_again_and_again_reads_by_an_index(store: Store) -> None:
    """SQLite, which has no statistics of the tables, reads no schedule that is not due."""
    plans = []
    async with store.db.database.read() as conn:
        for query in (store.presence._armed(), repo(store)._due(T0)):
            text = query.compile(conn.engine, compile_kwargs={"literal_binds": True})
            rows = await conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")
            plans.append(" ".join(str(row["detail"]) for row in rows.mappings()))
    assert "ix_schedules_armed (team_id=? AND room_id>?)" in plans[0]
    assert "ix_schedules_wake_at" in plans[1]
