"""Find the recording that a webhook is about. Pure; never guesses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.recording import Phase
from bot.hms.webhook import Ids, Times
from bot.store.values import RecordingRow


@dataclass(frozen=True, slots=True)
class About:
    """The webhook is about this recording."""

    key: str


@dataclass(frozen=True, slots=True)
class Later:
    """Not known yet: keep the webhook, and poll these recordings, whose answers may decide."""

    poll: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Nobody:
    """The webhook is about no recording of ours."""


def match(
    ids: Ids,
    times: Times,
    known: Mapping[str, str],
    in_room: Sequence[RecordingRow],
    now: datetime,
) -> About | Later | Nobody:
    """Match by any id, else by room, session and times if exactly one recording fits.

    `known` maps known ids to keys of recordings; `in_room` are the open recordings of the room.
    """
    named = {known[a] for a in ids.aliases if a in known}
    if len(named) == 1:
        return About(named.pop())
    if any(row.phase is Phase.REQUESTED and row.attempted_at for row in in_room):
        return Later()
    begun = [row for row in in_room if row.hms_id]
    fitting = [row for row in begun if _fits(ids, times, row, now)]
    if len(fitting) == 1 and _is_certain(ids, times, fitting[0]):
        return About(fitting[0].key)
    return Later(tuple(row.key for row in fitting)) if fitting else Nobody()


def _is_certain(ids: Ids, times: Times, row: RecordingRow) -> bool:
    """Whether the match needs no id: both have times, which `_fits` found to overlap.

    A failure event has no start time. It counts if 100ms' own answer says that this recording
    failed in that session; it may otherwise be about another recording's upload or a live stream.
    """
    if times.started_at and row.started_at:
        return True
    if times.failed_at is None or ids.session_id is None:
        return False
    failed = row.phase is Phase.FAILED and row.requested_at <= times.failed_at
    return failed and ids.session_id == row.session_id


def _fits(ids: Ids, times: Times, row: RecordingRow, now: datetime) -> bool:
    """Whether session and times do not contradict each other; unknown values fit."""
    if ids.session_id and row.session_id and ids.session_id != row.session_id:
        return False
    if times.started_at is None or row.started_at is None:
        return True
    ended = times.stopped_at or now
    return times.started_at <= (row.stopped_at or now) and row.started_at <= ended
