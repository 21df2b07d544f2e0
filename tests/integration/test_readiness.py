"""Ready means: something can be committed, and the loop has turned lately. Each no has a reason."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.routing import Route

from bot.dispatch import DISPATCH
from bot.engine import loop
from bot.engine.loop import Reconciler
from bot.kit.shared_cooldowns import UNKNOWN_FOR, Cooldowns
from bot.store.errors import StoreUnavailable
from bot.store.open import open_store
from bot.store.store import Store
from bot.store.values import Team
from bot.web.health import Readyz
from tests.chaos.grounds import Skipped, small_disk
from tests.chaos.world import Setting
from tests.contract.store_support import LEASE, Clock, S
from tests.integration.engine.test_dead_letters import deps as deps_fixture
from tests.patience import PATIENCE_S

deps = deps_fixture
BALLAST = "ballast"


async def answer_of(store: Store, *, stalled: str | None = None, connected: bool = True) -> object:
    ready = Readyz(store, lambda: connected, lambda: stalled)
    app = Starlette(routes=[Route("/readyz", ready.__call__)])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as http:
        answer = await http.get("/readyz")
    assert answer.json()["ready"] == (answer.status_code == 200)
    return None if answer.status_code == 200 else (answer.json()["why"], answer.json()["detail"])


async def test_ready(store: Store) -> None:
    assert await answer_of(store) is None
    assert await answer_of(store) is None  # a commit each time, of the same row


async def test_not_ready_without_the_loop_or_slack(store: Store) -> None:
    assert await answer_of(store, stalled="work") == (
        "reconciler",
        "the loop for work has not turned lately",
    )
    assert await answer_of(store, connected=False) == ("slack", "Socket Mode is not connected")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_not_ready_while_another_process_holds_the_lock(
    store: Store, database_url: str
) -> None:
    path = database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert await answer_of(store) == ("database", "cannot commit: TimeoutError")
        other.execute("ROLLBACK")
    assert await answer_of(store) is None


async def test_not_ready_on_a_full_disk(clock: Clock, team: Team) -> None:
    try:
        async with small_disk(Setting()) as setting:
            assert setting.folder
            await _on_a_full_disk(setting.folder, clock, team)
    except Skipped as why:
        pytest.skip(str(why))


async def _on_a_full_disk(folder: Path, clock: Clock, team: Team) -> None:
    url = f"sqlite:///{folder}/record-bot.db"
    store = await open_store(url, team=team, now=clock.now, lease=LEASE)
    try:
        assert await answer_of(store) is None
        async with store.db.database.read() as conn:  # its log cannot begin anew meanwhile
            await conn.execute(text("SELECT count(*) FROM requests"))
            with (folder / BALLAST).open("wb", buffering=0) as file:
                for size in (65_536, 512):
                    try:
                        while True:
                            file.write(b"\0" * size)
                    except OSError:
                        continue
            why = None
            while why is None:  # what the log has room for is committed
                why = await answer_of(store)
        assert why == ("database", "cannot commit: OperationalError: database or disk is full")
        (folder / BALLAST).unlink()
        assert await answer_of(store) is None
    finally:
        await store.close()


async def test_the_loop_tells_when_it_does_not_turn(
    store: Store, deps: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    reconciler = Reconciler(deps, DISPATCH, "me", discover_every_s=0.05)  # type: ignore[arg-type]
    assert reconciler.stalled() == loop.MAIL  # it does not run yet
    running = asyncio.create_task(reconciler.run())
    async with asyncio.timeout(PATIENCE_S):
        while reconciler.stalled():  # noqa: ASYNC110 - the loop makes it so
            await asyncio.sleep(0.02)
        await store.db.database.close()  # from now on each turn fails
        monkeypatch.setattr(loop, "TURNED_WITHIN_S", 0.5)
        while not reconciler.stalled():  # noqa: ASYNC110 - the loop makes it so
            await asyncio.sleep(0.02)
    reconciler.stop()
    await running


class Gone:
    """A database that does not answer, or only after a very long time."""

    def __init__(self) -> None:
        self.asked = 0
        self.hangs = False

    async def running(self) -> list[object]:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        raise StoreUnavailable("gone")

    async def start(self, method: str, until: object) -> None:
        await self.running()


@pytest.mark.parametrize("hangs", [False, True])
async def test_without_the_database_a_replica_goes_by_what_it_knows(
    clock: Clock, hangs: bool
) -> None:
    shared = Gone()
    shared.hangs = hangs
    cooldowns = Cooldowns(shared, clock.now)  # type: ignore[arg-type]
    assert await cooldowns.left_s("chat.update") == 0
    await cooldowns.start("chat.postMessage", 30)
    assert await cooldowns.left_s("chat.postMessage") == 30
    asked = shared.asked
    clock.advance(S)
    assert await cooldowns.left_s("chat.update") == 0
    assert shared.asked == asked  # not asked each time: it takes a second
    clock.advance(UNKNOWN_FOR)
    await cooldowns.left_s("chat.update")
    clock.advance(-timedelta(hours=1))
    await cooldowns.left_s("chat.update")
    assert shared.asked == asked + 2
