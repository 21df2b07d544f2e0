"""`next_step`: the next action that brings a recording to its desired state. Pure.

`plan` lists all actions that are left, most urgent first, each with its earliest time; `next_step`
returns the first whose time has come, else the time to wait for. A delivery that is parked or
delayed has a later time, or none: it never delays another.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.assets import Transcription
from bot.core.deliveries import (
    TOLD,
    WITHDRAWN,
    Delivery,
    DeliveryState,
    Kind,
    Wanted,
    Work,
    refusals_name,
    to_send,
)
from bot.core.facts import Observed
from bot.core.forgetting import forgetting, is_forgettable
from bot.core.places import is_channel
from bot.core.policy import (
    Policy,
    deadlines,
    results_due_at,
    silence,
    transcript_expected_at,
)
from bot.core.recording import ENDED, ON_AIR, FailureReason, Phase, Recording
from bot.core.steps import (
    POLL,
    Action,
    AskPlace,
    AskToStop,
    Done,
    Erase,
    FetchTranscript,
    Forget,
    GiveUp,
    KeepTranscript,
    ListAttendees,
    Notice,
    Outcome,
    Pause,
    Poll,
    PostCard,
    PostMoment,
    PostSummary,
    Resume,
    SayInRoom,
    SayItEnds,
    Start,
    Step,
    Stop,
    Tell,
    TellSilence,
    UpdateCard,
    UpdateResults,
    UploadFile,
    Wait,
    Withdraw,
    end_name,
    retry_name,
)


@dataclass(frozen=True, slots=True)
class Due:
    at: datetime
    step: Action | Forget | None  # None: only plan again at that time


def next_step(
    recording: Recording, work: Work, wanted: Wanted, policy: Policy, now: datetime
) -> Step:
    """The most urgent step that is due, else `Wait` for the earliest one, else `Done`."""
    later: list[datetime] = []
    for due in plan(recording, work, wanted, policy, now):
        retry = work.retries.get(retry_name(due.step)) if due.step else None
        at = max(due.at, retry.not_before) if retry and retry.not_before else due.at
        if at > now:
            later.append(at)
        elif due.step is not None:
            return due.step
    return Wait(min(later)) if later else Done()


def calm_until(
    recording: Recording, work: Work, wanted: Wanted, policy: Policy, now: datetime
) -> datetime | None:
    """Until when a running recording that waits has nothing to do but to be polled.

    None if it does not run, or something is retried.
    """
    if recording.phase not in (Phase.RUNNING, Phase.PAUSED) or work.retries:
        return None
    left = plan(recording, work, wanted, policy, now)
    others = [due.at for due in left if due.at > now and not isinstance(due.step, Poll)]
    return min([now + policy.look_every, *others])


def plan(
    recording: Recording, work: Work, wanted: Wanted, policy: Policy, now: datetime
) -> Iterator[Due]:
    """List everything that is left to do, most urgent first."""
    if recording.forget_by and is_forgettable(recording):
        for at, step in forgetting(recording, work):
            yield Due(at or now, step)
        return
    yield from _control(recording, now)
    yield from _start(recording, work, policy, now)
    yield from _places(recording, work, now)
    yield from _cards(recording, work, wanted, now)
    yield from _outcome(recording, work, now)
    yield from _silence(recording, work, wanted, policy, now)
    for not_before, notice in notices(recording, work, tell_room=wanted.tell_room):
        yield Due(not_before or now, notice)
    yield from _ending(recording, work, policy)
    yield from _polling(recording, work, policy, now)
    yield from _attendees(recording, now)
    for moment in recording.moments:
        shown = work.delivery(Kind.MOMENT, moment.target)
        if to_send(shown):
            yield Due(shown.retry.not_before or now if shown else now, PostMoment(moment.target))
    if wanted.keep:  # before the results, whose lines get their times from it
        yield from _keeping(recording, work, now)
    yield from _results(recording, work, wanted, policy, now)


def _control(recording: Recording, now: datetime) -> Iterator[Due]:
    can_stop = recording.phase in ON_AIR or recording.phase is Phase.STOPPING
    if recording.stop_pending and can_stop:
        yield Due(now, Stop())
    elif recording.ends_at and recording.phase in ON_AIR:
        yield Due(recording.ends_at, Stop())
    asked = recording.pause_pending
    if asked and recording.phase in ON_AIR and not recording.stop_pending:
        yield Due(now, Pause(asked.at) if asked.pause else Resume(asked.at))


def _start(recording: Recording, work: Work, policy: Policy, now: datetime) -> Iterator[Due]:
    """Post the card first, to know that the bot can post there; after a while start without it."""
    if recording.phase is not Phase.REQUESTED:
        return
    card = work.delivery(Kind.CARD, recording.origin)
    posted = card is not None and card.state in (DeliveryState.SENT, DeliveryState.GONE)
    if posted or recording.attempted_at:
        yield Due(now, Start())
        return
    yield from _post_card(recording.origin, card, now)
    yield Due(recording.requested_at + policy.card_patience, Start())


def _outcome(recording: Recording, work: Work, now: datetime) -> Iterator[Due]:
    if recording.phase is Phase.REQUESTED:
        return
    for delivery in work.deliveries:
        if delivery.kind is Kind.OUTCOME and to_send(delivery):
            yield Due(delivery.retry.not_before or now, Outcome(delivery.target))


def _cards(recording: Recording, work: Work, wanted: Wanted, now: datetime) -> Iterator[Due]:
    if recording.phase is Phase.REQUESTED:
        yield from _update_cards(recording, work, wanted, now)
        return
    showable = recording.phase is not Phase.POINTER and not _never_showed(recording)
    for channel in recording.channels:
        card = work.delivery(Kind.CARD, channel)
        if showable:
            yield from _post_card(channel, card, now)
        if card and _cannot_be_edited(card, work):
            yield from _tell(channel, work, now)  # below the outdated card
        told = work.delivery(Kind.TELL, channel)
        if card and told and told.message and card.hash == wanted.card and card.message:
            yield Due(now, Erase(Kind.TELL, channel))  # the card is up to date again
    yield from _update_cards(recording, work, wanted, now)
    origin = work.delivery(Kind.CARD, recording.origin)
    if (
        recording.starter
        and origin
        and origin.state is DeliveryState.PARKED
        and recording.phase in ON_AIR
    ):
        yield from _tell(recording.starter, work, now)


def _cannot_be_edited(card: Delivery, work: Work) -> bool:
    """Whether Slack refuses to edit this posted card, although the channel itself is open."""
    return (
        card.state is DeliveryState.PARKED and bool(card.ts) and refusals_name(card) in work.retries
    )


def _tell(target: str, work: Work, now: datetime) -> Iterator[Due]:
    told = work.delivery(Kind.TELL, target)
    if to_send(told) or (told and told.state is DeliveryState.GONE):
        yield Due(told.retry.not_before or now if told else now, Tell(target))


def _silence(
    recording: Recording, work: Work, wanted: Wanted, policy: Policy, now: datetime
) -> Iterator[Due]:
    """Show on the card that 100ms does not answer; later tell the starter directly, once.

    If the card is in the direct messages itself, they get no second one beside it.
    """
    silent = silence(recording, work)
    if silent and silent.since + policy.silent_after > now:
        yield Due(silent.since + policy.silent_after, None)
    starter = recording.starter
    if starter is None:
        return
    beside_card = not is_channel(recording.origin)
    for on, kind in (("start", Kind.SILENT_START), ("stop", Kind.SILENT_STOP)):
        told = work.delivery(kind, starter)
        if silent and silent.on == on and to_send(told) and not beside_card:
            at = told.retry.not_before or now if told else now
            yield Due(max(at, silent.since + policy.tell_silence_after), TellSilence(kind, starter))
        elif told and _is_outdated(told, wanted.silence.get(kind)):
            yield Due(told.retry.not_before or now, TellSilence(kind, starter))


def _is_outdated(told: Delivery, wanted: str | None) -> bool:
    """Whether what the person read is to be edited; or said anew, as it cannot be edited."""
    if told.hash is None:
        return False
    return to_send(told) or (told.state is DeliveryState.SENT and told.hash != wanted)


def _places(recording: Recording, work: Work, now: datetime) -> Iterator[Due]:
    """Check the place before followers get anything; delete what they must not have."""
    if recording.waiting:
        yield Due(now, AskPlace(ended=False))
    for channel in recording.withdrawn:
        for kind in (Kind.CHAT, Kind.JSON, Kind.SRT, Kind.TRANSCRIPT, Kind.RESULTS, Kind.TELL):
            shown = work.delivery(kind, channel)
            if shown and (shown.file_id or shown.ts):
                yield Due(now, Erase(kind, channel))
        card = work.delivery(Kind.CARD, channel)
        there = (
            card is not None
            and card.state in (DeliveryState.SENT, DeliveryState.PARKED)
            and card.ts
        )
        if card and there and card.hash != WITHDRAWN:
            yield Due(now, Withdraw(channel))


def _never_showed(recording: Recording) -> bool:
    """Whether it needs no card: the bot cannot post there, or it was cancelled before one."""
    return recording.problem is not None and recording.problem.why in (
        FailureReason.CANNOT_POST,
        FailureReason.CANCELLED,
    )


def _post_card(channel: str, card: Delivery | None, now: datetime) -> Iterator[Due]:
    if to_send(card):
        yield Due(card.retry.not_before or now if card else now, PostCard(channel))


def _update_cards(recording: Recording, work: Work, wanted: Wanted, now: datetime) -> Iterator[Due]:
    """Update outdated cards. After an edit, `retry` delays the next one, so that edits coalesce."""
    for channel in recording.channels:
        card = work.delivery(Kind.CARD, channel)
        if card is None or card.state is not DeliveryState.SENT or card.hash == wanted.card:
            continue
        yield Due(card.retry.not_before or now, UpdateCard(channel))


def _polling(recording: Recording, work: Work, policy: Policy, now: datetime) -> Iterator[Due]:
    if recording.hms_id is None or not _open_at_100ms(recording):
        return
    limits = deadlines(recording, policy)
    if limits.give_up_at and now >= limits.give_up_at:
        yield Due(now, GiveUp(on_recording=recording.phase is not Phase.COMPLETED))
        return
    yield Due(poll_at(recording, work, policy), Poll())
    for at in (limits.late_at, limits.give_up_at):
        if at and at > now:
            yield Due(at, None)


def _attendees(recording: Recording, now: datetime) -> Iterator[Due]:
    """List attendees after the end: 100ms then also lists those who left earlier."""
    over = recording.phase in (Phase.PROCESSING, Phase.COMPLETED)
    if over and recording.session_id and recording.attendees is None:
        yield Due(now, ListAttendees())


def _ending(recording: Recording, work: Work, policy: Policy) -> Iterator[Due]:
    """Warn below the card some minutes before the end, unless the recording is shorter."""
    ends_at, started_at = recording.ends_at, recording.started_at
    if ends_at is None or started_at is None or recording.stop_pending:
        return
    soon = ends_at - policy.end_soon
    card = work.delivery(Kind.CARD, recording.origin)
    running = recording.phase in (Phase.RUNNING, Phase.PAUSED)
    if not running or soon - started_at < policy.end_soon or card is None or not card.message:
        return
    said = work.delivery(Kind.ENDING, end_name(ends_at))
    if to_send(said):
        held = said.retry.not_before if said else None
        yield Due(max(soon, held) if held else soon, SayItEnds(end_name(ends_at)))


def _open_at_100ms(recording: Recording) -> bool:
    if recording.phase not in ENDED:
        return True
    return recording.phase is Phase.COMPLETED and recording.transcription.pending


def poll_at(recording: Recording, work: Work, policy: Policy) -> datetime:
    """When to poll 100ms next; soon if it was not polled yet, or not since the recording ended.

    After a failure, the retry has the time.
    """
    since = work.polled.at or recording.accepted_at or recording.requested_at
    spread = 0.9 + 0.2 * (zlib.crc32(recording.key.encode()) % 1000) / 1000
    failed = work.retries.get(POLL)
    if failed and failed.attempts:
        return failed.not_before or since
    if work.polled.at is None:
        return since + policy.poll_first * spread
    expected = transcript_expected_at(recording, policy)
    if recording.phase is Phase.COMPLETED and recording.stopped_at and expected:
        if since < recording.stopped_at:
            return recording.stopped_at + policy.poll_first * spread
        if since < expected:
            return expected
        pause = policy.backoff(
            work.polled.unchanged, policy.poll_transcript, policy.poll_transcript_cap
        )
        return since + pause * spread
    return since + _poll_every(recording, work, policy) * spread


def _poll_every(recording: Recording, work: Work, policy: Policy) -> timedelta:
    if recording.phase in (Phase.RUNNING, Phase.PAUSED):
        return policy.poll_running if policy.webhooks else policy.poll_running_alone
    if recording.phase in (Phase.STOPPING, Phase.PROCESSING):
        return policy.poll_ending if policy.webhooks else policy.poll_ending_alone
    return policy.backoff(work.polled.unchanged, policy.poll_first, policy.poll_cap_starting)


def _results(
    recording: Recording, work: Work, wanted: Wanted, policy: Policy, now: datetime
) -> Iterator[Due]:
    limits = deadlines(recording, policy)
    late_at, give_up_at = limits.late_at, limits.give_up_at
    if recording.is_unread:
        tried = work.retries.get(retry_name(FetchTranscript()))
        in_vain = tried is not None and tried.attempts >= policy.tries_to_read
        over = in_vain and give_up_at is not None and now >= give_up_at
        yield Due(now, GiveUp(on_recording=False) if over else FetchTranscript())
    partial = recording.transcription is Transcription.PROCESSING and (
        recording.assets.best_transcript is not None
    )
    if recording.phase is Phase.COMPLETED and partial and late_at and recording.results is None:
        # Post the transcript although something else is still missing.
        yield Due(late_at, FetchTranscript())
    due_at = results_due_at(recording, policy)
    if due_at is None:
        return
    if due_at > now and not recording.is_settled:
        yield Due(due_at, None)
        return
    known_at = _cause_known_at(recording, policy)
    if known_at and now < known_at:
        yield Due(known_at, None)  # people are told once, so wait for the cause
        return
    targets = result_targets(recording, work)
    elsewhere = _elsewhere(recording, targets)
    if elsewhere and not recording.place_asked:
        yield Due(now, AskPlace(ended=True))
    without_files_at = due_at + policy.files_patience
    for target in targets:
        if target in wanted.card_only or (target in elsewhere and not recording.place_asked):
            continue
        message = work.delivery(Kind.RESULTS, target)
        yield from _results_for(target, recording, work, without_files_at, now)
        if message and message.state is DeliveryState.SENT and _tells_less(message, wanted):
            yield Due(message.retry.not_before or now, UpdateResults(target))


def _elsewhere(recording: Recording, targets: tuple[str, ...]) -> frozenset[str]:
    """The channels other than the origin; none if nobody requested the recording."""
    if recording.starter is None:
        return frozenset()
    return frozenset(targets) - {recording.origin, recording.starter}


def _cause_known_at(recording: Recording, policy: Policy) -> datetime | None:
    """Until when to wait for the webhook with the cause of a failure that a poll found."""
    if (
        recording.problem is None
        or recording.problem.why is not FailureReason.UNKNOWN
        or not policy.webhooks
    ):
        return None
    seen = [f.at for f in recording.log if isinstance(f, Observed) and f.status == "failed"]
    return min(seen) + policy.cause_patience if seen else None


def result_targets(recording: Recording, work: Work) -> tuple[str, ...]:
    """The targets of the results; the starter is one if Slack refuses posts in the origin."""
    origin = work.delivery(Kind.CARD, recording.origin)
    results = work.delivery(Kind.RESULTS, recording.origin)
    is_refused = results is not None and results.state is DeliveryState.PARKED
    is_parked = origin is not None and origin.state is DeliveryState.PARKED
    is_open = origin is not None and _cannot_be_edited(origin, work) and not is_refused
    if recording.starter and is_parked and not is_open:
        return (recording.starter, *recording.channels)
    return recording.channels


def _results_for(
    target: str, recording: Recording, work: Work, without_files_at: datetime, now: datetime
) -> Iterator[Due]:
    """Upload the files first, so they are there when the results message notifies people.

    Without a card, the files go into the thread of the message, after it.
    """
    card = work.delivery(Kind.CARD, target)
    there = card is None or card.state in (DeliveryState.SENT, DeliveryState.GONE)
    if card and not there and not _cannot_be_edited(card, work):
        return
    message = work.delivery(Kind.RESULTS, target)
    files = list(_files(target, recording, work, now))
    in_thread = card is not None and card.message is not None
    posted = message is not None and message.state is DeliveryState.SENT
    if in_thread or posted:
        yield from files
    if to_send(message):
        at = message.retry.not_before or now if message else now
        waits = bool(files) and in_thread
        yield Due(max(at, without_files_at) if waits else at, PostSummary(target))


def _files(target: str, recording: Recording, work: Work, now: datetime) -> Iterator[Due]:
    chosen = frozenset() if recording.elsewhere else frozenset(recording.options.output_modes)
    assets = recording.assets
    said = bool(recording.results and recording.results.words)
    timed = assets.transcript("json") or assets.transcript("srt")
    for kind, there in (
        (Kind.TRANSCRIPT, said),
        (Kind.SRT, said and "srt" in chosen and timed is not None),
        (Kind.JSON, said and "json" in chosen and assets.transcript("json") is not None),
        (Kind.CHAT, assets.chat is not None),
    ):
        file = work.delivery(kind, target)
        if there and to_send(file):
            yield Due(file.retry.not_before or now if file else now, UploadFile(kind, target))


def _tells_less(message: Delivery, wanted: Wanted) -> bool:
    """Whether a results message is outdated; False for one of earlier versions.

    Their hash covers something else.
    """
    return (message.hash or "").startswith(TOLD) and message.hash != wanted.results


def _keeping(recording: Recording, work: Work, now: datetime) -> Iterator[Due]:
    """Keep the transcript, again if 100ms made a better one, or the summary."""
    files = files_to_keep(recording)
    if not files or recording.results is None or not recording.results.words:
        return
    kept = work.delivery(Kind.KEPT, recording.room_id)
    if to_send(kept) or (kept and kept.hash != files):
        not_before = kept.retry.not_before if kept else None
        yield Due(not_before or now, KeepTranscript())


def files_to_keep(recording: Recording) -> str:
    """The ids of the files from which the transcript is kept; '' if there are none."""
    assets = recording.assets
    if assets.timed_transcript is None:
        return ""
    made = assets.summary if assets.summary and assets.summary.status == "completed" else None
    return " ".join(a.asset_id for a in (assets.timed_transcript, made) if a)


def notices(
    recording: Recording, work: Work, *, tell_room: bool
) -> Iterator[tuple[datetime | None, Notice]]:
    """The notices still to be sent, each with its earliest time; None: now."""
    if recording.stop_pending or recording.phase not in ON_AIR:
        return
    for asker in recording.stop_suggestions:
        told = work.delivery(Kind.STOP_SUGGESTION, asker)
        if recording.starter not in (None, asker) and to_send(told):
            yield told.retry.not_before if told else None, AskToStop(asker)
    said = work.delivery(Kind.ROOM, recording.room_id)
    running = recording.phase in (Phase.RUNNING, Phase.PAUSED)
    if tell_room and running and not recording.elsewhere and to_send(said):
        yield said.retry.not_before if said else None, SayInRoom(recording.room_id)
