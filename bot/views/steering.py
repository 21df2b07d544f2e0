"""What is said where a recording is not in the state to be paused or resumed."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.recording import Phase
from bot.views.message import Message, section, spoken
from bot.views.text import esc

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


def not_now(rows: Sequence[Steered]) -> Message:
    """Of what runs, nothing can be paused, or resumed."""
    told = [f"*{esc(r.room_name, 100)}* {_STATES.get(r.phase, _BEFORE)}" for r in rows[:NAMED]]
    text = "\n".join(told)
    return Message(spoken(text), [section(text)])
