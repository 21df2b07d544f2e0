"""Replaces a channel's id everywhere: Slack changes it, for example when a channel is shared."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import JSON, Column, Table, Text, and_, cast, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.facts import FACT
from bot.store import rows
from bot.store.repository import Repository
from bot.store.schema import facts, metadata, recordings

NAMES_CHANNELS = frozenset({"channel", "home", "target", "posted_in", "scope"})
EXCLUDED = frozenset({"inbox"})  # 100ms' webhooks contain no channels
AT_ONCE = 200


class Renaming(Repository):
    async def rename_channel(self, old: str, new: str) -> int:
        """Replace the id in every table of this team; return the number of rows that had it.

        Runs in small transactions, so that other writers need not wait long. Safe to repeat. A row
        stays as it is if there already is one with the new id.
        """
        count = 0
        for table in metadata.sorted_tables:
            if "team_id" not in table.c or table.name in EXCLUDED:
                continue
            for column in table.c:
                if column.name in NAMES_CHANNELS:
                    count += await self._rename(table, column, old, new)
                elif isinstance(column.type, JSON):
                    count += await self._rename_inside(table, column, old, new)
        async with self._waking() as conn:
            # Workers reload these recordings; ended ones are not woken.
            mine = and_(self._mine(recordings), recordings.c.home == new)
            again = update(recordings).where(mine, recordings.c.next_due_at.is_not(None))
            await conn.execute(again.values(wakes=recordings.c.wakes + 1, next_due_at=self._now()))
        return count

    async def _rename(self, table: Table, column: Column[Any], old: str, new: str) -> int:
        query = select(*table.primary_key).where(self._mine(table), column == old)
        async with self._db.read() as conn:
            found = [tuple(row) for row in await conn.execute(query)]
        for keys in _batches(found):
            async with self._db.write() as conn:
                for key in keys:
                    change = update(table).where(_is(table, key), column == old)
                    await _changed(conn, change.values({column: new}))
        return len(found)

    async def _rename_inside(self, table: Table, column: Column[Any], old: str, new: str) -> int:
        """Replace the id in JSON, wherever a value equals it. Changed facts get a new identity."""
        quoted = f'%"{old}"%'
        query = select(*table.primary_key).where(
            self._mine(table), column.is_not(None), cast(column, Text).like(quoted)
        )
        async with self._db.read() as conn:
            found = [tuple(row) for row in await conn.execute(query)]
        for keys in _batches(found):
            async with self._db.write() as conn:
                for key in keys:
                    await _replace(conn, column, key, (old, new))
        return len(found)


async def _replace(
    conn: AsyncConnection, column: Column[Any], key: tuple[Any, ...], ids: tuple[str, str]
) -> None:
    table = column.table
    body = await conn.scalar(select(column).where(_is(table, key)))
    if body is None:
        return  # deleted in the meantime
    values: dict[str, Any] = {column.name: replaced(body, *ids)}
    if table is facts:
        values = rows.fact_row(FACT.validate_python(values[column.name]))
    if not await _changed(conn, update(table).where(_is(table, key)).values(values)):
        await conn.execute(delete(table).where(_is(table, key)))  # a duplicate of a stored fact


def replaced(value: Any, old: str, new: str) -> Any:
    """The same JSON with the new id in place of every string that equals the old one."""
    if isinstance(value, dict):
        return {name: replaced(inner, old, new) for name, inner in value.items()}
    if isinstance(value, list):
        return [replaced(inner, old, new) for inner in value]
    return new if value == old else value


def _is(table: Table, key: tuple[Any, ...]) -> Any:
    return and_(*(column == part for column, part in zip(table.primary_key, key, strict=True)))


async def _changed(conn: AsyncConnection, change: Any) -> bool:
    """Execute the update; False, with no change, if a row with the new id already exists."""
    try:
        async with conn.begin_nested():
            await conn.execute(change)
    except IntegrityError:
        return False
    return True


def _batches(found: list[tuple[Any, ...]]) -> Iterable[list[tuple[Any, ...]]]:
    return (found[n : n + AT_ONCE] for n in range(0, len(found), AT_ONCE))
