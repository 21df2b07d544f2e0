"""Writes what was understood as a plain sentence. Pure; the text is not escaped."""

from __future__ import annotations

from datetime import datetime

from bot.core.when import Day, Once, Refused, StopAt, Unclear, When
from bot.core.when_words import (
    say_date,
    say_due,
    say_length_of,
    say_moment,
    say_offset,
    say_problem,
    say_time,
)
from bot.features.commands.model import Outcome, Understood, Why
from bot.features.commands.vocabulary import Intent
from bot.features.options.table import options_line, write_options
from bot.ui.text import shorten

REFERENCE_MOST = 80

_DONE = {
    Intent.START: "Starting the recording of {room}.",
    Intent.STOP: "Stopping the recording of {room}.",
    Intent.PAUSE: "Pausing the recording of {room}.",
    Intent.RESUME: "Resuming the recording of {room}.",
    Intent.SCHEDULE: "{room} will be recorded{at}.",
    Intent.UNSCHEDULE: "{room} will not be recorded{at}.",
    Intent.FOLLOW: "This channel now follows {room}.",
    Intent.UNFOLLOW: "This channel no longer follows {room}.",
    Intent.SHARE: "The recording of {room} is shared in {to}.",
    Intent.RENAME: "The recording of {room} is now called {title}.",
    Intent.EXTEND: "{room} is recorded for longer.",
    Intent.SETTINGS: "Opening this channel’s settings.",
    Intent.PRESETS: "Opening the presets.",
}
_ASKED = {
    Intent.START: "Start recording {room}{how}?",
    Intent.STOP: "Stop the recording of {room}?",
    Intent.PAUSE: "Pause the recording of {room}?",
    Intent.RESUME: "Resume the recording of {room}?",
    Intent.SCHEDULE: "Record {room}{options}{at}?",
    Intent.UNSCHEDULE: "{unschedule} the recording of {room}{at}?",
    Intent.FOLLOW: "Follow {room} in this channel?",
    Intent.UNFOLLOW: "Stop following {room} in this channel?",
    Intent.SHARE: "Share the recording of {room}{in_to}?",
    Intent.RENAME: "Call the recording of {room} {title}?",
    Intent.EXTEND: "Record {room} for longer?",
    Intent.AUTO: "Record every session of {room} automatically?",
    Intent.SETTINGS: "You can see and change that in this channel’s settings.",
    Intent.PRESETS: "Open the presets?",
}
_ANSWERED = {
    Intent.STATUS: "Here is what is being recorded.",
    Intent.LIST: "Here are the recordings{of}.",
    Intent.SUMMARY: "Looking for the latest summary{of}.",
    Intent.JOIN: "Looking for a way to join{it}.",
    Intent.DOCTOR: "Checking Slack, 100ms and the bot.",
    Intent.HELP: "I record rooms. Try “record” with the name of a room, or “help”.",
    Intent.THANKS: "You’re welcome.",
    Intent.FOLLOW: "Here are the rooms that this channel follows.",
    Intent.RENAME: "Which recording? Name its room, or write in the thread of its card.",
    Intent.UNKNOWN: "I did not understand that.",
}
_STATES = {
    Why.NEEDS_ROOM: "Which room?",
    Why.MENU: "What do you want to do?",
    Why.NEEDS_TITLE: "What should the recording of {room} be called?",
    Why.NO_ROOM: "There is no room “{reference}”.",
    Why.NO_ROOM_YET: "No room “{reference}” was found so far. {detail}",
    Why.UNKNOWN_CODE: "I do not know yet which room that opens. Choose it in the form.",
    Why.ALREADY: "{room} is already being recorded.",
    Why.NOTHING_ELSE: "Nothing else is being recorded.",
    Why.NOT_RECORDED: "{room} is not being recorded.",
    Why.NOT_PAUSED: "The recording of {room} is not paused.",
    Why.DISABLED: "{room} is disabled in 100ms.",
    Why.NOT_SCHEDULED: "No recording of {room} is scheduled{on}.",
    Why.WHICH_SCHEDULE: "{room} has several schedules. Which one do you mean?",
    Why.WAITS: "{room} is not being recorded yet: it starts when somebody joins. Cancel that?",
    Why.DATE_OR_ALL: "Skip the next date of {room}, or delete its schedule?",
    Why.TOO_LONG: "That text is too long to read. Write one short sentence.",
}


