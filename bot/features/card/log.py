"""The facts of a recording as log lines for people, without those that add nothing new."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from bot.core import facts as f
from bot.core.assets import VIDEO_TYPES
from bot.ui.text import duration, esc, mention, time_near
from bot.ui.words import REASONS, media_ready

# These are logged each time; any other line is logged once, regardless of source and repeats.
_REPEATABLE = (
    f.StopRequested,
    f.StopDue,
    f.EndSet,
    f.PauseRequested,
    f.PauseSent,
    f.PauseDropped,
    f.Renamed,
)
_OBSERVED = {
    "running": "Recording started",
    "post_processing": "100ms is processing it",
    "failed": "100ms reported a failure",
}
_TRANSCRIPTION = {
    "started": "Transcription started",
    "success": "Transcript ready",
    "failure": "Transcription failed",
}
_READING = {
    "none": "No transcript found",
    "read": None,
    "empty": "Transcript empty",
    "unreadable": "Transcript not readable",
    "too_large": "Transcript too large to read",
    "refused": "100ms did not release the transcript",
    "blocked": "The link to the transcript was not followed",
}
Who = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log. `text` is mrkdwn."""

    at: datetime
    text: str


def _as_it_happened(log: Sequence[f.Fact]) -> Iterator[f.Fact]:
    """Yield the facts; what runs was accepted before, however late that answer came."""
    runs = next((fact for fact in log if _says_it_runs(fact)), None)
    late = [x for x in log if isinstance(x, f.StartAccepted) and runs and x.at > runs.at]
    for fact in log:
        if fact is runs:
            yield from (x.model_copy(update={"at": fact.at}) for x in late)
        if fact not in late:
            yield fact


def log_lines(log: Sequence[f.Fact], who: Who = mention) -> list[LogLine]:
    """Return all lines, oldest first. `who` names a person, in mrkdwn."""
    return list(_merged(log, who))


def card_lines(log: Sequence[f.Fact], who: Who, *, under_way: bool) -> list[LogLine]:
    """Return the lines for the card, which is without steps of 100ms; Details has all lines.

    While it is `under_way`, the card's first lines say who started the recording, and when.
    """
    return list(_merged(log, who, without=_is_start if under_way else _is_step))


def _is_step(fact: f.Fact) -> bool:
    return isinstance(fact, f.StartAccepted)


def _is_start(fact: f.Fact) -> bool:
    asked = isinstance(fact, f.StartRequested) and fact.via != "again"
    return _is_step(fact) or asked or _says_it_runs(fact)


def _says_it_runs(fact: f.Fact) -> bool:
    running = isinstance(fact, f.Observed) and fact.status == "running"
    return running or isinstance(fact, f.BeamStarted)


def written(lines: Sequence[LogLine], since: datetime) -> Iterator[str]:
    """Yield each line after its time, with the date if the day may differ."""
    for line in lines:
        yield f"{time_near(line.at, since)}  {line.text}"


def _merged(
    log: Sequence[f.Fact], who: Who, *, without: Callable[[f.Fact], bool] | None = None
) -> Iterator[LogLine]:
    """Yield a line for each fact that has one; what is left out still counts as context."""
    said: set[str] = set()
    for fact in _as_it_happened(log):
        if without and without(fact):
            continue
        text = line_of(fact, log, who)
        if text is None or (text in said and not isinstance(fact, _REPEATABLE)):
            continue
        said.add(text)
        yield LogLine(fact.at, text)


