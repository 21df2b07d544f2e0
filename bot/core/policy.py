"""How long we wait for what. Every number the reconciler waits by stands here."""

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

HICCUPS = 2  # failures in a row, of which nobody needs to hear
UNHEARD = 4  # polls in a row that failed: some 15 s, or 50 s where 100ms hangs
CLOCKS = ("schedule", "rule")  # starts that nobody waits for

# Clocks and networks are as slow in a sandbox as elsewhere: scaling does not go below these.
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
    """Durations of the reconciler. `webhooks`: 100ms is set up to tell us, so we ask seldom."""

    webhooks: bool = True
    time_scale: float = 1.0  # by how much the waits below are already divided

    card_patience: timedelta = 10 * S  # then start without the card; it follows
    start_within: timedelta = 2 * MIN  # an older request is not started any more
    adopt_slack: timedelta = 60 * S  # clocks differ: a recording may look older than our attempt
    pause_within: timedelta = 10 * S  # a pause is by room: never later than this after the click
    end_soon: timedelta = 2 * MIN  # so long before its end a recording says that it stops
    armed_for: timedelta = 60 * MIN  # so long a scheduled recording without an end waits for people
    presence_every: timedelta = 30 * S  # one look at all rooms that people are in
    empty_for: timedelta = 60 * S  # between the two looks that find nobody
    card_every: timedelta = 1 * S  # edits of one card coalesce

    poll_first: timedelta = 5 * S
    poll_cap_starting: timedelta = 30 * S
    poll_running: timedelta = 10 * MIN
    poll_running_alone: timedelta = 30 * S
    poll_ending: timedelta = 60 * S
    poll_ending_alone: timedelta = 10 * S
    poll_transcript: timedelta = 30 * S  # the first after its time; doubles up to the cap
    poll_transcript_cap: timedelta = 10 * MIN
    poll_failed: timedelta = 2 * S  # after a failure; doubles up to the cap
    poll_failed_cap: timedelta = 5 * MIN

    discover_every: timedelta = 10 * MIN  # at what runs in a room that is followed
    discover_alone: timedelta = 45 * S
    discover_again: timedelta = 10 * S  # where something runs that we could not place

    home_every: timedelta = 5 * S  # changes of an open Home coalesce
    home_for: timedelta = 10 * MIN  # after it was opened, it is kept up to date
    home_again: timedelta = 60 * S  # for what changes without a fact, as how long something runs

    transcript_least: timedelta = 5 * MIN
    transcript_share: float = 0.2  # of the recording's length
    silent_after: timedelta = 20 * S  # without an answer to a start or stop, the card says so
    tell_silence_after: timedelta = 45 * S  # and the starter is told directly
    cause_patience: timedelta = 20 * S  # the webhook that names it is tried for some 15 s
    late_after: timedelta = 10 * MIN  # past the expected time
    results_after: timedelta = 30 * MIN  # the video: nobody waits longer for what is missing
    unasked_for: timedelta = 2 * MIN  # after the video: a transcript nobody asked for has begun
    files_patience: timedelta = 60 * S  # then the results message goes before its files
    start_late_after: timedelta = 60 * S
    video_late_after: timedelta = 15 * MIN
    give_up_after: timedelta = timedelta(hours=24)

    tries_to_read: int = 10  # at least, before files that 100ms calls ready are given up
    tries_refused: int = 10  # then a clear no is believed
    refused_cap: timedelta = 30 * S  # between those tries

    retry_first: timedelta = 1 * S  # a refused or failed step; doubles up to the cap
    retry_cap: timedelta = 5 * MIN

    post_again: timedelta = 5 * S  # a post whose answer was lost: it may be there already

    parked_first: timedelta = 15 * S  # until a refused post is tried again; doubles up to the cap
    parked_cap: timedelta = 60 * MIN

    beat_every: timedelta = 10 * S  # how often the bot notes that it is alive
    away_after: timedelta = 30 * S  # without a note for so long, webhooks may have been lost
    replay_settle: timedelta = 30 * S  # from our return until a proxy in front of us believes it
    replay_margin: timedelta = 2 * MIN  # before the last note: 100ms tries for some 15 s
    replay_first: timedelta = 30 * S  # after a failure to ask for it; doubles up to the cap
    replay_cap: timedelta = 10 * MIN

    def scaled(self, factor: float) -> Self:
        """Every wait divided by `factor` (`TIME_SCALE`), but for what bounds the real world."""
        waits: dict[str, Any] = {
            f.name: max(value / factor, min(value, REAL_TIME.get(f.name, value / factor)))
            for f in fields(self)
            if isinstance(value := getattr(self, f.name), timedelta)
        }
        return replace(self, time_scale=self.time_scale * factor, **waits)

    def backoff(self, attempts: int, first: timedelta, cap: timedelta) -> timedelta:
        """`first` after one attempt, doubled by each further one, at most `cap`. No jitter here."""
        return min(cap, first * 2.0 ** min(max(attempts - 1, 0), 20))


