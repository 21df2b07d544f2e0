"""Stories of recordings, one per line: what happened → what is derived, and what is left to do.

`starting, 9 beam, 600 stop | card sent | 620` is a request, its start, two facts 9 and 600 seconds
after the request, the state of one delivery, and the time of the plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime
from enum import Enum
from typing import get_args

from bot.core import facts as f
from bot.core import plan
from bot.core.deliveries import TOLD, Delivery, DeliveryState, Kind, Polled, Wanted, Work
from bot.core.derive import derive
from bot.core.options import RecordingOptions
from bot.core.policy import (
    Policy,
    is_late,
    is_unheard,
    look_again_at,
    results_due_at,
    silence_to_show,
    start_by,
)
from bot.core.recording import Recording, can_read, can_watch
from bot.core.retry import Retry
from tests.unit.some import T0, at, discovered, requested

ALONE = Policy(webhooks=False)
WANTED = Wanted(
    card="now", results=f"{TOLD}now", silence={Kind.SILENT_START: "now"}, tell_room=True, keep=True
)

_OPTIONS = {
    "asked": RecordingOptions(),
    "asked off": RecordingOptions(transcription=False),
    "asked text": RecordingOptions(transcription=True, output_modes=("txt", "srt", "json")),
    "asked summary": RecordingOptions(transcription=True, summary=True),
    "asked audio": RecordingOptions(audio_only=True),
}
_Made = Callable[[datetime], f.Fact]


def _asset(name: str) -> _Made:
    kind, mode, status = name.split(":")
    return lambda t: f.AssetSeen.model_validate(
        {
            "at": t, "asset_id": f"{kind[0]}{mode[:1]}", "type": kind, "status": status,
            "mode": mode or None, "duration_s": 580 if kind == "room-composite" else None,
        }
    )  # fmt: skip


def _seen(status: f.HmsStatus) -> _Made:
    return lambda t: f.Observed(at=t, status=status)


def _files() -> dict[str, _Made]:
    kinds = ("room-composite:", "chat:", "summary:json", "transcript:txt", "transcript:srt",
             "transcript:json")  # fmt: skip
    names = [
        f"{kind}:{status}" for kind in kinds for status in ("processing", "completed", "failed")
    ]
    return {name: _asset(name) for name in names}


FACTS: dict[str, _Made] = {
    "followed": lambda t: f.Followed(at=t, channel_id="C2"),
    "shared": lambda t: f.Shared(at=t, channel_id="C3", by="U3"),
    "moment": lambda t: f.MomentShared(at=t, channel_id="C3", by="U3", sentence=4),
    "public": lambda t: f.PlaceSeen(at=t, channel_id="C1", place="public"),
    "private": lambda t: f.PlaceSeen(at=t, channel_id="C1", place="private"),
    "still public": lambda t: f.PlaceSeen(at=t, channel_id="C1", place="public", ended=True),
    "elsewhere public": lambda t: f.PlaceSeen(at=t, channel_id="C9", place="public"),
    "end 300": lambda t: f.EndSet(at=t, by="U1", after_s=300),
    "end 60": lambda t: f.EndSet(at=t, after_s=60),
    "end at 700": lambda t: f.EndSet(at=t, by="U1", until=at(700)),
    "no end": lambda t: f.EndSet(at=t, by="U1"),
    "due": lambda t: f.StopDue(at=t, why="time"),
    "titled": lambda t: f.Renamed(at=t, by="U1", title="Retro"),
    "untitled": lambda t: f.Renamed(at=t, by="U1", title=""),
    "stop": lambda t: f.StopRequested(at=t, by="U2"),
    "suggested": lambda t: f.StopSuggested(at=t, by="U4"),
    "suggested by starter": lambda t: f.StopSuggested(at=t, by="U1"),
    "pause": lambda t: f.PauseRequested(at=t, by="U1", pause=True),
    "resume": lambda t: f.PauseRequested(at=t, by="U1", pause=False),
    "forget": lambda t: f.ForgetRequested(at=t, by="U1"),
    "attempted": lambda t: f.StartAttempted(at=t),
    "not done": lambda t: f.StartNotDone(at=t, attempted_at=at(1)),
    "accepted": lambda t: f.StartAccepted(at=t, hms_id="j"),
    "adopted": lambda t: f.Adopted(at=t, hms_id="o", elsewhere=False),
    "found elsewhere": lambda t: f.Adopted(at=t, hms_id="e", elsewhere=True),
    "points": lambda t: f.PointsTo(at=t, key="k2"),
    "refused": lambda t: f.StartRefused(at=t, status=403, message="no"),
    "start failed": lambda t: f.CallFailed(at=t, call="start", cause="error", status=500),
    "stop failed": lambda t: f.CallFailed(at=t, call="stop", cause="timeout"),
    "expired": lambda t: f.StartExpired(at=t),
    "shut out": lambda t: f.CannotPost(at=t, channel_id="C1", error="not_in_channel"),
    "shut out of C2": lambda t: f.CannotPost(at=t, channel_id="C2", error="not_in_channel"),
    "stop sent": lambda t: f.StopSent(at=t),
    "stop 404": lambda t: f.StopRefused(at=t, status=404, message="not running"),
    "stop 403": lambda t: f.StopRefused(at=t, status=403, message="no"),
    "paused": lambda t: f.PauseSent(at=t, asked_at=at(100), pause=True),
    "resumed": lambda t: f.PauseSent(at=t, asked_at=at(200), pause=False),
    "pause dropped": lambda t: f.PauseDropped(at=t, asked_at=at(100), pause=True, why="late"),
    **{f"seen {status}": _seen(status) for status in get_args(f.HmsStatus)},
    "seen with times": lambda t: f.Observed(
        at=t, status="completed", session_id="s", started_at=at(8), stopped_at=at(590)
    ),
    "vanished": lambda t: f.Vanished(at=t, status=404),
    "beam": lambda t: f.BeamStarted(at=t, session_id="s", peer_id="p"),
    "beam from 7": lambda t: f.BeamStarted(at=t, started_at=at(7)),
    "ended": lambda t: f.BeamStopped(at=t, reason="client request", duration_s=590),
    "ended unmeasured": lambda t: f.BeamStopped(at=t, reason="room ended"),
    "ended badly": lambda t: f.BeamStopped(at=t, reason="failure: UPLOAD_ERROR"),
    "ended strangely": lambda t: f.BeamStopped(at=t, reason="failure: EATEN"),
    "uploaded": lambda t: f.RecordingUploaded(at=t, duration_s=594),
    "uploaded with times": lambda t: f.RecordingUploaded(
        at=t, started_at=at(5), stopped_at=at(595)
    ),
    "uploaded long": lambda t: f.RecordingUploaded(at=t, duration_s=900_000),
    "failed": lambda t: f.BeamFailed(at=t, error_type="INTERNAL_ERROR", message="oops"),
    "failed newly": lambda t: f.BeamFailed(at=t, error_type="NEW", message="oops"),
    "text started": lambda t: f.TranscriptionReported(at=t, outcome="started"),
    "text ready": lambda t: f.TranscriptionReported(at=t, outcome="success"),
    "text failed": lambda t: f.TranscriptionReported(at=t, outcome="failure"),
    "read": lambda t: f.ResultsChecked(at=t, words=90, has_summary=False, transcript="read"),
    "read of old": lambda t: f.ResultsChecked(at=t, words=90, has_summary=True),
    "read empty": lambda t: f.ResultsChecked(at=t, words=0, has_summary=False),
    "read nothing": lambda t: f.ResultsChecked(at=t, words=None, has_summary=False),
    "read part": lambda t: f.ResultsChecked(at=t, words=90, has_summary=False, partial=True),
    "read summary": lambda t: f.ResultsChecked(
        at=t, words=None, has_summary=False, transcript="none", summary="read"
    ),
    "there": lambda t: f.AttendeesListed(
        at=t, people=(f.Attendee(name="Ann", slack="U1", peers=("p1", "p2")),
                      f.Attendee(name="Bo"), f.Attendee(name=""), f.Attendee(name="Ann"))
    ),
    "gave up": lambda t: f.GaveUp(at=t, on="recording"),
    "gave up text": lambda t: f.GaveUp(at=t, on="transcript"),
    "gave up files": lambda t: f.GaveUp(at=t, on="results"),
    **_files(),
}  # fmt: skip

_STATES: dict[str, dict[str, object]] = {
    "sent": {"state": DeliveryState.SENT, "posted_in": "C1", "ts": "1.0", "hash": "now"},
    "stale": {"state": DeliveryState.SENT, "posted_in": "C1", "ts": "1.0", "hash": "old"},
    "stale waits": {"state": DeliveryState.SENT, "posted_in": "C1", "ts": "1.0", "hash": "old",
                    "retry": Retry(0, at(9000))},
    "told": {"state": DeliveryState.SENT, "posted_in": "C1", "ts": "1.0", "hash": f"{TOLD}now"},
    "told less": {"state": DeliveryState.SENT, "posted_in": "C1", "ts": "1.0", "hash": f"{TOLD}old"},
    "withdrawn": {"state": DeliveryState.SENT, "posted_in": "C1", "ts": "1.0", "hash": "withdrawn"},
    "uploaded": {"state": DeliveryState.SENT, "file_id": "F1"},
    "kept": {"state": DeliveryState.SENT, "hash": "tj sj"},
    "waiting": {"state": DeliveryState.WAITING, "retry": Retry(1, at(9000))},
    "waits not": {"state": DeliveryState.WAITING},
    "sending": {"state": DeliveryState.SENDING},
    "parked": {"state": DeliveryState.PARKED, "error": "not_in_channel"},
    "parked a while": {"state": DeliveryState.PARKED, "retry": Retry(2, at(9000))},
    "uneditable": {"state": DeliveryState.PARKED, "posted_in": "C1", "ts": "1.0"},
    "gone": {"state": DeliveryState.GONE},
    "dropped": {"state": DeliveryState.DROPPED},
}  # fmt: skip


def _delivery(said: str) -> Delivery:
    kind, target, state = said.split(" ", 2)
    return Delivery(Kind(kind), target, **_STATES[state])  # type: ignore[arg-type]


def told(story: str) -> str:
    """Derive and plan a story, and say everything that is not as usual."""
    happened, notes, moment = (part.strip() for part in story.split("|"))
    first, *more = happened.split(", ")
    begun = discovered() if first == "found" else requested(options=_OPTIONS[first])
    facts = [
        begun,
        *(FACTS[name](at(float(when))) for when, name in (m.split(" ", 1) for m in more)),
    ]
    work, policy = Work(polled=Polled(None)), Policy()
    deliveries: list[Delivery] = []
    for note in filter(None, notes.split(", ")):
        match note.split(" ", 1):
            case ["polled", times]:
                when, unchanged = times.split(" ")
                work = replace(work, polled=Polled(at(float(when)), int(unchanged)))
            case ["retry", said]:
                name, attempts, until = said.split(" ")
                retry = Retry(int(attempts), at(float(until)))
                work = replace(work, retries={**work.retries, name: retry})
            case ["alone"]:
                policy = ALONE
            case _:
                deliveries.append(_delivery(note))
    work = replace(work, deliveries=tuple(deliveries))
    recording, now = derive("k", facts), at(float(moment))
    return "; ".join([*_known(recording), *_due(recording, work, policy, now)])


_UNSAID = {"key", "request_id", "room_id", "room_name", "options", "requested_at", "log", "assets"}


def _known(recording: Recording) -> list[str]:
    known = {f.name: getattr(recording, f.name) for f in fields(recording) if f.name not in _UNSAID}
    known |= {"is_settled": recording.is_settled, "is_unread": recording.is_unread}
    known |= {"name": recording.name, "people": recording.people, "speakers": recording.speakers}
    known |= {"can_watch": can_watch(recording), "can_read": can_read(recording)}
    usual = {"starter": "U1", "channels": ("C1",), "name": "standup"}
    return [
        f"{name} {_short(value)}"
        for name, value in known.items()
        if value not in (None, False, (), {}) and usual.get(name) != value
    ]


def _due(recording: Recording, work: Work, policy: Policy, now: datetime) -> list[str]:
    said = [
        f"{_short(due.at)} {_short(due.step)}"
        for due in plan.plan(recording, work, WANTED, policy, now)
    ]
    said.append(f"next {_short(plan.next_step(recording, work, WANTED, policy, now))}")
    silent = silence_to_show(recording, work, policy, now)
    others = {
        "late": is_late(recording, policy, now),
        "unheard": is_unheard(recording, work),
        "silence": silent,
        "results due": results_due_at(recording, policy),
        "post again": look_again_at(recording, policy, 2, now),
    }
    if recording.attempted_at is None and recording.accepted_at is None:
        others["start by"] = start_by(recording, policy)
    return said + [f"{name} {_short(value)}" for name, value in others.items() if value]


def _short(value: object) -> str:
    match value:
        case datetime():
            return f"@{(value - T0).total_seconds():g}"
        case Enum():
            return str(value.value)
        case tuple():
            return "(" + ", ".join(map(_short, value)) + ")"
        case dict():
            return "{" + ", ".join(f"{k}: {_short(v)}" for k, v in value.items()) + "}"
        case f.Attendee():
            return value.name
        case f.ResultsChecked():
            return f"{value.text}/{value.digest}"
        case None | bool() | str() | int() | float():
            return str(value)
    named = getattr(type(value), "model_fields", None) or [x.name for x in fields(value)]  # type: ignore[arg-type]
    inside = [
        _short(getattr(value, name))
        for name in named
        if name not in ("kind", "at")
        or not isinstance(value, f.EndSet | f.CallFailed | f.PauseRequested | f.MomentShared)
    ]
    return type(value).__name__ + (f"({' '.join(inside)})" if inside else "")
