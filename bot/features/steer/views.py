"""What is said where a command means something that is not there, or not ready for it."""

from collections.abc import Sequence
from typing import Protocol

from bot.core.recording import Phase
from bot.ui.message import Message, say
from bot.ui.text import esc

NAMED = 5
_STATES = {
    Phase.RUNNING: "is not paused: it is being recorded.",
    Phase.PAUSED: "is paused already.",
    Phase.STOPPING: "is being stopped.",
}
_BEFORE = "is only starting. Try again once it records."


class Steered(Protocol):
    @property
    def room_name(self) -> str: ...
    @property
    def phase(self) -> Phase: ...


def no_rooms_yet() -> Message:
    """The directory is empty: 100ms has not answered since the bot was set up."""
    return say("100ms has not told its rooms yet. Try again in a minute, or give the room's id.")


def only_a_code() -> Message:
    """Such as abc-defg-hij: 100ms tells the codes of a room, not the room of a code."""
    return say("A room code does not say which room it opens. Give the room's name or id.")


def not_now(rows: Sequence[Steered]) -> Message:
    """Of what runs, nothing can be paused, or resumed."""
    told = [f"*{esc(r.room_name, 100)}* {_STATES.get(r.phase, _BEFORE)}" for r in rows[:NAMED]]
    return say("\n".join(told))
