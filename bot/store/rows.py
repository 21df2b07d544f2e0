"""Converts domain values to table rows and back. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, TypeAlias

from pydantic import TypeAdapter
from sqlalchemy import Row
from typing_extensions import TypedDict

from bot.core.deliveries import Delivery, DeliveryState, Kind, OutcomeAddress, Polled, Work
from bot.core.facts import FACT, Fact
from bot.core.recording import OCCUPIES_ROOM, Phase, Recording, can_read, can_watch
from bot.core.retry import Retry
from bot.core.steps import POLL
from bot.store import schema
from bot.store.values import InboxEntry, InboxItem, InboxState, RecordingRow


class Hold(TypedDict):
    """The stored form of a `Retry`; other versions of the bot read it too."""

    attempts: int
    until: datetime | None


HOLDS = TypeAdapter(dict[str, Hold])

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
RENAMED = {"origin": schema.recordings.c.home.label("origin")}  # the column keeps its first name
ROW_COLUMNS = [
    RENAMED[f.name] if f.name in RENAMED else schema.recordings.c[f.name]
    for f in fields(RecordingRow)
]


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
        "title": recording.title,
        "hms_id": recording.hms_id,
        "session_id": recording.session_id,
        "starter": recording.starter or "",  # the column is not nullable
        "home": recording.origin,
        "elsewhere": recording.elsewhere,
        "audio_only": recording.audio_only,
        "points_to": recording.points_to,
        "requested_at": recording.requested_at,
        "attempted_at": recording.attempted_at,
        "accepted_at": recording.accepted_at,
        "started_at": recording.started_at,
        "stopped_at": recording.stopped_at,
        "duration_s": recording.duration_s,
        "has_video": can_watch(recording),
        "has_transcript": can_read(recording),
        "is_private": recording.is_private,
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
    row = {f.name: getattr(delivery, f.name) for f in fields(delivery) if f.name != "retry"}
    retry = {"attempts": delivery.retry.attempts, "not_before": delivery.retry.not_before}
    return {**row, **retry, "kind": delivery.kind.value, "state": delivery.state.value}


def delivery_of(row: AnyRow) -> Delivery:
    values = {f.name: getattr(row, f.name) for f in fields(Delivery) if f.name != "retry"}
    retry = Retry(row.attempts, row.not_before)
    return Delivery(
        **{**values, "kind": Kind(row.kind), "state": DeliveryState(row.state), "retry": retry}
    )


def address_row(address: OutcomeAddress) -> dict[str, Any]:
    return asdict(address)


def address_of(stored: Mapping[str, Any]) -> OutcomeAddress:
    known = {f.name for f in fields(OutcomeAddress)}
    return OutcomeAddress(**{k: v for k, v in stored.items() if k in known})


def retries_of(holds: Any) -> dict[str, Retry]:
    stored = HOLDS.validate_python(holds)
    return {name: Retry(hold["attempts"], hold["until"]) for name, hold in stored.items()}


def retries_row(holds: Any, change: Mapping[str, Retry | None]) -> dict[str, Any]:
    """The columns after a change of retries; None deletes one.

    The retry of polling also has a column of its own, so that one statement can reset all of them.
    """
    retries = {k: v for k, v in {**retries_of(holds), **change}.items() if v is not None}
    stored = {k: Hold(attempts=v.attempts, until=v.not_before) for k, v in retries.items()}
    row = {"holds": HOLDS.dump_python(stored, mode="json")}
    if POLL in change:
        row["ask_failures"] = retries.get(POLL, Retry()).attempts
    return row


def work_of(row: AnyRow, deliveries: Sequence[AnyRow]) -> Work:
    retries = retries_of(row.holds)
    if row.ask_failures == 0:
        retries.pop(POLL, None)
    return Work(
        deliveries=tuple(delivery_of(d) for d in deliveries),
        retries=retries,
        polled=Polled(row.asked_at, row.asks),
    )


def polled_row(polled: Polled) -> dict[str, Any]:
    return {"asked_at": polled.at, "asks": polled.unchanged}


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
    """Convert a row with any JSON; readers of the body validate it."""
    aliases = row.aliases if isinstance(row.aliases, list) else []
    entry = InboxEntry(
        identity=row.identity,
        type=row.type,
        received_at=row.received_at,
        body=row.body,
        room_id=row.room_id,
        session_id=row.session_id,
        aliases=tuple(str(alias) for alias in aliases),
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