def line_of(fact: f.Fact, log: Sequence[f.Fact] = (), who: Who = mention) -> str | None:
    """Return a short line for a fact, or None. `log`: the facts that it may be merged with."""
    match fact:
        case (
            f.StartRequested()
            | f.Discovered()
            | f.Followed()
            | f.StopRequested()
            | f.PauseRequested()
        ):
            return _asked(fact, log, who)
        case f.EndSet() | f.StopDue():
            return _end(fact, log, who)
        case f.Shared() | f.MomentShared() | f.ForgetRequested() | f.StopSuggested() | f.Renamed():
            return _wished(fact, who)
        case f.PauseSent() | f.PauseDropped():
            return _pause(fact, log, who)
        case f.StartAccepted() | f.Adopted() | f.PointsTo():
            return _started(fact)
        case (
            f.StartRefused() | f.StartExpired() | f.CallFailed() | f.CannotPost() | f.StopRefused()
        ):
            return _refused(fact)
        case f.AttendeesListed():
            return None  # the card and Details have a line for them
        case f.StartAttempted() | f.StartNotDone() | f.StopSent():
            return None  # its outcome is visible or has its own line
        case f.BeamStarted() | f.BeamStopped() | f.RecordingUploaded() | f.BeamFailed():
            return _told(fact, log)
        case f.Observed() | f.Vanished() | f.GaveUp() | f.PlaceSeen():
            return _learnt(fact, log)
        case f.AssetSeen() | f.TranscriptionReported() | f.ResultsChecked():
            return _found(fact)
        case _:
            assert_never(fact)


def _asked(
    fact: f.StartRequested | f.Discovered | f.Followed | f.StopRequested | f.PauseRequested,
    log: Sequence[f.Fact],
    who: Who,
) -> str | None:
    match fact:
        case f.Discovered():
            return "Noticed: started elsewhere"
        case f.StartRequested(via="schedule"):
            return f"{who(fact.by)} scheduled it"
        case f.StartRequested(via="rule"):
            return f"Started by the room's rule, which {who(fact.by)} set"
        case f.StartRequested():
            again = "asked again" if fact.via == "again" else "asked to record"
            return f"{who(fact.by)} {again}"
        case f.Followed():
            return f"{who(fact.by)} follows it in another channel" if fact.by else None
        case f.StopRequested():
            return f"{who(fact.by)} asked to stop"
        case f.PauseRequested():
            settled = {s.asked_at for s in log if isinstance(s, f.PauseSent | f.PauseDropped)}
            asked = f"{who(fact.by)} asked to {'pause' if fact.pause else 'resume'}"
            return None if fact.at in settled else asked


def _wished(
    fact: f.Shared | f.MomentShared | f.ForgetRequested | f.StopSuggested | f.Renamed, who: Who
) -> str:
    match fact:
        case f.Renamed():
            named = f"called it “{esc(fact.title, 100)}”" if fact.title else "removed its title"
            return f"{who(fact.by)} {named}"
        case f.MomentShared():
            return f"{who(fact.by)} shared a moment of it to another channel"
        case f.Shared():
            return f"{who(fact.by)} shared it to another channel"
        case f.ForgetRequested():
            return f"{who(fact.by)} asked to forget it"
        case f.StopSuggested():
            return f"{who(fact.by)} asked for it to be stopped"


def _end(fact: f.EndSet | f.StopDue, log: Sequence[f.Fact], who: Who) -> str | None:
    """Return a line for a changed end. The first end belongs to the request; the card shows it."""
    if isinstance(fact, f.StopDue):
        return {"time": "Its time is over", "empty": "Everybody has left the room"}[fact.why]
    begun = next((x.at for x in log if isinstance(x, f.StartRequested | f.Discovered)), fact.at)
    if fact.at <= begun or fact.by is None:
        return None
    if fact.until:
        return f"{who(fact.by)} set the end to {time_near(fact.until, fact.at)}"
    return f"{who(fact.by)} removed the end"


def _pause(fact: f.PauseSent | f.PauseDropped, log: Sequence[f.Fact], who: Who) -> str:
    asked = (p for p in log if isinstance(p, f.PauseRequested))
    by = next((f" by {who(p.by)}" for p in asked if p.at == fact.asked_at), "")
    if isinstance(fact, f.PauseSent):
        return f"{'Paused' if fact.pause else 'Resumed'}{by}"
    what = "Pause" if fact.pause else "Resume"
    why = {
        "late": "100ms answered too late",
        "refused": "100ms refused" + (f" (HTTP {fact.status})" if fact.status else ""),
        "not_running": "it was not running",
    }[fact.why]
    return f"{what} not done: {why}"


def _failed_call(fact: f.CallFailed) -> str | None:
    if fact.call == "stop":
        return None  # the card says it
    if fact.is_held_back:
        return "The start waits for 100ms' rate limit"
    if fact.cause in ("refused", "limited"):
        return "100ms did not accept the start; trying again"
    return "100ms did not confirm the start; trying again"


