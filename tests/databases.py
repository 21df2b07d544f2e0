"""An SQLite file with all tables, to copy: migrating one for each test takes longer than the test."""

import asyncio
import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from bot.store.open import migrate


@cache
def migrated_file() -> Path:
    """One for the process. Not to be called where an event loop runs."""
    folder = Path(tempfile.mkdtemp(prefix="record-bot-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "record-bot.sqlite"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


async def migrated_copy(to: Path) -> None:
    """Put a new database there, as the latest migration leaves it."""
    await asyncio.to_thread(lambda: shutil.copyfile(migrated_file(), to))
