"""Questions about one recording, and which recording a question means."""

from collections.abc import Sequence
from enum import StrEnum, auto

from bot.core.recording import OCCUPIES_ROOM, Phase
from bot.store.values import RecordingRow


class Asked(StrEnum):
    """What somebody wants to know of a recording."""

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
NEVER_WAS = frozenset({Phase.NOT_STARTED, Phase.POINTER})


def meant(rows: Sequence[RecordingRow], asked: Asked, *, over: bool) -> RecordingRow | None:
    """Return the recording that a question means, of these, newest first.

    `over`: the question says that it is over, as `the last standup` does. Files come after the
    end; everything else is asked of what runs, if anything does. A start that failed is meant only
    where nothing was recorded, or where somebody asks for the failure.
    """
    rows = [row for row in rows if not (over and row.phase in OCCUPIES_ROOM)]
    if asked is Asked.FAILURE:
        failed = (row for row in rows if row.phase in (Phase.FAILED, Phase.NOT_STARTED))
        return next(failed, next(iter(rows), None))
    recorded = [row for row in rows if row.phase not in NEVER_WAS] or rows
    wanted = (row for row in recorded if (row.phase in OCCUPIES_ROOM) != (asked in FILES))
    return next(wanted, next(iter(recorded), None))
