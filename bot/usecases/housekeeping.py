"""What nobody needs any more is thrown away."""

import asyncio
from datetime import timedelta

import structlog

from bot.store.errors import StoreError
from bot.usecases.deps import Deps

log = structlog.get_logger()

EVERY = timedelta(hours=1)
DRAFTS_FOR = timedelta(days=7)
FORGOTTEN_FOR = timedelta(days=60)  # longer than 100ms replays, or keeps in its storage
HOMES_FOR = timedelta(days=1)
INBOX_FOR = timedelta(days=30)  # 100ms replays no further back


async def keep_tidy(deps: Deps) -> None:
    """Until cancelled."""
    while True:
        now = deps.now()
        try:
            gone = await deps.store.purge(
                drafts_before=now - DRAFTS_FOR, inbox_before=now - INBOX_FOR
            )
            await deps.store.purge_forgotten(now - FORGOTTEN_FOR)
            await deps.store.forget_homes(now - HOMES_FOR)
            log.info("tidied", rows=gone)
        except StoreError as failed:
            log.warning("not_tidied", why=str(failed))
        await asyncio.sleep(EVERY.total_seconds())
