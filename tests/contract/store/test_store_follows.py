"""Follows: which channel wants to see which room, and who looks there when."""

import asyncio
from datetime import timedelta

from bot.core.facts import Discovered, Observed
from bot.core.note import Note
from bot.store.store import Store
from bot.store.values import AlreadyRequested, Created, RoomTaken
from tests.contract.store_support import T0, Clock, S, created, new_key

CLAIM = timedelta(seconds=30)


def discovered(hms_id: str = "hms-1", *channels: str) -> Discovered:
    return Discovered(
        at=T0, hms_id=hms_id, room_id="room-1", room_name="Stand-up", channels=channels or ("C1",)
    )


async def test_a_channel_follows_a_room_once(store: Store, other_team: Store) -> None:
    assert await store.follows.follow("room-1", "Stand-up", "C1", "U1")
    assert not await store.follows.follow("room-1", "Stand-up", "C1", "U2")
    assert [(f.room_name, f.by) for f in await store.follows.follows_of("C1")] == [
        ("Stand-up", "U1")
    ]
    assert await other_team.follows.follows_of("C1") == []
    assert await other_team.follows.followers("room-1") == ()
    assert await store.follows.unfollow("room-1", "C1")
    assert not await store.follows.unfollow("room-1", "C1")
    assert await store.follows.follows_of("C1") == []


async def test_followers_come_in_the_order_in_which_they_came(store: Store, clock: Clock) -> None:
    for channel in ("C3", "C1", "C2"):
        await store.follows.follow("room-1", "Stand-up", channel, "U1")
        clock.advance(S)
    await store.follows.follow("room-2", "Other", "C9", "U1")
    assert await store.follows.followers("room-1") == ("C3", "C1", "C2")


async def test_a_room_is_looked_at_by_one_and_again_later(
    store: Store, another: Store, clock: Clock
) -> None:
    assert await store.follows.next_discovery() is None
    await store.follows.follow("room-1", "Stand-up", "C1", "U1")
    await store.follows.follow("room-1", "Stand-up", "C2", "U1")
    until = T0 + CLAIM
    taken = await asyncio.gather(*(s.follows.claim_rooms(5, until) for s in (store, another)))
    (room,) = [one for each in taken for one in each]
    assert (room.room_id, room.since) == ("room-1", T0)
    await store.follows.release_room(room, T0 + 600 * S)
    assert await store.follows.next_discovery() == T0 + 600 * S
    assert await store.follows.claim_rooms(5, until) == []
    assert await store.follows.discover_soon({"room-1", "room-2"}) == {"room-1"}
    assert [one.room_id for one in await another.follows.claim_rooms(5, until)] == ["room-1"]
    clock.advance(CLAIM)  # whoever took it has died
    assert len(await store.follows.claim_rooms(5, clock.now() + CLAIM)) == 1


async def test_a_wish_to_look_sooner_outlives_the_look(store: Store) -> None:
    await store.follows.follow("room-1", "Stand-up", "C1", "U1")
    (room,) = await store.follows.claim_rooms(5, T0 + CLAIM)
    await store.follows.discover_soon({"room-1"})
    await store.follows.release_room(room, T0 + 600 * S)
    assert await store.follows.next_discovery() == T0


async def test_as_many_rooms_as_asked_for(store: Store, clock: Clock) -> None:
    for n in range(4):
        await store.follows.follow(f"room-{n}", "Stand-up", "C1", "U1")
        clock.advance(S)
    first = await store.follows.claim_rooms(3, clock.now() + CLAIM)
    assert [one.room_id for one in first] == ["room-0", "room-1", "room-2"]
    assert [one.room_id for one in await store.follows.claim_rooms(3, clock.now() + CLAIM)] == [
        "room-3"
    ]


async def test_what_is_discovered_is_made_once(store: Store, another: Store) -> None:
    answers = await asyncio.gather(
        *(s.recordings.create(new_key(), discovered()) for _ in range(20) for s in (store, another))
    )
    (made,) = [a for a in answers if isinstance(a, Created)]
    assert {a for a in answers if a != made} == {AlreadyRequested(made.key)}
    assert await store.recordings.keys_by_alias(["hms-1"]) == {"hms-1": made.key}
    row = await store.lists.row(made.key)
    assert row is not None
    assert row.starter is None
    assert row.elsewhere
    assert (await store.recordings.load(made.key)).recording.starter is None


async def test_what_is_known_is_not_discovered(store: Store) -> None:
    key = await created(store, room_id="room-9")
    await store.recordings.record(key, Note(aliases=["hms-1"]))
    assert await store.recordings.create(new_key(), discovered()) == AlreadyRequested(key)


async def test_a_room_that_another_one_has_is_not_taken_from_it(store: Store) -> None:
    key = await created(store)
    assert await store.recordings.create(new_key(), discovered()) == RoomTaken(key)


async def test_it_is_shown_in_every_channel_that_follows(store: Store) -> None:
    seen = Observed(at=T0, status="running", started_at=T0)
    await store.recordings.create(key := new_key(), discovered("hms-1", "C1", "C2"), also=[seen])
    for channel in ("C1", "C2"):
        assert [row.key for row in await store.lists.running(channel=channel)] == [key]
