"""What was missed while nobody was there: 100ms sends it again, asked once for all replicas.

Nothing depends on it, for everything open is asked about anyway; it only makes the log complete,
and quick where asking would be slow. The gap shows by itself, as one between two notes of ours:
also when a machine slept, or when no webhook could be kept because the database was gone.
"""

from datetime import datetime, timedelta

import structlog

from bot.deps import Deps
from bot.hms.errors import HmsError, HmsUnavailable
from bot.kit.background import forever
from bot.kit.metrics import REPLAYS
from bot.store.errors import StoreError
from bot.store.values import Owed

log = structlog.get_logger()

LONGEST = timedelta(days=14)  # 100ms takes no longer window, within the last 30 days
TRIES = 6
CLAIMED_FOR = timedelta(seconds=30)  # longer than the call can take


async def note_that_we_live(deps: Deps) -> None:
    """Until cancelled. The worker that notes it first after a gap owes the replay, for all."""
    policy, every_s = deps.policy, deps.policy.beat_every.total_seconds()

    async def beat() -> float:
        if await deps.store.heartbeat.beat(
            away_after=policy.away_after, settle=policy.replay_settle
        ):
            log.warning("nobody_was_there", longer_than_s=policy.away_after.total_seconds())
        return every_s

    await forever("downtime", beat, away=(StoreError,), pause_s=every_s)


async def replay_what_was_missed(deps: Deps) -> None:
    """Until cancelled: asks for a replay that is owed, by whichever worker."""
    every_s = deps.policy.beat_every.total_seconds()

    async def check() -> float:
        owed = await deps.store.heartbeat.take_replay(CLAIMED_FOR)
        if owed is not None:
            await request_replay(deps, owed)
        return every_s

    await forever("downtime", check, away=(StoreError,), pause_s=every_s)


async def request_replay(deps: Deps, owed: Owed) -> None:
    """The same request each time, so that 100ms joins it to one that still runs."""
    start, end = window(owed, deps.policy.replay_margin)
    try:
        replay = await deps.hms.replay_webhooks(start, end, status="failed")
    except HmsError as failed:
        await _put_off(deps, owed, failed)
        return
    REPLAYS.labels("asked").inc()
    log.info("replay_asked", status=replay.status, start=str(start), end=str(end))
    await deps.store.heartbeat.settle_replay(owed)


def window(owed: Owed, margin: timedelta) -> tuple[datetime, datetime]:
    """Some of what was under way at the last note had failed by then; too long a time is cut."""
    return max(owed.since - margin, owed.until - LONGEST), owed.until


async def _put_off(deps: Deps, owed: Owed, failed: HmsError) -> None:
    if owed.retry.attempts >= TRIES:
        REPLAYS.labels("given_up").inc()
        log.error("replay_given_up", why=str(failed), tries=owed.retry.attempts)
        await deps.store.heartbeat.settle_replay(owed)
        return
    REPLAYS.labels("failed").inc()
    policy = deps.policy
    pause = policy.backoff(owed.retry.attempts, policy.replay_first, policy.replay_cap)
    asked = failed.retry_after_s if isinstance(failed, HmsUnavailable) else None
    again_at = deps.now() + max(pause, timedelta(seconds=asked or 0))
    log.warning("replay_put_off", why=str(failed), again_at=str(again_at))
    await deps.store.heartbeat.settle_replay(owed, again_at=again_at)
