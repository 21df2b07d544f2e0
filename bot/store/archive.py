"""Packs the facts of recordings that ended long ago: one small row in place of many.

Readers see no difference; a new fact unpacks the recording. Nothing is packed on the first day
after the upgrade, because older versions that cannot read archives may still run (docs/adr/0023).
"""

import json
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.drivers import to_json
from bot.store.repository import Repository
from bot.store.schema import fact_archives, facts, recordings, upgrades

PACKS = "0014"  # the migration that added archives
NOT_BEFORE = timedelta(days=1)
LEVEL = 9
r = recordings.c
f = facts.c
a = fact_archives.c


def packed(bodies: Sequence[Mapping[str, Any]]) -> bytes:
    """Compress stored facts, in order, as JSON."""
    return zlib.compress(to_json(list(bodies)).encode(), LEVEL)


def unpacked(archive: bytes) -> list[Mapping[str, Any]]:
    """Decompress stored facts. Raises ValueError or zlib.error if the bytes are no archive."""
    bodies: list[Mapping[str, Any]] = json.loads(zlib.decompress(archive))
    return bodies


class Archive(Repository):
    async def may_pack(self) -> bool:
        """Whether the upgrade to `PACKS` was long enough ago."""
        query = select(upgrades.c.at).where(upgrades.c.version == PACKS)
        async with self._db.read() as conn:
            at: datetime | None = await conn.scalar(query)
        return at is not None and self._now() - at >= NOT_BEFORE

    async def pack(self, ended_before: datetime, at_once: int) -> int:
        """Pack some recordings in one transaction; return their number, 0 if none are left.

        The recording with the newest fact stays, because that fact's id marks what is new.
        """
        newest = select(func.max(f.id)).scalar_subquery()
        has_newest = select(f.recording_key).where(f.id == newest)
        rest = and_(r.packed_at.is_(None), r.next_due_at.is_(None), r.leased_until.is_(None))
        ended = or_(r.stopped_at.is_(None), r.stopped_at < ended_before)
        some = (
            select(r.key)
            .where(self._mine(recordings), rest, r.requested_at < ended_before, ended)
            .where(r.key.not_in(has_newest))
            .order_by(r.requested_at)
            .limit(at_once)
            .with_for_update(skip_locked=True)
        )
        async with self._db.write() as conn:
            keys = sorted((await conn.scalars(some)).all())
            if keys:
                await self._pack(conn, keys)
        return len(keys)

    async def _pack(self, conn: AsyncConnection, keys: Sequence[str]) -> None:
        bodies: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        query = select(f.recording_key, f.body).where(f.recording_key.in_(keys)).order_by(f.id)
        for row in await conn.execute(query):
            bodies[row.recording_key].append(row.body)
        archives = [
            {**self._ours, "recording_key": key, "body": packed(its)} for key, its in bodies.items()
        ]
        if archives:
            await conn.execute(insert(fact_archives), archives)
        await conn.execute(delete(facts).where(f.recording_key.in_(keys)))
        done = update(recordings).where(r.key.in_(keys))
        await conn.execute(done.values(packed_at=self._now()))
