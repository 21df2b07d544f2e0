"""One process per SQLite file."""

import fcntl
import os
from pathlib import Path
from typing import Self

from bot.store.errors import DatabaseInUse


class FileLock:
    """A lock beside the database file; the system releases it when the process ends."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".lock")
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as e:
            holder = os.read(self._file, 32).decode(errors="replace").strip() or "unknown"
            os.close(self._file)
            raise DatabaseInUse(
                f"{database} is in use by process {holder}. Only one process can use "
                "a SQLite file: stop the other one, or use PostgreSQL to run several."
            ) from e
        os.truncate(self._file, 0)
        os.write(self._file, str(os.getpid()).encode())

    def close(self) -> None:
        """Release the lock and keep the file: removing it would allow two locks."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
