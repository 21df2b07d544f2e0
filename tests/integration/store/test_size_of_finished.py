"""How much room a finished recording takes in the database, for as long as it is kept."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, select, text, update

from bot.core import facts as f
from bot.core.deliveries import Delivery, DeliveryState, Kind
from bot.core.note import Note
from bot.core.options import RecordingOptions, Section
from bot.deps import Deps
from bot.engine.housekeeping import tidy
from bot.store.schema import facts, metadata, recordings, upgrades
from bot.store.store import Store
from tests.contract.store_support import T0, Clock, S, created, entry
from tests.integration.engine.test_dead_letters import deps as deps_fixture

deps = deps_fixture
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
FINISHED = 200
BYTES_AT_MOST = 6 * 1024
DAY = timedelta(days=1)


def hms_id(n: int) -> str:
    return f"65f0c0ffee{n:014x}"


ASSETS = [
    ("room-composite", None, 340_000_000),
    ("transcript", "txt", 52_000),
    ("transcript", "srt", 84_000),
    ("transcript", "json", 310_000),
    ("summary", "json", 4_100),
    ("chat", None, 900),
]
LIFE: list[f.Fact] = [
    f.PlaceSeen(at=T0, channel_id="C0STANDUP1", place="public"),
    f.StartAttempted(at=T0 + S),
    f.StartAccepted(at=T0 + 2 * S, hms_id=hms_id(1)),
    f.BeamStarted(at=T0 + 9 * S, session_id=hms_id(2), started_at=T0 + 9 * S, peer_id=hms_id(3)),
    f.Observed(at=T0 + 9 * S, status="running", session_id=hms_id(2), started_at=T0 + 9 * S),
    f.PauseRequested(at=T0 + 600 * S, by="U0MEMBER01", pause=True),
    f.PauseSent(at=T0 + 601 * S, asked_at=T0 + 600 * S, pause=True),
    f.PauseRequested(at=T0 + 660 * S, by="U0STARTER1", pause=False),
    f.PauseSent(at=T0 + 661 * S, asked_at=T0 + 660 * S, pause=False),
    f.Renamed(at=T0 + 900 * S, by="U0MEMBER01", title="Launch retro of the second quarter"),
    f.StopRequested(at=T0 + 4000 * S, by="U0MEMBER01"),
    f.StopSent(at=T0 + 4001 * S),
    f.BeamStopped(at=T0 + 4009 * S, reason="client request", duration_s=4000.5),
    f.Observed(
        at=T0 + 4009 * S,
        status="completed",
        session_id=hms_id(2),
        started_at=T0 + 9 * S,
        stopped_at=T0 + 4009 * S,
    ),
    f.RecordingUploaded(
        at=T0 + 4100 * S,
        duration_s=4000.5,
        size=340_000_000,
        started_at=T0 + 9 * S,
        stopped_at=T0 + 4009 * S,
    ),
    *(
        f.AssetSeen(
            at=T0 + (4100 + n) * S,
            asset_id=hms_id(100 + n),
            type=kind,
            mode=mode,
            status="completed",
            size=size,
            duration_s=4000.5,
        )
        for n, (kind, mode, size) in enumerate(ASSETS)
    ),
    f.TranscriptionReported(
        at=T0 + 5000 * S,
        outcome="success",
        txt_asset_id=hms_id(101),
        srt_asset_id=hms_id(102),
        json_asset_id=hms_id(103),
        summary_asset_id=hms_id(104),
        duration_s=4000.5,
    ),
    f.ResultsChecked(
        at=T0 + 5010 * S, words=9_204, has_summary=True, transcript="read", summary="read"
    ),
    f.AttendeesListed(
        at=T0 + 5010 * S,
        people=tuple(
            f.Attendee(name=name, slack=slack, peers=(hms_id(200 + n),))
            for n, (name, slack) in enumerate(
                [
                    ("Ines Moreau", "U0STARTER1"),
                    ("Tariq Haddad", "U0MEMBER01"),
                    ("Chloé <Ops>", None),
                    ("ליאת", None),
                    ("Ben", None),
                    ("Amara Okafor", "U0ADMIN001"),
                    ("Tom", None),
                    ("Dial-in +44", None),
                ]
            )
        ),
    ),
]
SENT = [
    Delivery(
        kind, target, DeliveryState.SENT, "C0STANDUP1", "1795442580.000100", "0" * 64, file_id=file
    )
    for kind, target, file in [
        (Kind.CARD, "C0STANDUP1", None),
        (Kind.CARD, "C0DESIGN01", None),
        (Kind.OUTCOME, "U0STARTER1", None),
        (Kind.ROOM, hms_id(4), None),
        (Kind.TRANSCRIPT, "C0STANDUP1", "F0123456789"),
        (Kind.SRT, "C0STANDUP1", "F0123456789"),
        (Kind.CHAT, "C0STANDUP1", "F0123456789"),
        (Kind.RESULTS, "C0STANDUP1", None),
        (Kind.KEPT, hms_id(4), None),
    ]
]
OPTIONS = RecordingOptions(
    output_modes=("txt", "srt"),
    vocabulary=("kopf", "SQLAlchemy", "100ms"),
    context="The weekly meeting of the platform team",
    sections=(
        Section(title="Agenda", format="bullets"),
        Section(title="Decisions", format="paragraph"),
    ),
)


async def test_a_finished_recording_takes_at_most_6_kilobytes(
    store: Store, deps: Deps, clock: Clock
) -> None:
    """Its kept transcript aside, which has a time of its own."""
    async with store.db.database.write() as conn:
        await conn.execute(update(upgrades).values(at=T0 - 7 * DAY))
    key = await finished(store)
    clock.advance(5 * DAY)
    empty = await bytes_used(store)
    await multiply(store, key)
    before = await bytes_used(store) - empty
    await tidy(deps)
    after = await bytes_used(store) - empty
    async with store.db.database.read() as conn:
        assert await conn.scalar(select(func.count()).select_from(recordings)) == FINISHED + 1
        unpacked = func.count(facts.c.recording_key.distinct())
        assert await conn.scalar(select(unpacked)) == 1, "the one with the newest fact"
    assert after / FINISHED <= BYTES_AT_MOST, after / FINISHED
    assert before / FINISHED > BYTES_AT_MOST, "packing is what makes it so"


async def finished(store: Store) -> str:
    """One with everything that a recording of an hour leaves: facts, messages, webhooks, names."""
    key = await created(store, options=OPTIONS, room_id=hms_id(4), room_name="Weekly <sync> & co")
    for n in range(6):
        await store.inbox.put(entry(f"{hms_id(300 + n)}-webhook", room_id=hms_id(4)))
    items = [item.id for item in await store.inbox.take(99)]
    aliases = [f"{hms_id(400 + n)}-job" for n in range(4)]
    note = Note(facts=LIFE, aliases=aliases, deliveries=SENT)
    await store.recordings.record(key, note, inbox=items)
    for own in await store.queue.take(99, "me"):
        await store.queue.release(own, None)
    return key


async def multiply(store: Store, key: str) -> None:
    """Copy every row of a recording under other keys and ids of the same length."""
    for n in range(FINISHED):
        async with store.db.database.write() as conn:
            for table in metadata.sorted_tables:
                column = recordings.c.key if table is recordings else table.c.get("recording_key")
                if column is None:
                    continue
                rows = (await conn.execute(select(table).where(column == key))).mappings().all()
                if rows:
                    await conn.execute(insert(table), _copies(table, rows, column.name, n))


def _copies(table: Table, rows: Sequence[Any], key: str, n: int) -> list[dict[str, Any]]:
    own = {"id"} if "id" in table.c else set()  # numbered anew
    return [
        {name: value for name, value in row.items() if name not in own}
        | {key: f"{row[key][:-12]}{n:012x}"}
        | {
            name: f"{n:06x}{row[name][6:]}"
            for name in ("request_id", "alias", "hms_id", "identity")
            if name in row and row[name] and not (table is facts and name == "identity")
        }
        for row in rows
    ]


async def bytes_used(store: Store) -> int:
    """Pages that are in use; free ones are used again."""
    async with store.db.database.read() as conn:
        pages, free, size = [
            int((await conn.execute(text(f"PRAGMA {name}"))).scalar_one())
            for name in ("page_count", "freelist_count", "page_size")
        ]
        return (pages - free) * size
