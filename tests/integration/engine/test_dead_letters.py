"""What cannot be read is set aside, counted and shown; everything else goes on."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from record_bot_sandbox.slack.http import new_client
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select, text, update

from bot.core.deliveries import Delivery
from bot.core.facts import BeamStarted, StopRequested
from bot.core.note import Note
from bot.core.options import RecordingOptions
from bot.core.policy import Policy
from bot.core.proofs import Horizon
from bot.deps import Deps
from bot.dispatch import DISPATCH
from bot.engine.housekeeping import tidy
from bot.engine.inbox import BATCH, DEPLOYED_WITHIN, match_inbox
from bot.engine.loop import Reconciler
from bot.features.doctor.checks import Collected, findings
from bot.features.doctor.database import count_dead_letters
from bot.features.doctor.store import DoctorRepository
from bot.features.presets.model import WORKSPACE, Preset
from bot.features.presets.store import PresetRepository
from bot.hms.auth import FixedToken
from bot.hms.client import HmsClient
from bot.outbound import Outbound
from bot.slack.gateway import SlackGateway
from bot.store.dead_letters import FIRST_RETRY, LAST_RETRY
from bot.store.errors import UnreadableRecording
from bot.store.schema import facts, inbox, presets, recordings
from bot.store.store import Store
from bot.store.values import DeadLetterCount, InboxState
from tests.contract.store_support import T0, Clock, S, card, created, entry, new_key
from tests.integration.engine.test_loop import HOUR_S, NOBODY
from tests.patience import PATIENCE_S

HOUR = timedelta(hours=1)
NOBODYS_FACT = {"kind": "only_newer_code_knows", "at": T0.isoformat()}
BAD_BODIES: tuple[Any, ...] = ({"a": 1}, [], "text", {"type": ["list"], "data": {}})


@pytest.fixture
async def deps(store: Store, clock: Clock) -> AsyncIterator[Deps]:
    async with aiohttp.ClientSession() as session, new_client() as http:
        slack = SlackGateway(
            AsyncWebClient(base_url="http://127.0.0.1:9/api/", session=session, retry_handlers=[]),
            Outbound(),
            None,
        )
        hms = HmsClient("http://127.0.0.1:9", FixedToken("none"), http, Outbound(), patience_s=1)
        yield Deps(store, slack, hms, Policy(), NOBODY, clock.now, new_key)


def started(identity: str, job: str) -> Any:
    data = {"job_id": job, "room_id": "room-1"}
    body = {"type": "beam.started.success", "id": identity, "data": data}
    return entry(identity, body=body, aliases=(job,))


async def put_unreadable(store: Store, identity: str, body: object) -> None:
    await put_all_unreadable(store, {identity: body})


async def put_all_unreadable(store: Store, bodies: Mapping[str, object]) -> None:
    await asyncio.gather(*(store.inbox.put(entry(identity, body={})) for identity in bodies))
    async with store.db.database.write() as conn:
        for identity, body in bodies.items():
            row = update(inbox).where(store.db.mine(inbox), inbox.c.identity == identity)
            await conn.execute(row.values(body=body))


async def states(store: Store) -> dict[str, str]:
    query = select(inbox.c.identity, inbox.c.state).where(store.db.mine(inbox))
    async with store.db.database.read() as conn:
        return {row.identity: row.state for row in await conn.execute(query)}


async def spoil_fact(store: Store, key: str) -> None:
    async with store.db.database.write() as conn:
        its = update(facts).where(facts.c.recording_key == key)
        await conn.execute(its.values(body=NOBODYS_FACT))


async def set_phase(store: Store, key: str, phase: str) -> None:
    async with store.db.database.write() as conn:
        its = update(recordings).where(recordings.c.key == key)
        await conn.execute(its.values(phase=phase))


async def test_webhooks_that_cannot_be_read_hold_up_no_other(store: Store, deps: Deps) -> None:
    key = await created(store)
    await store.recordings.record(key, _named("job-1"))
    bodies = BAD_BODIES * (BATCH // len(BAD_BODIES) + 1)
    await put_all_unreadable(store, {f"bad-{n:03}": body for n, body in enumerate(bodies)})
    await store.inbox.put(started("good", "job-1"))
    while (await match_inbox(deps)).events:
        pass
    found = await states(store)
    assert found.pop("good") == InboxState.MATCHED
    assert set(found.values()) == {"dead"}
    log = (await store.recordings.load(key)).recording.log
    assert any(isinstance(fact, BeamStarted) for fact in log)
    dead = await store.dead_letters.count()
    assert (dead.webhooks, dead.recordings) == (len(found), 0)
    assert dead.reasons == (("ValidationError", len(found)),)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_body_that_is_no_json_at_all(store: Store, deps: Deps) -> None:
    """PostgreSQL takes none."""
    await store.inbox.put(entry("bad"))
    async with store.db.database.write() as conn:
        await conn.execute(text("UPDATE inbox SET body = 'no json', aliases = '{'"))
    await store.inbox.put(started("good", "job-1"))
    await match_inbox(deps)
    assert await states(store) == {"bad": "dead", "good": "ignored"}


async def test_webhooks_about_a_recording_that_cannot_be_read(
    store: Store, deps: Deps, clock: Clock
) -> None:
    """Longer than it takes to roll a deploy out; until then, a newer replica may read them."""
    clock.advance(DEPLOYED_WITHIN + S)
    bad, good = await created(store), await created(store, room_id="room-2")
    await store.recordings.record(bad, _named("job-bad"))
    await store.recordings.record(good, _named("job-good"))
    await spoil_fact(store, bad)
    await store.inbox.put(started("about-bad", "job-bad"))
    await store.inbox.put(started("about-good", "job-good"))
    await match_inbox(deps)
    assert await states(store) == {"about-bad": "dead", "about-good": "matched"}


async def test_dead_webhooks_are_retried_for_a_day(store: Store, deps: Deps, clock: Clock) -> None:
    await put_unreadable(store, "bad", {"a": 1})
    await match_inbox(deps)
    async with store.db.database.write() as conn:  # as a newer version would read it
        good = started("bad", "job-1").body
        await conn.execute(update(inbox).where(store.db.mine(inbox)).values(body=good))
    clock.advance(2 * HOUR)
    await tidy(deps)
    await match_inbox(deps)
    assert await states(store) == {"bad": "ignored"}
    await put_unreadable(store, "old", {"a": 1})
    await match_inbox(deps)
    clock.advance(25 * HOUR)
    await tidy(deps)
    assert (await states(store))["old"] == "dead"


async def test_lists_leave_out_a_phase_that_only_newer_code_knows(store: Store) -> None:
    keys = [await created(store, room_id=f"room-{n}") for n in range(4)]
    await set_phase(store, keys[1], "dreaming")
    to = Horizon("U1", member=True, channels=frozenset({"C1"}), here="C1", complete=True)
    others = {keys[0], keys[2], keys[3]}
    lists = store.lists
    for found in (
        await lists.recent(channel="C1", limit=3),
        await lists.recent(to=to, limit=3),
        await lists.running(channel="C1"),
        await lists.running(to=to),
    ):
        assert {row.key for row in found} == others
    assert await lists.row(keys[1]) is None
    assert await lists.open_in_rooms(["room-1"]) == {}
    assert await store.dead_letters.count() == DeadLetterCount(0, 1, (("unknown phase", 1),))


async def test_links_and_the_doctor_leave_out_what_only_newer_code_knows(store: Store) -> None:
    good, bad = await created(store), await created(store, room_id="room-2")
    await store.recordings.record(good, _delivers(card()))
    await store.recordings.record(bad, _delivers(card()))
    async with store.db.database.write() as conn:
        its = "WHERE recording_key = :key"
        await conn.execute(
            text(f"UPDATE deliveries SET state = 'floating', attempts = 1, error = 'x' {its}"),
            {"key": bad},
        )
        await conn.execute(
            text("UPDATE recordings SET holds = '[]' WHERE key = :key"), {"key": bad}
        )
    assert set(await store.recordings.cards([good, bad])) == {good}
    health = DoctorRepository(store.db)
    assert await health.stuck_messages("C1", T0 - HOUR, 9) == []
    assert await health.stuck_steps("C1", 9) == []


async def test_presets_that_cannot_be_read_are_left_out(store: Store) -> None:
    repository = PresetRepository(store.db)
    for name in ("good", "bad"):
        await repository.save(Preset(name, WORKSPACE, name, RecordingOptions(), "U1", T0))
    async with store.db.database.write() as conn:
        bad = update(presets).where(store.db.mine(presets), presets.c.preset_id == "bad")
        await conn.execute(bad.values(body=[1]))
    assert [preset.name for preset in await repository.of_person("U1")] == ["good"]


async def test_the_loop_sets_an_unreadable_recording_aside(
    store: Store, deps: Deps, clock: Clock
) -> None:
    bad = await created(store, room_id="bad")
    await spoil_fact(store, bad)
    others = [await created(store, room_id=f"room-{n}") for n in range(3)]
    for key in others:
        await store.recordings.record(key, Note(facts=[StopRequested(at=clock.now(), by="U1")]))
    await _run_until(deps, lambda: _all_rest(store, [bad, *others]))
    row = await _row(store, bad)
    assert (row.dead_since, row.dead_why) == (T0, "ValidationError")
    assert row.next_due_at == T0 + FIRST_RETRY
    assert await store.dead_letters.count() == DeadLetterCount(0, 1, (("ValidationError", 1),))
    with pytest.raises(UnreadableRecording):
        await store.recordings.load(bad)


async def test_the_pauses_grow_and_a_recording_that_is_read_is_alive(
    store: Store, clock: Clock
) -> None:
    key = await created(store)
    for pause in (FIRST_RETRY, FIRST_RETRY, 2 * FIRST_RETRY, 4 * FIRST_RETRY):
        [own] = await store.queue.take(1, "me")
        await store.dead_letters.park(own, "ValueError")
        assert (await _row(store, key)).next_due_at == clock.now() + pause
        clock.advance(pause)
    clock.advance(10 * LAST_RETRY)
    [own] = await store.queue.take(1, "me")
    await store.dead_letters.park(own, "ValueError")
    assert (await _row(store, key)).next_due_at == clock.now() + LAST_RETRY
    await store.recordings.record(key, Note())
    [own] = await store.queue.take(1, "me")
    lost = replace(own, owner="somebody else")
    await store.dead_letters.park(lost, "ValueError")  # changes nothing
    await store.queue.release(own, None)
    assert await store.dead_letters.count() == DeadLetterCount()


async def test_a_wake_in_between_keeps_it_due(store: Store, clock: Clock) -> None:
    key = await created(store)
    [own] = await store.queue.take(1, "me")
    clock.advance(S)
    await store.recordings.record(key, Note())
    await store.dead_letters.park(own, "ValueError")
    assert (await _row(store, key)).next_due_at == clock.now()


async def test_the_doctor_at_the_terminal_reads_beside_the_bot(
    store: Store, deps: Deps, database_url: str
) -> None:
    before = await count_dead_letters(database_url)  # of the teams of other tests
    await put_unreadable(store, "bad", {"a": 1})
    await match_inbox(deps)
    dead = await count_dead_letters(database_url)
    assert dead.webhooks == before.webhooks + 1
    [finding] = findings(Collected(dead=dead))
    assert finding.check == "Set aside"
    assert "ValidationError" in finding.found


async def test_the_doctor_at_the_terminal_needs_no_database(tmp_path: Any) -> None:
    assert await count_dead_letters(f"sqlite:///{tmp_path}/none.db") == DeadLetterCount()
    assert await count_dead_letters("nonsense") == DeadLetterCount()


def _named(alias: str) -> Note:
    return Note(aliases=[alias])


def _delivers(delivery: Delivery) -> Note:
    return Note(deliveries=[delivery])


async def _row(store: Store, key: str) -> Any:
    async with store.db.database.read() as conn:
        return (await conn.execute(select(recordings).where(recordings.c.key == key))).one()


async def _all_rest(store: Store, keys: list[str]) -> bool:
    rows = [await _row(store, key) for key in keys]
    now = store.db.now()
    return all(
        r.leased_until is None and (r.next_due_at is None or r.next_due_at > now) for r in rows
    )


async def _run_until(deps: Deps, done: Any) -> None:
    reconciler = Reconciler(deps, DISPATCH, "me", discover_every_s=HOUR_S)
    running = asyncio.create_task(reconciler.run())
    async with asyncio.timeout(PATIENCE_S):
        while not await done():  # noqa: ASYNC110 - the loop makes it true
            await asyncio.sleep(0.02)
    reconciler.stop()
    await running
