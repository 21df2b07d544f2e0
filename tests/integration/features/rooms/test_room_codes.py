"""From a code to its room: the likeliest rooms first, few calls, and no code is ever stored."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.deps import Deps
from bot.features.rooms.codes import AT_ONCE_MOST, CodeBook
from bot.features.rooms.model import FoundRoom, RoomCode, RoomEntry
from bot.features.rooms.service import RoomDirectory
from bot.features.rooms.store import RoomRepository
from bot.store.store import Store
from tests.contract.store_support import T0, Clock
from tests.integration.features.rooms.deps_kit import deps_with


def code_of(n: int) -> str:
    return f"aaa-{chr(97 + n // 26)}{chr(97 + n % 26)}bb-ccc"


def room(n: int, *, used_days_ago: int | None = None, live: bool = False) -> RoomEntry:
    used = None if used_days_ago is None else T0 - timedelta(days=used_days_ago)
    return RoomEntry(f"{n:024x}", f"room {n}", live=live, last_used_at=used)


class Codes:
    """100ms' answers; room 3 is disabled."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.down = False

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/room-codes/room/{id}", self.answer)])

    async def answer(self, request: Request) -> Response:
        n = int(request.path_params["id"], 16)
        self.asked.append(n)
        if self.down:
            return JSONResponse({"message": "oops"}, status_code=503)
        if n == 3:
            return JSONResponse({"message": "room is disabled"}, status_code=403)
        row = {"code": code_of(n), "room_id": f"{n:024x}", "role": "host", "enabled": True}
        return JSONResponse({"data": [row, {**row, "code": "zzz-zzzz-zzz", "enabled": False}]})


@pytest.fixture
def codes() -> Codes:
    return Codes()


@pytest.fixture
async def deps(store: Store, clock: Clock, codes: Codes) -> AsyncIterator[Deps]:
    async with deps_with(codes.app(), store, clock) as deps:
        yield deps


async def test_a_live_room_is_found_with_one_look(deps: Deps, codes: Codes) -> None:
    rooms = [room(n, used_days_ago=n + 1) for n in range(100)] + [room(200, live=True)]
    await RoomRepository(deps.db).upsert(rooms, T0)
    book = CodeBook(deps)
    assert await book.look_for(code_of(200), rooms) == rooms[-1].room_id
    assert 200 in codes.asked[:5]
    assert len(codes.asked) <= 5
    codes.asked.clear()
    assert await book.room_id(code_of(200).upper()) == rooms[-1].room_id
    again = CodeBook(deps)  # after a restart
    assert await again.room_id(code_of(200)) == rooms[-1].room_id
    assert codes.asked == []


async def test_no_more_than_fifty_calls_and_not_the_same_again(deps: Deps, codes: Codes) -> None:
    rooms = [room(n, used_days_ago=n % 20) for n in range(90)]
    await RoomRepository(deps.db).upsert(rooms, T0)
    book = CodeBook(deps)
    assert await book.look_for("xyz-xxxx-xyz", rooms) is None
    assert len(codes.asked) == AT_ONCE_MOST
    assert await book.look_for("xyz-xxxx-xyz", rooms) is None
    assert len(codes.asked) == len(set(codes.asked)) == 90


async def test_rooms_that_nobody_uses_are_left_to_the_background(deps: Deps, codes: Codes) -> None:
    rooms = [room(n) for n in range(4)]
    others = [room(100 + n, used_days_ago=n % 20) for n in range(AT_ONCE_MOST)]
    await RoomRepository(deps.db).upsert([*rooms, *others], T0)
    directory = RoomDirectory(deps)
    directory._tried.set()
    await directory.look_for(code_of(2))
    assert isinstance(await directory.find(code_of(2)), RoomCode)
    assert len(codes.asked) == AT_ONCE_MOST
    assert not {0, 1, 2, 3} & set(codes.asked)
    codes.asked.clear()
    await directory.codes.read_in_background(rooms)
    assert codes.asked == [0, 1, 2, 3]
    link = f"https://acme.app.100ms.live/meeting/{code_of(2)}"
    assert await directory.find(link) == FoundRoom(rooms[2], link)
    assert await directory.find("zzz-zzzz-zzz") == RoomCode("zzz-zzzz-zzz"), "it opens nothing"


async def test_without_an_answer_nothing_is_believed(deps: Deps, codes: Codes) -> None:
    rooms = [room(n, live=True) for n in range(20)]
    await RoomRepository(deps.db).upsert(rooms, T0)
    codes.down = True
    assert await CodeBook(deps).look_for(code_of(7), rooms) is None
    assert len(codes.asked) == 5
    codes.down = False
    assert await CodeBook(deps).look_for(code_of(7), rooms) == rooms[7].room_id


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_only_digests_are_stored(deps: Deps, codes: Codes, tmp_path: Path) -> None:
    rooms = [room(n, live=True) for n in range(5)]
    await RoomRepository(deps.db).upsert(rooms, T0)
    await CodeBook(deps).look_for(code_of(1), rooms)
    async with deps.db.database.read() as conn:
        stored = [tuple(row) for row in await conn.execute(text("SELECT * FROM room_codes"))]
    assert len(stored) == 4
    assert "aaa-" not in str(stored)
