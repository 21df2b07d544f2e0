"""Stores a recording's title as a fact. It is shown instead of the room's name."""

from collections.abc import Sequence

from bot.access.rights import Rights
from bot.core.facts import Renamed
from bot.core.proofs import SeenRecording
from bot.core.titles import title_of
from bot.deps import Deps
from bot.store.values import RecordingRow


async def rename(
    deps: Deps, rights: Rights, recording: SeenRecording, typed: str, *, once: Sequence[str] = ()
) -> RecordingRow | None:
    """Store the title, for people who may stop the recording; an empty one removes it.

    Returns the recording before the change; None if it was forgotten. Raises NoRight, DoneBefore.
    """
    row = await deps.store.lists.row(recording.key)
    if row is None:
        return None
    await rights.to_control(recording.by, row, "rename")
    title = title_of(typed)
    same = title == (row.title or "")
    wished = [] if same else [Renamed(at=deps.now(), by=recording.by, title=title)]
    await deps.store.recordings.act(recording, wished, once=once)
    return row
