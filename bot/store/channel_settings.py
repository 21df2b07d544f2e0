"""The settings of a team's channels, and the log of their changes."""

from dataclasses import dataclass
from datetime import datetime

from async_lru import alru_cache
from sqlalchemy import insert, select

from bot.core.channel_settings import ChannelSettings, changed_fields
from bot.store.repository import Repository, TeamDatabase
from bot.store.schema import channel_settings, settings_changes

c = channel_settings.c
log = settings_changes.c
KEEP_SHOWING = 10
CHANNELS_MOST, KEPT_FOR_S = 1_000, 1.0  # the delay until another replica's changes are seen


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """One change; `fields` are names of `ChannelSettings`."""

    by: str
    at: datetime
    fields: tuple[str, ...]


class ChannelSettingsRepository(Repository):
    def __init__(self, db: TeamDatabase) -> None:
        super().__init__(db)
        self._kept = alru_cache(CHANNELS_MOST, ttl=KEPT_FOR_S)(self._read)

    async def of(self, channel: str | None) -> ChannelSettings:
        """Return the channel's settings; the defaults if none are stored, or outside channels."""
        if not channel:
            return ChannelSettings()
        return await self._kept(channel, self._db.changes(channel_settings))

    async def _read(self, channel: str, _changes: tuple[int, ...]) -> ChannelSettings:
        this = select(c.body).where(self._mine(channel_settings), c.channel == channel)
        async with self._db.read() as conn:
            body = await conn.scalar(this)
        return ChannelSettings.model_validate(body) if body is not None else ChannelSettings()

    async def save(self, channel: str, settings: ChannelSettings, by: str) -> None:
        """Store the settings and log the changed fields and their author; no-op if none changed."""
        now, body = self._now(), settings.model_dump(mode="json")
        mine = {**self._ours, "channel": channel, "by_user": by}
        put = self._db.insert(channel_settings).values(**mine, body=body, changed_at=now)
        put = put.on_conflict_do_update(
            index_elements=["enterprise_id", "team_id", "channel"],
            set_={"body": body, "by_user": by, "changed_at": now},
        )
        async with self._db.write() as conn:
            known = select(c.body).where(self._mine(channel_settings), c.channel == channel)
            stored = await conn.scalar(known.with_for_update())
            before = ChannelSettings.model_validate(stored or {})
            changed = changed_fields(before, settings)
            await conn.execute(put)
            if changed:
                fields = {name: body[name] for name in changed}
                await conn.execute(insert(settings_changes).values(**mine, at=now, body=fields))

    async def changes(self, channel: str) -> list[SettingsChange]:
        """Return the latest changes first."""
        mine = self._mine(settings_changes) & (log.channel == channel)
        query = select(log.by_user, log.at, log.body).where(mine)
        newest = query.order_by(log.at.desc(), log.id.desc()).limit(KEEP_SHOWING)
        async with self._db.read() as conn:
            rows = (await conn.execute(newest)).all()
        return [SettingsChange(row.by_user, row.at, tuple(sorted(row.body))) for row in rows]
