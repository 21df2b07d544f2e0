"""Run one recording step by step, until nothing is due."""

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from logging import ERROR, INFO, WARNING

import structlog

from bot.core.calm import Calm, calm_of
from bot.core.deliveries import DeliveryState, Kind, Polled, Wanted
from bot.core.facts import Fact
from bot.core.moments import Brief
from bot.core.note import Loaded, Note, after, merge
from bot.core.plan import next_step
from bot.core.policy import HICCUPS, silence, start_by
from bot.core.proofs import OwnWork
from bot.core.recording import Recording
from bot.core.retry import Retry
from bot.core.steps import Action, Done, Forget, Start, Stop, Wait, retry_name
from bot.deps import Deps
from bot.engine.context import Context, Dispatch, failed_call, next_retry
from bot.hms.errors import HmsError, HmsRefused, HmsUnavailable
from bot.kit.clock import ms
from bot.kit.metrics import CALLS_REFUSED, FAULTS, STEPS
from bot.slack.errors import NotAuthorized, SlackError, SlackUnavailable
from bot.store.errors import (
    LeaseLost,
    StoreError,
    StoreUnavailable,
    UnknownRecording,
    UnreadableRecording,
)

log = structlog.get_logger()

# A guard against hanging. Each call to 100ms or Slack has its own time-out, and a step of several
# calls has time for all of them.
STEP_WITHIN_S = 120.0
MAX_STEPS_IN_A_ROW = 40
WRITE_TRIES, WRITE_AGAIN_S = 120, 1.0
BREATHER = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Rest:
    """When the recording is due again (None: never), and a poll of 100ms not stored yet.

    `calm`, if it only waits for its next poll.
    """

    until: datetime | None
    polled: Polled | None = None
    calm: Calm | None = None


@dataclass(frozen=True, slots=True)
class _Target:
    """What should be shown at a time, and what the views took from other places for it."""

    at: datetime
    link: str | None
    brief: Brief | None
    wanted: Wanted


async def run(
    deps: Deps,
    dispatch: Dispatch,
    own: OwnWork,
    loaded: Loaded | None = None,
    *,
    enough: Callable[[], bool] = lambda: False,
) -> Rest:
    """Do what is due for one recording; `loaded` is its state if it was just read.

    Stops after the current step once `enough()` is true. Raises StoreError if the database is gone
    or the lease is lost.
    """
    state, polled, target = loaded or await deps.store.recordings.load(own.key), None, None
    for _ in range(MAX_STEPS_IN_A_ROW):
        if state.owner != own.owner:
            raise LeaseLost(own.key)
        target = target or await _target(deps, dispatch, own, state)
        match next_step(state.recording, state.work, target.wanted, deps.policy, target.at):
            case Wait(until=until):
                calm = calm_of(state, target.wanted, deps.policy, target.at, until)
                return Rest(until, polled, calm)
            case Done():
                return Rest(None, polled)
            case Forget():
                await deps.store.forgetting.forget(own)
                log.info("forgotten", key=own.key)
                return Rest(None)
            case step:
                ctx = Context(deps, own, state, target.link, target.brief)
                note = await _carry_out(dispatch, step, ctx)
        if _only_polled(note):
            state, polled = after(ctx.latest, note, merge((), ())), note.polled
        else:
            state = await _write(ctx, replace(note, polled=note.polled or polled))
            polled = target = None
        if enough():
            return Rest(deps.now(), polled)
    log.warning("many_steps_in_a_row", key=own.key)
    return Rest(deps.now() + BREATHER, polled)


async def _target(deps: Deps, dispatch: Dispatch, own: OwnWork, state: Loaded) -> _Target:
    at = deps.now()  # before the views: what changes meanwhile is planned for later
    link, brief = await _pointer_link(deps, state.recording), await _brief(deps, state)
    wanted = dispatch.wanted(Context(deps, own, state, link, brief))
    return _Target(at, link, brief, wanted)


def _only_polled(note: Note) -> bool:
    """Whether the step was a poll without news, the most frequent one.

    It is stored together with the release of the lease, which saves a write. The views show none
    of it, so the target stays.
    """
    return note.polled is not None and not (note.facts or note.deliveries or note.retries)


async def _brief(deps: Deps, state: Loaded) -> Brief | None:
    """The summary of the kept transcript, for the card."""
    kept = state.work.delivery(Kind.KEPT, state.recording.room_id)
    if kept is None or kept.state is not DeliveryState.SENT:
        return None
    return await deps.store.transcripts.brief(state.recording.key)


async def _pointer_link(deps: Deps, recording: Recording) -> str | None:
    """The permalink of the card of the recording that this one points to."""
    if not recording.points_to:
        return None
    try:
        other = await deps.store.recordings.load(recording.points_to)
    except (UnknownRecording, UnreadableRecording):  # forgotten since, or of newer code
        return None
    return await deps.slack.link_to(other.work.delivery(Kind.CARD, other.recording.origin))


