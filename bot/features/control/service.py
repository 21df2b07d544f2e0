"""Stop, pause, resume: intents, stored as facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from bot.access.gate import Gate
from bot.access.listing import first_seen
from bot.access.rights import Rights
from bot.core.facts import PauseRequested, StopRequested, StopSent, StopWished
from bot.core.proofs import SeenRecording
from bot.core.recording import OCCUPIES_ROOM, ON_AIR, Phase, Recording
from bot.core.steps import Stop, retry_name
from bot.deps import Deps
from bot.kit.logs import learnt
from bot.store.values import RecordingRow

CARDS_LOOKED_AT = 100
SENT_LATELY = timedelta(minutes=1)

CHOICES_MOST = 100  # as many as a menu holds

Control = Literal["stop", "pause", "resume"]
_MAY: dict[Control, frozenset[Phase]] = {
    "stop": OCCUPIES_ROOM,
    "pause": frozenset({Phase.RUNNING}),
    "resume": frozenset({Phase.PAUSED}),
}


async def steer(
    deps: Deps,
    rights: Rights,
    action: Control,
    recording: SeenRecording,
    *,
    once: Sequence[str] = (),
) -> RecordingRow | None:
    """Store the wish. None: the recording is past that, and nothing was stored.

    `once` names the event that asks for it. Raises NoRight, DoneBefore.
    """
    row = await deps.store.lists.row(recording.key)
    if row is None:
        return None
    await rights.to_steer(recording.by, row, action)
    if row.phase not in _MAY[action]:
        learnt(decided=f"{action}: it is {row.phase.value}", key=row.key)
        return None
    learnt(decided=action, key=row.key)
    now, by = deps.now(), recording.by
    if action == "stop":
        # A stop that is on its way is not asked for twice, but a retry that waits is made at once.
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
    """True also shortly after 100ms took it: a click delivered twice says nothing new then."""
    sent = [f.at for f in recording.log if isinstance(f, StopSent)]
    return recording.stop_pending or (bool(sent) and now - max(sent) < SENT_LATELY)


async def wish_stop(deps: Deps, recording: SeenRecording) -> RecordingRow | None:
    """People who may not stop it ask the starter to. None: it is too late, or nobody can be asked.

    The starter's own wish would be told to themselves, so it is none.
    """
    row = await deps.store.lists.row(recording.key)
    if row is None or row.phase not in ON_AIR or row.starter in (None, recording.by):
        return None
    wish = StopWished(at=deps.now(), by=recording.by)
    await deps.store.recordings.act(recording, [wish])
    return row


@dataclass(frozen=True, slots=True)
class Choice:
    """What a command without a clear object may mean. `sure`: there is no need to ask.

    `unfit`: what would be meant, but is not in the state for it; only where nothing else is.
    """

    rows: list[RecordingRow]
    sure: bool
    unfit: tuple[RecordingRow, ...] = ()


async def meant(
    deps: Deps,
    gate: Gate,
    action: Control,
    room_id: str | None,
    channel: str,
    *,
    by: str,
    thread_ts: str | None = None,
) -> Choice:
    """The named room's recording; else that of the card above; else this channel's.

    Any other is to be asked about. What the person may not know of is not recorded, for them.
    """
    if room_id is not None:
        row = await deps.store.lists.open_recording_in_room(room_id)
        seen = await gate.seen_rows(by, [row] if row else [], channel)
        return _only(action, seen[0] if seen else None)
    above = await _of_thread(deps, channel, thread_ts) if thread_ts else None
    if above:
        return _only(action, above)
    running = await deps.store.lists.running(channel=channel)
    if here := _able(action, running):
        return Choice(here, sure=len(here) == 1)
    to = await gate.horizon(by, channel)
    every = await first_seen(deps, gate, to, CHOICES_MOST, partial(deps.store.lists.running, to=to))
    elsewhere = _able(action, [row for row, _ in every])
    return Choice(elsewhere, sure=False, unfit=() if elsewhere else tuple(running))


def _only(action: Control, row: RecordingRow | None) -> Choice:
    if row is None or row.phase not in OCCUPIES_ROOM:
        return Choice([], sure=True)
    fits = _able(action, [row])
    return Choice(fits, sure=True, unfit=() if fits else (row,))


async def _of_thread(deps: Deps, channel: str, thread_ts: str) -> RecordingRow | None:
    """The one whose card the thread belongs to, whatever became of it."""
    return await deps.store.lists.of_card(channel, thread_ts)


def _able(action: Control, rows: list[RecordingRow]) -> list[RecordingRow]:
    return [row for row in rows if row.phase in _MAY[action]]
