"""A full disk is told from a database that does not answer. SQLite's own limit stands for it."""

from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import make_url

from bot.listeners.app import for_people
from bot.store.database import Database
from bot.store.drivers import engine_of
from bot.store.errors import StoreFull


async def test_a_full_disk_has_an_error_and_words_of_its_own(tmp_path: Path) -> None:
    engine = engine_of(make_url(f"sqlite+aiosqlite:///{tmp_path / 'full.sqlite'}"))

    @event.listens_for(engine.sync_engine, "connect")
    def limit(connection: object, _: object) -> None:
        connection.cursor().execute("PRAGMA max_page_count = 8")  # type: ignore[attr-defined]

    db = Database(engine)
    async with db.write() as conn:
        await conn.execute(text("CREATE TABLE filling (stuff BLOB)"))
    with pytest.raises(StoreFull) as full:
        async with db.write() as conn:
            await conn.execute(text("INSERT INTO filling VALUES (zeroblob(1000000))"))
    told = for_people(full.value).text
    assert told.startswith("The bot's own disk is full")
    assert "100ms" not in told
    await db.close()
