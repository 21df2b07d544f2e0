"""Stops by recording id; pauses and resumes by room, the only way at 100ms, after a check."""

from dataclasses import replace
from datetime import datetime

from bot.core.deliveries import NOBODY_THERE, Delivery, DeliveryState, Kind
from bot.core.facts import (
    Fact,
    PauseDropped,
    PauseSent,
    StopDue,
    StopRefused,
    StopRequested,
    StopSent,
)
from bot.core.note import Note
from bot.core.retry import Retry
from bot.core.steps import Stop, retry_name
from bot.engine.context import Context, failed_call, next_retry
from bot.engine.posting import announce, post, send
from bot.features.control.views import ends_soon, room_notice, stop_suggestion
from bot.hms.errors import HmsNotFound, HmsRefused, HmsUnauthorized, HmsUnavailable
from bot.hms.models import facts_of_recording
from bot.slack.errors import SlackRefused

STOP_REFUSED = f"{retry_name(Stop())}:refused"  # counts consecutive refusals


async def stop(ctx: Context) -> Note:
    """Stop the recording. Idempotent: an unknown outcome is retried, a refusal up to ten times.

    A 404 is retried only if the recording still runs. The outcome's time is never before the
    intent's, even if replicas' clocks differ. A due end is noted before the call, so that the card
    shows it if 100ms does not answer.
    """
    hms_id = _hms_id(ctx)
    if not ctx.recording.stop_pending:
        await ctx.announce(facts=[StopDue(at=ctx.now, why="time")])
    wishes = [f.at for f in ctx.latest.recording.log if isinstance(f, StopRequested | StopDue)]
    asked_at = max(wishes, default=ctx.now)
    try:
        answer = await ctx.deps.hms.stop(hms_id)
    except HmsNotFound as gone:
        seen = await _not_running(ctx, hms_id)
        at = max(ctx.now, asked_at)
        not_there = StopRefused(at=at, status=gone.status, message=gone.message)
        return Note(facts=[not_there, *seen])
    except HmsUnauthorized:
        raise  # about the token, not about the recording
    except HmsRefused as refused:
        return _refused(ctx, refused, max(ctx.now, asked_at))
    seen = facts_of_recording(answer, ctx.now) if answer else []
    return Note(facts=[StopSent(at=max(ctx.now, asked_at)), *seen])


def _refused(ctx: Context, refused: HmsRefused, at: datetime) -> Note:
    """Count a refusal. After the last try the card reports it and offers Stop again."""
    policy = ctx.deps.policy
    tries = (ctx.work.retries.get(STOP_REFUSED) or Retry()).attempts + 1
    if tries >= policy.tries_refused:
        fact = StopRefused(at=at, status=refused.status, message=refused.message)
        return Note(facts=[fact], retries={STOP_REFUSED: None})
    pause = policy.backoff(tries, policy.retry_first, policy.refused_cap)
    later = Retry(tries, ctx.now + pause)
    return Note(
        facts=failed_call(ctx, "stop", refused),
        retries={STOP_REFUSED: Retry(tries, ctx.now), retry_name(Stop()): later},
    )


async def _not_running(ctx: Context, hms_id: str) -> list[Fact]:
    """Return 100ms' state of a recording whose stop got 404.

    Raises HmsUnavailable if it runs after all, so that the stop is retried.
    """
    try:
        seen = await ctx.deps.hms.get_recording(hms_id)
    except HmsRefused:
        return []
    if seen.status in ("starting", "running"):
        raise HmsUnavailable("404, but it runs", reached=False, status=404, cause="refused")
    return facts_of_recording(seen, ctx.now)


async def pause(ctx: Context, asked_at: datetime, *, on: bool) -> Note:
    """Pause (`on`) or resume, only our own recording and only as late as the policy allows."""
    if _too_late(ctx, asked_at):
        return Note(facts=[PauseDropped(at=ctx.now, asked_at=asked_at, pause=on, why="late")])
    seen = await ctx.deps.hms.get_recording(_hms_id(ctx))
    facts = facts_of_recording(seen, ctx.now)
    if seen.status != "running":
        dropped = PauseDropped(at=ctx.now, asked_at=asked_at, pause=on, why="not_running")
        return Note(facts=[*facts, dropped])
    if _too_late(ctx, asked_at):  # the lookup may be slow, and the call below is by room
        late = PauseDropped(at=ctx.now, asked_at=asked_at, pause=on, why="late")
        return Note(facts=[*facts, late])
    call = ctx.deps.hms.pause if on else ctx.deps.hms.resume
    try:
        await call(ctx.recording.room_id)
    except HmsRefused as no:
        refused = PauseDropped(
            at=ctx.now,
            asked_at=asked_at,
            pause=on,
            why="refused",
            status=no.status,
            message=no.message,
        )
        return Note(facts=[*facts, refused])
    return Note(facts=[*facts, PauseSent(at=ctx.now, asked_at=asked_at, pause=on)])


