"""Ask 100ms how the recording is, so that no webhook is ever needed."""

from bot.domain.facts import AssetSeen, GaveUp, Vanished
from bot.hms.errors import HmsNotFound, HmsRefused, HmsUnavailable
from bot.hms.models import facts_of_recording
from bot.reconcile.context import Context, Note
from bot.store.values import Asked


async def ask(ctx: Context) -> Note:
    """Never raises for 100ms' sake: a failure is noted, and the next question comes later."""
    recording = ctx.recording
    if recording.hms_id is None:
        raise ValueError("the plan asks only for what 100ms has")
    try:
        seen = await ctx.deps.hms.get_recording(recording.hms_id)
    except HmsNotFound as gone:
        since = recording.accepted_at or recording.requested_at
        if ctx.now - since > ctx.deps.policy.start_within:
            return Note(facts=[Vanished(at=ctx.now, status=gone.status)])
        return _failed(ctx)
    except (HmsUnavailable, HmsRefused):
        return _failed(ctx)
    known = {f.identity for f in ctx.recording.log}
    new = [f for f in facts_of_recording(seen, ctx.now) if f.identity not in known]
    files = [f.asset_id for f in new if isinstance(f, AssetSeen)]
    return Note(facts=new, aliases=files, asked=Asked(ctx.now, 1 if new else ctx.work.asks + 1))


def give_up(ctx: Context, *, on_recording: bool) -> Note:
    if on_recording:
        return Note(facts=[GaveUp(at=ctx.now, on="recording")])
    there = ctx.recording.transcription.settled
    return Note(facts=[GaveUp(at=ctx.now, on="results" if there else "transcript")])


def _failed(ctx: Context) -> Note:
    return Note(asked=Asked(ctx.now, ctx.work.asks, ctx.work.ask_failures + 1))
