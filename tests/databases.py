"""An SQLite file with all tables, to copy: migrating one for each test takes longer than the test.

And a folder for databases, in memory where there is room: each commit waits for the disk.
"""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from bot.store.migrating import upgrade
from bot.store.open import database_at

MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 << 30  # a container often has 64 MB


def roomy() -> Path:
    """A folder for what tests make: in memory, where there is room."""
    fits = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES
    return MEMORY if fits else Path(tempfile.gettempdir())


def new_folder(prefix: str) -> Path:
    """The caller removes it."""
    return Path(tempfile.mkdtemp(prefix=prefix, dir=roomy()))


@cache
def _migrated() -> Path:
    folder = new_folder("record-bot-migrated-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "record-bot.sqlite"
    upgrade(database_at(f"sqlite:///{path}"))
    return path


def migrated_copy(to: Path) -> Path:
    """Put a new database there, as the latest migration leaves it."""
    return Path(shutil.copyfile(_migrated(), to))