def _too_late(ctx: Context, asked_at: datetime) -> bool:
    return ctx.now - asked_at > ctx.deps.policy.pause_within


def _hms_id(ctx: Context) -> str:
    if ctx.recording.hms_id is None:
        raise ValueError("the plan controls only what 100ms has")
    return ctx.recording.hms_id


TRIES = 3


TRIES_ALONE = 10


async def ask_to_stop(ctx: Context, asker: str) -> Note:
    """Ask the starter directly, or below the card where Slack refuses a direct message to them."""
    starter = ctx.recording.starter
    if starter is None:
        raise ValueError("the plan asks only who started it")
    sending = await announce(ctx, Kind.STOP_SUGGESTION, asker)
    message = stop_suggestion(ctx.recording, asker)
    note = await send(ctx, sending, message, channel=starter, thread_ts=None)
    card = ctx.work.delivery(Kind.CARD, ctx.recording.origin)
    refused = any(
        one.state in (DeliveryState.PARKED, DeliveryState.DROPPED) for one in note.deliveries
    )
    if not refused or card is None or card.message is None:
        return note
    channel, ts = card.message
    called = stop_suggestion(ctx.recording, asker, to=starter)
    return await send(ctx, sending, called, channel=channel, thread_ts=ts)


async def say_it_ends(ctx: Context, target: str) -> Note:
    """Warn below the card that the recording ends soon, without a mention."""
    card, ends_at = ctx.work.delivery(Kind.CARD, ctx.recording.origin), ctx.recording.ends_at
    if card is None or card.message is None or ends_at is None:
        raise ValueError("the plan says it below the card of a recording that ends")
    channel, ts = card.message
    message = ends_soon(ctx.recording, ends_at)
    return await post(ctx, Kind.ENDING, target, message, channel=channel, thread_ts=ts)


async def say_in_room(ctx: Context, room_id: str) -> Note:
    """Announce the recording in the room's chat, at least once; give up after a few tries."""
    text = room_notice(await _name(ctx))
    sending = await announce(ctx, Kind.ROOM, room_id)
    try:
        await ctx.deps.hms.send_message(room_id, text)
    except HmsUnavailable as failed:
        return _again(ctx, sending, failed)
    except HmsNotFound:
        return _once_somebody_is_there(ctx, sending)
    except HmsRefused as refused:
        dropped = replace(sending, state=DeliveryState.DROPPED, error=f"HTTP {refused.status}")
        return Note(deliveries=[dropped])
    return Note(deliveries=[replace(sending, state=DeliveryState.SENT, changed_at=ctx.now)])


async def _name(ctx: Context) -> str:
    """Return the starter's name in Slack; '' if Slack does not return it."""
    if ctx.recording.starter is None:
        return ""
    home_team = ctx.deps.identity.team_id
    try:
        return (await ctx.deps.slack.member(ctx.recording.starter, home_team=home_team)).name
    except SlackRefused:
        return ""


def _once_somebody_is_there(ctx: Context, sending: Delivery) -> Note:
    """Repeat the announcement later if the room was empty, for the people who join next."""
    if sending.retry.attempts >= TRIES_ALONE:
        return Note(deliveries=[replace(sending, state=DeliveryState.DROPPED, error=NOBODY_THERE)])
    later = ctx.now + ctx.deps.policy.poll_running_alone * sending.retry.attempts
    retry = Retry(sending.retry.attempts, later)
    waiting = replace(sending, state=DeliveryState.WAITING, retry=retry, error=NOBODY_THERE)
    return Note(deliveries=[waiting])


def _again(ctx: Context, sending: Delivery, failed: HmsUnavailable) -> Note:
    if sending.retry.attempts >= TRIES:
        return Note(deliveries=[replace(sending, state=DeliveryState.DROPPED, error=str(failed))])
    earlier = Retry(sending.retry.attempts - 1)
    later = next_retry(ctx.deps.policy, ctx.now, earlier, retry_after_s=failed.retry_after_s)
    state = DeliveryState.SENDING if failed.reached else DeliveryState.WAITING
    waiting = replace(sending, state=state, retry=later, error=str(failed))
    return Note(deliveries=[waiting])
