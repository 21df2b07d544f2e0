"""Stores the intents to stop, pause and resume as facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.access.rights import Rights
from bot.core.facts import EndSet, PauseRequested, StopRequested, StopSent, StopSuggested
from bot.core.places import is_channel
from bot.core.proofs import SeenRecording
from bot.core.recording import OCCUPIES_ROOM, ON_AIR, Phase, Recording
from bot.core.steps import Start, Stop, retry_name
from bot.core.when import When, stop_time
from bot.deps import Deps
from bot.kit.logs import learnt
from bot.store.errors import DoneBefore
from bot.store.values import RecordingRow
from bot.ui import ids as ui_ids

SENT_LATELY = timedelta(minutes=1)


ControlAction = Literal["stop", "pause", "resume"]
_MAY: dict[ControlAction, frozenset[Phase]] = {
    "stop": OCCUPIES_ROOM,
    "pause": frozenset({Phase.RUNNING}),
    "resume": frozenset({Phase.PAUSED}),
}


async def control_recording(
    deps: Deps,
    rights: Rights,
    action: ControlAction,
    seen: SeenRecording,
    *,
    once: Sequence[str] = (),
) -> RecordingRow | None:
    """Store the intent. None if the recording's state no longer allows it; nothing is stored.

    Of equal requests at the same time, one counts. `once` identifies the requesting event. Raises
    NoRight, DoneBefore.
    """
    row = await deps.store.lists.row(seen.key)
    if row is None:
        return None
    await rights.to_control(seen.by, row, action)
    if row.phase not in _MAY[action]:
        learnt(decided=f"{action}: it is {row.phase.value}", key=row.key)
        return None
    learnt(decided=action, key=row.key)
    now, by = deps.now(), seen.by
    recording = (await deps.store.recordings.load(row.key)).recording
    wish: StopRequested | PauseRequested
    if action == "stop":
        # Do not store a second stop while one is under way; run a waiting retry at once.
        # A start that waits is cancelled at once, too.
        wish, there = StopRequested(at=now, by=by), _stop_under_way(recording, now)
    else:
        asked = recording.pause_pending
        wish = PauseRequested(at=now, by=by, pause=action == "pause")
        there = asked is not None and asked.pause == wish.pause
    earlier = sum(isinstance(f, type(wish)) for f in recording.log)
    same_time = [] if there else [f"{action}:{row.key}:{earlier}"]
    retries = [retry_name(Stop()), retry_name(Start())] if action == "stop" else []
    try:
        await deps.store.recordings.act(
            seen, [] if there else [wish], retry_now=retries, once=[*once, *same_time]
        )
    except DoneBefore:
        if once and await deps.store.requests.done_before(once):
            raise
    return row


def _stop_under_way(recording: Recording, now: datetime) -> bool:
    """Whether a stop is pending, or 100ms accepted it so recently that a click may be a repeat."""
    sent = [f.at for f in recording.log if isinstance(f, StopSent)]
    return recording.stop_pending or (bool(sent) and now - max(sent) < SENT_LATELY)


async def suggest_stop(deps: Deps, recording: SeenRecording) -> RecordingRow | None:
    """Ask the starter to stop a recording, for a person who may not stop it.

    None if it is too late, if there is nobody to ask, or if the person is the starter.
    """
    row = await deps.store.lists.row(recording.key)
    if row is None or row.phase not in ON_AIR or row.starter in (None, recording.by):
        return None
    wish = StopSuggested(at=deps.now(), by=recording.by)
    await deps.store.recordings.act(recording, [wish])
    return row


async def recording_of_thread(
    deps: Deps, channel: str, user: str, thread_ts: str | None
) -> RecordingRow | None:
    """Return the recording whose card the thread belongs to, in any state.

    In a direct message the card may be addressed to the person.
    """
    if thread_ts is None:
        return None
    lists = deps.store.lists
    above = await lists.of_card(channel, thread_ts)
    if above is None and not is_channel(channel):
        above = await lists.of_card(channel, thread_ts, shown_to=user)
    return above


# ---- its end ---------------------------------------------------------------------------------


def _can_end(recording: Recording) -> bool:
    """Whether the recording, which may still be starting, is not yet stopping or over."""
    open_phase = recording.phase in OCCUPIES_ROOM and recording.phase is not Phase.STOPPING
    return open_phase and not recording.stop_pending


_START = (retry_name(Start()),)  # a start that waits is given up at the new end


async def set_end(
    deps: Deps, rights: Rights, seen: SeenRecording, when: When, *, once: Sequence[str] = ()
) -> tuple[Recording, datetime] | None:
    """Set when a recording stops, as a length from now or a time. None if it is stopping or over.

    Raises NoRight if the person may not stop it, DoneBefore.
    """
    row = await deps.store.lists.row(seen.key)
    if row is None:
        return None
    await rights.to_control(seen.by, row, "change the end of")
    recording = (await deps.store.recordings.load(seen.key)).recording
    now = deps.now()
    until = stop_time(when, due=now, started=now)
    if not _can_end(recording) or until is None or until <= now:
        return None
    fact = EndSet(at=now, by=seen.by, until=until)
    await deps.store.recordings.act(seen, [fact], retry_now=_START, once=once)
    return recording, until


@dataclass(frozen=True, slots=True)
class End:
    """The end of a recording after a request to move it; `ends_at` None: it has none."""

    recording: Recording
    ends_at: datetime | None = None
    moved: bool = False


async def move_end(
    deps: Deps,
    rights: Rights,
    seen: SeenRecording,
    by: timedelta | None,
    *,
    button: str = "",
    once: Sequence[str] = (),
) -> End | None:
    """Move the end to later, or remove it if `by` is None. None if the recording is forgotten.

    Nothing changes without an end ahead, or for a button that is about an earlier end: a click
    counts once. Of requests at the same time, one counts. The end of a recording that is still
    starting may be a length; it can be removed.

    Raises NoRight if the person may not stop the recording, DoneBefore.
    """
    row = await deps.store.lists.row(seen.key)
    if row is None:
        return None
    await rights.to_control(seen.by, row, "change the end of")
    recording = (await deps.store.recordings.load(seen.key)).recording
    ends_at, now = recording.ends_at, deps.now()
    pending = recording.end is not None and recording.end.after_s is not None
    if not _can_end(recording) or (ends_at is None and not (by is None and pending)):
        return End(recording)
    if not ui_ids.is_about(button, ends_at):
        return End(recording, ends_at)
    until = max(ends_at, now) + by if by and ends_at else None
    same_time = [f"end:{seen.key}:{sum(isinstance(f, EndSet) for f in recording.log)}"]
    try:
        fact = EndSet(at=now, by=seen.by, until=until)
        await deps.store.recordings.act(seen, [fact], retry_now=_START, once=[*once, *same_time])
    except DoneBefore:
        if once and await deps.store.requests.done_before(once):
            raise
        recording = (await deps.store.recordings.load(seen.key)).recording
        return End(recording, recording.ends_at)
    return End(recording, until, moved=True)
