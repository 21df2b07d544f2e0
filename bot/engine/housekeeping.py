"""Periodic clean-up: delete expired rows, drop transcripts, pack old facts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.core.policy import CHOICES_FOR
from bot.deps import Deps
from bot.kit.background import forever
from bot.store.errors import StoreError

log = structlog.get_logger()

EVERY = timedelta(hours=1)
TRANSCRIPTS_EVERY_S = 10  # forgotten words leave the database's files within a minute
DEAD_RETRIED_FOR = timedelta(days=1)  # by then, every replica has been upgraded
DRAFTS_FOR = timedelta(days=7)
FORGOTTEN_FOR = timedelta(days=60)  # longer than 100ms replays, or keeps in its storage
JOINS_FOR = timedelta(days=30)  # people are named right after the meeting
HOMES_FOR = timedelta(days=1)
SCHEDULES_FOR = timedelta(days=30)  # after they were made, if they are over
INBOX_FOR = timedelta(days=30)  # 100ms replays no further back
MATCHED_FOR = timedelta(days=3)  # a repeated webhook adds no fact
PACKED_AFTER = timedelta(days=2)
PACKED_AT_ONCE, PAUSE_S = 50, 0.05
REQUESTS_FOR = timedelta(days=3)  # Slack delivers delayed events for up to one day
CLAIMED_WITHIN = timedelta(hours=1)  # a webhook without a recording by then is ignored
UNCLAIMED = "nobody claimed it"


async def keep_tidy(deps: Deps) -> None:
    """Run `tidy` every hour until cancelled."""

    async def turn() -> float:
        await tidy(deps)
        return EVERY.total_seconds()

    every_s = EVERY.total_seconds()
    await forever("housekeeping", turn, away=(StoreError,), pause_s=every_s)


async def keep_transcripts_current(deps: Deps) -> None:
    """Drop transcripts that may no longer be kept, every few seconds until cancelled."""

    async def turn() -> float:
        await drop_transcripts(deps)
        return TRANSCRIPTS_EVERY_S

    await forever("transcripts", turn, away=(StoreError,), pause_s=TRANSCRIPTS_EVERY_S)


async def drop_transcripts(deps: Deps) -> None:
    """Drop transcripts that are too old or whose channel keeps none, then scrub SQLite's files."""
    transcripts = deps.store.transcripts
    oldest = deps.now() - deps.keep_transcripts_for
    for key in [*await transcripts.kept_before(oldest), *await transcripts.unwanted()]:
        if await transcripts.drop(key):
            log.info("transcript_dropped", key=key)
    if not await transcripts.scrub():
        log.info("scrub_waits_for_a_reader")


async def tidy(deps: Deps) -> None:
    """Run every hourly clean-up once."""
    now = deps.now()
    await deps.store.inbox.stop_waiting(now - CLAIMED_WITHIN, UNCLAIMED)
    gone = await deps.store.purging.purge(
        drafts_before=now - DRAFTS_FOR, inbox_before=now - INBOX_FOR
    )
    await deps.store.dead_letters.retry_webhooks(now - DEAD_RETRIED_FOR)
    await deps.store.forgetting.purge_forgotten(now - FORGOTTEN_FOR)
    if deps.keep_records_for is not None:
        await deps.store.forgetting.purge_audit(now - deps.keep_records_for)
    await deps.store.requests.purge(now - REQUESTS_FOR)
    await deps.store.purging.homes(now - HOMES_FOR)
    await deps.store.joins.purge(now - JOINS_FOR)
    await deps.store.purging.choices(now - CHOICES_FOR)
    gone += await deps.store.purging.schedules_over(now - SCHEDULES_FOR, now - CHOICES_FOR)
    gone += await deps.store.purging.webhooks_done(now - MATCHED_FOR)
    purged = await drop_recordings(deps)
    packed = await pack_facts(deps)
    log.info("tidied", rows=gone, recordings=purged, packed=packed)


async def drop_recordings(deps: Deps) -> int:
    """Drop recordings past their retention. Return how many."""
    keep = deps.keep_records_for
    if keep is None:
        return 0
    before = deps.now() - keep
    return await _in_batches(lambda: deps.store.purging.recordings(before))


async def pack_facts(deps: Deps) -> int:
    """Pack the facts of recordings that ended days ago. Return how many recordings."""
    if not await deps.store.archive.may_pack():
        return 0
    before = deps.now() - PACKED_AFTER
    return await _in_batches(lambda: deps.store.archive.pack(before, PACKED_AT_ONCE))


async def _in_batches(do: Callable[[], Awaitable[int]]) -> int:
    """Repeat `do` until it returns 0, pausing so that other writers get the database."""
    total = 0
    while done := await do():
        total += done
        await asyncio.sleep(PAUSE_S)
    return total
