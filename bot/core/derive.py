"""`derive`: one recording from the set of its facts. Order and repetition do not matter."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from bot.core.assets import Assets, assets_of, transcription_of
from bot.core.facts import (
    Adopted,
    AttendeesListed,
    BeamFailed,
    BeamStarted,
    BeamStopped,
    CallFailed,
    CannotPost,
    Discovered,
    EndSet,
    Fact,
    Followed,
    ForgetRequested,
    GaveUp,
    MomentShared,
    Observed,
    PauseDropped,
    PauseRequested,
    PauseSent,
    PlaceSeen,
    PointsTo,
    RecordingUploaded,
    Renamed,
    ResultsChecked,
    Shared,
    StartAccepted,
    StartAttempted,
    StartExpired,
    StartNotDone,
    StartRefused,
    StartRequested,
    StopDue,
    StopRefused,
    StopRequested,
    StopSent,
    StopSuggested,
    TranscriptionReported,
    Vanished,
)
from bot.core.options import RecordingOptions
from bot.core.places import OPEN
from bot.core.recording import ENDED, FailureReason, Phase, Problem, Recording

F = TypeVar("F")

OVER = ENDED | {Phase.PROCESSING, Phase.STOPPING}  # people are no longer recorded
FAILURE = "failure:"  # prefix of a stop's reason when the recording failed
HMS_ERROR_TYPES = frozenset(
    {
        FailureReason.INTERNAL_ERROR,
        FailureReason.MAX_RETRIES_REACHED,
        FailureReason.UPLOAD_ERROR,
        FailureReason.BEAM_STOPPED,
    }
)


class NoBeginning(ValueError):
    """The facts contain neither a request nor a discovery, so no recording can be derived."""


def derive(key: str, facts: Iterable[Fact]) -> Recording:
    """Derive the recording from its facts. Raises `NoBeginning` without a request or discovery."""
    log = once_each(facts)
    begun = _beginning(key, log)
    accepted = _last(log, StartAccepted) or _last(log, Adopted) or _last(log, Discovered)
    attempted_at = _unknown_attempt(log)
    phase, problem = _phase(log, accepted is not None, attempted_at)
    assets = assets_of(log)
    started_at, stopped_at = _started_at(log), _stopped_at(log, phase)
    places = _places(begun, log)
    end = _last(log, EndSet)
    return Recording(
        key=key,
        phase=phase,
        problem=problem,
        request_id=begun.request_id,
        room_id=begun.room_id,
        room_name=begun.room_name,
        title=_title(log),
        options=begun.options,
        starter=begun.starter,
        channels=places.shown,
        waiting=places.waiting,
        withdrawn=places.withdrawn,
        is_private=places.is_private,
        place_asked=places.is_private is not None and any(f.ended for f in _all(log, PlaceSeen)),
        requested_at=begun.at,
        hms_id=accepted.hms_id if accepted else None,
        elsewhere=_elsewhere(log),
        points_to=_first_of(f.key for f in reversed(_all(log, PointsTo))),
        session_id=_first_of(f.session_id for f in log if isinstance(f, Observed | BeamStarted)),
        attempted_at=attempted_at,
        accepted_at=accepted.at if accepted else None,
        started_at=started_at,
        stopped_at=stopped_at,
        completed_at=_completed_at(log),
        duration_s=_duration_s(log, assets, started_at, stopped_at),
        stop_reason=_first_of(f.reason for f in _all(log, BeamStopped)),
        stop_pending=_stop_pending(log),
        end=end,
        ends_at=_ends_at(end, started_at),
        recorder_peer=_first_of(f.peer_id for f in _all(log, BeamStarted)),
        stop_failed=_stop_failed(log),
        stop_suggestions=tuple(f.by for f in _all(log, StopSuggested)),
        pause_pending=_pause_pending(log),
        moments=_moments(log),
        forget_by=_first_of(f.by for f in _all(log, ForgetRequested)),
        assets=assets,
        transcription=transcription_of(begun.options, assets, log, elsewhere=_elsewhere(log)),
        results=_last(log, ResultsChecked),
        attendees=_first_of(f.people for f in reversed(_all(log, AttendeesListed))),
        log=log,
    )


@dataclass(frozen=True, slots=True)
class _Begun:
    at: datetime
    request_id: str
    room_id: str
    room_name: str
    options: RecordingOptions
    starter: str | None
    channels: tuple[str, ...]


def _beginning(key: str, log: tuple[Fact, ...]) -> _Begun:
    if r := _last(log, StartRequested):
        where = (r.channel_id,)
        return _Begun(r.at, r.request_id, r.room_id, r.room_name, r.options, r.by, where)
    if d := _last(log, Discovered):
        name, unknown = f"discovered:{d.hms_id}", RecordingOptions()
        return _Begun(d.at, name, d.room_id, d.room_name, unknown, None, d.channels)
    raise NoBeginning(key)


def _title(log: tuple[Fact, ...]) -> str | None:
    renamed = _last(log, Renamed)
    return renamed.title or None if renamed else None


def _elsewhere(log: tuple[Fact, ...]) -> bool:
    adopted = _last(log, Adopted)
    return adopted.elsewhere if adopted else not _has(log, StartRequested)


def _phase(
    log: tuple[Fact, ...], accepted: bool, attempted_at: datetime | None
) -> tuple[Phase, Problem | None]:
    if _has(log, PointsTo):
        return Phase.POINTER, None
    if accepted:
        return _phase_at_100ms(log)
    if refused := _last(log, StartRefused):
        return Phase.NOT_STARTED, Problem(FailureReason.REFUSED, refused.message, refused.status)
    if _has(log, StartExpired):
        return Phase.NOT_STARTED, Problem(FailureReason.EXPIRED, after=last_failure(log, "start"))
    if attempted_at is None and _stop_asked(log):
        return Phase.NOT_STARTED, Problem(FailureReason.CANCELLED)
    if attempted_at is None and (blocked := _cannot_post_at_origin(log)):
        return Phase.NOT_STARTED, Problem(FailureReason.CANNOT_POST, blocked.error)
    return Phase.REQUESTED, None


def _phase_at_100ms(log: tuple[Fact, ...]) -> tuple[Phase, Problem | None]:
    """The furthest phase that any fact proves."""
    seen: set[str] = {f.status for f in _all(log, Observed)}
    if "completed" in seen or _has(log, RecordingUploaded):
        return Phase.COMPLETED, None
    if problem := _failure(log, seen):
        return Phase.FAILED, problem
    if "post_processing" in seen or _has(log, BeamStopped, TranscriptionReported):
        return Phase.PROCESSING, None
    # A stop refused with any status but 404 leaves the recording running.
    was_not_running = any(f.status == 404 for f in _all(log, StopRefused))
    if "stopping" in seen or _has(log, StopSent) or was_not_running:
        return Phase.STOPPING, None
    if "running" in seen or _has(log, BeamStarted):
        return (Phase.PAUSED if _is_paused(log) else Phase.RUNNING), None
    return Phase.STARTING, None


def _failure(log: tuple[Fact, ...], seen: set[str]) -> Problem | None:
    if failed := _last(log, BeamFailed):
        return Problem(_why(failed.error_type), failed.message)
    reason = _first_of(f.reason for f in _all(log, BeamStopped)) or ""
    if "failed" in seen or reason.startswith(FAILURE):
        why = _why(reason.removeprefix(FAILURE).strip())
        return Problem(why, reason if why is FailureReason.UNKNOWN else "")
    if vanished := _last(log, Vanished):
        return Problem(FailureReason.VANISHED, status=vanished.status)
    if any(f.on == "recording" for f in _all(log, GaveUp)):
        return Problem(FailureReason.GIVEN_UP)
    return None


def _why(error_type: str) -> FailureReason:
    """Map an error type to a reason; 100ms may add types at any time, which are `UNKNOWN`."""
    return FailureReason(error_type) if error_type in HMS_ERROR_TYPES else FailureReason.UNKNOWN


def _unknown_attempt(log: tuple[Fact, ...]) -> datetime | None:
    if _has(log, StartAccepted, Adopted, StartRefused, PointsTo, StartExpired):
        return None
    not_done = {f.attempted_at for f in _all(log, StartNotDone)}
    return min((f.at for f in _all(log, StartAttempted) if f.at not in not_done), default=None)


def _cannot_post_at_origin(log: tuple[Fact, ...]) -> CannotPost | None:
    request = _last(log, StartRequested)
    return next(
        (f for f in _all(log, CannotPost) if request and f.channel_id == request.channel_id), None
    )


def _is_paused(log: tuple[Fact, ...]) -> bool:
    """100ms never reports a pause: the last request that it accepted from us counts."""
    sent = max(_all(log, PauseSent), key=lambda f: f.asked_at, default=None)
    return sent is not None and sent.pause


def _stop_pending(log: tuple[Fact, ...]) -> bool:
    asked = _stop_asked(log)
    done = [f.at for f in log if isinstance(f, StopSent | StopRefused)]
    return asked is not None and (not done or asked.at > max(done))


def _stop_asked(log: tuple[Fact, ...]) -> StopRequested | StopDue | None:
    asked = (f for f in log if isinstance(f, StopRequested | StopDue))
    return max(asked, key=lambda f: f.at, default=None)


def _ends_at(end: EndSet | None, started_at: datetime | None) -> datetime | None:
    if end is None or end.after_s is None:
        return end.until if end else None
    return started_at + timedelta(seconds=end.after_s) if started_at else None


def last_failure(log: Iterable[Fact], call: Literal["start", "stop"]) -> CallFailed | None:
    """The last failed call of this kind."""
    failed = [f for f in log if isinstance(f, CallFailed) and f.call == call]
    return failed[-1] if failed else None


def _stop_failed(log: tuple[Fact, ...]) -> CallFailed | None:
    asked, failed = _stop_asked(log), last_failure(log, "stop")
    if asked is None or failed is None or not _stop_pending(log):
        return None
    return failed if failed.at >= asked.at else None


def _pause_pending(log: tuple[Fact, ...]) -> PauseRequested | None:
    """The last request to pause or resume, unless it is done or dropped. Earlier ones are void."""
    asked = max(_all(log, PauseRequested), key=lambda f: (f.at, f.pause), default=None)
    settled = {f.asked_at for f in log if isinstance(f, PauseSent | PauseDropped)}
    return asked if asked and asked.at not in settled else None


@dataclass(frozen=True, slots=True)
class _Places:
    shown: tuple[str, ...]
    waiting: tuple[str, ...]
    withdrawn: tuple[str, ...]
    is_private: bool | None


def _places(begun: _Begun, log: tuple[Fact, ...]) -> _Places:
    """The channels that show the recording, wait for it, or must not have it.

    Followers get no recording that was requested in a private place. The strictest answer of Slack
    counts; until there is one, followers wait. A recording that nobody requested in Slack belongs
    to the channels that follow the room. Channels that somebody shared it to always show it.
    """
    followers = [f.channel_id for f in _all(log, Followed)]
    shared = [f.channel_id for f in _all(log, Shared)]
    seen = [f.place for f in _all(log, PlaceSeen) if f.channel_id in begun.channels]
    is_private = any(place not in OPEN for place in seen) if seen else None
    if begun.starter is None or is_private is False:
        shown = (*begun.channels, *followers, *shared)
        return _Places(tuple(dict.fromkeys(shown)), (), (), is_private)
    shown = tuple(dict.fromkeys([*begun.channels, *shared]))
    others = tuple(c for c in dict.fromkeys(followers) if c not in shown)
    if is_private is None:
        return _Places(shown, others, (), None)
    return _Places(shown, (), others, is_private)


def _started_at(log: tuple[Fact, ...]) -> datetime | None:
    telling = [f for f in log if isinstance(f, Observed | BeamStarted | RecordingUploaded)]
    said = _first_of(f.started_at for f in telling)
    return said or _first_of(f.at for f in _all(log, BeamStarted))


def _moments(log: tuple[Fact, ...]) -> tuple[MomentShared, ...]:
    first: dict[str, MomentShared] = {}
    for moment in _all(log, MomentShared):
        first.setdefault(moment.target, moment)
    return tuple(first.values())


def _stopped_at(log: tuple[Fact, ...], phase: Phase) -> datetime | None:
    if phase not in OVER:
        return None
    said = _first_of(f.stopped_at for f in log if isinstance(f, Observed | RecordingUploaded))
    ends = (
        f for f in log if isinstance(f, BeamStopped | BeamFailed | StopSent | RecordingUploaded)
    )
    noticed = [f for f in _all(log, Observed) if f.status not in ("starting", "running")]
    return said or _first_of(f.at for f in (*ends, *noticed))


def _completed_at(log: tuple[Fact, ...]) -> datetime | None:
    telling = (
        f
        for f in log
        if isinstance(f, RecordingUploaded) or (isinstance(f, Observed) and f.status == "completed")
    )
    return min((f.at for f in telling), default=None)


def _duration_s(
    log: tuple[Fact, ...], assets: Assets, started_at: datetime | None, stopped_at: datetime | None
) -> float | None:
    telling = [f for f in log if isinstance(f, RecordingUploaded | BeamStopped)]
    said = _first_of(f.duration_s for f in telling)
    if said is None and assets.video:
        said = assets.video.duration_s
    if said is None and started_at and stopped_at:
        return max(0.0, (stopped_at - started_at).total_seconds())
    return said


def _all(log: tuple[Fact, ...], kind: type[F]) -> list[F]:
    return [f for f in log if isinstance(f, kind)]


def _has(log: tuple[Fact, ...], *kinds: type[object]) -> bool:
    return any(isinstance(f, kinds) for f in log)


def _last(log: tuple[Fact, ...], kind: type[F]) -> F | None:
    found = _all(log, kind)
    return found[-1] if found else None


def _first_of(values: Iterable[F | None]) -> F | None:
    return next((v for v in values if v is not None), None)


# Clocks differ, and 100ms' times may be whole seconds: within one second, causes come before
# effects. Kinds that are not listed count as `pause_sent`.
_COURSE = (
    "requested",
    "discovered",
    "start_attempted",
    "start_accepted",
    "adopted",
    "beam_started",
    "pause_requested",
    "pause_sent",
    "stop_requested",
    "stop_due",
    "stop_sent",
    "beam_stopped",
    "recording_uploaded",
    "transcription_reported",
    "results_checked",
)


_PLACE = {kind: place for place, kind in enumerate(_COURSE)}


_MIDDLE = _PLACE["pause_sent"]


def once_each(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Sort the facts, each identity once with its earliest time; the beginning comes first."""
    first: dict[str, Fact] = {}
    for fact in sorted(facts, key=lambda f: f.at):
        first.setdefault(fact.identity, fact)
    return tuple(fact for _, fact in sorted(first.items(), key=lambda named: _sort_key(*named)))


def _place(fact: Fact) -> int:
    if isinstance(fact, Observed):
        return _PLACE["beam_started" if fact.status in ("starting", "running") else "beam_stopped"]
    return _PLACE.get(fact.kind, _MIDDLE)


def _sort_key(identity: str, fact: Fact) -> tuple[bool, float, int, float, str]:
    begins = fact.kind in ("requested", "discovered")
    at = fact.at.timestamp()
    second = at // 1
    return (not begins, second, _place(fact), at, identity)
