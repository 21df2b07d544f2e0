"""What stays known of forgotten recordings: who wanted that, and when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bot.store.forgetting import digest_of
from bot.store.schema import audit


@dataclass(frozen=True, slots=True)
class Forgotten:
    by: str
    at: datetime


def forgotten_by(conn: Connection, key: str) -> list[Forgotten]:
    """Of every team of the database; the key is found by its digest."""
    query = select(audit.c.by_user, audit.c.at).where(audit.c.digest == digest_of(key))
    return [Forgotten(*row) for row in conn.execute(query.order_by(audit.c.at))]