_KEEPS_OPTIONS = (
    "A recording keeps the options with which it started. To change them, stop it and start it "
    "again."
)
_BOTH = {
    **{
        (intent, Why.UNKNOWN_WORD): f"I do not understand “{{reference}}”. {_ASKED[intent]}"
        for intent in (Intent.START, Intent.SCHEDULE, Intent.STOP, Intent.PAUSE, Intent.RESUME)
    },
    **{
        (intent, why): f"{first} {_ASKED[intent]}"
        for intent in (Intent.START, Intent.SCHEDULE, Intent.STOP)
        for why, first in (
            (Why.APART, "Write “{reference}” in a message of its own."),
            (Why.REMIND, "I cannot remind you."),
        )
    },
    (Intent.UNKNOWN, Why.REMIND): "I cannot remind you. I can record a room at a time, such as "
    "“record standup at 9:00”.",
    (Intent.START, Why.FIXED): _KEEPS_OPTIONS,
    (Intent.UNKNOWN, Why.FIXED): _KEEPS_OPTIONS,
    (Intent.UNKNOWN, Why.LANGUAGE): "I understand only English, such as “start standup” or “stop”.",
    (Intent.SHARE, Why.ONLY_NOW): "I share a recording at once. Share {room}{in_to} now?",
    (Intent.SHARE, Why.NO_ROOM): "There is no recording “{reference}”.",
    (Intent.RENAME, Why.NO_ROOM): "There is no recording “{reference}”.",
    (Intent.RENAME, Why.NEEDS_ROOM): _ANSWERED[Intent.RENAME],
    (Intent.AUTO, Why.OFF): "Turn off automatic recording of {room}?",
    (Intent.START, Why.NEEDS_ROOM): "Which room should be recorded{how}?",
    (Intent.SCHEDULE, Why.NEEDS_ROOM): "Which room should be recorded{at}{how}?",
    (Intent.SCHEDULE, Why.MOVE): "Move the recording of {room}{to_when}?",
    (Intent.STOP, Why.KEPT): "The recording of {room} was not stopped. Stop it?",
    (Intent.PAUSE, Why.KEPT): "The recording of {room} was not paused. Pause it?",
    (Intent.RESUME, Why.KEPT): "The recording of {room} was not resumed. Resume it?",
    (Intent.SHARE, Why.UNSUPPORTED): "I share a recording only when somebody asks, and cannot take "
    "it back. An admin of the workspace can delete the message.",
    (Intent.UNKNOWN, Why.ASSENT): "I have no open question for you here. Write what "
    "you want, such as “stop standup”.",
    (Intent.UNKNOWN, Why.SORRY): "No problem.",
    (Intent.UNKNOWN, Why.DISSENT): "OK, I’ll leave it.",
    (Intent.UNKNOWN, Why.UNDO): "What do you want to undo?",
    (Intent.UNKNOWN, Why.UNSUPPORTED): "To delete a recording, open its details.",
}
_NONE = {
    Why.NOT_PAUSED: "No recording is paused.",
    Why.NOT_SCHEDULED: "No recording is scheduled{on}.",
}
_NOTHING_DONE = {
    Intent.STOP: "Nothing was stopped.",
    Intent.PAUSE: "Nothing was paused.",
    Intent.RESUME: "Nothing was resumed.",
}


def say(found: Understood, *, now: datetime) -> str:
    """Say what was understood, in one or two sentences for each order. `now` is aware."""
    return " ".join(dict.fromkeys(_say(part, now) for part in found.parts or (found,)))


def _say(found: Understood, now: datetime) -> str:
    room = found.room.name if found.room else _several(found)
    names = {
        "room": room,
        "of": f" of {found.room.name}" if found.room else "",
        "it": f" {found.room.name}" if found.room else "",
        "when": _when(found.when, now),
        "how": _how(found, now),
        "options": _options(found),
        "at": _at(found.when, now),
        "to_when": _when(found.when, now).replace(": ", " to ", 1),
        "on": _on(found.when, now),
        "unschedule": "Skip" if any(order.date for order in found.offers) else "Cancel",
        "to": found.to or "this channel",
        "in_to": f" {found.to}" if found.to == "here" else f" in {found.to}" if found.to else "",
        "reference": shorten(found.reference or "", REFERENCE_MOST),
        "detail": found.detail or "",
        "title": f"“{found.title}”" if found.title else "something else",
    }
    if found.asked and found.why not in (Why.KEPT, Why.NOT_PAUSED):
        return f"Looking at the recording of {found.room.name if found.room else 'this place'}."
    if found.why is Why.BAD_OPTIONS:
        return found.detail or "Those options exclude each other."
    if found.why is Why.BAD_TIME:
        return _say_time(found)
    if found.why is Why.ALREADY and (found.intent is Intent.PAUSE or found.outcome is Outcome.ASK):
        return _say_already(found, room, now)
    if found.why is Why.NOT_RECORDED and found.room is None:
        like = f" like “{names['reference']}”" if found.reference else ""
        return f"Nothing{like} is being recorded."
    if found.why in _NONE and found.room is None:
        return _NONE[found.why].format_map(names)
    if found.why is Why.KEPT and found.room is None:
        return f"{_NOTHING_DONE[found.intent]} {_ASKED[found.intent].format_map(names)}"
    if (found.intent, found.why) in _BOTH:
        text = _BOTH[found.intent, found.why].format_map(names)
        return _timed(found, text, now) if found.why in _TIMED else text
    if found.intent is Intent.STATUS and (found.room or found.topic):
        return _say_status(found)
    if found.why is Why.WHICH_ROOM and (namesakes := _namesakes(found)):
        return f"{namesakes} rooms are called {room}. Which one do you mean?"
    if found.why in _STATES:
        return _STATES[found.why].format_map(names)
    if found.intent is Intent.FIND and found.query:
        return f"Searching transcripts for “{found.query}”."
    table = {Outcome.DO: _DONE, Outcome.ASK: _ASKED}.get(found.outcome, _ANSWERED)
    text = table.get(found.intent, _ANSWERED[Intent.UNKNOWN]).format_map(names)
    return _timed(found, text, now)


