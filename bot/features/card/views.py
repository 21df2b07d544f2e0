"""The card: the message that shows the state of a recording."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from bot.core.assets import Transcription
from bot.core.facts import StartRequested, StopDue, StopRefused, StopRequested
from bot.core.moments import Brief
from bot.core.policy import Silence, is_by_clock
from bot.core.recording import ON_AIR, FailureReason, Phase, Recording, can_read, can_watch
from bot.features.card.log import Who, card_lines, written
from bot.features.options.table import options_line
from bot.ui import ids
from bot.ui.buttons import (
    card_link,
    details_button,
    end_buttons,
    join_button,
    schedules_button,
    share_button,
    stop_button,
)
from bot.ui.message import (
    FALLBACK_MOST,
    Block,
    Message,
    actions,
    button,
    context,
    leaf,
    lines,
    name_leaf,
    rich_line,
    rich_text,
    say,
    section,
)
from bot.ui.problems import BOT, SLACK_FAILS, edit_refusal, explain, hms_failure, stop_failure
from bot.ui.text import clock, code, duration, esc, join, place, plain, time_near, when
from bot.ui.words import NO_TRANSCRIPT_YET, UNREAD, mark_of, sentence, state_of

LOG_LINES = 5  # with these, too, it stays under 12 lines
PEOPLE_MOST = 5
NAME_MOST = 24  # characters
SUMMARY_MOST = 200  # characters of the summary: the card stays under 12 lines on a phone
LATE = "is taking longer than usual; still checking with 100ms."
_LATE = {
    Phase.STARTING: "Starting",
    Phase.STOPPING: "Stopping",
    Phase.PROCESSING: "Processing",
}
UNHEARD = (
    "100ms is not reporting the state of the recording, so this may be out of date. The bot keeps "
    "checking."
)
ELSEWHERE = "Started elsewhere, so your settings do not apply."
UNASKED = "Started elsewhere, with its own settings."


def recording_card(
    recording: Recording,
    *,
    late: bool,
    transcript_expected_at: datetime | None,
    permalink_of_pointer: str | None = None,
    silent: Silence | None = None,
    unheard: bool = False,
    until: datetime | None = None,
    results_lost: str = "",
    nobody_there: bool = False,
    joins: bool = False,
    who: Who = esc,
    brief: Brief | None = None,
    bot: str = BOT,
) -> Message:
    """Build the card. `late` and the expected time come from the policy.

    Once the video is there, the card shows the meeting: attendees and later a short summary. Its
    log is then in Details.

    `joins`: full members get links to join.
    `results_lost`: Slack's error code if it refused the results message.
    `silent`: 100ms does not answer; a start is retried until `until`, or no more. `unheard`: polls
    get no answer either.
    `who` names a person in mrkdwn without a mention, since an edit is no reason to notify them.
    `permalink_of_pointer` leads to the card of the recording that occupies the room.
    """
    notes = _notes(recording, late, transcript_expected_at, bot)
    if nobody_there and recording.phase in ON_AIR:
        notes.append("Nobody is in the room yet.")
    if results_lost:
        said = code(results_lost, 60)
        notes.append(f"Slack did not accept the results message (error {said}). Use the buttons.")
    notes += _doubts(recording, silent, until=until, unheard=unheard)
    under_way = recording.phase in ON_AIR | {Phase.REQUESTED}
    told = card_lines(recording.log, who, under_way=under_way)
    log = list(written(told[-LOG_LINES:], recording.requested_at))
    meeting: list[str] = []
    if _is_over(recording):
        log, meeting = [], list(_meeting(recording, brief or Brief(), who))
    blocks = [rich_text(_heading(recording, silent)), context(join(*_about(recording, who)))]
    if notes:
        blocks.append(section(lines(notes)))
    if meeting:
        blocks.append(section(lines(meeting)))
    if log:
        blocks.append(context(lines(log)))
    offered = joins and recording.phase in ON_AIR and not recording.stop_pending
    link = [join_button(recording.key, recording.name)] if offered else []
    buttons = actions([*link, *_buttons(recording, permalink_of_pointer, bot)])
    blocks.extend({**row, "block_id": ids.CARD_BLOCK} for row in buttons)
    state = state_of(recording, silent)
    return Message(_spoken(recording, state, notes, [*meeting, *log], who), blocks)


def _is_over(recording: Recording) -> bool:
    """Whether the card shows the meeting, and Details the log of the recording."""
    return recording.phase is Phase.COMPLETED


def _meeting(recording: Recording, brief: Brief, who: Who) -> Iterator[str]:
    """Yield the attendees, or the speakers if 100ms listed nobody; then the summary."""
    there = recording.attendees or ()
    people = [who(a.slack) if a.slack else esc(a.name, NAME_MOST) for a in there]
    people += [esc(name, NAME_MOST) for name in brief.people if name not in recording.people]
    if people:
        more = len(people) - PEOPLE_MOST
        others = f" and {more} more" if more > 0 else ""
        did = "was there" if there else "spoke"
        yield f"Who {did}: {', '.join(people[:PEOPLE_MOST])}{others}"
    dot = "• " if len(brief.lines) > 1 else ""
    yield from (f"{dot}{esc(line, SUMMARY_MOST // len(brief.lines))}" for line in brief.lines)


def _heading(recording: Recording, silent: Silence | None) -> Block:
    mark = mark_of(recording)
    marked = [leaf(f"{mark} ")] if mark else []
    return rich_line(*marked, name_leaf(recording.name), leaf(f" · {state_of(recording, silent)}"))


def _about(recording: Recording, who: Who) -> list[str]:
    room = esc(recording.room_name, 60) if recording.title else ""
    is_told = not recording.elsewhere and not _is_over(recording)
    options = options_line(recording.options) if is_told else ""
    began = list(filter(None, _began(recording, who)))
    # A name at the beginning stays as it is written.
    if not room and began[0] != _starter(recording, who):
        began[0] = sentence(began[0])
    return [room, *began, _end(recording), duration(recording.duration_s), options]


def _began(recording: Recording, who: Who) -> tuple[str, str]:
    """Say who started it, and when; of a running recording, first since when it records."""
    starter = _starter(recording, who)
    if recording.started_at and recording.phase in ON_AIR:
        via = next((fact.via for fact in recording.log if isinstance(fact, StartRequested)), "")
        how = "requested by" if recording.elsewhere else _BY.get(via, "started by")
        by = f"{how} {starter}" if starter else ""
        return f"recording since {clock(recording.started_at)}", by
    if recording.started_at:
        return starter, f"started {when(recording.started_at)}"
    return starter, f"{'requested' if starter else 'noticed'} {when(recording.requested_at)}"


def _starter(recording: Recording, who: Who) -> str:
    return who(recording.starter) if recording.starter else ""


_BY = {"schedule": "scheduled by", "rule": "started by a rule of"}


def _notes(recording: Recording, late: bool, expected_at: datetime | None, bot: str) -> list[str]:
    """List remarks on the state, each in one or two sentences."""
    notes = []
    if recording.elsewhere:
        notes.append(elsewhere_note(recording))
    if recording.phase is Phase.POINTER:
        notes.append("The running recording has its own card.")
    if recording.problem and recording.problem.why is not FailureReason.CANCELLED:
        explanation = explain(recording.problem, recording, bot=bot)
        notes.append(f"{explanation.why} {explanation.fix}")
    if recording.stop_failed:
        notes.append(stop_failure(recording.stop_failed))
    refused = stop_refused_note(recording)
    if refused:
        notes.append(refused)
    transcript = _transcript_note(recording, late, expected_at)
    if transcript:
        notes.append(transcript)
    elif late:
        notes.append(f"{_LATE.get(recording.phase, 'The transcript')} {LATE}")
    return notes


def doubts(
    recording: Recording, silent: Silence | None, *, until: datetime | None, unheard: bool
) -> list[str]:
    """Say what the card says of a state that is not known, because 100ms does not do as asked."""
    if recording.stop_failed:
        return [stop_failure(recording.stop_failed)]
    return _doubts(recording, silent, until=until, unheard=unheard)


def _doubts(
    recording: Recording, silent: Silence | None, *, until: datetime | None, unheard: bool
) -> list[str]:
    if silent:
        return [] if recording.stop_failed else [silence_note(silent, until=until)]
    return [UNHEARD] if unheard else []


def silence_note(silent: Silence, *, until: datetime | None) -> str:
    """Say that 100ms does not answer, and the consequences.

    `until`: when the bot ceases to send a start again; None if that has passed.
    """
    if silent.accepted:
        return (
            f"100ms accepted the start at {clock(silent.since)} and has not answered since. "
            "The bot does not know yet whether it is recording, and keeps checking."
        )
    waits = _unanswered(silent)
    if silent.on == "stop":
        return f"{waits} It may still be recording. The bot keeps trying."
    if silent.cancelled or until is None:
        return f"{waits} The bot does not repeat it, and checks that nothing was recorded."
    trying = f"The bot keeps trying until {clock(until)}."
    return f"{waits} As far as the bot knows, nothing is being recorded. {trying}"


def _unanswered(silent: Silence) -> str:
    """Say that a request is not done, and what happened instead of an answer."""
    failed, since = silent.failed, clock(silent.since)
    if failed and failed.is_held_back:
        why, _ = hms_failure(failed.cause)
        return f"The request to {silent.on} has been waiting since {since}. {why}"
    if failed is None or failed.cause in ("timeout", "network"):
        return f"100ms has not answered the request to {silent.on} since {since}."
    why, _ = hms_failure(failed.cause, failed.status, failed.message)
    return f"100ms has not accepted the request to {silent.on} since {since}. {why}"


def silence_message(
    recording: Recording,
    on: Literal["start", "stop"],
    silent: Silence | None,
    *,
    until: datetime | None,
    permalink: str | None = None,
    may_start: bool = True,
    stays: bool = False,
    bot: str = BOT,
) -> Message:
    """Tell the starter directly that 100ms does not answer, and later the outcome.

    `permalink` leads to the card. `may_start`: they may try a failed start again. `stays`: the
    message cannot be edited.
    """
    name = esc(recording.name)
    if silent and silent.on == on:
        later = "" if stays else " This message will be updated."
        text = f"*{name}*: {silence_note(silent, until=until)}{later}"
    else:
        text = f"*{name}*: {_answered(recording, on, bot)}"
    retry = retry_button(recording, bot) if may_start else []
    buttons = [*_ways_to_stop(recording, on), *retry, *card_link(permalink)]
    return say(text, [*buttons, details_button(recording)])


def _ways_to_stop(recording: Recording, on: Literal["start", "stop"]) -> list[Block]:
    """Build Stop; below the message on a stop without an answer, one that sends it again at once.

    Below the one on the start, *Try again* would mean the start.
    """
    if recording.phase not in ON_AIR | {Phase.REQUESTED}:
        return []
    if not recording.stop_pending:
        return [stop_button(recording.key, recording.name)]
    if on == "start":
        return []
    label = f"Try again: stop recording {plain(recording.name, 50)}"
    return [button("Try again", ids.STOP, value=recording.key, label=label)]


def _answered(recording: Recording, on: Literal["start", "stop"], bot: str) -> str:
    if recording.problem:
        return explain(recording.problem, recording, bot=bot, to=recording.starter).text
    if recording.phase is Phase.POINTER:
        return "The room is already being recorded."
    if on == "stop":
        return stop_refused_note(recording) or "100ms has answered: the recording has stopped."
    if recording.phase is Phase.STARTING:
        return "100ms has answered: the recording is starting."
    return "100ms has answered: the recording started."


def stop_refused_note(recording: Recording) -> str | None:
    """Say that a stop was finally refused while the recording may still run."""
    stops = [f for f in recording.log if isinstance(f, StopRefused | StopRequested | StopDue)]
    last = stops[-1] if stops else None
    if not isinstance(last, StopRefused) or last.status == 404 or recording.phase not in ON_AIR:
        return None
    said = f" 100ms said: “{esc(last.message, 200)}”." if last.message else ""
    return (
        f"100ms refuses to stop the recording (HTTP {last.status}).{said} It may still be running: "
        "press Stop again, end the meeting, or stop it in the 100ms dashboard."
    )


def elsewhere_note(recording: Recording) -> str:
    return ELSEWHERE if recording.starter else UNASKED


def _transcript_note(recording: Recording, late: bool, expected_at: datetime | None) -> str | None:
    if recording.transcription is Transcription.GIVEN_UP:
        return UNREAD if recording.assets.best_transcript else NO_TRANSCRIPT_YET
    if not recording.transcription.pending or recording.phase is Phase.FAILED:
        return None
    if late and recording.phase is Phase.COMPLETED:
        return f"The {'summary' if recording.results else 'transcript'} {LATE}"
    if expected_at is None or late or recording.transcription is Transcription.MAYBE:
        return None
    return f"Transcript expected {when(expected_at)}."


def _buttons(recording: Recording, permalink: str | None, bot: str) -> list[Block]:
    if recording.phase is Phase.POINTER:
        return card_link(permalink, "Open its card")
    return [
        *_controls(recording),
        *_end_controls(recording),
        *file_buttons(recording),
        *retry_button(recording, bot),
        *([share_button(recording)] if recording.phase is Phase.COMPLETED else []),
        details_button(recording),
        *([schedules_button()] if is_by_clock(recording) else []),
    ]


def _controls(recording: Recording) -> list[Block]:
    if recording.stop_pending or recording.phase not in ON_AIR | {Phase.REQUESTED}:
        return []
    name = plain(recording.name, 55)
    buttons = []
    if recording.phase is Phase.RUNNING and not recording.pause_pending:
        label = f"Pause recording {name}"
        buttons.append(button("Pause", ids.PAUSE, value=recording.key, label=label))
    if recording.phase is Phase.PAUSED and not recording.pause_pending:
        label = f"Resume recording {name}"
        resume = button("Resume", ids.RESUME, value=recording.key, style="primary", label=label)
        buttons.append(resume)
    return [*buttons, stop_button(recording.key, recording.name)]


def _end_controls(recording: Recording) -> list[Block]:
    if recording.ends_at is None or recording.stop_pending or recording.phase not in ON_AIR:
        return []
    return end_buttons(recording)


def _end(recording: Recording) -> str:
    """Say when the recording stops automatically, if that is still ahead."""
    if recording.phase not in ON_AIR | {Phase.REQUESTED} or recording.end is None:
        return ""
    if recording.ends_at:
        return f"until {time_near(recording.ends_at, recording.began)}"
    return f"for {duration(recording.end.after_s)}" if recording.end.after_s else ""


def file_buttons(recording: Recording) -> list[Block]:
    """Build Watch and Transcript, if the files exist."""
    buttons = []
    name = plain(recording.name, 50)
    if can_watch(recording):
        verb = "Listen" if recording.audio_only else "Watch"
        label = f"{verb} to the recording of {name}" if verb == "Listen" else f"Watch {name}"
        buttons.append(button(verb, ids.WATCH, value=recording.key, label=label))
    if can_read(recording):
        label = f"Transcript of {name}"
        buttons.append(button("Transcript", ids.TRANSCRIPT, value=recording.key, label=label))
    return buttons


def retry_button(recording: Recording, bot: str = BOT) -> list[Block]:
    """Build Try again (same settings) and Change settings (the form), if they can help."""
    if recording.problem is None:
        return []
    name = plain(recording.name, 50)
    explained = explain(recording.problem, recording, bot=bot)
    buttons = []
    if explained.can_retry:
        label = f"Try again: {name}, same settings"
        buttons.append(button("Try again", ids.TRY_AGAIN, value=recording.key, label=label))
    if explained.can_change:
        label = f"Change settings: {name}"
        buttons.append(button("Change settings", ids.CHANGE, value=recording.key, label=label))
    return buttons


def _spoken(recording: Recording, state: str, notes: list[str], log: list[str], who: Who) -> str:
    """Write the card as sentences."""
    state = f"{esc(recording.name)}: {state}."
    room, *rest = _about(recording, who)
    about = ", ".join(filter(None, rest))
    by_starter = bool(recording.starter) and rest[0] == _starter(recording, who)
    request = f"{sentence(about)}."
    if by_starter:
        request = f"Requested by {about.replace(', requested ', ', ', 1)}."
    where = f"Room: {room}." if room else ""
    return lines([" ".join(filter(None, [state, request, where])), *notes, *log], FALLBACK_MOST)


def tell_message(
    recording: Recording,
    *,
    channel: str,
    error: str,
    posted: bool = True,
    silent: Silence | None = None,
    bot: str = BOT,
) -> Message:
    """Say that the bot cannot post or update the card: to the starter, or below the card.

    `silent`: a start or stop that 100ms has not answered.
    """
    why, fix = edit_refusal(error, channel, bot=bot)
    if error in SLACK_FAILS:
        fix = "The bot retries from time to time. Details show the current state."
    can_stop = recording.phase in ON_AIR and not recording.stop_pending
    name, state = esc(recording.name), state_of(recording, silent)
    lost = f"The bot cannot {'update' if posted else 'post'} the card in {place(channel)}."
    notice = "You can stop it here." if can_stop else ""
    if can_stop and recording.phase is not Phase.STARTING:
        notice = "The recording continues; you can stop it here."
    text = " ".join(p for p in (f"{name}: {state.lower()}. {lost}", why, fix, notice) if p)
    heading = rich_text(rich_line(name_leaf(recording.name), leaf(f" · {state}")))
    body = f"{lost} {why} {fix}"
    stop = [stop_button(recording.key, recording.name)] if can_stop else []
    buttons = [*stop, details_button(recording)]
    return Message(text, [heading, section(f"{body}\n{notice}".strip()), *actions(buttons)])
