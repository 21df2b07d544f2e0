"""All timeouts, intervals and retry limits of the reconciler."""

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from bot.core.assets import Transcription
from bot.core.deliveries import Work
from bot.core.derive import last_failure
from bot.core.facts import (
    AssetSeen,
    CallFailed,
    Fact,
    StartAttempted,
    StartRequested,
    StopDue,
    StopRequested,
    TranscriptionReported,
)
from bot.core.recording import ENDED, Phase, Recording
from bot.core.steps import POLL

S = timedelta(seconds=1)
MIN = timedelta(minutes=1)

HICCUPS = 2  # from this many failures in a row on, people are told
UNHEARD = 4  # failed polls in a row: about 15 s, or 50 s if 100ms hangs
CHOICES_FOR = timedelta(hours=1)  # for which the buttons of a question work
CLOCKS = ("schedule", "rule")  # automatic starts, which nobody waits for

# Minimums for scaling: clocks and networks are as slow in a sandbox as elsewhere.
REAL_TIME = {
    "adopt_slack": 60 * S,
    "pause_within": 10 * S,
    "start_within": 5 * S,
    "card_patience": 2 * S,
    "cause_patience": 3 * S,
    "files_patience": 10 * S,
    "post_again": 3 * S,
    "silent_after": 10 * S,
    "tell_silence_after": 15 * S,
    "beat_every": 0.5 * S,
    "away_after": 2 * S,
    "presence_every": 1 * S,
    "empty_for": 1 * S,
}


@dataclass(frozen=True, slots=True)
class Policy:
    """Durations of the reconciler. `webhooks`: 100ms sends them, so polls are rare."""

    webhooks: bool = True
    time_scale: float = 1.0  # the waits below are already divided by this

    card_patience: timedelta = 10 * S  # then start without the card, which is posted later
    start_within: timedelta = 2 * MIN  # an older request is not started
    adopt_slack: timedelta = 60 * S  # clocks differ: a recording may look older than our attempt
    pause_within: timedelta = 10 * S  # since the click; 100ms pauses by room, so not any later
    end_soon: timedelta = 2 * MIN  # how long before the end people are warned
    armed_for: timedelta = 60 * MIN  # how long a schedule without an end waits for people
    presence_every: timedelta = 30 * S  # between checks of who is in the rooms
    empty_for: timedelta = 60 * S  # between the two checks that find a room empty
    card_every: timedelta = 1 * S  # edits of one card coalesce

    poll_first: timedelta = 5 * S
    poll_cap_starting: timedelta = 30 * S
    poll_running: timedelta = 10 * MIN
    poll_running_alone: timedelta = 30 * S
    look_every: timedelta = 60 * MIN  # at a recording that 100ms' list shows unchanged
    poll_ending: timedelta = 60 * S
    poll_ending_alone: timedelta = 10 * S
    poll_transcript: timedelta = 30 * S  # once it is overdue; doubles up to the cap
    poll_transcript_cap: timedelta = 10 * MIN
    poll_failed: timedelta = 2 * S  # after a failure; doubles up to the cap
    poll_failed_cap: timedelta = 5 * MIN

    discover_every: timedelta = 10 * MIN  # between checks of a followed room
    discover_alone: timedelta = 45 * S  # the same without webhooks
    discover_again: timedelta = 10 * S  # if a recording there could not be assigned

    home_every: timedelta = 5 * S  # changes of an open Home coalesce
    home_for: timedelta = 10 * MIN  # how long Home is kept up to date after it was opened
    home_again: timedelta = 60 * S  # for changes without a fact, such as elapsed times

    transcript_least: timedelta = 5 * MIN
    transcript_share: float = 0.2  # of the recording's length
    silent_after: timedelta = 20 * S  # without an answer to a start or stop; the card says so
    tell_silence_after: timedelta = 45 * S  # then the starter is told directly
    cause_patience: timedelta = 20 * S  # for the webhook with the cause, sent for about 15 s
    late_after: timedelta = 10 * MIN  # past the expected time
    results_after: timedelta = 30 * MIN  # after the video; then results are posted incomplete
    unasked_for: timedelta = 2 * MIN  # after the video; by then the template's transcript began
    files_patience: timedelta = 60 * S  # then the results message is posted before its files
    start_late_after: timedelta = 60 * S
    video_late_after: timedelta = 15 * MIN
    give_up_after: timedelta = timedelta(hours=24)

    tries_to_read: int = 10  # at least, before giving up files that 100ms calls ready
    tries_refused: int = 10  # then a refusal counts as final
    # Tries that Slack answers with an internal error until people read it elsewhere: about 40 s.
    edits_refused: int = 6
    cards_refused: int = 4
    tells_refused: int = 3
    refused_cap: timedelta = 30 * S  # between those tries

    retry_first: timedelta = 1 * S  # a refused or failed step; doubles up to the cap
    retry_cap: timedelta = 5 * MIN
    call_cap: timedelta = 30 * S  # of a start or stop that 100ms does not answer

    post_again: timedelta = 5 * S  # after a post whose answer was lost: it may have arrived

    parked_first: timedelta = 15 * S  # until a refused post is tried again; doubles up to the cap
    parked_cap: timedelta = 60 * MIN

    beat_every: timedelta = 10 * S  # interval of the heartbeat
    away_after: timedelta = 30 * S  # without a heartbeat; webhooks may have been lost
    replay_settle: timedelta = 30 * S  # after a restart, until a proxy routes to us again
    replay_margin: timedelta = 2 * MIN  # before the last heartbeat; 100ms retries for about 15 s
    replay_first: timedelta = 30 * S  # after a failed request for a replay; doubles up to the cap
    replay_cap: timedelta = 10 * MIN

    def scaled(self, factor: float) -> Self:
        """Divide every wait by `factor` (`TIME_SCALE`), but not below `REAL_TIME`."""
        waits: dict[str, Any] = {
            f.name: max(value / factor, min(value, REAL_TIME.get(f.name, value / factor)))
            for f in fields(self)
            if isinstance(value := getattr(self, f.name), timedelta)
        }
        return replace(self, time_scale=self.time_scale * factor, **waits)

    def backoff(self, attempts: int, first: timedelta, cap: timedelta) -> timedelta:
        """`first` after one attempt, doubled by each further one, at most `cap`. No jitter."""
        return min(cap, first * 2.0 ** min(max(attempts - 1, 0), 20))


