"""Tell the starter that somebody wants it stopped; tell the room that it is recorded."""

from dataclasses import replace

from bot.core.deliveries import Delivery, Hold, Kind, State
from bot.engine.context import Context, Note, hold
from bot.engine.posting import announce, post
from bot.features.steer.notice_views import room_notice, stop_wish
from bot.hms.errors import HmsNotFound, HmsRefused, HmsUnavailable
from bot.slack.errors import SlackRefused

TRIES = 3
TRIES_ALONE = 10


async def ask_to_stop(ctx: Context, asker: str) -> Note:
    starter = ctx.recording.starter
    if starter is None:
        raise ValueError("the plan asks only who started it")
    message = stop_wish(ctx.recording, asker)
    return await post(ctx, Kind.STOP_WISH, asker, message, channel=starter)


async def say_in_room(ctx: Context, room_id: str) -> Note:
    """Twice rather than never, but seldom: after a few tries the recording goes on without."""
    text = room_notice(await _name(ctx))
    sending = await announce(ctx, Kind.ROOM, room_id)
    try:
        await ctx.deps.hms.send_message(room_id, text)
    except HmsUnavailable as failed:
        return _again(ctx, sending, failed)
    except HmsNotFound as nobody:
        return _once_somebody_is_there(ctx, sending, nobody)
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


def _once_somebody_is_there(ctx: Context, sending: Delivery, nobody: HmsNotFound) -> Note:
    """Who starts early records an empty room: those who come next should hear of it, too."""
    if sending.attempts >= TRIES_ALONE:
        return Note(deliveries=[replace(sending, state=State.DROPPED, error="nobody was there")])
    later = ctx.now + ctx.deps.policy.ask_running_alone * sending.attempts
    waiting = replace(sending, state=State.WAITING, not_before=later, error=f"HTTP {nobody.status}")
    return Note(deliveries=[waiting])


def _again(ctx: Context, sending: Delivery, failed: HmsUnavailable) -> Note:
    if sending.attempts >= TRIES:
        return Note(deliveries=[replace(sending, state=State.DROPPED, error=str(failed))])
    earlier = Hold(ctx.now, sending.attempts - 1)
    later = hold(ctx.deps.policy, ctx.now, earlier, retry_after_s=failed.retry_after_s)
    state = State.SENDING if failed.reached else State.WAITING
    waiting = replace(sending, state=state, not_before=later.until, error=str(failed))
    return Note(deliveries=[waiting])