_TIMED = (Why.UNKNOWN_WORD, Why.REMIND)


def _timed(found: Understood, text: str, now: datetime) -> str:
    """Add the time of a stop or pause, if it has one."""
    if found.intent in (Intent.STOP, Intent.PAUSE) and isinstance(found.when, When):
        return _say_until(found.intent, text, found.when, now)
    return text


def _say_already(found: Understood, room: str, now: datetime) -> str:
    """Say that a recording is paused already, or that it runs and an end can be set."""
    if found.intent is Intent.STOP and isinstance(found.when, When):
        text = f"{room} is already being recorded. Stop it?"
        return _say_until(found.intent, text, found.when, now)
    paused = "already paused." if found.intent is Intent.PAUSE else "paused. Resume it?"
    return f"The recording of {room} is {paused}"


def _say_status(found: Understood) -> str:
    if found.topic:
        return "Here is what is scheduled."
    verb = "is not" if found.why is Why.NOT_RECORDED else "is"
    return f"{found.room.name if found.room else ''} {verb} being recorded."


def _say_until(intent: Intent, text: str, when: When, now: datetime) -> str:
    """Add when a stop is due. A pause has no end: nothing is resumed automatically."""
    if isinstance(when.stop, StopAt) and intent is Intent.STOP:
        at = when.stop.at.astimezone(now.tzinfo)  # it may have been said in another zone
        today = at.date() == now.date()
        said = f"at {say_time(at.timetz())}" if today else f"on {say_moment(at, today=now.date())}"
        return f"{text[:-1]} {said}{say_offset(at)}{text[-1]}"
    if intent is Intent.STOP:
        text = text.replace("Stop the", "Stop or pause the", 1)
    return f"{text} It stays paused until somebody resumes it."


def _when(when: object, now: datetime) -> str:
    """Say a start: `: Thu 3 Dec, 9:00 (Europe/Berlin)`; of a day, its date."""
    if isinstance(when, Day):
        return f": {say_date(when.date, today=now.date())}"
    return say_due(when, now=now) if isinstance(when, When) and when.start else ""


def _at(when: object, now: datetime) -> str:
    """Say a start in the middle of a sentence: ` on Thu 3 Dec, 9:00 (Europe/Berlin)`."""
    said = _when(when, now)
    dated = isinstance(when, Day) or (isinstance(when, When) and isinstance(when.start, Once))
    return said.replace(": ", " on " if dated else " ", 1) if said.startswith(":") else said


def _on(when: object, now: datetime) -> str:
    """Say a day: ` on Thu 3 Dec`."""
    match when:
        case Day(date=day):
            return f" on {say_date(day, today=now.date())}"
        case When(start=Once(at=at)):
            return f" on {say_date(at.date(), today=now.date())}"
    return ""


def _how(found: Understood, now: datetime) -> str:
    """Say a length and the options of a start: ` for 30 min (audio only)`."""
    when = found.when
    length = say_length_of(when if isinstance(when, When) else None, now=now)
    return f"{length}{_options(found)}"


def _options(found: Understood) -> str:
    """Return the options of a start: ` (audio only)`."""
    return f" ({options_line(found.options)})" if write_options(found.options) else ""


def _say_time(found: Understood) -> str:
    match found.when:
        case Refused() | Unclear() as problem:
            return say_problem(problem)
        case When() | None:
            return "I need a time, such as “at 15:00” or “every weekday 9:30 for 20m”."
    return "I need a time, such as “tomorrow at 9:30”."


def _namesakes(found: Understood) -> int:
    """Return the number of offered rooms if all have the same name, else 0."""
    rooms = {order.room.room_id: order.room.name for order in found.offers if order.room}
    return len(rooms) if len(rooms) > 1 and len(set(rooms.values())) == 1 else 0


def _several(found: Understood) -> str:
    names = list(
        dict.fromkeys(order.room.name for order in (*found.acts, *found.offers) if order.room)
    )
    if not names:
        return "the room"
    last = " or " if found.outcome is Outcome.ASK else " and "
    return last.join(filter(None, (", ".join(names[:-1]), names[-1])))
