"""What nobody needs any more is thrown away."""

import asyncio
from datetime import timedelta

import structlog

from bot.deps import Deps
from bot.kit.metrics import FAULTS
from bot.store.errors import StoreError

log = structlog.get_logger()

EVERY = timedelta(hours=1)
CHOICES_FOR = timedelta(hours=1)
TRANSCRIPTS_EVERY_S = 10  # forgotten words leave the database's files within a minute
DEAD_RETRIED_FOR = timedelta(days=1)  # by then, every replica has been upgraded
DRAFTS_FOR = timedelta(days=7)
FORGOTTEN_FOR = timedelta(days=60)  # longer than 100ms replays, or keeps in its storage
HOMES_FOR = timedelta(days=1)
INBOX_FOR = timedelta(days=30)  # 100ms replays no further back
REQUESTS_FOR = timedelta(days=3)  # Slack's delayed events come for one day
CLAIMED_WITHIN = timedelta(hours=1)  # an event that nobody claims by then is nobody's
UNCLAIMED = "nobody claimed it"


async def keep_tidy(deps: Deps) -> None:
    """Until cancelled."""
    while True:
        try:
            await tidy(deps)
        except StoreError as failed:
            log.warning("not_tidied", why=str(failed))
        except Exception:
            FAULTS.labels("housekeeping").inc()
            log.exception("tidying_broke")
        await asyncio.sleep(EVERY.total_seconds())


async def keep_transcripts_current(deps: Deps) -> None:
    """Until cancelled: drop transcripts that are no longer to be kept."""
    while True:
        try:
            await drop_transcripts(deps)
        except StoreError as failed:
            log.warning("transcripts_not_dropped", why=str(failed))
        except Exception:
            FAULTS.labels("transcripts").inc()
            log.exception("dropping_transcripts_broke")
        await asyncio.sleep(TRANSCRIPTS_EVERY_S)


async def drop_transcripts(deps: Deps) -> None:
    """Those that are too old, or whose channel keeps none; then scrub what anybody forgot."""
    transcripts = deps.store.transcripts
    oldest = deps.now() - deps.keep_transcripts_for
    for key in [*await transcripts.kept_before(oldest), *await transcripts.unwanted()]:
        if await transcripts.drop(key):
            log.info("transcript_dropped", key=key)
    if not await transcripts.scrub():
        log.info("scrub_waits_for_a_reader")


async def tidy(deps: Deps) -> None:
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
    await deps.store.purging.choices(now - CHOICES_FOR)
    log.info("tidied", rows=gone)
