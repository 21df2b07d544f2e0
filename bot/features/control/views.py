"""Replies to stop, pause and resume."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal, Protocol

from bot.core.recording import OCCUPIES_ROOM, Phase, Recording
from bot.core.when_words import say_offset
from bot.ui.buttons import details_button, end_buttons, stop_button
from bot.ui.message import Block, Message, say, section
from bot.ui.text import clock, duration, esc, mention, own, place, plain, when
from bot.ui.words import stops

NAMED = 5
_STATES = {
    Phase.RUNNING: "is not paused: it is being recorded.",
    Phase.PAUSED: "is already paused.",
    Phase.STOPPING: "is being stopped.",
    Phase.NOT_STARTED: "is not being recorded: the recording did not start.",
}
_BEFORE = "is still starting. Try again once it is recording."


class Controlled(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def phase(self) -> Phase: ...


def not_now(rows: Sequence[Controlled]) -> Message:
    """Say why none of the recordings can be stopped, paused or resumed."""
    sentences = [_state(f"*{esc(row.name, 100)}*", row.phase) for row in rows[:NAMED]]
    return say("\n".join(sentences))


def _state(room: str, phase: Phase) -> str:
    if state := _STATES.get(phase):
        return f"{room} {state}"
    if phase in OCCUPIES_ROOM:
        return f"{room} {_BEFORE}"
    return f"That recording of {room} is over."  # another one may run in the room


Action = Literal["stop", "pause", "resume"]


def stopping(room_name: str) -> Message:
    return say(f"Stopping *{esc(room_name)}*.")


def pausing(room_name: str, *, until_resumed: bool = False) -> Message:
    """Confirm a pause. `until_resumed`: a length was given, but nothing resumes automatically."""
    more = " It stays paused until somebody resumes it." if until_resumed else ""
    return say(f"Pausing *{esc(room_name)}*.{more}")


def resuming(room_name: str) -> Message:
    return say(f"Resuming *{esc(room_name)}*.")


def too_late(action: Action) -> Message:
    """Answer a button that was pressed after the state had changed."""
    return say(f"You can no longer {action} this recording: its state has changed.")


CONFIRMED = {
    "stop": stopping,
    "pause": pausing,
    "resume": resuming,
}


_NAME_MOST = 60


def room_notice(name: str) -> str:
    """Write the notice for the room's chat, as plain text without markup or links."""
    shown = plain(name, _NAME_MOST).replace("<", "‹").replace(">", "›").replace("://", ": //")
    who = f"{shown} requested it in Slack." if name.strip() else "It was requested in Slack."
    return f"This meeting is being recorded. {who}"


def stop_suggestion(recording: Recording, asker: str, *, to: str | None = None) -> Message:
    """Ask the starter to stop the recording, with the Stop button.

    Below the card, the message mentions them: `to`.
    """
    about = f"the recording of *{esc(recording.name)}* in {place(recording.origin)}"
    called = f"{mention(to)}: " if to else ""
    text = f"{called}{mention(asker)} asks you to stop {about}."
    stop = stop_button(recording.key, recording.name)
    return say(text, [stop, details_button(recording)])


def ends_soon(recording: Recording, ends_at: datetime) -> Message:
    """Warn below the card. The buttons are those of the card."""
    text = f"The recording of *{esc(recording.name)}* stops at {clock(ends_at)}."
    return say(text, end_buttons(recording))


def stop_suggested(starter: str | None) -> Message:
    """Confirm to the asker that the starter has been asked."""
    text = f"{mention(starter or '')} has been asked to stop the recording."
    return Message(text, [section(text)])


def ends(recording: Recording, at: datetime | None) -> Message:
    """Say when a recording stops, with buttons that postpone or remove that end."""
    if at is None:
        return say(f"*{esc(recording.name, 100)}* is recorded until somebody stops it.")
    due = f"{stops(recording, at)}{own(say_offset(at))}"
    text = f"The recording of *{esc(recording.name, 100)}* {due}."
    return say(text, end_buttons(replace(recording, ends_at=at)))


def has_no_end(room_name: str, buttons: Sequence[Block]) -> Message:
    name = esc(room_name, 100)
    return say(f"The recording of *{name}* has no end: it runs until somebody stops it.", buttons)


def end_is(recording: Recording, ends_at: datetime | None) -> Message:
    """Answer a button that could not move the end: say what is so."""
    name = f"The recording of *{esc(recording.name, 100)}*"
    if recording.phase not in OCCUPIES_ROOM:
        at = f": it ended {when(recording.stopped_at)}" if recording.stopped_at else ""
        return say(f"{name} is over{at}.", [details_button(recording)])
    if recording.stop_pending or recording.phase is Phase.STOPPING:
        return say(f"{name} is being stopped.")
    if ends_at is None and recording.end and recording.end.after_s:
        length = duration(recording.end.after_s)
        return say(f"{name} has not begun yet. It stops {length} after its start.")
    return ends(recording, ends_at)
