"""The store: everything the bot remembers, on SQLite or PostgreSQL.

Every method may raise `StoreUnavailable`; see `errors` for the others. Opened by
`bot.store.open.open_store`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.features.doctor.store import HealthPart
from bot.features.home.store import HomesPart
from bot.features.options.store import DraftsPart
from bot.features.presets.store import PresetsPart
from bot.features.rooms.store import RoomsPart
from bot.store.channel_settings import ChannelSettingsPart
from bot.store.database import Database
from bot.store.follows import FollowsPart
from bot.store.forgetting import ForgettingPart
from bot.store.heartbeat import PulsePart
from bot.store.inbox import InboxPart
from bot.store.lists import ListsPart
from bot.store.locking import FileLock
from bot.store.queue import DuePart
from bot.store.rate_limits import GatesPart
from bot.store.recordings import RecordingsPart
from bot.store.values import Team

log = structlog.get_logger()

FINISHED_WITHIN_S = 1.0  # of the ten in which the bot stops


class Store(
    RecordingsPart,
    DuePart,
    InboxPart,
    ListsPart,
    RoomsPart,
    DraftsPart,
    GatesPart,
    ChannelSettingsPart,
    PresetsPart,
    PulsePart,
    FollowsPart,
    HomesPart,
    ForgettingPart,
    HealthPart,
):
    """One team's view of the database. `on_wake` is called after a commit that made work."""

    def __init__(
        self,
        db: Database,
        team: Team,
        *,
        now: Callable[[], datetime],
        lease: timedelta,
        lock: FileLock | None = None,
    ) -> None:
        super().__init__(db, team, now=now, lease=lease)
        self._lock = lock

    async def ping(self) -> None:
        """Raises `StoreUnavailable` if the database does not answer."""
        await self._db.ping()

    async def close(self) -> None:
        """What was submitted is committed first; then the file may be opened by another.

        If the database hangs it is not waited for: nobody was told that it is kept.
        """
        try:
            if not await self._arrivals.finish(FINISHED_WITHIN_S):
                log.warning("webhooks_not_kept")
        finally:
            await self._db.close()
            if self._lock is not None:
                self._lock.close()
