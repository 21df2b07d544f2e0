"""Cost follows what is due, not what exists: plans and rows, on both databases.

`RECORD_BOT_SCALE=100000` makes it the full size, with 10,000 open; by default it is a twentieth.
"""

import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from bot.core.proofs import Horizon, OwnWork
from bot.store.open import database_at, migrate, open_store
from bot.store.store import Store
from bot.store.values import Team
from tests.contract.scale_kit import (
    CHANNELS,
    DUE,
    Heard,
    Size,
    listening,
    populate,
    postgres_rows,
    sqlite_scans,
    sqlite_work,
)
from tests.contract.store_support import LEASE, T0, Clock, entry
from tests.databases import migrated_copy

FINISHED = int(os.environ.get("RECORD_BOT_SCALE", "5000"))
SIZE = Size(FINISHED, FINISHED // 10)
ROWS_AT_MOST = 150  # touched by one operation, whatever the size
WORK_AT_MOST = 20_000  # instructions of SQLite's machine, likewise: a scan takes more by far
NOBODYS = Horizon("G-nobody", member=False, channels=frozenset())
OUTSIDER = Horizon("U-outside", member=True, channels=frozenset())
ALL = frozenset(f"C{n}" for n in range(CHANNELS))
Operation = Callable[[Store], Awaitable[Any]]

# What a tick, a webhook and /record list do. Written out: a new query has to be added here.
OPERATIONS: Mapping[str, Operation] = {
    "take_due": lambda s: s.queue.take(DUE, "worker"),
    "renew": lambda s: s.queue.renew(["worker"]),
    "release": lambda s: s.queue.release(OwnWork("rec-0000001", "worker"), T0),
    "load": lambda s: s.lists.row("rec-0000001"),
    "put_inbox": lambda s: s.inbox.put(entry("fresh")),
    "keys_by_alias": lambda s: s.recordings.keys_by_alias(["hms-1", "hms-2", "unknown"]),
    "open_in_rooms": lambda s: s.lists.open_in_rooms([f"open-room-{FINISHED + 1}", "room-1"]),
    "waiting_inbox": lambda s: s.inbox.waiting("room-99"),
    "open_recording_in_room": lambda s: s.lists.open_recording_in_room(f"open-room-{FINISHED + 1}"),
    "list_recent": lambda s: s.lists.recent(),
    "list_recent of a room": lambda s: s.lists.recent(room_id="room-1"),
    "list_recent of a channel": lambda s: s.lists.recent(channel="C1"),
    "list_recent of no channel": lambda s: s.lists.recent(channel="C-unknown"),
    "list_recent to a guest who sees nothing": lambda s: s.lists.recent(to=NOBODYS),
    "list_recent to a member, all else private": lambda s: s.lists.recent(to=OUTSIDER, closed=ALL),
    "list_recent to a member, most private": lambda s: s.lists.recent(
        to=OUTSIDER, closed=ALL - {"C0", "C1", "C2"}, limit=10
    ),
    "cards": lambda s: s.recordings.cards(["rec-0000001", "rec-0000002"]),
    "wake_parked": lambda s: s.queue.wake_parked("C1"),
}
# These may read every open recording, and no finished one.
OF_WHAT_IS_OPEN: Mapping[str, Operation] = {
    "titled": lambda s: s.lists.titled("Retro", to=OUTSIDER, limit=10),
    "running": lambda s: s.lists.running(),
    "running in a channel": lambda s: s.lists.running(channel="C1"),
    "take_inbox": lambda s: s.inbox.take(200),
}


async def heard_of(url: str, team: Team, clock: Clock) -> dict[str, Heard]:
    """The statements of each operation, as the store really sends them."""
    store = await open_store(url, team=team, now=clock.now, lease=LEASE)
    found = {}
    try:
        for name, operation in {**OPERATIONS, **OF_WHAT_IS_OPEN}.items():
            with listening(store) as heard:
                await operation(store)
            assert heard.statements, name
            found[name] = heard
    finally:
        await store.close()
    return found


async def test_sqlite_searches_and_never_scans(tmp_path: Path, team: Team, clock: Clock) -> None:
    path = migrated_copy(tmp_path / "record-bot.db")
    populate(make_url(f"sqlite:///{path}"), team, SIZE)
    heard = await heard_of(f"sqlite:///{path}", team, clock)
    assert {n: s for n, h in heard.items() if (s := sqlite_scans(str(path), h))} == {}
    work = {name: sqlite_work(str(path), heard[name]) for name in OPERATIONS}
    assert {name: w for name, w in work.items() if w > WORK_AT_MOST} == {}


async def test_postgresql_touches_only_the_rows_it_needs(
    new_postgres: Callable[[], str], team: Team, clock: Clock
) -> None:
    address = new_postgres()
    await migrate(address)
    url = database_at(address)
    populate(url, team, SIZE)
    heard = await heard_of(address, team, clock)
    seen = {name: postgres_rows(url, h) for name, h in heard.items()}
    assert {name: scans for name, (scans, _) in seen.items() if scans} == {}
    touched = {name: seen[name][1] for name in OPERATIONS}
    assert {name: rows for name, rows in touched.items() if rows > ROWS_AT_MOST} == {}
    limit = SIZE.open * 2 + ROWS_AT_MOST
    of_open = {name: seen[name][1] for name in OF_WHAT_IS_OPEN}
    assert {name: rows for name, rows in of_open.items() if rows > limit} == {}