def is_by_clock(recording: Recording) -> bool:
    """Started by a schedule or by a rule for the room."""
    return any(isinstance(f, StartRequested) and f.via in CLOCKS for f in recording.log)


def start_by(recording: Recording, policy: Policy) -> datetime:
    """The latest time at which the start may be made.

    A person's request is not started late without asking them again. An automatic start is made
    late, as long as its end has not passed.
    """
    by_clock = is_by_clock(recording)
    within = policy.armed_for if by_clock else policy.start_within
    latest = recording.requested_at + within
    if recording.ends_at is None:
        return latest
    return recording.ends_at if by_clock else min(latest, recording.ends_at)


def tried_until(recording: Recording, policy: Policy, now: datetime) -> datetime | None:
    """Until when the start is sent again, if that is still ahead."""
    until = start_by(recording, policy)
    return until if now < until else None


def transcript_expected_at(recording: Recording, policy: Policy) -> datetime | None:
    """When 100ms should have the transcript: 5 minutes plus a fifth of the length after the stop.

    The share is at most `give_up_after`, because 100ms may report an absurd length.
    """
    if recording.stopped_at is None or not recording.transcription.pending:
        return None
    share_s = (recording.duration_s or 0.0) * policy.transcript_share / policy.time_scale
    most_s = policy.give_up_after.total_seconds()
    share = timedelta(seconds=min(share_s, most_s))
    return recording.stopped_at + policy.transcript_least + share


@dataclass(frozen=True, slots=True)
class Deadlines:
    """When something of a recording is late, and when the bot stops waiting for it."""

    late_at: datetime | None = None
    give_up_at: datetime | None = None


