"""Stop goes by the recording's id; pause and resume exist by room only, so they look first."""

from datetime import datetime

from bot.core.facts import (
    Fact,
    PauseDropped,
    PauseSent,
    StopRefused,
    StopRequested,
    StopSent,
)
from bot.engine.context import Context, Note
from bot.hms.errors import HmsNotFound, HmsRefused, HmsUnavailable
from bot.hms.models import facts_of_recording


async def stop(ctx: Context) -> Note:
    """Harmless to repeat: an unknown outcome is simply tried again, and so is any no but 404.

    What came of it is never older than the wish, whichever replica's clock that was.
    """
    hms_id = _hms_id(ctx)
    wishes = [f.at for f in ctx.recording.log if isinstance(f, StopRequested)]
    asked_at = max(wishes, default=ctx.now)
    try:
        answer = await ctx.deps.hms.stop(hms_id)
    except HmsNotFound as gone:
        seen = await _not_running(ctx, hms_id)
        at = max(ctx.now, asked_at)
        return Note(facts=[StopRefused(at=at, status=gone.status, message=gone.message), *seen])
    seen = facts_of_recording(answer, ctx.now) if answer else []
    return Note(facts=[StopSent(at=max(ctx.now, asked_at)), *seen])


async def _not_running(ctx: Context, hms_id: str) -> list[Fact]:
    """What 100ms shows of what it finds nothing to stop of. If it runs, that was no answer: raises
    HmsUnavailable, for nobody would stop it any more."""
    try:
        seen = await ctx.deps.hms.get_recording(hms_id)
    except HmsRefused:
        return []
    if seen.status in ("starting", "running"):
        raise HmsUnavailable("404, but it runs", reached=False)
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
    except HmsRefused:
        refused = PauseDropped(at=ctx.now, asked_at=asked_at, pause=on, why="refused")
        return Note(facts=[*facts, refused])
    return Note(facts=[*facts, PauseSent(at=ctx.now, asked_at=asked_at, pause=on)])


def _too_late(ctx: Context, asked_at: datetime) -> bool:
    return ctx.now - asked_at > ctx.deps.policy.pause_within


def _hms_id(ctx: Context) -> str:
    if ctx.recording.hms_id is None:
        raise ValueError("the plan controls only what 100ms has")
    return ctx.recording.hms_id
