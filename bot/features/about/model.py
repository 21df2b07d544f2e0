"""Questions about one recording, and which recording a question means."""

from collections.abc import Collection, Sequence
from enum import StrEnum, auto

from bot.core.recording import NEVER_WAS, OCCUPIES_ROOM, Phase
from bot.store.values import RecordingRow


class Asked(StrEnum):
    """The subject of a question about a recording."""

    PEOPLE = auto()  # who is or was there
    LENGTH = auto()
    BEGAN = auto()
    ENDS = auto()  # when it ends or ended
    STARTER = auto()
    STOPPED = auto()  # who or what stopped it
    FAILURE = auto()
    STATE = auto()  # is it done?
    VIDEO = auto()
    TRANSCRIPT = auto()


FILES = frozenset({Asked.VIDEO, Asked.TRANSCRIPT})


def to_summarize(
    ended: Sequence[RecordingRow], running: Collection[str] = ()
) -> Sequence[RecordingRow]:
    """Order ended recordings by how likely a question for what was said means them.

    `ended` are newest first, `running` the rooms that are recorded here. First come those of a room
    that runs, else of the newest recording's room. What never was recorded counts only if nothing
    was.
    """
    rows = [row for row in ended if row.phase not in NEVER_WAS] or ended
    first = next((row.room_id for row in rows if row.room_id in running), None)
    room = first or next((row.room_id for row in rows), None)
    return sorted(rows, key=lambda row: row.room_id != room)


def meant(rows: Sequence[RecordingRow], asked: Asked, *, over: bool) -> RecordingRow | None:
    """Choose the recording that a question means; `rows` are newest first.

    `over`: the question implies that it has ended, as `the last standup` does. Questions about
    files mean ended recordings; others mean a running one, if there is one. A failed start is
    meant only if nothing was recorded, or if the question is about the failure.
    """
    rows = [row for row in rows if not (over and row.phase in OCCUPIES_ROOM)]
    if asked is Asked.FAILURE:
        failed = (row for row in rows if row.phase in (Phase.FAILED, Phase.NOT_STARTED))
        return next(failed, next(iter(rows), None))
    recorded = [row for row in rows if row.phase not in NEVER_WAS] or rows
    wanted = (row for row in recorded if (row.phase in OCCUPIES_ROOM) != (asked in FILES))
    return next(wanted, next(iter(recorded), None))
