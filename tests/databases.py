"""An SQLite file with all tables, to copy: migrating one for each test takes longer than the test."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from bot.store.migrating import upgrade
from bot.store.open import database_at


@cache
def _migrated() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="record-bot-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "record-bot.sqlite"
    upgrade(database_at(f"sqlite:///{path}"))
    return path


def migrated_copy(to: Path) -> Path:
    """Put a new database there, as the latest migration leaves it."""
    return Path(shutil.copyfile(_migrated(), to))
