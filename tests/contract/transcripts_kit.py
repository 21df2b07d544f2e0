"""The repository of transcripts, on a database that does not have its tables yet."""

from collections.abc import Sequence
from uuid import uuid4

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, inspect

from bot.core.transcript import Sentence
from bot.store.migrations import transcripts as migration
from bot.store.store import Store
from bot.store.transcripts import Transcripts

MINUTE_MS = 60_000


def make_tables(conn: Connection) -> None:
    if not inspect(conn).has_table("transcripts"):
        with Operations.context(MigrationContext.configure(conn)):
            migration.upgrade()


async def repository_of(store: Store) -> Transcripts:
    async with store.db.database.write() as conn:
        await conn.run_sync(make_tables)
    return Transcripts(store.db)


def spoken(*said: str | tuple[str, str]) -> tuple[Sentence, ...]:
    """Sentences a minute apart, from texts of Ana's or (speaker, text)."""
    pairs = [one if isinstance(one, tuple) else ("Ana", one) for one in said]
    return tuple(
        Sentence(n, speaker, f"p-{speaker}", n * MINUTE_MS, n * MINUTE_MS + 5_000, text)
        for n, (speaker, text) in enumerate(pairs)
    )


def new_word() -> str:
    """A word that nothing else contains, of letters alone; Porter's rules leave its end alone."""
    return "zq" + "".join(chr(ord("a") + int(digit, 16)) for digit in uuid4().hex[:16]) + "x"


def misspelt(word: str) -> str:
    return word[:5] + "z" + word[6:]


def texts(sentences: Sequence[Sentence]) -> list[str]:
    return [one.text for one in sentences]
