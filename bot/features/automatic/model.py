"""What schedules, rules and calendars have in common: values. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

AutomaticState = Literal["active", "paused", "over"]
# Why a schedule or rule is paused: on request; its person may no longer start, left the workspace
# or the private channel; the channel or the room is gone, or the room is disabled.
PauseReason = Literal["asked", "right", "left", "away", "channel", "room", "disabled"]
# Until its owner acts:
PAUSED_FOR_GOOD: tuple[PauseReason, ...] = ("right", "left", "away", "channel")


class Owned(Protocol):
    """A schedule, rule or calendar: a room, the channel that gets the cards, and its owner."""

    @property
    def room_name(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def by(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that a channel gets once; `by` gets it directly if the channel cannot."""

    identity: str
    channel: str
    by: str
    text: str
    id: int = 0
    attempts: int = 0
    made_at: datetime | None = None


def to_owner(one: Owned, by: str, name: str, text: str) -> list[Notice]:
    """Return the notice for the owner, a direct message; none if they did it themselves."""
    return [] if by == one.by else [Notice(name, one.by, one.by, text)]
