"""Stop goes by the recording's id; pause and resume exist by room only, so they look first."""

from dataclasses import replace
from datetime import datetime

from bot.core.deliveries import NOBODY_THERE, Delivery, Kind, State
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
from bot.engine.posting import announce, post
from bot.features.control.views import ends_soon, room_notice, stop_suggestion
from bot.hms.errors import HmsNotFound, HmsRefused, HmsUnauthorized, HmsUnavailable
from bot.hms.models import facts_of_recording
from bot.slack.errors import SlackRefused

STOP_REFUSED = f"{retry_name(Stop())}:refused"  # counts how often in a row


async def stop(ctx: Context) -> Note:
    """Harmless to repeat: an unknown outcome is simply tried again, and any no but 404 ten times.

    What came of it is never older than the wish, whichever replica's clock that was. That its time
    is over is noted before the call: the card says so where 100ms does not answer.
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
    """So many clear answers end the tries; the card says so, and Stop is offered again."""
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
    """What 100ms shows of what it finds nothing to stop of. If it runs, that was no answer: raises
    HmsUnavailable, for nobody would stop it any more."""
    try:
        seen = await ctx.deps.hms.get_recording(hms_id)
    except HmsRefused:
        return []
    if seen.status in ("starting", "running"):
        raise HmsUnavailable("404, but it runs", reached=False, status=404, cause="refused")
    return facts_of_recording(seen, ctx.now)


async def pause(ctx: Context, asked_at: datetime, *, on: bool) -> Note:
    """Pause (`on`) or resume: not later than the policy says, and only what is ours."""
    if _too_late(ctx, asked_at):
        return Note(facts=[PauseDropped(at=ctx.now, asked_at=asked_at, pause=on, why="late")])
    seen = await ctx.deps.hms.get_recording(_hms_id(ctx))
    facts = facts_of_recording(seen, ctx.now)
    if seen.status != "running":
        dropped = PauseDropped(at=ctx.now, asked_at=asked_at, pause=on, why="not_running")
        return Note(facts=[*facts, dropped])
    if _too_late(ctx, asked_at):  # the answer took its time, and the click is by room
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
    starter = ctx.recording.starter
    if starter is None:
        raise ValueError("the plan asks only who started it")
    message = stop_suggestion(ctx.recording, asker)
    return await post(ctx, Kind.STOP_SUGGESTION, asker, message, channel=starter)


async def say_it_ends(ctx: Context, target: str) -> Note:
    """Below the card, without a mention."""
    card, ends_at = ctx.work.delivery(Kind.CARD, ctx.recording.origin), ctx.recording.ends_at
    if card is None or card.message is None or ends_at is None:
        raise ValueError("the plan says it below the card of a recording that ends")
    channel, ts = card.message
    message = ends_soon(ctx.recording, ends_at)
    return await post(ctx, Kind.ENDING, target, message, channel=channel, thread_ts=ts)


async def say_in_room(ctx: Context, room_id: str) -> Note:
    """Twice rather than never, but seldom: after a few tries the recording goes on without."""
    text = room_notice(await _name(ctx))
    sending = await announce(ctx, Kind.ROOM, room_id)
    try:
        await ctx.deps.hms.send_message(room_id, text)
    except HmsUnavailable as failed:
        return _again(ctx, sending, failed)
    except HmsNotFound:
        return _once_somebody_is_there(ctx, sending)
    except HmsRefused as refused:
        dropped = replace(sending, state=State.DROPPED, error=f"HTTP {refused.status}")
        return Note(deliveries=[dropped])
    return Note(deliveries=[replace(sending, state=State.SENT, changed_at=ctx.now)])


async def _name(ctx: Context) -> str:
    """As people see it in Slack; '' if Slack does not show it."""
    if ctx.recording.starter is None:
        return ""
    home_team = ctx.deps.identity.team_id
    try:
        return (await ctx.deps.slack.member(ctx.recording.starter, home_team=home_team)).name
    except SlackRefused:
        return ""


def _once_somebody_is_there(ctx: Context, sending: Delivery) -> Note:
    """Who starts early records an empty room: those who come next should hear of it, too."""
    if sending.retry.attempts >= TRIES_ALONE:
        return Note(deliveries=[replace(sending, state=State.DROPPED, error=NOBODY_THERE)])
    later = ctx.now + ctx.deps.policy.poll_running_alone * sending.retry.attempts
    retry = Retry(sending.retry.attempts, later)
    waiting = replace(sending, state=State.WAITING, retry=retry, error=NOBODY_THERE)
    return Note(deliveries=[waiting])


def _again(ctx: Context, sending: Delivery, failed: HmsUnavailable) -> Note:
    if sending.retry.attempts >= TRIES:
        return Note(deliveries=[replace(sending, state=State.DROPPED, error=str(failed))])
    earlier = Retry(sending.retry.attempts - 1)
    later = next_retry(ctx.deps.policy, ctx.now, earlier, retry_after_s=failed.retry_after_s)
    state = State.SENDING if failed.reached else State.WAITING
    waiting = replace(sending, state=state, retry=later, error=str(failed))
    return Note(deliveries=[waiting])