async def _carry_out(dispatch: Dispatch, step: Action, ctx: Context) -> Note:
    """Carry out a step and log one line. A failure becomes a retry of this step only."""
    name, kind = retry_name(step), type(step).__name__
    started = time.monotonic()

    def ended(level: int, outcome: str, event: str = "step", **more: object) -> None:
        STEPS.labels(kind, outcome).inc()
        took = ms(time.monotonic() - started)
        log.log(level, event, key=ctx.key, step=name, outcome=outcome, ms=took, **more)

    try:
        async with asyncio.timeout(STEP_WITHIN_S):
            note = await dispatch.carry_out(step, ctx)
    except (HmsUnavailable, SlackUnavailable) as failed:
        ended(INFO, "unavailable", why=str(failed))
        note = _failed(ctx, step, retry_after_s=failed.retry_after_s)
        return replace(note, facts=_call_failed(ctx, step, failed, note.retries[name]))
    except TimeoutError:
        ended(WARNING, "timeout")
        silent = HmsUnavailable("the step took too long", reached=True, cause="timeout")
        note = _failed(ctx, step)
        return replace(note, facts=_call_failed(ctx, step, silent, note.retries[name]))
    except (HmsError, SlackError) as refused:
        ended(ERROR, "refused", why=str(refused))
        CALLS_REFUSED.labels("slack" if isinstance(refused, SlackError) else "100ms", kind).inc()
        patience = 5 if isinstance(refused, NotAuthorized) else 3
        note = _failed(ctx, step, attempts=patience)
        return replace(note, facts=_call_failed(ctx, step, refused, note.retries[name]))
    except LeaseLost:
        ended(INFO, "lease_lost")
        raise
    except StoreError as gone:
        ended(WARNING, "store", why=str(gone))
        raise
    except Exception:
        reference = uuid.uuid4().hex[:8]
        FAULTS.labels("reconcile").inc()
        ended(ERROR, "broke", "step_broke", reference=reference, exc_info=True)
        return _failed(ctx, step, attempts=3)
    ended(INFO, "done")
    if name in ctx.work.retries and name not in note.retries:
        return replace(note, retries={**note.retries, name: None})
    return note


def _failed(
    ctx: Context, step: Action, *, retry_after_s: float | None = None, attempts: int = 0
) -> Note:
    """Schedule a retry. The first one is as late as if `attempts` had failed before.

    A start expires on time, however long 100ms asks to wait. People wait for a start and a stop, so
    these have short pauses where 100ms does not answer; where it refuses, haste changes nothing.
    """
    name, policy = retry_name(step), ctx.deps.policy
    earlier = ctx.work.retries.get(name) or Retry(attempts)
    by = start_by(ctx.latest.recording, policy) if isinstance(step, Start) else None
    urgent = isinstance(step, Start | Stop) and not attempts
    cap = policy.call_cap if urgent else policy.retry_cap
    later = next_retry(policy, ctx.now, earlier, retry_after_s=retry_after_s, cap=cap, by=by)
    return Note(retries={name: later})


def _call_failed(
    ctx: Context, step: Action, failed: HmsError | SlackError, again: Retry | None
) -> list[Fact]:
    """Return the fact to store if people should know of the failure: a start or a stop."""
    if not isinstance(failed, HmsUnavailable | HmsRefused):
        return []
    match step:
        case Start():
            return failed_call(ctx, "start", failed)
        case Stop() if isinstance(failed, HmsRefused) or not _is_hiccup(ctx, step, again):
            return failed_call(ctx, "stop", failed)
        case _:
            return []


def _is_hiccup(ctx: Context, step: Action, again: Retry | None) -> bool:
    """Whether nobody needs to hear of this failed stop.

    It is told if several failed, or if people read that it is not done before it is tried again.
    """
    tried = ctx.work.retries.get(retry_name(step), Retry())
    silent = silence(ctx.latest.recording, ctx.latest.work)
    told_at = silent.since + ctx.deps.policy.silent_after if silent else None
    late = told_at and again and again.not_before and again.not_before >= told_at
    return tried.attempts < HICCUPS and not late


async def _write(ctx: Context, note: Note) -> Loaded:
    """Store the result of a step, waiting for the database if it is down.

    A lost lease does not stop the write: the result of a call must not be lost.
    """
    since = ctx.latest
    for _ in range(WRITE_TRIES):
        try:
            return await ctx.deps.store.recordings.advance(ctx.own, since, note)
        except StoreUnavailable as gone:
            log.warning("note_waits_for_the_database", key=ctx.key, why=str(gone))
            since = since.doubted()
            await asyncio.sleep(WRITE_AGAIN_S)
    raise StoreUnavailable("the note was not taken in all that time")
