"""Many recordings in a database, and what a statement costs there."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from psycopg.types.json import Json
from sqlalchemy import Connection, Table, create_engine, event, insert, pool, text
from sqlalchemy.engine import URL

from bot.core.recording import Phase
from bot.store import schema
from bot.store.store import Store
from bot.store.values import Team
from tests.contract.store_support import T0, S

DUE = 16
CHANNELS, ROOMS = 50, 500
BATCH = 5_000
GROWING = ("recordings", "recording_channels", "facts", "aliases", "deliveries", "inbox")
Row = dict[str, Any]


@dataclass(frozen=True)
class Size:
    finished: int
    open: int

    @property
    def all(self) -> int:
        return self.finished + self.open


def populate(url: URL, team: Team, size: Size) -> None:
    """Finished ones, old; open ones, of which `DUE` are due at `T0`; everything in its inbox."""
    ours = {"enterprise_id": team.enterprise_id, "team_id": team.team_id}
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.begin() as conn:
        for first in range(0, size.all, BATCH):
            numbers = range(first, min(first + BATCH, size.all))
            for table, rows in _rows(numbers, size).items():
                _insert(conn, table, [ours | row for row in rows])
    with engine.connect() as conn:
        conn.execute(text("ANALYZE"))
        conn.commit()
    engine.dispose()


def _insert(conn: Connection, table: Table, rows: Sequence[Row]) -> None:
    if conn.dialect.name == "sqlite":
        conn.execute(insert(table), rows)
        return
    names = ", ".join(rows[0])
    cursor: Any = conn.connection.cursor()
    with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows:
            values = row.values()
            copy.write_row([Json(v) if isinstance(v, dict | list) else v for v in values])


def _rows(numbers: range, size: Size) -> Mapping[Table, list[Row]]:
    rows: dict[Table, list[Row]] = {}
    for n in numbers:
        for table, row in _of_one(n, size).items():
            rows.setdefault(table, []).append(row)
    return rows


def _of_one(n: int, size: Size) -> Mapping[Table, Row]:
    is_open = n >= size.finished
    key, channel, at = f"rec-{n:07}", f"C{n % CHANNELS}", T0 - (size.all - n) * 60 * S
    room = f"open-room-{n}" if is_open else f"room-{n % ROOMS}"
    mine: Row = {"recording_key": key}
    state = "new" if n % 1000 == 999 else "waiting" if n % 100 == 99 else "matched"
    return {
        schema.recordings: _recording(key, room, channel, n, at, size),
        schema.recording_channels: {**mine, "channel": channel, "requested_at": at},
        schema.facts: {**mine, "identity": "1", "kind": "requested", "at": at, "body": {}},
        schema.aliases: {**mine, "alias": f"hms-{n}"},
        schema.deliveries: {
            **mine,
            "kind": "card",
            "target": channel,
            "state": "sent",
            "ts": f"{n}.1",
            "posted_in": channel,
            "attempts": 1,
        },
        schema.inbox: {
            "identity": f"event-{n}",
            "type": "beam.started.success",
            "room_id": room,
            "aliases": [f"hms-{n}"],
            "body": {},
            "received_at": at,
            "state": state,
            "recording_key": key if state == "matched" else None,
        },
    }


def _recording(key: str, room: str, channel: str, n: int, at: Any, size: Size) -> Row:
    nth = n - size.finished  # of the open ones
    due = None if nth < 0 else T0 - S if nth < DUE else T0 + timedelta(milliseconds=100 * nth)
    phase = Phase.COMPLETED if nth < 0 else Phase.RUNNING if nth % 2 else Phase.PROCESSING
    return {
        "key": key,
        "request_id": f"request-{n}",
        "phase": phase.value,
        "room_id": room,
        "room_name": f"Room {n}",
        "room_lock": room if phase is Phase.RUNNING else None,
        "hms_id": f"hms-{n}",
        "starter": f"U{n % 100}",
        "home": channel,
        "elsewhere": False,
        "is_private": None if n % CHANNELS > 2 else False,
        "requested_at": at,
        "has_video": nth < 0,
        "has_transcript": False,
        "next_due_at": due,
        "wakes": 0,
        "taken_wakes": 0,
        "asks": 0,
        "ask_failures": 0,
        "holds": {},
    }


@dataclass
class Heard:
    """The statements that the store sends."""

    statements: list[tuple[str, Any]] = field(default_factory=list)


@contextmanager
def listening(store: Store) -> Iterator[Heard]:
    heard = Heard()

    def hear(_: Connection, __: Any, statement: str, parameters: Any, ___: Any, ____: Any) -> None:
        if statement.split(maxsplit=1)[0] in ("SELECT", "UPDATE", "WITH", "DELETE", "INSERT"):
            heard.statements.append((statement, parameters))

    engine = store.db.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def sqlite_scans(path: str, heard: Heard) -> list[str]:
    """Full scans of tables that grow, as SQLite plans them; of an index is no better."""
    found = []
    with closing(sqlite3.connect(path)) as db:
        for statement, parameters in heard.statements:
            plan = db.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            for *_, step in plan:
                words = str(step).split()
                if words[0] == "SCAN" and words[1] in GROWING:
                    found.append(str(step))
    return found


def sqlite_work(path: str, heard: Heard) -> int:
    """How many instructions of its virtual machine they took; nothing of it is kept."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 10
        return 0

    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        db.set_progress_handler(step, 10)
        for statement, parameters in heard.statements:
            db.execute(statement, parameters).fetchall()
        db.set_progress_handler(None, 0)
        db.execute("ROLLBACK")
    return count


def postgres_rows(url: URL, heard: Heard) -> tuple[list[str], int]:
    """Sequential scans of tables that grow, and the rows that were touched in all."""
    scans: list[str] = []
    touched = 0
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as conn:
        for statement, parameters in heard.statements:
            asked = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
            answer = conn.exec_driver_sql(asked, parameters).scalar_one()
            plan = answer if isinstance(answer, list) else json.loads(answer)
            for node in _nodes(plan[0]["Plan"]):
                if "Relation Name" not in node or "Scan" not in node["Node Type"]:
                    continue
                if node["Node Type"] == "Seq Scan" and node["Relation Name"] in GROWING:
                    scans.append(f"Seq Scan on {node['Relation Name']}")
                rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
                touched += round(rows * node["Actual Loops"])
        conn.rollback()
    engine.dispose()
    return scans, touched


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    inner: Sequence[Mapping[str, Any]] = plan.get("Plans", ())
    for node in inner:
        yield from _nodes(node)
