"""Stores the intents to stop, pause and resume as facts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from bot.access.rights import Rights
from bot.core.facts import PauseRequested, StopRequested, StopSent, StopSuggested
from bot.core.places import is_channel
from bot.core.proofs import SeenRecording
from bot.core.recording import OCCUPIES_ROOM, ON_AIR, Phase, Recording
from bot.core.steps import Start, Stop, retry_name
from bot.deps import Deps
from bot.kit.logs import learnt
from bot.store.errors import DoneBefore
from bot.store.values import RecordingRow

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
