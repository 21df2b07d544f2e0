"""Reads waiting work and webhook counts for `/record doctor`, from open or recent rows only."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, exists, func, or_, select

from bot.core.deliveries import DeliveryState, Kind
from bot.core.recording import Phase
from bot.core.retry import Retry
from bot.features.doctor.model import Ends, Received, Stuck
from bot.store import rows
from bot.store.repository import Repository
from bot.store.schema import deliveries, facts, inbox, recording_channels, recordings
from bot.store.sql import is_parked, is_waiting, name_shown
from bot.store.values import InboxState

r = recordings.c
d = deliveries.c
TOLD_THE_END = ("beam_stopped", "recording_uploaded", "beam_failed")
BEING_SENT = timedelta(seconds=30)  # the longest call; after that, its outcome is unknown
AT_100MS = (Phase.COMPLETED.value, Phase.FAILED.value)


NOTICE = "SayInRoom"  # waits for people in the room: not a problem to fix


class DoctorRepository(Repository):
    async def received(self, since: datetime) -> Received:
        """Count webhooks in the inbox, and the outcomes of those received since then."""
        i = inbox.c
        mine = self._mine(inbox)
        last = select(func.max(i.received_at)).where(mine)
        states = select(i.state, func.count()).where(mine, i.received_at >= since).group_by(i.state)
        waiting = select(func.count()).where(mine, is_waiting())
        async with self._db.read() as conn:
            last_at: datetime | None = await conn.scalar(last)
            count = Counter({str(row[0]): int(row[1]) for row in await conn.execute(states)})
            return Received(
                last_at,
                matched=count[InboxState.MATCHED.value] + count[InboxState.NEW.value],
                ignored=count[InboxState.IGNORED.value],
                waiting=await conn.scalar(waiting) or 0,
            )

    async def ends(self, since: datetime) -> Ends:
        """Count recordings requested since then that ended, by how we learnt of the end."""
        reported = exists().where(facts.c.recording_key == r.key, facts.c.kind.in_(TOLD_THE_END))
        ended = and_(r.requested_at >= since, r.phase.in_(AT_100MS), r.hms_id.is_not(None))
        unheard = func.sum(case((reported, 0), else_=1))
        query = select(func.count(), unheard).where(self._mine(recordings), ended)
        async with self._db.read() as conn:
            total, by_polling = (await conn.execute(query)).one()
        return Ends(total, by_polling or 0)

    async def unanswered(self) -> int:
        """Count open recordings whose last poll got no answer from 100ms."""
        failing = and_(r.next_due_at.is_not(None), r.ask_failures > 0)
        query = select(func.count()).where(self._mine(recordings), failing)
        async with self._db.read() as conn:
            return await conn.scalar(query) or 0

    async def open_at_hms(self, limit: int) -> list[str]:
        """Return open recordings that wait for 100ms, without those where nothing can be late."""
        calm = (Phase.REQUESTED.value, Phase.RUNNING.value, Phase.PAUSED.value)
        query = select(r.key).where(self._mine(recordings), r.next_due_at.is_not(None))
        query = query.where(r.phase.not_in(calm)).order_by(r.next_due_at).limit(limit)
        async with self._db.read() as conn:
            return list(await conn.scalars(query))

    async def stuck_messages(
        self, channel: str, since: datetime, limit: int, *, only_for: str | None = None
    ) -> list[Stuck]:
        """Return deliveries that Slack has not accepted: parked since then, or being retried.

        `only_for` a person: only for recordings of theirs or shown in this channel.
        """
        trying = and_(
            d.state.in_((DeliveryState.WAITING.value, DeliveryState.SENDING.value)),
            d.attempts > 0,
            or_(d.error.is_not(None), d.changed_at < self._now() - BEING_SENT),
            r.next_due_at.is_not(None),
        )
        parked = and_(is_parked(), or_(d.changed_at.is_(None), d.changed_at >= since))
        columns = (name_shown(), r.starter, d.target, self._shown_in(channel))
        over = and_(d.not_before.is_not(None), r.next_due_at.is_(None))
        query = (
            select(*columns, d.kind, d.state, d.error, d.not_before, over, d.ts.is_not(None))
            .join(recordings, r.key == d.recording_key)
            .where(self._mine(deliveries), self._mine(recordings))
            .where(*self._concerning(only_for, channel))
            .order_by(d.changed_at.desc())
            .limit(limit)
        )
        async with self._db.read() as conn:
            # Two queries: each has its own index, and "or" would use neither.
            found = [
                row for which in (parked, trying) for row in await conn.execute(query.where(which))
            ]
        return [stuck for row in found if (stuck := _stuck_message(row))]

    async def stuck_steps(
        self, channel: str, limit: int, *, only_for: str | None = None
    ) -> list[Stuck]:
        """Return failed steps that wait for their next try, of recordings with work left."""
        now = self._now()
        held = cast(r.holds, Text) != "{}"
        query = (
            select(name_shown(), r.starter, r.home, self._shown_in(channel), r.holds, r.key)
            .where(self._mine(recordings), r.next_due_at.is_not(None), held)
            .where(*self._concerning(only_for, channel))
            .order_by(r.next_due_at)
            .limit(limit)
        )
        async with self._db.read() as conn:
            found: Sequence[rows.AnyRow] = (await conn.execute(query)).all()
        return [
            Stuck(name, starter, home, bool(here), step=step, until=retry.not_before, key=key)
            for name, starter, home, here, holds, key in found
            for step, retry in sorted(_retries(holds).items())
            if retry.not_before and retry.not_before > now and step != NOTICE
        ]

    def _concerning(self, person: str | None, channel: str) -> list[ColumnElement[bool]]:
        return [or_(r.starter == person, self._shown_in(channel))] if person else []

    def _shown_in(self, channel: str) -> ColumnElement[Any]:
        shown = recording_channels.c
        return exists().where(shown.recording_key == r.key, shown.channel == channel)


def _stuck_message(row: rows.AnyRow) -> Stuck | None:
    """Parse a row; None for a kind or state of a newer version."""
    name, by, target, here, kind, state, error, until, over, posted = row
    with suppress(ValueError):
        return Stuck(
            name,
            by,
            target,
            bool(here),
            Kind(kind),
            DeliveryState(state),
            error,
            until=until,
            over=bool(over),
            posted=bool(posted),
        )
    return None


def _retries(holds: Any) -> dict[str, Retry]:
    """Parse retries; empty if unreadable, which the dead letters count."""
    with suppress(ValueError):
        return rows.retries_of(holds)
    return {}
