"""Answers to a question about a recording: one or two sentences and the buttons that help."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.assets import Transcription
from bot.core.facts import StopDue, StopRequested
from bot.core.policy import is_by_clock
from bot.core.recording import (
    ENDED,
    NEVER_WAS,
    OCCUPIES_ROOM,
    ON_AIR,
    Phase,
    Recording,
    can_read,
    can_watch,
)
from bot.features.about.model import Asked
from bot.features.card.views import file_buttons, retry_button
from bot.ui import ids
from bot.ui.buttons import details_button, end_buttons, stop_button
from bot.ui.message import Block, Message, say
from bot.ui.problems import BOT, explain, stop_failure
from bot.ui.text import duration, esc, mention, time_near, when
from bot.ui.words import NO_TRANSCRIPT_YET, REASONS, UNREAD, expected, still, stops

PEOPLE_MOST = 20
NAME_MOST = 40
_OF_THE_STATE = frozenset(
    {Asked.LENGTH, Asked.STATE, Asked.ENDS, Asked.STOPPED, Asked.FAILURE, Asked.VIDEO}
)
_UNCONFIRMED = "100ms has not said yet that it has stopped."
FILES_FOR = "Only full members of this workspace can open files."


def about_recording(
    recording: Recording,
    asked: Asked,
    *,
    now: datetime,
    there: Sequence[str] | None = None,
    expected_at: datetime | None = None,
    may_stop: bool = True,
    may_open: bool = True,
    doubts: Sequence[str] = (),
    more: Sequence[Block] = (),
    bot: str = BOT,
) -> Message:
    """Answer a question about a recording.

    `there`: names of the people in its room now; None if 100ms did not answer. `expected_at`: when
    the transcript should be ready. `may_stop`, `may_open`: the person's rights. `doubts`: what the
    card says of a state that is not known, because 100ms does not answer.
    """
    text = _said(recording, asked, now=now, there=there, expected_at=expected_at, bot=bot)
    if doubts and asked in _OF_THE_STATE and doubts[0] not in text:
        text = _doubtful(recording, text, doubts)
    if asked in (Asked.VIDEO, Asked.TRANSCRIPT) and not may_open:
        text = f"{text} {FILES_FOR}"
    buttons = _buttons(recording, asked, may_stop=may_stop, may_open=may_open, bot=bot)
    return say(text, [*buttons, details_button(recording), *more])


def _doubtful(recording: Recording, text: str, doubts: Sequence[str]) -> str:
    """Add the doubts. In place of a state that is not known, they are the answer."""
    if recording.phase in (Phase.REQUESTED, Phase.STARTING):
        return f"{_named(recording)}: {' '.join(doubts)}"
    return f"{text} {' '.join(doubts)}"


def _said(
    recording: Recording,
    asked: Asked,
    *,
    now: datetime,
    there: Sequence[str] | None,
    expected_at: datetime | None,
    bot: str,
) -> str:
    if asked is Asked.FAILURE:
        return _failure(recording, now, bot)
    if recording.phase in NEVER_WAS and asked is not Asked.STARTER:
        return _state(recording, now, bot)
    match asked:
        case Asked.PEOPLE:
            return _people(recording, there)
        case Asked.LENGTH:
            return _how_long(recording, now, bot)
        case Asked.STATE:
            return _state(recording, now, bot)
        case Asked.BEGAN:
            return _beginning(recording)
        case Asked.ENDS:
            return _end(recording)
        case Asked.STARTER:
            return _starter(recording)
        case Asked.STOPPED:
            return _stopped(recording, now, bot)
        case Asked.VIDEO:
            return _video(recording, bot)
        case Asked.TRANSCRIPT:
            return _transcript(recording, expected(expected_at, now))


def _how_long(recording: Recording, now: datetime, bot: str) -> str:
    name, began = _named(recording), recording.started_at
    if recording.phase is Phase.RUNNING and began:
        lasts = duration((now - began).total_seconds()) or "a few seconds"
        return f"{name} has been recorded for {lasts}, since {time_near(began, now)}."
    if recording.phase not in ENDED | {Phase.PROCESSING}:
        return _state(recording, now, bot)
    length = _length(recording)
    said = f"is {length} long" if length else "has no known length yet"
    return f"The recording of {name}, {_began_at(recording)}, {said}."


def _beginning(recording: Recording) -> str:
    name = _named(recording)
    if recording.started_at:
        return f"The recording of {name} started {when(recording.started_at)}."
    return (
        f"The recording of {name} was requested {when(recording.requested_at)}. "
        "100ms has not said yet when it started."
    )


def _named(recording: Recording) -> str:
    return f"*{esc(recording.name, 100)}*"


def _began_at(recording: Recording) -> str:
    return when(recording.began)


def _length(recording: Recording) -> str:
    if recording.duration_s is None and recording.started_at and recording.stopped_at:
        return duration((recording.stopped_at - recording.started_at).total_seconds())
    return duration(recording.duration_s)


def _state(recording: Recording, now: datetime, bot: str) -> str:
    """Describe the state of a recording."""
    name = _named(recording)
    since = recording.started_at
    lasts = duration((now - since).total_seconds()) if since else ""
    if recording.problem:
        explanation = explain(recording.problem, recording, bot=bot)
        return f"{name}, {_began_at(recording)}: {explanation.what} {explanation.why}"
    if recording.stop_pending and recording.phase in ON_AIR:
        return f"The recording of {name} is being stopped. It has run for {lasts or 'seconds'}."
    match recording.phase:
        case Phase.REQUESTED if recording.stop_pending:
            return f"The recording of {name} is being cancelled before it has started."
        case Phase.REQUESTED | Phase.STARTING:
            return f"The recording of {name} is starting: 100ms has not confirmed it yet."
        case Phase.RUNNING:
            return f"{name} is still being recorded, for {lasts or 'a few seconds'} so far."
        case Phase.PAUSED:
            return f"The recording of {name} is paused. It started {_began_at(recording)}."
        case Phase.STOPPING:
            return f"The recording of {name} is being stopped."
        case Phase.POINTER:
            return f"{name} was already being recorded. That recording has its own card."
    ended = f" ended {when(recording.stopped_at)}" if recording.stopped_at else " has ended"
    length = _length(recording)
    first = f"The recording of {name}{ended}{f', after {length}' if length else ''}."
    if recording.phase is Phase.PROCESSING:
        return f"{first} 100ms is preparing the files."
    media = "the audio" if recording.audio_only else "the video"
    files = [*([media] * can_watch(recording)), *(["the transcript"] * can_read(recording))]
    return f"{first} You can open {' and '.join(files)}." if files else first


def _people(recording: Recording, there: Sequence[str] | None) -> str:
    name = _named(recording)
    if recording.phase in OCCUPIES_ROOM:
        if there is None:
            return f"100ms does not say right now who is in {name}."
        if not there:
            return f"Nobody is in {name} right now."
        number = "1 person" if len(there) == 1 else f"{len(there):,} people"
        return f"{number} in {name} now: {_list([esc(n, NAME_MOST) for n in there])}."
    about = f"the recording of {name}, {_began_at(recording)}"
    if recording.attendees is None:
        return f"100ms has not listed yet who was there during {about}."
    names = [mention(a.slack) if a.slack else esc(a.name, NAME_MOST) for a in recording.attendees]
    if not names:
        return f"100ms does not say who was there during {about}."
    return f"Who was there during {about}: {_list(names)}."


def _list(names: Sequence[str]) -> str:
    """List names in mrkdwn: mentions, and names that are escaped."""
    shown = ", ".join(names[:PEOPLE_MOST])
    more = len(names) - PEOPLE_MOST
    return f"{shown} and {more} more" if more > 0 else shown


def _end(recording: Recording) -> str:
    name = _named(recording)
    if recording.phase not in ON_AIR | {Phase.REQUESTED}:
        length = f", after {_length(recording)}" if _length(recording) else ""
        at = f" {when(recording.stopped_at)}" if recording.stopped_at else ""
        return f"The recording of {name} ended{at}{length}."
    if recording.stop_pending:
        return f"The recording of {name} is being stopped."
    if recording.ends_at:
        return f"The recording of {name} {stops(recording, recording.ends_at)}."
    if recording.end and recording.end.after_s:
        return f"The recording of {name} stops {duration(recording.end.after_s)} after its start."
    return (
        f"No end is set for the recording of {name}. It runs until somebody stops it or the "
        "meeting ends."
    )


def _starter(recording: Recording) -> str:
    name, at = _named(recording), when(recording.requested_at)
    if recording.starter is None:
        return f"The recording of {name} was not started with this bot, which noticed it {at}."
    by = mention(recording.starter)
    if is_by_clock(recording):
        return f"The recording of {name} was started by a schedule or rule of {by}, {at}."
    return f"{by} started the recording of {name}, {at}."


def _stopped(recording: Recording, now: datetime, bot: str) -> str:
    """Say who or what stopped the recording, as far as it is known."""
    if recording.phase in ON_AIR | {Phase.REQUESTED} and not recording.stop_pending:
        return _state(recording, now, bot)
    name = _named(recording)
    still_runs = recording.phase in OCCUPIES_ROOM
    last = [f for f in recording.log if isinstance(f, StopRequested | StopDue)][-1:]
    match last:
        case [StopRequested(by=by, at=at)] if still_runs:
            return (
                f"{mention(by)} asked to stop the recording of {name}, {when(at)}. {_UNCONFIRMED}"
            )
        case [StopRequested(by=by, at=at)]:
            return f"{mention(by)} stopped the recording of {name}, {when(at)}."
        case [StopDue(why=why, at=at)]:
            reason = "its time was over" if why == "time" else "nobody was in the room any more"
            if still_runs:
                return f"The recording of {name} is being stopped: {reason}. {_UNCONFIRMED}"
            return f"The recording of {name} stopped {when(at)}, because {reason}."
    reason = REASONS.get((recording.stop_reason or "").casefold(), "")
    if reason:
        return f"The recording of {name} ended because {reason}."
    if recording.problem:
        return _state(recording, now, bot)
    return f"{_end(recording)} Nobody stopped it with this bot, and 100ms does not say why."


def _failure(recording: Recording, now: datetime, bot: str) -> str:
    name = _named(recording)
    if recording.problem:
        explanation = explain(recording.problem, recording, bot=bot)
        return f"{name}, {_began_at(recording)}: {explanation.text}"
    if recording.stop_failed:
        return f"{name}: {stop_failure(recording.stop_failed)}"
    if recording.transcription in (Transcription.GIVEN_UP, Transcription.FAILED):
        return f"The recording of {name} did not fail. {_transcript(recording, '')}"
    return f"The recording did not fail. {_state(recording, now, bot)}"


def _video(recording: Recording, bot: str) -> str:
    name = _named(recording)
    what = "audio" if recording.audio_only else "video"
    if can_watch(recording):
        length = f", {_length(recording)}" if _length(recording) else ""
        return f"The {what} of {name}, {_began_at(recording)}{length}, is ready."
    if recording.phase in OCCUPIES_ROOM:
        return f"{still(recording)} The {what} is made after the recording ends."
    if recording.phase is Phase.PROCESSING:
        return f"100ms is preparing the {what} of {name}, {_began_at(recording)}."
    if recording.problem:
        return (
            f"{name}, {_began_at(recording)}: {explain(recording.problem, recording, bot=bot).text}"
        )
    return f"100ms lists no {what} for the recording of {name}, {_began_at(recording)}."


def _transcript(recording: Recording, expected: str) -> str:
    about = f"the recording of {_named(recording)}, {_began_at(recording)}"
    if can_read(recording):
        unread = recording.transcription is Transcription.GIVEN_UP
        withheld = recording.results and recording.results.text in ("refused", "blocked")
        if withheld:
            return f"100ms lists a transcript of {about}, but the bot could not get its file."
        return UNREAD if unread else f"The transcript of {about}, is ready."
    if recording.results and recording.results.text == "empty":
        return (
            f"The transcript of {about}, is empty: nobody spoke, or the speech was not in English."
        )
    match recording.transcription:
        case Transcription.OFF:
            return f"No transcript was made of {about}: it was recorded without one."
        case Transcription.GIVEN_UP:
            return NO_TRANSCRIPT_YET
        case Transcription.FAILED | Transcription.READY:
            return f"100ms made no transcript of {about}."
    if recording.phase in OCCUPIES_ROOM:
        return f"{still(recording)} A transcript comes after the end."
    if recording.problem:
        return f"There is no transcript of {about}: the recording failed."
    if recording.transcription is Transcription.MAYBE:
        return f"There is no transcript of {about}, so far."
    return f"The transcript of {about}, is not ready yet.{expected}"


def _buttons(
    recording: Recording, asked: Asked, *, may_stop: bool, may_open: bool, bot: str
) -> list[Block]:
    if recording.phase in ON_AIR | {Phase.REQUESTED}:
        if recording.stop_pending or not may_stop:
            return []
        ends = asked is Asked.ENDS and recording.ends_at is not None
        later = end_buttons(recording) if ends else []
        return [stop_button(recording.key, recording.name), *later]
    files = file_buttons(recording) if may_open else []
    if asked is Asked.TRANSCRIPT:
        files.sort(key=lambda one: one["action_id"] != ids.TRANSCRIPT)
    return [*files, *(retry_button(recording, bot) if asked is Asked.FAILURE else [])]
