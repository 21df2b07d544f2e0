"""Stores the intents to stop, pause and resume as facts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from bot.access.rights import Rights
from bot.core.facts import PauseRequested, StopRequested, StopSent, StopSuggested
from bot.core.places import is_channel
from bot.core.proofs import SeenRecording
from bot.core.recording import OCCUPIES_ROOM, ON_AIR, Phase, Recording
from bot.core.steps import Stop, retry_name
from bot.deps import Deps
from bot.kit.logs import learnt
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
    recording: SeenRecording,
    *,
    once: Sequence[str] = (),
) -> RecordingRow | None:
    """Store the intent. None if the recording's state no longer allows it; nothing is stored.

    `once` identifies the requesting event. Raises NoRight, DoneBefore.
    """
    row = await deps.store.lists.row(recording.key)
    if row is None:
        return None
    await rights.to_control(recording.by, row, action)
    if row.phase not in _MAY[action]:
        learnt(decided=f"{action}: it is {row.phase.value}", key=row.key)
        return None
    learnt(decided=action, key=row.key)
    now, by = deps.now(), recording.by
    if action == "stop":
        # Do not store a second stop while one is under way; run a waiting retry at once.
        under_way = _stop_under_way((await deps.store.recordings.load(row.key)).recording, now)
        wishes = [] if under_way else [StopRequested(at=now, by=by)]
        stopping = [retry_name(Stop())]
        await deps.store.recordings.act(recording, wishes, retry_now=stopping, once=once)
    else:
        pause = PauseRequested(at=now, by=by, pause=action == "pause")
        asked = (await deps.store.recordings.load(row.key)).recording.pause_pending
        wished = [] if asked and asked.pause == pause.pause else [pause]
        await deps.store.recordings.act(recording, wished, once=once)
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
