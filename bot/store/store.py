"""The store: the bot's data, on SQLite or PostgreSQL.

`bot.store.open.open_store` opens it. A repository that only one feature uses is in that feature's
`store.py` and is constructed with `Store.db`.
"""

import structlog

from bot.store.archive import Archive
from bot.store.channel_settings import ChannelSettingsRepository
from bot.store.cooldowns import StoredCooldowns
from bot.store.database import waiting_at_most
from bot.store.dead_letters import DeadLetters
from bot.store.follows import Follows
from bot.store.forgetting import Forgetting
from bot.store.health import HealthRepository
from bot.store.heartbeat import Heartbeat
from bot.store.inbox import Inbox
from bot.store.joins import Joins
from bot.store.lists import RecordingLists
from bot.store.locking import FileLock
from bot.store.owners import Owners
from bot.store.presence import Presence
from bot.store.purging import Purging
from bot.store.queue import Queue
from bot.store.recordings import Recordings
from bot.store.renaming import Renaming
from bot.store.repository import TeamDatabase
from bot.store.requests import Requests
from bot.store.searching import TranscriptSearch
from bot.store.transcripts import Transcripts

log = structlog.get_logger()

COMMITTED_WITHIN_S = 2.0  # a readiness check has four seconds
FINISHED_WITHIN_S = 1.0  # the bot stops within ten seconds


class Store:
    """The repositories of one team that the engine and the access checks read.

    Every method can raise `StoreUnavailable`; see `errors` for the others.
    """

    def __init__(self, db: TeamDatabase, lock: FileLock | None = None) -> None:
        self.db = db
        self.recordings = Recordings(db)
        self.lists = RecordingLists(db)
        self.queue = Queue(db)
        self.joins = Joins(db)
        self.inbox = Inbox(db)
        self.archive = Archive(db)
        self.dead_letters = DeadLetters(db)
        self.follows = Follows(db)
        self.channel_settings = ChannelSettingsRepository(db)
        self.transcripts = Transcripts(db)
        self.search = TranscriptSearch(db)
        self.forgetting = Forgetting(db)
        self.health = HealthRepository(db)
        self.heartbeat = Heartbeat(db)
        self.cooldowns = StoredCooldowns(db)
        self.purging = Purging(db)
        self.renaming = Renaming(db)
        self.requests = Requests(db)
        self.owners = Owners(db)
        self.presence = Presence(db)
        self._lock = lock

    async def ping(self) -> None:
        """Check the database. Raises `StoreUnavailable` if it does not answer."""
        await self.db.database.ping()

    async def check_commit(self) -> None:
        """Commit a test row. Raises `StoreUnavailable` with the reason, also after a timeout."""
        with waiting_at_most(COMMITTED_WITHIN_S):
            await self.requests.try_commit()

    async def close(self) -> None:
        """Commit submitted entries, then close, so that another process can open the file.

        Does not wait for a hanging database: those entries were not acknowledged yet.
        """
        try:
            if not await self.inbox.finish(FINISHED_WITHIN_S):
                log.warning("webhooks_not_kept")
        finally:
            await self.db.database.close()
            if self._lock is not None:
                self._lock.close()
