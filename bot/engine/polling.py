"""Poll 100ms for a recording, so that the bot works without webhooks."""

from dataclasses import replace
from typing import Literal

from bot.core.deliveries import Polled
from bot.core.derive import derive
from bot.core.facts import AssetSeen, GaveUp, Vanished
from bot.core.note import Note
from bot.core.policy import deadlines
from bot.core.retry import Retry
from bot.core.steps import POLL, UNKNOWN_AT_100MS
from bot.engine.context import Context, next_retry
from bot.hms.errors import HmsNotFound, HmsRefused, HmsUnavailable
from bot.hms.models import facts_of_recording


async def poll(ctx: Context) -> Note:
    """Poll once. Errors of 100ms are not raised: the note then has a later retry."""
    recording = ctx.recording
    if recording.hms_id is None:
        raise ValueError("the plan polls only what 100ms has")
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
    polled = Polled(ctx.now, 1 if new else ctx.work.polled.unchanged + 1)
    failed_before = [name for name in (POLL, UNKNOWN_AT_100MS) if name in ctx.work.retries]
    return Note(facts=new, aliases=files, polled=polled, retries=dict.fromkeys(failed_before))


async def give_up(ctx: Context, *, on_recording: bool) -> Note:
    """Give up waiting, unless one more poll brings news: our state may be old after a downtime.

    Raises HmsUnavailable if 100ms does not answer, until that has gone on for too long as well.
    """
    policy = ctx.deps.policy
    since = deadlines(ctx.recording, policy).give_up_at
    last = await poll(ctx)
    silent = last.retries.get(POLL) is not None and last.retries.get(UNKNOWN_AT_100MS) is None
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
    """Count a 404; after `tries_to_read` in a row the recording counts as vanished.

    A single 404 may be an error of 100ms or of our credentials, and a vanished recording is never
    polled again.
    """
    before = ctx.work.retries.get(UNKNOWN_AT_100MS) or Retry()
    times = before.attempts + 1
    if times >= ctx.deps.policy.tries_to_read:
        vanished = Vanished(at=ctx.now, status=gone.status)
        return Note(facts=[vanished], polled=Polled(ctx.now, ctx.work.polled.unchanged + 1))
    failed = _failed(ctx)
    unknown = {UNKNOWN_AT_100MS: Retry(times, ctx.now)}
    return replace(failed, retries={**failed.retries, **unknown})


def _failed(ctx: Context, *, retry_after_s: float | None = None) -> Note:
    """Schedule the next poll; any failure but a 404 resets the count of 404s."""
    policy = ctx.deps.policy
    later = next_retry(
        policy,
        ctx.now,
        ctx.work.retries.get(POLL),
        retry_after_s=retry_after_s,
        first=policy.poll_failed,
        cap=policy.poll_failed_cap,
    )
    polled = Polled(ctx.now, ctx.work.polled.unchanged)
    return Note(polled=polled, retries={POLL: later, UNKNOWN_AT_100MS: None})
