"""Stores tickets and sessions of the meeting pages, by the digests of their secrets."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, insert, select, update

from bot.store.repository import Repository
from bot.store.schema import meeting_sessions, meeting_tickets

t, s = meeting_tickets.c, meeting_sessions.c


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person of a ticket or session. `name` is as Slack shows it."""

    user: str
    name: str


class DoorRepository(Repository):
    async def add_ticket(self, secret: str, viewer: Viewer, *, valid_for: timedelta) -> None:
        """Store a new ticket, and delete expired ones in the same transaction."""
        now = self._now()
        row = {"digest": _digest(secret), "user_id": viewer.user, "user_name": viewer.name}
        async with self._db.write() as conn:
            for old in (meeting_tickets, meeting_sessions):
                await conn.execute(delete(old).where(self._mine(old), old.c.expires_at < now))
            await conn.execute(
                insert(meeting_tickets).values(**self._ours, **row, expires_at=now + valid_for)
            )

    async def take_ticket(
        self, secret: str, *, session: str, valid_for: timedelta
    ) -> Viewer | None:
        """Exchange a ticket for a session; None if it is unknown, expired or already used.

        One conditional update takes the ticket, so exactly one of several replicas succeeds.
        """
        now = self._now()
        taking = (
            update(meeting_tickets)
            .where(
                self._mine(meeting_tickets),
                t.digest == _digest(secret),
                t.taken_at.is_(None),
                t.expires_at > now,
            )
            .values(taken_at=now)
            .returning(t.user_id, t.user_name)
        )
        async with self._db.write() as conn:
            row = (await conn.execute(taking)).first()
            if row is None:
                return None
            opened = {"digest": _digest(session), "user_id": row.user_id}
            await conn.execute(
                insert(meeting_sessions).values(
                    **self._ours, **opened, user_name=row.user_name, expires_at=now + valid_for
                )
            )
        return Viewer(row.user_id, row.user_name)

    async def burn_ticket(self, secret: str) -> None:
        """Invalidate a ticket."""
        gone = delete(meeting_tickets).where(
            self._mine(meeting_tickets), t.digest == _digest(secret)
        )
        async with self._db.write() as conn:
            await conn.execute(gone)

    async def viewer(self, session: str) -> Viewer | None:
        """Return the person of a live session."""
        query = select(s.user_id, s.user_name).where(
            self._mine(meeting_sessions), s.digest == _digest(session), s.expires_at > self._now()
        )
        async with self._db.read() as conn:
            row = (await conn.execute(query)).first()
        return Viewer(row.user_id, row.user_name) if row else None

    async def end_session(self, session: str) -> None:
        gone = delete(meeting_sessions).where(
            self._mine(meeting_sessions), s.digest == _digest(session)
        )
        async with self._db.write() as conn:
            await conn.execute(gone)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
