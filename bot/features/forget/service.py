"""Stores the request to forget a recording as a fact; the reconciler does the rest."""

from dataclasses import dataclass

from bot.access.rights import Rights
from bot.core.facts import ForgetRequested
from bot.core.proofs import SeenRecording
from bot.core.recording import ENDED
from bot.deps import Deps
from bot.store.values import RecordingRow


@dataclass(frozen=True, slots=True)
class NotEnded:
    row: RecordingRow


async def forget(
    deps: Deps, rights: Rights, recording: SeenRecording
) -> RecordingRow | NotEnded | None:
    """Store the request. None if the recording is forgotten already. Raises NoRight."""
    key, by = recording.key, recording.by
    row = await deps.store.lists.row(key)
    if row is None:
        return None
    await rights.to_forget(by, row)
    if row.phase not in ENDED:
        return NotEnded(row)
    await deps.store.recordings.act(recording, [ForgetRequested(at=deps.now(), by=by)])
    return row