def _started(fact: f.StartAccepted | f.Adopted | f.PointsTo) -> str | None:
    match fact:
        case f.StartAccepted():
            return "100ms accepted the start"
        case f.Adopted():
            return f"It was already running{', started elsewhere' if fact.elsewhere else ''}"
        case f.PointsTo():
            return None  # the heading says it


def _refused(
    fact: f.StartRefused | f.StartExpired | f.CallFailed | f.CannotPost | f.StopRefused,
) -> str | None:
    match fact:
        case f.CallFailed():
            return _failed_call(fact)
        case f.StartRefused():
            return "100ms refused the start"  # the card says why
        case f.StartExpired():
            return "Not started: the request expired"
        case f.CannotPost():
            return f"Slack refused a post: {esc(fact.error, 60)}"
        case f.StopRefused():
            refused = f"100ms refused the stop: {esc(fact.message or str(fact.status), 120)}"
            return "It was no longer running" if fact.status == 404 else refused


def _told(
    fact: f.BeamStarted | f.BeamStopped | f.RecordingUploaded | f.BeamFailed, log: Sequence[f.Fact]
) -> str | None:
    match fact:
        case f.BeamStarted():
            return _OBSERVED["running"]
        case f.RecordingUploaded():
            return _ready(log)
        case f.BeamFailed():
            return "Recording failed"  # the card says why
        case f.BeamStopped():
            if fact.reason.startswith("failure:"):
                return None  # the failure has its own line
            length, why = duration(fact.duration_s), REASONS.get(fact.reason)
            after = f" after {length}" if length else ""
            return f"Stopped{after}{f': {why}' if why else ''}"


def _learnt(
    fact: f.Observed | f.Vanished | f.GaveUp | f.PlaceSeen, log: Sequence[f.Fact]
) -> str | None:
    match fact:
        case f.PlaceSeen():
            never = "Slack did not say whether the channel is private"
            return f"{never}; other channels do not get it" if fact.place == "unknown" else None
        case f.Observed(status="completed"):
            return _ready(log)
        case f.Observed():
            better = fact.status == "failed" and any(isinstance(x, f.BeamFailed) for x in log)
            return None if better else _OBSERVED.get(fact.status)
        case f.Vanished():
            return "100ms no longer shows the recording"
        case f.GaveUp() if fact.on == "transcript" and not _transcript_was_coming(log):
            return None
        case f.GaveUp():
            waited = "100ms" if fact.on == "recording" else "the transcript"
            return f"Gave up waiting for {waited}"


def _ready(log: Sequence[f.Fact]) -> str:
    """Return the line for ready results, in the card's words."""
    asked = any(isinstance(x, f.StartRequested) and x.options.audio_only for x in log)
    elsewhere = any(isinstance(x, f.Adopted) and x.elsewhere for x in log)
    return media_ready(audio_only=asked and not elsewhere)


def _transcript_was_coming(log: Sequence[f.Fact]) -> bool:
    """Whether a transcript was requested, or 100ms reported making one."""
    asked = any(isinstance(x, f.StartRequested) and x.options.transcription for x in log)
    adopted = any(isinstance(x, f.Adopted) and x.elsewhere for x in log)
    begun = any(
        isinstance(x, f.TranscriptionReported)
        or (isinstance(x, f.AssetSeen) and x.type == "transcript")
        for x in log
    )
    return begun or (asked and not adopted)


def _found(fact: f.AssetSeen | f.TranscriptionReported | f.ResultsChecked) -> str | None:
    match fact:
        case f.TranscriptionReported():
            return _TRANSCRIPTION[fact.outcome]
        case f.ResultsChecked():
            return _READING[fact.text]
        case f.AssetSeen():
            if fact.type in VIDEO_TYPES or fact.status == "processing":
                return None  # the recording has its own line
            known = {"transcript": "Transcript", "summary": "Summary", "chat": "Chat"}
            what = known.get(fact.type)
            return what and f"{what} {'ready' if fact.status == 'completed' else 'failed'}"
