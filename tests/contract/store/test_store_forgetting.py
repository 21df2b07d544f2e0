"""Forgetting: no row of a recording is left, and it does not come back."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.core.deliveries import Delivery, DeliveryState, Kind
from bot.core.facts import Discovered, ForgetRequested, StartAccepted
from bot.core.note import Note
from bot.core.proofs import OwnWork
from bot.features.audit.store import ForgetRecord, forgotten_by
from bot.features.commands.store import ChoiceRepository
from bot.features.commands.stored_orders import Choice, StoredOrder
from bot.features.options.drafts import Draft
from bot.features.options.store import DraftRepository
from bot.store.errors import LeaseLost, UnknownRecording
from bot.store.schema import audit, metadata
from bot.store.store import Store
from bot.store.values import InboxState, Settled
from tests.contract.store_support import T0, Clock, S, add_facts, created, entry

KEPT = {"forgotten", "audit", "alembic_version"}


async def rows_left(store: Store) -> dict[str, int]:
    left: dict[str, int] = {}
    async with store.db.database.read() as conn:
        for table in metadata.sorted_tables:
            if table.name not in KEPT and "team_id" in table.c:  # others are parts of transcripts
                mine = store.db.mine(table)
                query = select(func.count()).select_from(table).where(mine)
                left[table.name] = await conn.scalar(query) or 0
    return {name: n for name, n in left.items() if n}


async def stays(store: Store) -> list[dict[str, object]]:
    """The audit rows of this team."""
    async with store.db.database.read() as conn:
        query = select(audit).where(store.db.mine(audit)).order_by(audit.c.id)
        return [dict(row._mapping) for row in await conn.execute(query)]


async def test_one_row_says_who_and_when_without_naming_the_recording(
    store: Store, other_team: Store, clock: Clock
) -> None:
    key = await created(store, room_name="Nightfall")
    await add_facts(store, key, [ForgetRequested(at=T0 + S, by="U7")])
    other = await created(store, room_id="room-2")
    assert await store.queue.take(5, "me")
    for one in (key, other):  # nobody asked for the other: it was too old
        await store.forgetting.forget(OwnWork(one, "me"))
    [row] = await stays(store)
    del row["id"], row["enterprise_id"], row["team_id"]
    digest = hashlib.sha256(key.encode()).hexdigest()
    assert row == {"action": "forgotten", "digest": digest, "by_user": "U7", "at": T0 + S}
    assert await stays(other_team) == []
    async with store.db.database.read() as conn:
        assert await conn.run_sync(forgotten_by, key) == [ForgetRecord("U7", T0 + S)]
        assert await conn.run_sync(forgotten_by, other) == []
    await store.forgetting.purge_audit(T0 + S)
    assert len(await stays(store)) == 1
    await store.forgetting.purge_audit(T0 + 2 * S)
    assert await stays(store) == []


async def taken(store: Store) -> None:
    assert await store.queue.take(5, "me")


async def test_no_row_is_left_of_it(store: Store) -> None:
    key = await created(store, request_id="form-1")
    await DraftRepository(store.db).save("form-1", "U1", "C1", Draft())
    await store.recordings.record(
        key,
        Note(
            facts=[StartAccepted(at=T0, hms_id="hms-1")],
            aliases=["beam-1"],
            deliveries=[
                Delivery(
                    Kind.CARD, "C1", DeliveryState.SENT, posted_in="C1", ts="1.0", file_id="F1"
                )
            ],
        ),
    )
    assert (await store.recordings.load(key)).work.deliveries[0].file_id == "F1"
    await store.inbox.put(entry("e1", aliases=["beam-1"], room_id="room-1"))
    await store.inbox.put(entry("e2", aliases=["hms-1"], room_id="room-1"))
    (first, second) = await store.inbox.take(5)
    await store.recordings.record(key, Note(), inbox=[first.id])
    await store.inbox.settle([Settled(second.id, InboxState.IGNORED)])
    await taken(store)
    await store.forgetting.forget(OwnWork(key, "me"))
    assert await rows_left(store) == {}
    assert await store.forgetting.forgotten(["hms-1", "beam-1", "other"]) == {"hms-1", "beam-1"}
    assert not await store.queue.release(OwnWork(key, "me"), None)
    with pytest.raises(UnknownRecording):
        await store.forgetting.forget(OwnWork(key, "me"))


async def test_no_question_is_left_that_led_to_it_or_names_it(store: Store, clock: Clock) -> None:
    forms, questions = DraftRepository(store.db), ChoiceRepository(store.db)
    asked = Draft(room_words="rom one", context="about Bob")
    await forms.save("offered", "U1", "C1", asked)
    start = StoredOrder(verb="start", room_id="room-1", raw={"context": "about Bob"})
    await questions.save("q1", "U1", Choice(answers={"0": (start,)}))
    await questions.save("q4", "U2", Choice(answers={"0": (start,)}))  # of somebody else
    await forms.save("other", "U1", "C2", Draft(room_id="room-2"))
    key = await created(store)
    rename = StoredOrder(verb="rename", key=key, title="Layoffs")
    await questions.save("q2", "U2", Choice(answers={"0": (rename,)}))
    clock.advance(timedelta(hours=1))
    await forms.save("later", "U1", "C1", Draft())
    await questions.save("q3", "U2", Choice(answers={"0": (StoredOrder(verb="stop", key="k"),)}))
    await taken(store)
    await store.forgetting.forget(OwnWork(key, "me"))
    assert await rows_left(store) == {"drafts": 2, "choices": 2}
    assert await forms.get("later", "U1")
    assert await forms.get("other", "U1")
    assert await questions.get("q3")
    assert await questions.get("q4")


async def test_others_are_left_alone(store: Store, other_team: Store) -> None:
    key, other = await created(store), await created(store, room_id="room-2")
    theirs = await created(other_team)
    await store.inbox.put(entry("e9", aliases=["unknown"], room_id="room-1"))
    await taken(store)
    await store.forgetting.forget(OwnWork(key, "me"))
    assert (await store.recordings.load(other)).recording.key == other
    assert (await other_team.recordings.load(theirs)).recording.key == theirs
    assert len(await store.inbox.take(5)) == 1


async def test_only_whoever_has_the_lease_may(store: Store) -> None:
    key = await created(store)
    with pytest.raises(LeaseLost):
        await store.forgetting.forget(OwnWork(key, "me"))
    assert (await store.recordings.load(key)).recording.key == key


async def test_the_memory_of_not_knowing_ends(store: Store, clock: Clock) -> None:
    first = Discovered(at=T0, hms_id="h", room_id="r", room_name="n", channels=("C1",))
    await store.recordings.create("found-" + store.db.team.team_id, first)
    await taken(store)
    await store.forgetting.forget(OwnWork("found-" + store.db.team.team_id, "me"))
    clock.advance(timedelta(days=60))
    await store.forgetting.purge_forgotten(clock.now() - S)
    assert await store.forgetting.forgotten(["h"]) == set()


async def test_what_must_not_be_kept_is_dropped(store: Store) -> None:
    await store.inbox.put(entry("e1"))
    (item,) = await store.inbox.take(5)
    await store.forgetting.drop_inbox([])
    await store.forgetting.drop_inbox([item.id])
    assert await rows_left(store) == {}
