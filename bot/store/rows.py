"""Converts domain values to table rows and back. No I/O."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, TypeAlias

from pydantic import TypeAdapter
from sqlalchemy import Row

from bot.core.deliveries import Delivery, Hold, Kind, State, Work
from bot.core.facts import FACT, Fact
from bot.core.recording import OCCUPIES_ROOM, Phase, Recording, can_read, can_watch
from bot.store import schema
from bot.store.values import Asked, InboxEntry, InboxItem, InboxState, OutcomeAddress, RecordingRow

HOLDS: TypeAdapter[dict[str, Hold]] = TypeAdapter(dict[str, Hold])
TOLD = frozenset({State.SENT, State.GONE, State.DROPPED})  # nobody waits there any more

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
ROW_COLUMNS = [schema.recordings.c[f.name] for f in fields(RecordingRow)]


@dataclass(frozen=True, slots=True)
class Merged:
    """The changes of a write to the set of facts; `all` is the set afterwards."""

    all: tuple[Fact, ...]
    new: tuple[Fact, ...]
    earlier: tuple[Fact, ...]  # known, but they turn out to be older than what was stored


def merge(known: Iterable[Fact], said: Iterable[Fact]) -> Merged:
    """Keep each identity once, with its earliest fact: the order of arrival is irrelevant."""
    before = {f.identity: f for f in known}
    after = dict(before)
    for fact in said:
        there = after.get(fact.identity)
        if there is None or fact.at < there.at:
            after[fact.identity] = fact
    return Merged(
        all=tuple(after.values()),
        new=tuple(f for i, f in after.items() if i not in before),
        earlier=tuple(f for i, f in after.items() if i in before and f.at < before[i].at),
    )


def fact_row(fact: Fact) -> dict[str, Any]:
    return {
        "identity": fact.identity,
        "kind": fact.kind,
        "at": fact.at,
        "body": fact.model_dump(mode="json"),
    }


def fact_of(body: Mapping[str, Any]) -> Fact:
    return FACT.validate_python(body)


def cached(recording: Recording) -> dict[str, Any]:
    """Return the columns that cache `derive`, without the room lock."""
    return {
        "phase": recording.phase.value,
        "room_id": recording.room_id,
        "room_name": recording.room_name,
        "hms_id": recording.hms_id,
        "session_id": recording.session_id,
        "starter": recording.starter or "",  # the column takes no null
        "home": recording.home,
        "elsewhere": recording.elsewhere,
        "points_to": recording.points_to,
        "requested_at": recording.requested_at,
        "attempted_at": recording.attempted_at,
        "accepted_at": recording.accepted_at,
        "started_at": recording.started_at,
        "stopped_at": recording.stopped_at,
        "duration_s": recording.duration_s,
        "has_video": can_watch(recording),
        "has_transcript": can_read(recording),
    }


def wanted_lock(recording: Recording) -> str | None:
    """Return the room that this recording occupies."""
    return recording.room_id if recording.phase in OCCUPIES_ROOM else None


def recording_row(row: AnyRow) -> RecordingRow:
    values = dict(row._mapping)  # noqa: SLF001  # public, in spite of its name
    return RecordingRow(
        **{**values, "phase": Phase(values["phase"]), "starter": values["starter"] or None}
    )


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    row = {f.name: getattr(delivery, f.name) for f in fields(delivery)}
    return {**row, "kind": delivery.kind.value, "state": delivery.state.value}


def delivery_of(row: AnyRow) -> Delivery:
    values = {f.name: getattr(row, f.name) for f in fields(Delivery)}
    return Delivery(**{**values, "kind": Kind(row.kind), "state": State(row.state)})


def address_row(address: OutcomeAddress) -> dict[str, Any]:
    return asdict(address)


def address_of(stored: Mapping[str, Any]) -> OutcomeAddress:
    known = {f.name for f in fields(OutcomeAddress)}
    return OutcomeAddress(**{k: v for k, v in stored.items() if k in known})


def holds_after(stored: Any, change: Mapping[str, Hold | None]) -> Any:
    """Return the stored holds with these set, or cleared where None."""
    kept = {k: v for k, v in HOLDS.validate_python(stored).items() if k not in change}
    return HOLDS.dump_python(kept | {k: v for k, v in change.items() if v is not None}, mode="json")


def work_of(row: AnyRow, deliveries: Sequence[AnyRow]) -> Work:
    return Work(
        deliveries=tuple(delivery_of(d) for d in deliveries),
        holds=HOLDS.validate_python(row.holds),
        asked_at=row.asked_at,
        asks=row.asks,
        ask_failures=row.ask_failures,
    )


def asked_row(asked: Asked) -> dict[str, Any]:
    return {"asked_at": asked.asked_at, "asks": asked.asks, "ask_failures": asked.failures}


def inbox_row(entry: InboxEntry) -> dict[str, Any]:
    return {
        "identity": entry.identity,
        "type": entry.type,
        "room_id": entry.room_id,
        "session_id": entry.session_id,
        "aliases": list(entry.aliases),
        "body": dict(entry.body),
        "received_at": entry.received_at,
        "state": InboxState.NEW.value,
    }


def inbox_item(row: AnyRow) -> InboxItem:
    entry = InboxEntry(
        identity=row.identity,
        type=row.type,
        received_at=row.received_at,
        body=row.body,
        room_id=row.room_id,
        session_id=row.session_id,
        aliases=tuple(row.aliases),
    )
    return InboxItem(row.id, InboxState(row.state), entry, row.recording_key, row.note)


def fresh_notes(now: datetime) -> dict[str, Any]:
    """Return the queue columns of a new recording: due at once."""
    return {
        "next_due_at": now,
        "wakes": 0,
        "taken_wakes": 0,
        "asks": 0,
        "ask_failures": 0,
        "holds": {},
    }
