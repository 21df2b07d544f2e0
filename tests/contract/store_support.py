"""What the tests of the store share: a clock, sample facts, databases."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import case, func, select, union_all

from bot.core.deliveries import Delivery, DeliveryState, Kind
from bot.core.facts import Fact, StartRequested
from bot.core.note import Loaded, Note
from bot.core.options import RecordingOptions
from bot.core.proofs import OwnWork
from bot.store.schema import inbox, recordings
from bot.store.sql import is_new, of_the_team
from bot.store.store import Store
from bot.store.values import Created, InboxEntry

T0 = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
S = timedelta(seconds=1)
LEASE = timedelta(seconds=60)
r, i = recordings.c, inbox.c
OPEN = of_the_team(recordings), r.next_due_at.is_not(None)
DUE_TIMES = union_all(
    select(case((r.leased_until.is_(None), r.next_due_at), else_=r.leased_until)).where(*OPEN),
    select(func.coalesce(i.leased_until, i.received_at)).where(of_the_team(inbox), is_new()),
)
_numbers = itertools.count()


class Clock:
    """Stands still until told to move."""

    def __init__(self) -> None:
        self.time = T0

    def now(self) -> datetime:
        return self.time

    def advance(self, by: timedelta) -> None:
        self.time += by


def new_key() -> str:
    """Keys are unique across teams, and PostgreSQL keeps those of earlier tests."""
    return f"rec-{uuid4().hex[:12]}"


def requested(**changes: object) -> StartRequested:
    values: dict[str, object] = {
        "at": T0,
        "request_id": f"request-{next(_numbers)}",
        "room_id": "room-1",
        "room_name": "Stand-up <&> 🎥 שלום",
        "options": RecordingOptions(),
        "by": "U1",
        "channel_id": "C1",
        "via": "form",
    }
    return StartRequested.model_validate(values | changes)


async def created(store: Store, also: Sequence[Fact] = (), **changes: object) -> str:
    """The key of a new recording; `also` are facts that it has from the beginning."""
    key = new_key()
    first = requested(**changes)
    assert await store.recordings.create(key, first, also=also) == Created(key)
    return key


def entry(identity: str = "e1", **changes: object) -> InboxEntry:
    values: dict[str, object] = {
        "identity": identity,
        "type": "beam.started.success",
        "received_at": T0,
        "body": {"id": identity, "data": {"room_name": "a\u0000b 🎥"}},
        "room_id": "room-1",
        "session_id": "session-1",
        "aliases": ("job-1", "beam-1"),
    }
    return InboxEntry(**(values | changes))  # type: ignore[arg-type]


def card(
    channel: str = "C1", state: DeliveryState = DeliveryState.SENT, **changes: object
) -> Delivery:
    return Delivery(Kind.CARD, channel, state, **changes)  # type: ignore[arg-type]


def keys_of(taken: Iterable[OwnWork]) -> list[str]:
    """The recordings of these leases, in their order."""
    return [own.key for own in taken]


def own_work(state: Loaded) -> OwnWork:
    """The lease under which that state was read."""
    return OwnWork(state.recording.key, state.owner or "")


async def add_facts(store: Store, key: str, facts: Sequence[Fact]) -> int:
    """By whatever way: from people or from 100ms."""
    return await store.recordings.record(key, Note(facts=facts))


async def held(store: Store, key: str, owner: str) -> Loaded:
    """What the worker `owner` knows of it, who may have lost the lease since."""
    return replace(await store.recordings.load(key), owner=owner)


async def next_due(store: Store) -> datetime | None:
    """When there is something to do: a recording, an expired lease, a new inbox item."""
    team = store.db.team
    given = {"our_team": team.team_id, "our_enterprise": team.enterprise_id}
    async with store.db.database.read() as conn:
        return min(await conn.scalars(DUE_TIMES, given), default=None)
