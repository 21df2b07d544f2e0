"""Replay after downtime: 100ms sends the failed webhooks again, requested once for all replicas.

Correctness does not depend on it, because every open recording is polled anyway. A replay only
completes the history, sooner than polling would. Downtime shows as a gap between two stored
heartbeats, also when a machine slept or the database was down.
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

LONGEST = timedelta(days=14)  # 100ms accepts no longer window, within the last 30 days
TRIES = 6
CLAIMED_FOR = timedelta(seconds=30)  # longer than the call can take


async def keep_heartbeat(deps: Deps) -> None:
    """Store the heartbeat until cancelled. The first beat after a gap records an owed replay."""
    policy, every_s = deps.policy, deps.policy.beat_every.total_seconds()

    async def beat() -> float:
        if await deps.store.heartbeat.beat(
            away_after=policy.away_after, settle=policy.replay_settle
        ):
            log.warning("nobody_was_there", longer_than_s=policy.away_after.total_seconds())
        return every_s

    await forever("downtime", beat, away=(StoreError,), pause_s=every_s)


async def keep_replaying(deps: Deps) -> None:
    """Request owed replays until cancelled; each is claimed by one replica."""
    every_s = deps.policy.beat_every.total_seconds()

    async def check() -> float:
        owed = await deps.store.heartbeat.take_replay(CLAIMED_FOR)
        if owed is not None:
            await request_replay(deps, owed)
        return every_s

    await forever("downtime", check, away=(StoreError,), pause_s=every_s)


async def request_replay(deps: Deps, owed: Owed) -> None:
    """Request one replay. A retry repeats the same window, so 100ms joins it to a running one."""
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
    """Return start and end of the replay.

    It starts `margin` before the gap, because webhooks sent just before it may have failed, too,
    and is cut to the longest window that 100ms accepts.
    """
    return max(owed.since - margin, owed.until - LONGEST), owed.until


async def _put_off(deps: Deps, owed: Owed, failed: HmsError) -> None:
    if owed.retry.attempts >= TRIES:
        REPLAYS.labels("given_up").inc()
        log.error("replay_given_up", why=str(failed), tries=owed.retry.attempts)
        await deps.store.heartbeat.settle_replay(owed)
        return
    REPLAYS.labels("failed").inc()
    policy = deps.policy
    wait = policy.backoff(owed.retry.attempts, policy.replay_first, policy.replay_cap)
    asked = failed.retry_after_s if isinstance(failed, HmsUnavailable) else None
    again_at = deps.now() + max(wait, timedelta(seconds=asked or 0))
    log.warning("replay_put_off", why=str(failed), again_at=str(again_at))
    await deps.store.heartbeat.settle_replay(owed, again_at=again_at)
