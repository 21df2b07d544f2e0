"""Ask 100ms how the recording is, so that no webhook is ever needed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from bot.core.deliveries import Asked, Hold
from bot.core.derive import derive
from bot.core.facts import AssetSeen, GaveUp, Vanished
from bot.core.note import Note
from bot.core.policy import deadlines
from bot.core.steps import Ask, hold_name
from bot.engine.context import Context
from bot.hms.errors import HmsNotFound, HmsRefused, HmsUnavailable
from bot.hms.models import facts_of_recording

ASK = hold_name(Ask())


async def ask(ctx: Context) -> Note:
    """Never raises for 100ms' sake: a failure is noted, and the next question comes later."""
    recording = ctx.recording
    if recording.hms_id is None:
        raise ValueError("the plan asks only for what 100ms has")
    try:
        seen = await ctx.deps.hms.get_recording(recording.hms_id)
    except HmsNotFound as gone:
        return _not_there(ctx, gone)
    except HmsUnavailable as failed:
        return _failed(ctx, retry_after_s=failed.retry_after_s)
    except HmsRefused:
        return _failed(ctx)
    known = {f.identity for f in ctx.recording.log}
    new = [f for f in facts_of_recording(seen, ctx.now) if f.identity not in known]
    files = [f.asset_id for f in new if isinstance(f, AssetSeen)]
    return Note(facts=new, aliases=files, asked=Asked(ctx.now, 1 if new else ctx.work.asks + 1))


async def give_up(ctx: Context, *, on_recording: bool) -> Note:
    """Not on old news, as after downtime: 100ms is asked once more, and has the last word.

    Raises HmsUnavailable while it does not answer, unless that has gone on for too long as well.
    """
    policy = ctx.deps.policy
    since = deadlines(ctx.recording, policy).give_up_at
    last = await ask(ctx)
    silent = last.asked is not None and last.asked.failures > 0 and not _times_gone(last.holds)
    if silent and since is not None and ctx.now - since < policy.give_up_after:
        raise HmsUnavailable("no last word", reached=False)
    after = derive(ctx.key, [*ctx.recording.log, *last.facts])
    limit = deadlines(after, policy).give_up_at
    if limit is None or limit > ctx.now:
        return last
    on: Literal["results", "transcript"] = (
        "results" if after.transcription.settled else "transcript"
    )
    gave_up = GaveUp(at=ctx.now, on="recording" if on_recording else on)
    return replace(last, facts=[*last.facts, gave_up])


def _not_there(ctx: Context, gone: HmsNotFound) -> Note:
    """Said so often in a row, it is true. Once may be a slip, or credentials that are soon set
    right, and of what has vanished nobody asks again."""
    times = _times_gone(ctx.work.holds) + 1
    if times >= ctx.deps.policy.tries_to_read:
        vanished = Vanished(at=ctx.now, status=gone.status)
        return Note(facts=[vanished], asked=Asked(ctx.now, ctx.work.asks + 1))
    return replace(_failed(ctx), holds={ASK: Hold(ctx.now, times)})


def _times_gone(holds: Mapping[str, Hold | None]) -> int:
    """How often in a row 100ms did not know it. Any other answer begins anew."""
    held = holds.get(ASK)
    return held.attempts if held else 0


def _failed(ctx: Context, *, retry_after_s: float | None = None) -> Note:
    """The plan backs off by itself; where 100ms wants more patience than that, it is held up."""
    asked = Asked(ctx.now, ctx.work.asks, ctx.work.ask_failures + 1)
    if retry_after_s is None:
        return Note(asked=asked)
    until = ctx.now + timedelta(seconds=retry_after_s)
    return Note(asked=asked, holds={ASK: Hold(until, 0)})
