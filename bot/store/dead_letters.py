"""Dead letters: webhooks and recordings that the bot could not read, set aside to free the others.

A newer version may be able to read them, so they are retried, but rarely.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, true, update

from bot.core.proofs import OwnWork
from bot.core.recording import Phase
from bot.store.repository import Repository
from bot.store.schema import inbox, recordings
from bot.store.sql import is_dead
from bot.store.values import DeadLetterCount, InboxState

r = recordings.c
i = inbox.c
FIRST_RETRY, LAST_RETRY = timedelta(seconds=15), timedelta(minutes=10)
WHY_CHARS = 80
UNKNOWN_PHASE = "unknown phase"
PHASES = tuple(sorted(phase.value for phase in Phase))


class DeadLetters(Repository):
    async def park(self, own: OwnWork, why: str) -> None:
        """Set a recording aside and release its lease; it is due again after a growing pause.

        If it was woken since it was taken, it stays due now. No-op if the lease is lost.
        """
        now = self._now()
        its = and_(self._mine(recordings), r.key == own.key, r.lease_owner == own.owner)
        query = select(r.dead_since, r.wakes, r.taken_wakes).where(its).with_for_update()
        async with self._db.write() as conn:
            row = (await conn.execute(query)).first()
            if row is None:
                return
            since = min(row.dead_since or now, now)
            again_at = now + min(max(now - since, FIRST_RETRY), LAST_RETRY)
            changes = {
                "dead_since": since,
                "dead_why": why[:WHY_CHARS],
                "leased_until": None,
                "lease_owner": None,
            }
            if row.wakes == row.taken_wakes:
                changes["next_due_at"] = again_at
            await conn.execute(update(recordings).where(its).values(changes))

    async def retry_webhooks(self, since: datetime) -> int:
        """Make dead webhooks received since then new again; return their number."""
        dead = update(inbox).where(self._mine(inbox), is_dead(), i.received_at >= since)
        new = dead.values(state=InboxState.NEW.value, note=None, leased_until=None)
        async with self._db.write() as conn:
            count = len((await conn.execute(new.returning(i.id))).all())
        if count:
            self._of.on_mail()
        return count

    async def count(self) -> DeadLetterCount:
        async with self._db.read() as conn:
            return await conn.run_sync(
                count_dead, webhooks=self._mine(inbox), recordings=self._mine(recordings)
            )


def count_dead(
    conn: Connection,
    *,
    webhooks: ColumnElement[bool] | None = None,
    recordings: ColumnElement[bool] | None = None,
) -> DeadLetterCount:
    """Count the dead letters that match these conditions, by default of all teams."""
    mail_query, row_query = _counts(webhooks, recordings)
    mail, rows = _by_reason(conn, mail_query), _by_reason(conn, row_query)
    return DeadLetterCount(mail.total(), rows.total(), tuple((mail + rows).most_common(3)))


def _by_reason(conn: Connection, query: Select[Any]) -> Counter[str]:
    found = conn.execute(query).all()
    return Counter({row[0] or UNKNOWN_PHASE: row[1] for row in found})


def _counts(
    webhooks: ColumnElement[bool] | None, of_team: ColumnElement[bool] | None
) -> tuple[Select[Any], Select[Any]]:
    mail = select(i.note, func.count()).where(true() if webhooks is None else webhooks, is_dead())
    unreadable = or_(r.dead_since.is_not(None), r.phase.not_in(PHASES))
    rows = select(r.dead_why, func.count()).where(
        true() if of_team is None else of_team, unreadable
    )
    return mail.group_by(i.note), rows.group_by(r.dead_why)