def is_by_clock(recording: Recording) -> bool:
    """Started by a schedule or by a rule for the room."""
    return any(isinstance(f, StartRequested) and f.via in CLOCKS for f in recording.log)


def start_by(recording: Recording, policy: Policy) -> datetime:
    """Until when a start may still be made.

    What is said by a person is not done late, without asking again. What is due by the clock is,
    as long as its time is not over.
    """
    by_clock = is_by_clock(recording)
    within = policy.armed_for if by_clock else policy.start_within
    latest = recording.requested_at + within
    if recording.ends_at is None:
        return latest
    return recording.ends_at if by_clock else min(latest, recording.ends_at)


def transcript_expected_at(recording: Recording, policy: Policy) -> datetime | None:
    """When 100ms should have the transcript: 5 minutes plus a fifth of the length after the stop.

    The length may be odd: nothing is waited for longer than we would ask for it.
    """
    if recording.stopped_at is None or not recording.transcription.pending:
        return None
    share_s = (recording.duration_s or 0.0) * policy.transcript_share / policy.time_scale
    most_s = policy.give_up_after.total_seconds()
    share = timedelta(seconds=min(share_s, most_s))
    return recording.stopped_at + policy.transcript_least + share


@dataclass(frozen=True, slots=True)
class Deadlines:
    """From when on a recording is late with something, and when we give it up."""

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
            # Not even begun by then: the template asks for none.
            return Deadlines(late_at, video_at + policy.unasked_for)
        return Deadlines(late_at, expected + policy.give_up_after)
    return Deadlines()


@dataclass(frozen=True, slots=True)
class Silence:
    """100ms has not answered what was asked of it."""

    on: Literal["start", "stop"]
    since: datetime
    accepted: bool = False  # it took the start, and does not say what became of it
    failed: CallFailed | None = None  # what came in place of an answer; None: not known yet


def silence(recording: Recording, work: Work) -> Silence | None:
    """A start or stop without an answer. A start counts from its first attempt.

    One that was accepted counts too, while 100ms does not answer when it is polled.
    """
    if recording.phase is Phase.REQUESTED:
        attempts = [f.at for f in recording.log if isinstance(f, StartAttempted)]
        failed = last_failure(recording.log, "start")
        return Silence("start", min(attempts), failed=failed) if attempts else None
    polls = work.retries.get(POLL)
    unheard = polls is not None and polls.attempts >= HICCUPS
    if recording.phase is Phase.STARTING and recording.accepted_at and unheard:
        return Silence("start", recording.accepted_at, accepted=True)
    if recording.stop_pending and recording.phase not in ENDED:
        asked = (f.at for f in recording.log if isinstance(f, StopRequested | StopDue))
        return Silence("stop", max(asked), failed=recording.stop_failed)
    return None


def is_unheard(recording: Recording, work: Work) -> bool:
    """100ms has not said for a while how an open recording is: the card may be out of date."""
    polls = work.retries.get(POLL)
    known = recording.phase in (Phase.RUNNING, Phase.PAUSED, Phase.STOPPING, Phase.PROCESSING)
    return known and polls is not None and polls.attempts >= UNHEARD


def silence_to_show(
    recording: Recording, work: Work, policy: Policy, now: datetime
) -> Silence | None:
    """The silence that has lasted long enough to be said."""
    silent = silence(recording, work)
    return silent if silent and now >= silent.since + policy.silent_after else None


def results_due_at(recording: Recording, policy: Policy) -> datetime | None:
    """When the results message is due: nothing more is to come, or what is missing is late."""
    if recording.is_settled:
        return max(f.at for f in recording.log)
    if recording.phase is Phase.COMPLETED or recording.is_unread:
        return deadlines(recording, policy).late_at
    return None


def unread_since(recording: Recording) -> datetime | None:
    """When 100ms last spoke of a transcript that it called ready, and that we could not read."""
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
    """When to try again what Slack refused `tries` times: no event may say that it can go.

    None: the recording is long over, and what is not there by now is not missed.
    """
    last = max((fact.at for fact in recording.log), default=now)
    if recording.phase in ENDED and now - last >= policy.give_up_after:
        return None
    return now + policy.backoff(tries, policy.parked_first, policy.parked_cap)


def is_late(recording: Recording, policy: Policy, now: datetime) -> bool:
    late_at = deadlines(recording, policy).late_at
    return late_at is not None and now >= late_at
