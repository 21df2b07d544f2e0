"""One recording, step by step, until there is nothing to do now."""

import asyncio
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.core.deliveries import Hold, Kind
from bot.core.plan import next_step
from bot.core.steps import Action, Done, Forget, Wait, hold_name
from bot.deps import Deps
from bot.engine.context import Context, Dispatch, Note, hold
from bot.engine.inbox import reopen_inbox
from bot.hms.errors import HmsError, HmsUnavailable
from bot.kit.metrics import CALLS_REFUSED, FAULTS, STEPS
from bot.slack.errors import NotAuthorized, SlackError, SlackUnavailable
from bot.store.errors import LeaseLost, StoreError, StoreUnavailable, UnknownRecording
from bot.store.values import Asked

log = structlog.get_logger()

STEP_WITHIN_S = 10.0
MAX_STEPS_IN_A_ROW = 40
WRITE_TRIES, WRITE_AGAIN_S = 120, 1.0
BREATHER = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Rest:
    """When to look again (None: it is done), and what was asked of 100ms that is not stored yet."""

    until: datetime | None
    asked: Asked | None = None


async def run(
    deps: Deps,
    dispatch: Dispatch,
    key: str,
    owner: str,
    *,
    enough: Callable[[], bool] = lambda: False,
) -> Rest:
    """Do what is due of one recording.

    Once `enough`, the step under way is the last one: the rest is left to whoever comes next.
    Raises StoreError when the database is gone or the lease is lost: nothing more is ours to do.
    """
    ctx = await _context(deps, key, owner)
    wanted, asked = dispatch.wanted(ctx), None
    for _ in range(MAX_STEPS_IN_A_ROW):
        match next_step(ctx.recording, ctx.work, wanted, deps.policy, deps.now()):
            case Wait(until=until):
                return Rest(until, asked)
            case Done():
                return Rest(None, asked)
            case Forget():
                await deps.store.forgetting.forget(key, owner)
                return Rest(None)
            case step:
                note = await _guarded(dispatch, step, ctx)
        if _only_asked(note):
            ctx, asked = _having_asked(ctx, note.asked), note.asked
        else:
            await _write(ctx, replace(note, asked=note.asked or asked))
            ctx = await _context(deps, key, owner)
            wanted, asked = dispatch.wanted(ctx), None
        if enough():
            return Rest(deps.now(), asked)
    log.warning("many_steps_in_a_row", key=key)
    return Rest(deps.now() + BREATHER, asked)


def _only_asked(note: Note) -> bool:
    """The commonest step of all, an ask with nothing new: it is stored when the lease is given
    back, and there is nothing to read again."""
    return note.asked is not None and not (note.facts or note.deliveries or note.holds)


def _having_asked(ctx: Context, asked: Asked | None) -> Context:
    if asked is None:
        return ctx
    work = replace(ctx.work, asked_at=asked.asked_at, asks=asked.asks, ask_failures=asked.failures)
    return replace(ctx, work=work)


async def _context(deps: Deps, key: str, owner: str) -> Context:
    loaded = await deps.store.recordings.load(key)
    if loaded.owner != owner:
        raise LeaseLost(key)
    ctx = Context(
        deps, owner, loaded.recording, loaded.work, loaded.addresses, settings=loaded.settings
    )
    if loaded.recording.points_to:
        return replace(ctx, pointer_link=await _link_to(deps, loaded.recording.points_to))
    return ctx


async def _link_to(deps: Deps, key: str) -> str | None:
    """The card of another recording of ours."""
    try:
        other = await deps.store.recordings.load(key)
    except UnknownRecording:  # forgotten since
        return None
    return await deps.slack.link_to(other.work.delivery(Kind.CARD, other.recording.home))


async def _guarded(dispatch: Dispatch, step: Action, ctx: Context) -> Note:
    """Carry out a step; what goes wrong holds up this step only."""
    name = hold_name(step)
    kind = type(step).__name__
    try:
        async with asyncio.timeout(STEP_WITHIN_S):
            note = await dispatch.carry_out(step, ctx)
    except (HmsUnavailable, SlackUnavailable) as failed:
        STEPS.labels(kind, "unavailable").inc()
        log.info("step_held", key=ctx.key, step=name, why=str(failed))
        return _held(ctx, name, retry_after_s=failed.retry_after_s)
    except TimeoutError:
        STEPS.labels(kind, "timeout").inc()
        log.warning("step_timed_out", key=ctx.key, step=name)
        return _held(ctx, name)
    except (HmsError, SlackError) as refused:
        STEPS.labels(kind, "refused").inc()
        CALLS_REFUSED.labels("slack" if isinstance(refused, SlackError) else "100ms", kind).inc()
        log.error("step_refused", key=ctx.key, step=name, why=str(refused))
        patience = 5 if isinstance(refused, NotAuthorized) else 3
        return _held(ctx, name, attempts=patience)
    except StoreError:
        raise
    except Exception:
        reference = uuid.uuid4().hex[:8]
        FAULTS.labels("reconcile").inc()
        log.exception("step_broke", key=ctx.key, step=name, reference=reference)
        return _held(ctx, name, attempts=3)
    STEPS.labels(kind, "done").inc()
    if name in ctx.work.holds and name not in note.holds:
        return replace(note, holds={**note.holds, name: None})
    return note


def _held(
    ctx: Context, name: str, *, retry_after_s: float | None = None, attempts: int = 0
) -> Note:
    earlier = ctx.work.holds.get(name) or (Hold(ctx.now, attempts) if attempts else None)
    later = hold(ctx.deps.policy, ctx.now, earlier, retry_after_s=retry_after_s)
    holds: Mapping[str, Hold | None] = {name: later}
    return Note(holds=holds)


async def _write(ctx: Context, note: Note) -> None:
    """Through an outage, and even if the lease is lost: what came of a call is not thrown away."""
    for _ in range(WRITE_TRIES):
        try:
            await ctx.deps.store.recordings.record(
                ctx.key,
                facts=note.facts,
                aliases=note.aliases,
                deliveries=note.deliveries,
                asked=note.asked,
                holds=note.holds,
                by=ctx.owner,
            )
            break
        except StoreUnavailable as gone:
            log.warning("note_waits_for_the_database", key=ctx.key, why=str(gone))
            await asyncio.sleep(WRITE_AGAIN_S)
    else:
        raise StoreUnavailable("the note was not taken in all that time")
    if note.aliases:
        await reopen_inbox(ctx.deps.store, ctx.recording.room_id)
