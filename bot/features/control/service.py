"""Stop, pause, resume, follow: intents, stored as facts."""

from dataclasses import dataclass
from typing import Literal

from bot.core.facts import PauseRequested, StopRequested, StopWished
from bot.core.note import Note
from bot.core.recording import OCCUPIES_ROOM, ON_AIR, Phase
from bot.core.steps import Stop, retry_name
from bot.deps import Deps
from bot.store.values import RecordingRow

CARDS_LOOKED_AT = 100

Control = Literal["stop", "pause", "resume"]
_MAY: dict[Control, frozenset[Phase]] = {
    "stop": OCCUPIES_ROOM,
    "pause": frozenset({Phase.RUNNING}),
    "resume": frozenset({Phase.PAUSED}),
}


async def control(deps: Deps, action: Control, key: str, by: str) -> RecordingRow | None:
    """Store the wish. None: the recording is past that, and nothing was stored."""
    row = await deps.store.lists.row(key)
    if row is None or row.phase not in _MAY[action]:
        return None
    now = deps.now()
    if action == "stop":
        wish = StopRequested(at=now, by=by)
        # Whoever clicks once more need not wait for the pause that earlier failures have earned.
        note = Note(facts=[wish], retries={retry_name(Stop()): None})
        await deps.store.recordings.record(key, note)
    else:
        pause = PauseRequested(at=now, by=by, pause=action == "pause")
        await deps.store.recordings.add_facts(key, [pause])
    return row


async def wish_stop(deps: Deps, key: str, by: str) -> RecordingRow | None:
    """Whoever may not stop it asks the starter to. None: it is too late, or nobody is to be asked.

    The starter's own wish would be told to themselves, so it is none.
    """
    row = await deps.store.lists.row(key)
    if row is None or row.phase not in ON_AIR or row.starter in (None, by):
        return None
    await deps.store.recordings.add_facts(key, [StopWished(at=deps.now(), by=by)])
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
    deps: Deps, action: Control, room_id: str | None, channel: str, *, thread_ts: str | None = None
) -> Choice:
    """The named room's recording; else that of the card above; else this channel's.

    Any other is to be asked about.
    """
    if room_id is not None:
        return _only(action, await deps.store.lists.open_recording_in_room(room_id))
    above = await _of_thread(deps, channel, thread_ts) if thread_ts else None
    if above:
        return _only(action, above)
    running = await deps.store.lists.running(channel=channel)
    if here := _able(action, running):
        return Choice(here, sure=len(here) == 1)
    elsewhere = _able(action, await deps.store.lists.running())
    return Choice(elsewhere, sure=False, unfit=() if elsewhere else tuple(running))


def _only(action: Control, row: RecordingRow | None) -> Choice:
    if row is None or row.phase not in OCCUPIES_ROOM:
        return Choice([], sure=True)
    fits = _able(action, [row])
    return Choice(fits, sure=True, unfit=() if fits else (row,))


async def _of_thread(deps: Deps, channel: str, thread_ts: str) -> RecordingRow | None:
    """The one whose card the thread belongs to, whatever became of it."""
    recent = await deps.store.lists.recent(channel=channel, limit=CARDS_LOOKED_AT)
    cards = await deps.store.recordings.cards([row.key for row in recent])
    return next(
        (
            row
            for row in recent
            for card in cards.get(row.key, ())
            if (card.posted_in, card.ts) == (channel, thread_ts)
        ),
        None,
    )


def _able(action: Control, rows: list[RecordingRow]) -> list[RecordingRow]:
    return [row for row in rows if row.phase in _MAY[action]]
