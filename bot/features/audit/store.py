"""What remains known about forgotten recordings: who had them forgotten, and when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bot.store.forgetting import digest_of
from bot.store.schema import audit


@dataclass(frozen=True, slots=True)
class ForgetRecord:
    by: str
    at: datetime


def forgotten_by(conn: Connection, key: str) -> list[ForgetRecord]:
    """Find a recording by the digest of its key. Searches all teams in the database."""
    query = select(audit.c.by_user, audit.c.at).where(audit.c.digest == digest_of(key))
    return [ForgetRecord(*row) for row in conn.execute(query.order_by(audit.c.at))]
