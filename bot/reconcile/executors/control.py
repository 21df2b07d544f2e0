"""Stop goes by the recording's id; pause and resume exist by room only, so they look first."""

from datetime import datetime

from bot.domain.facts import PauseDropped, PauseSent, StopRefused, StopSent
from bot.hms.errors import HmsRefused
from bot.hms.models import facts_of_recording
from bot.reconcile.context import Context, Note


async def stop(ctx: Context) -> Note:
    """Harmless to repeat: an unknown outcome is simply tried again."""
    hms_id = _hms_id(ctx)
    try:
        answer = await ctx.deps.hms.stop(hms_id)
    except HmsRefused as refused:
        return Note(facts=[StopRefused(at=ctx.now, status=refused.status, message=refused.message)])
    seen = facts_of_recording(answer, ctx.now) if answer else []
    return Note(facts=[StopSent(at=ctx.now), *seen])


async def pause(ctx: Context, asked_at: datetime, *, on: bool) -> Note:
    """Pause (`on`) or resume: not later than the policy says, and only what is ours."""
    if ctx.now - asked_at > ctx.deps.policy.pause_within:
        return Note(facts=[PauseDropped(at=ctx.now, asked_at=asked_at, pause=on, why="late")])
    seen = await ctx.deps.hms.get_recording(_hms_id(ctx))
    facts = facts_of_recording(seen, ctx.now)
    if seen.status != "running":
        dropped = PauseDropped(at=ctx.now, asked_at=asked_at, pause=on, why="not_running")
        return Note(facts=[*facts, dropped])
    call = ctx.deps.hms.pause if on else ctx.deps.hms.resume
    try:
        await call(ctx.recording.room_id)
    except HmsRefused:
        refused = PauseDropped(at=ctx.now, asked_at=asked_at, pause=on, why="refused")
        return Note(facts=[*facts, refused])
    return Note(facts=[*facts, PauseSent(at=ctx.now, asked_at=asked_at, pause=on)])


def _hms_id(ctx: Context) -> str:
    if ctx.recording.hms_id is None:
        raise ValueError("the plan controls only what 100ms has")
    return ctx.recording.hms_id
