"""Thousands of rooms under a rate limit: what was read is kept, and trouble stays where it is."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.deps import Deps
from bot.features.rooms.model import Ambiguous, FoundRoom, RoomEntry, RoomMatch, Unknown
from bot.features.rooms.refreshing import LIVE_EVERY, ROOMS_EVERY, Refreshing
from bot.features.rooms.service import LEARN_AT_ONCE, TYPED_SLICE, RoomDirectory
from bot.features.rooms.store import RoomRepository
from bot.store.store import Store
from tests.contract.store_support import Clock, S
from tests.integration.features.rooms.deps_kit import deps_with

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
ROOMS = [{"id": f"{n:024x}", "name": f"room {n}"} for n in range(10_000)]
LIMIT, WINDOW_S = 60, 10
TOPICS = ("sales", "design", "support", "planning", "operations", "hiring", "launches")


@dataclass
class Account:
    """100ms with so many rooms, and so many pages of them in ten seconds."""

    clock: Clock
    rooms: list[dict[str, str]] = field(default_factory=lambda: list(ROOMS))
    limited: bool = True
    down: Response | None = None
    sessions: Response | None = None
    pages: int = 0
    refused: int = 0
    asked_sessions: int = 0
    by_name: list[str] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/rooms", self.list), Route("/sessions", self.live)])

    async def list(self, request: Request) -> Response:
        if self.down:
            return self.down
        if name := request.query_params.get("name"):
            self.by_name.append(name)
            return JSONResponse({"data": [r for r in self.rooms if r["name"] == name], "last": ""})
        if self.limited and self.pages == LIMIT and not self.refused:
            self.refused += 1
            wait = {"retry-after": str(WINDOW_S)}
            return JSONResponse({"message": "slow down"}, status_code=429, headers=wait)
        self.pages += 1
        start = request.query_params.get("start") or ""
        chosen = [room for room in self.rooms if room["id"] > start][:100]
        return JSONResponse({"data": chosen, "last": chosen[-1]["id"] if chosen else ""})

    async def live(self, _: Request) -> Response:
        self.asked_sessions += 1
        return self.sessions or JSONResponse({"data": []})


@pytest.fixture
def account(clock: Clock) -> Account:
    return Account(clock)


@pytest.fixture
async def deps(store: Store, clock: Clock, account: Account) -> AsyncIterator[Deps]:
    async with deps_with(account.app(), store, clock) as deps:
        yield deps


async def test_ten_thousand_rooms_are_read_through_a_rate_limit(
    deps: Deps, account: Account, clock: Clock
) -> None:
    refreshing = Refreshing(deps)
    due = await refreshing.rooms()
    assert due == clock.now() + WINDOW_S * S
    stored = await RoomRepository(deps.db).all()
    assert len(stored) == LIMIT * 100, "what was read can be named already"
    clock.advance(WINDOW_S * S)
    assert await refreshing.rooms() == clock.now() + ROOMS_EVERY
    assert len(await RoomRepository(deps.db).all()) == len(ROOMS)
    assert (account.pages, account.refused) == (101, 1), "no page twice"


async def test_what_is_gone_or_renamed_is_known_at_the_end_of_the_list(
    deps: Deps, account: Account, clock: Clock
) -> None:
    account.limited = False
    refreshing = Refreshing(deps)
    account.rooms = account.rooms[:300]
    await refreshing.rooms()
    account.rooms = [{"id": ROOMS[7]["id"], "name": "renamed"}, *account.rooms[50:]]
    account.rooms.sort(key=lambda room: room["id"])
    clock.advance(ROOMS_EVERY)
    await refreshing.rooms()
    names = {room.name for room in await RoomRepository(deps.db).all()}
    assert names == {room["name"] for room in account.rooms}


async def test_a_list_that_never_ends_deletes_nothing(
    deps: Deps, account: Account, clock: Clock
) -> None:
    account.limited = False
    account.rooms = account.rooms[:300]
    refreshing = Refreshing(deps)
    await refreshing.rooms()
    account.down = JSONResponse({"message": "no"}, status_code=403)
    for _ in range(3):
        clock.advance(ROOMS_EVERY)
        await refreshing.rooms()
    account.down = JSONResponse({"message": "oops"}, status_code=503)
    clock.advance(ROOMS_EVERY)
    await refreshing.rooms()
    assert len(await RoomRepository(deps.db).all()) == 300


async def test_when_sessions_are_refused_the_rooms_are_not_read_for_it(
    deps: Deps, account: Account, clock: Clock
) -> None:
    account.limited = False
    account.rooms = account.rooms[:300]
    account.sessions = JSONResponse({"message": "no right to it"}, status_code=403)
    refreshing = Refreshing(deps)
    rooms_due = await refreshing.rooms()
    pages = account.pages
    for _ in range(10):
        assert await refreshing.live() == clock.now() + LIVE_EVERY
        clock.advance(LIVE_EVERY)
    assert (account.pages, account.asked_sessions) == (pages, 10)
    assert rooms_due > clock.now() - timedelta(minutes=1)


async def test_a_room_made_a_moment_ago_is_asked_for_by_name(deps: Deps, account: Account) -> None:
    directory = RoomDirectory(deps)
    directory._tried.set()
    old, new = RoomEntry("0" * 24, "old"), {"id": "f" * 24, "name": "Brand new"}
    await RoomRepository(deps.db).upsert([old], deps.now())
    assert isinstance(await directory.find("Brand new"), Unknown)
    account.rooms.append(new)
    assert await directory.fetch_named("Brand new") is None, "100ms has answered"
    assert await directory.find("Brand new") == FoundRoom(RoomEntry("f" * 24, "Brand new"))
    assert account.by_name == ["Brand new"], "once"
    account.down = JSONResponse({"message": "oops"}, status_code=503)
    why = await directory.fetch_named("Another")
    assert why == "100ms had an internal error (HTTP 503). Try again in a minute."


async def test_who_is_quicker_than_the_first_list_waits_for_it(
    deps: Deps, account: Account
) -> None:
    """Not for the list of sessions, which may be there before."""
    account.limited = False
    account.rooms = account.rooms[:300]
    directory = RoomDirectory(deps)
    keeping = asyncio.create_task(directory.keep_fresh())
    try:
        assert isinstance(await directory.find("room 7"), FoundRoom)
        assert isinstance(await directory.find("room 299"), FoundRoom)
    finally:
        keeping.cancel()


async def test_many_rooms_leave_the_loop_to_others(deps: Deps, store: Store) -> None:
    """A few rooms are indexed, or compared with what is typed, between two turns of the loop.

    How long that takes is measured by `make bench`.
    """
    many = [RoomEntry(f"{n:024x}", name_of(n)) for n in range(10_000)]
    await RoomRepository(deps.db).upsert(many, deps.now())
    directory = RoomDirectory(deps)
    indexed: list[int] = []

    async def others() -> None:
        while True:
            indexed.append(len(directory._index.by_id))
            await asyncio.sleep(0)

    beside = asyncio.create_task(others())
    try:
        assert await directory.find(name_of(9_999)) == FoundRoom(many[-1])
        at_once = [after - before for before, after in pairwise(indexed)]
        assert 0 < max(at_once) <= LEARN_AT_ONCE
        for typed, passes in (("", 1), ("meeting about sales", 1), ("meetnig about", 2)):
            indexed.clear()
            assert await directory.suggest(typed)
            assert len(indexed) >= passes * len(many) / TYPED_SLICE
    finally:
        beside.cancel()


async def test_a_room_is_found_by_its_name_its_id_and_its_link(deps: Deps) -> None:
    many = [RoomEntry(f"{n:024x}", name_of(n)) for n in range(2_000)]
    await RoomRepository(deps.db).upsert(many, deps.now())
    directory = RoomDirectory(deps)
    expected: dict[str, RoomMatch] = {
        name_of(1_999): FoundRoom(many[-1]),
        name_of(1_999).upper(): FoundRoom(many[-1]),
        name_of(1_999).replace(" ", "-"): FoundRoom(many[-1]),
        "meeting about": Ambiguous(),
        "no such room": Unknown(),
        "f" * 24: Unknown("f" * 24),
    }
    for typed, found in expected.items():
        assert await directory.find(typed) == found
    link = f"https://acme.app.100ms.live/preview/{many[7].room_id}"
    assert await directory.find(link) == FoundRoom(many[7], link)
    directory._learn([RoomEntry("e" * 24, "Brand new"), replace(many[3], name="Another name")])
    assert await directory.find("brand new") == FoundRoom(RoomEntry("e" * 24, "Brand new"))
    assert (await directory.names()).plus([RoomEntry("d" * 24, "Elsewhere")]).like("elsewhere")
    await directory._load()
    assert await directory.find("elsewhere") == Unknown(), "the index itself is as before"


def name_of(n: int) -> str:
    """A name without numbers, for those can be told apart cheaply."""
    letters = "".join(chr(97 + n // 26**place % 26) for place in range(4))
    return f"meeting about {TOPICS[n % len(TOPICS)]} {letters}"