def deadlines(recording: Recording, policy: Policy) -> Deadlines:
    """The deadlines of the phase that the recording is in."""
    if recording.phase is Phase.STARTING and recording.accepted_at:
        return Deadlines(
            recording.accepted_at + policy.start_late_after,
            recording.accepted_at + policy.give_up_after,
        )
    if recording.phase in (Phase.STOPPING, Phase.PROCESSING) and recording.stopped_at:
        return Deadlines(
            recording.stopped_at + policy.video_late_after,
            recording.stopped_at + policy.give_up_after,
        )
    if told_at := unread_since(recording):
        return Deadlines(told_at + policy.late_after, told_at + policy.give_up_after)
    expected = transcript_expected_at(recording, policy)
    if recording.phase is Phase.COMPLETED and expected:
        video_at = recording.completed_at or expected
        late_at = max(video_at + policy.results_after, expected + policy.late_after)
        if recording.transcription is Transcription.MAYBE:
            # A transcript that has not begun by then is not part of the template.
            return Deadlines(late_at, video_at + policy.unasked_for)
        return Deadlines(late_at, expected + policy.give_up_after)
    return Deadlines()


@dataclass(frozen=True, slots=True)
class Silence:
    """A start or stop that 100ms has not answered."""

    on: Literal["start", "stop"]
    since: datetime
    accepted: bool = False  # 100ms accepted the start, and does not answer polls since
    failed: CallFailed | None = None  # the last failed call; None: none has failed yet
    cancelled: bool = False  # somebody has asked to stop: the start is not sent again


def silence(recording: Recording, work: Work) -> Silence | None:
    """The start or stop that 100ms has not answered, if any.

    A start counts from its first attempt, also if the bot held it back.

    An accepted start counts too, while 100ms does not answer polls.
    """
    if recording.phase is Phase.REQUESTED:
        tried = [f.at for f in recording.log if _is_try(f)]
        failed = last_failure(recording.log, "start")
        if not tried:
            return None
        cancelled = recording.stop_pending
        return Silence("start", min(tried), failed=failed, cancelled=cancelled)
    polls = work.retries.get(POLL)
    unheard = polls is not None and polls.attempts >= HICCUPS
    if recording.phase is Phase.STARTING and recording.accepted_at and unheard:
        return Silence("start", recording.accepted_at, accepted=True)
    if recording.stop_pending and recording.phase not in ENDED:
        asked = (f.at for f in recording.log if isinstance(f, StopRequested | StopDue))
        return Silence("stop", max(asked), failed=recording.stop_failed)
    return None


def _is_try(fact: Fact) -> bool:
    """Whether it is a start that was made, or held back."""
    failed = isinstance(fact, CallFailed) and fact.call == "start"
    return failed or isinstance(fact, StartAttempted)


def is_unheard(recording: Recording, work: Work) -> bool:
    """Whether several polls of a recording failed in a row, so its card may be out of date."""
    polls = work.retries.get(POLL)
    known = recording.phase in (Phase.RUNNING, Phase.PAUSED, Phase.STOPPING, Phase.PROCESSING)
    return known and polls is not None and polls.attempts >= UNHEARD


def silence_to_show(
    recording: Recording, work: Work, policy: Policy, now: datetime
) -> Silence | None:
    """The silence, if it has lasted long enough to be shown."""
    silent = silence(recording, work)
    return silent if silent and now >= silent.since + policy.silent_after else None


def results_due_at(recording: Recording, policy: Policy) -> datetime | None:
    """When the results message is due: once everything came, or what is missing is late."""
    if recording.is_settled:
        return max(f.at for f in recording.log)
    if recording.phase is Phase.COMPLETED or recording.is_unread:
        return deadlines(recording, policy).late_at
    return None


def unread_since(recording: Recording) -> datetime | None:
    """When 100ms last reported a transcript that it calls ready and that we could not read."""
    if not recording.is_unread:
        return None
    return max((f.at for f in recording.log if _is_about_text(f)), default=None)


def _is_about_text(fact: Fact) -> bool:
    if isinstance(fact, AssetSeen):
        return fact.type in ("transcript", "summary")
    return isinstance(fact, TranscriptionReported)


def look_again_at(
    recording: Recording, policy: Policy, tries: int, now: datetime
) -> datetime | None:
    """When to retry a post that Slack refused `tries` times; no event may announce that it works.

    None: the recording ended long ago, and nobody misses the post any more.
    """
    last = max((fact.at for fact in recording.log), default=now)
    if recording.phase in ENDED and now - last >= policy.give_up_after:
        return None
    return now + policy.backoff(tries, policy.parked_first, policy.parked_cap)


def is_late(recording: Recording, policy: Policy, now: datetime) -> bool:
    late_at = deadlines(recording, policy).late_at
    return late_at is not None and now >= late_at
