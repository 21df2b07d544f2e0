"""Give a recording a title: a fact. It is shown in place of the room's name."""

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
    """Store the title, for people who may stop the recording; an empty one takes it back.

    Returns the recording as it was. None: it is forgotten by now. Raises NoRight, DoneBefore.
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
