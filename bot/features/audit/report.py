"""The report of `record-bot forgotten`: reads the database of a running bot, changes nothing."""

import os

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from bot.features.audit.store import ForgetRecord, forgotten_by
from bot.store.database import Database
from bot.store.drivers import engine_of
from bot.store.errors import DatabaseUrlError, StoreUnavailable
from bot.store.open import database_at


async def who_forgot(database_url: str, key: str) -> list[ForgetRecord]:
    """Raises DatabaseUrlError, StoreUnavailable."""
    database = Database(engine_of(_existing(database_url)))
    try:
        async with database.read() as conn:
            return await conn.run_sync(forgotten_by, key)
    except DBAPIError as odd:
        raise StoreUnavailable(type(odd).__name__) from odd
    finally:
        await database.close()


def _existing(database_url: str) -> URL:
    """Check that an SQLite file exists: SQLite would create it."""
    url = database_at(database_url)
    if url.get_backend_name() == "sqlite" and not os.path.exists(url.database or ""):
        raise DatabaseUrlError(f"{url.database} does not exist")
    return url
