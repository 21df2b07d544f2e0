"""Lists, rooms, drafts and gates on both databases."""

from datetime import datetime

import pytest

from bot.core.facts import (
    AssetSeen,
    BeamStarted,
    Fact,
    Observed,
    ResultsChecked,
    Shared,
    StartAccepted,
    StartExpired,
)
from bot.core.proofs import OwnWork
from bot.core.recording import Phase, can_read, can_watch
from bot.features.options.drafts import Draft, DraftSection
from bot.features.options.store import DraftRepository, SavedDraft
from bot.features.rooms.model import RoomEntry
from bot.features.rooms.store import RoomRepository
from bot.store.errors import StoreRefused
from bot.store.store import Store
from tests.contract.store_support import T0, Clock, S, add_facts, created


async def test_lists_show_the_newest_first_and_only_what_was_asked_for(
    store: Store, other_team: Store
) -> None:
    one = await created(store, room_id="a", at=T0)
    two = await created(store, room_id="b", at=T0 + S, channel_id="C2")
    await created(other_team, room_id="a")
    await add_facts(store, one, [Shared(at=T0, channel_id="C2", by="U2")])
    await add_facts(store, one, [StartExpired(at=T0)])
    three = await created(store, room_id="a", at=T0 + 2 * S)

    async def keys(**only: str) -> list[str]:
        return [row.key for row in await store.lists.recent(**only)]  # type: ignore[arg-type]

    assert await keys() == [three, two, one]
    assert await keys(room_id="a") == [three, one]
    assert await keys(channel="C2") == [two, one]
    assert await keys(channel="C2", room_id="a") == [one]
    assert [row.key for row in await store.lists.recent(limit=1)] == [three]
    assert [row.key for row in await store.lists.running()] == [three, two]
    assert [row.key for row in await store.lists.running(channel="C2")] == [two]
    assert [row.key for row in (await store.lists.open_in_rooms(["a"]))["a"]] == [three, one]
    await store.queue.take(9, "w")
    await store.queue.release(OwnWork(one, "w"), None)
    assert [row.key for row in (await store.lists.open_in_rooms(["a"]))["a"]] == [three]


async def test_a_row_holds_what_a_list_and_the_matcher_need(store: Store) -> None:
    key = await created(store)
    video = AssetSeen(at=T0, asset_id="v", type="room-composite", status="completed")
    await add_facts(
        store,
        key,
        [
            StartAccepted(at=T0, hms_id="hms-1"),
            BeamStarted(at=T0 + S, session_id="s-1"),
            Observed(at=T0 + 9 * S, status="post_processing", stopped_at=T0 + 8 * S),
            video,
        ],
    )
    row = await store.lists.row(key)
    assert row is not None
    assert (row.phase, row.hms_id, row.session_id) == (Phase.PROCESSING, "hms-1", "s-1")
    assert (row.started_at, row.stopped_at, row.duration_s) == (T0 + S, T0 + 8 * S, 7.0)
    assert (row.has_video, row.has_transcript) == (True, False)
    assert await store.lists.open_recording_in_room("room-1") is None


DONE = Observed(at=T0 + S, status="completed")
NO_VIDEO = AssetSeen(at=T0 + S, asset_id="v", type="room-composite", status="failed")
TEXT = AssetSeen(at=T0, asset_id="t", type="transcript", mode="txt", status="completed")


@pytest.mark.parametrize(
    ("said", "video", "transcript"),
    [
        ([DONE], True, False),  # the file is only not listed yet
        ([DONE, NO_VIDEO], False, False),
        ([TEXT], False, True),
        ([DONE, TEXT, ResultsChecked(at=T0 + S, words=0, has_summary=False)], True, False),
    ],
)
async def test_a_row_offers_the_files_that_the_card_offers(
    store: Store, said: list[Fact], video: bool, transcript: bool
) -> None:
    key = await created(store)
    await add_facts(store, key, [StartAccepted(at=T0, hms_id=f"hms-{key}"), *said])
    row, recording = await store.lists.row(key), (await store.recordings.load(key)).recording
    assert row is not None
    assert (row.has_video, row.has_transcript) == (video, transcript)
    assert (can_watch(recording), can_read(recording)) == (video, transcript)


async def test_rooms_are_refreshed_without_losing_what_we_know(
    store: Store, other_team: Store, clock: Clock
) -> None:
    daily, weekly = RoomEntry("r1", "daily"), RoomEntry("r2", "weekly")
    await RoomRepository(store.db).upsert([daily, weekly, daily], T0)
    await RoomRepository(other_team.db).upsert([RoomEntry("r9", "theirs")], T0)
    await created(store, room_id="r1")
    await RoomRepository(store.db).mark_live(["r1", "unknown"])
    clock.advance(S)
    await RoomRepository(store.db).upsert([RoomEntry("r1", "renamed", enabled=False)], T0 + S)
    renamed = RoomEntry("r1", "renamed", enabled=False, live=True, last_used_at=T0)
    assert await RoomRepository(store.db).all() == [renamed, weekly]
    await RoomRepository(store.db).mark_live(["r2"])
    assert [room.live for room in await RoomRepository(store.db).all()] == [False, True]
    await RoomRepository(store.db).forget(["r1", "unknown"])
    assert [room.room_id for room in await RoomRepository(store.db).all()] == ["r2"]
    await RoomRepository(store.db).forget(["r2"])
    assert await RoomRepository(store.db).all() == []
    await RoomRepository(store.db).mark_live([])


async def test_a_draft_is_kept_for_the_person_who_typed_it(store: Store, clock: Clock) -> None:
    first = Draft(room_id="r1", context="half a sen")
    latest = Draft(width="ten", sections=(DraftSection(id=7, title="Why <&>"),))
    await DraftRepository(store.db).save("form-1", "U1", "C1", first)
    await DraftRepository(store.db).save("form-1", "U1", "C1", latest)
    assert await DraftRepository(store.db).get("form-1", "U1") == SavedDraft(latest, "C1", T0)
    assert await DraftRepository(store.db).get("form-1", "U2") is None
    with pytest.raises(StoreRefused):
        await DraftRepository(store.db).save("form-1", "U2", None, first)
    clock.advance(S)
    await DraftRepository(store.db).save("form-2", "U1", None, first)
    assert await store.purging.purge(drafts_before=clock.now()) == 1
    assert await DraftRepository(store.db).get("form-1", "U1") is None
    assert await DraftRepository(store.db).get("form-2", "U1") is not None


async def gate(store: Store, method: str) -> datetime | None:
    return next((g.until for g in await store.cooldowns.running() if g.method == method), None)


async def test_a_gate_is_closed_for_the_team_until_its_time(
    store: Store, another: Store, other_team: Store, clock: Clock
) -> None:
    assert await gate(store, "chat.update") is None
    await store.cooldowns.start("chat.update", T0 + 30 * S)
    await another.cooldowns.start("chat.update", T0 + 10 * S)
    assert await gate(another, "chat.update") == T0 + 30 * S
    assert await gate(store, "chat.postMessage") is None
    assert await gate(other_team, "chat.update") is None
    clock.advance(30 * S)
    assert await gate(store, "chat.update") is None
    await store.cooldowns.start("chat.update", T0 + 31 * S)
    assert await gate(store, "chat.update") == T0 + 31 * S
