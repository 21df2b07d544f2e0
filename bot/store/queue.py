"""The queue: leases on recordings, and the times at which they are due. Rows are the queue."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    bindparam,
    case,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate, Update

from bot.core.calm import Calm
from bot.core.deliveries import DeliveryState, Kind, Polled
from bot.core.note import Loaded
from bot.core.proofs import OwnWork
from bot.core.recording import Phase
from bot.core.retry import Retry
from bot.store.database import MAIL, WORK
from bot.store.errors import UnreadableRecording
from bot.store.listening import Listener
from bot.store.reading import Stored, read
from bot.store.repository import Repository
from bot.store.rows import polled_row, retries_of, retries_row
from bot.store.schema import (
    deliveries,
    gates,
    inbox,
    recording_channels,
    recordings,
    transcripts,
)
from bot.store.sql import began, is_new, is_parked, of_the_team

r = recordings.c
CALM = (Phase.RUNNING.value, Phase.PAUSED.value)
BATCH, BATCH_EVERY = 50, timedelta(seconds=0.5)
POLL_ANEW = {**polled_row(Polled()), "ask_failures": 0}
WOKEN = r.wakes != r.taken_wakes


def _take() -> ReturningUpdate[Any]:
    now = bindparam("now", type_=r.next_due_at.type)
    picked = (
        select(r.key)
        .where(of_the_team(recordings), r.next_due_at.is_not(None), r.next_due_at <= now)
        .where(or_(r.leased_until.is_(None), r.leased_until <= now))
        .order_by(r.phase != Phase.REQUESTED.value, r.next_due_at)  # starts first: people wait
        .limit(bindparam("at_most", type_=Integer))
        .with_for_update(skip_locked=True)
        .cte("picked")  # PostgreSQL may run an IN (SELECT … LIMIT) once per row
    )
    take = update(recordings).where(r.key.in_(select(picked.c.key)))
    lease: dict[str, Any] = {"leased_until": bindparam("until"), "lease_owner": bindparam("owner")}
    return take.values(**lease, taken_wakes=r.wakes).returning(r.key, r.next_due_at)


def _freed(*names: str) -> ReturningUpdate[Any]:
    """Release a lease and set these columns to the `new_…` values, unless it was woken since."""
    its = of_the_team(recordings), r.key == bindparam("its_key")
    changes = {
        name: case((WOKEN, r[name]), else_=bindparam(f"new_{name}", type_=r[name].type))
        for name in names
    }
    freed = update(recordings).where(*its, r.lease_owner == bindparam("owner"))
    alive = {"leased_until": None, "lease_owner": None, "dead_since": None, "dead_why": None}
    return freed.values(**alive, **changes).returning(WOKEN)


def _bulk_polled() -> Update:
    """Store a poll of a row that is as it was released."""
    mine = of_the_team(recordings), r.key == bindparam("its_key"), r.leased_until.is_(None)
    was_due_at = bindparam("was_due_at", type_=r.next_due_at.type)
    same = r.next_due_at == was_due_at, r.wakes == bindparam("its_wakes")
    names = ("next_due_at", *polled_row(Polled()))
    new = {name: bindparam(f"new_{name}", type_=r[name].type) for name in names}
    return update(recordings).where(*mine, *same).values(new)


def _sooner(holds: Any, now: datetime, by: timedelta) -> dict[str, Retry | None]:
    """The retries that are due in the future, moved earlier by `by`."""
    retries: dict[str, Retry | None] = {}
    with suppress(ValueError):
        for name, retry in retries_of(holds).items():
            if retry.not_before and retry.not_before > now:
                retries[name] = Retry(retry.attempts, retry.not_before - by)
    return retries


def _loaded(stored: Stored) -> Loaded | None:
    with suppress(UnreadableRecording):
        return stored.loaded()
    return None


TAKE = _take()
BULK_POLLED = _bulk_polled()
FREED, FREED_HAVING_POLLED = _freed("next_due_at"), _freed("next_due_at", *polled_row(Polled()))


class Queue(Repository):
    async def take(self, limit: int, owner: str) -> dict[OwnWork, Loaded | None]:
        """Lease due recordings to one worker each: starts first, then the longest due.

        None in place of a recording that cannot be read, for example because only newer code knows
        one of its facts; `Recordings.load` raises the reason.
        """
        now = self._now()
        given = {"now": now, "at_most": limit, "until": now + self._of.lease, "owner": owner}
        async with self._db.write() as conn:
            taken = (await conn.execute(TAKE, given | self._team_parameters)).all()
            due = sorted(taken, key=lambda row: (row.next_due_at, row.key))
            keys = [row.key for row in due]
            stored = await read(conn, keys, self._team_parameters) if due else {}
        return {OwnWork(row.key, owner): _loaded(stored[row.key]) for row in due}

    async def renew(self, owners: Collection[str]) -> list[str]:
        """Renew all leases of these owners; return their recordings' keys.

        Missing keys were taken over by other workers.
        """
        theirs = r.lease_owner.in_(sorted(owners))
        mine = and_(self._mine(recordings), r.leased_until.is_not(None), theirs)
        picked = select(r.key).where(mine).order_by(r.key).with_for_update().cte("picked")
        renewal = update(recordings).where(r.key.in_(select(picked.c.key)))
        longer = renewal.values(leased_until=self._now() + self._of.lease).returning(r.key)
        async with self._db.write(lone=True) as conn:
            return sorted((await conn.scalars(longer)).all())

    async def release(
        self, work: OwnWork, next_due_at: datetime | None, *, polled: Polled | None = None
    ) -> bool:
        """Release the lease until `next_due_at` (None: done), and store the last poll of 100ms.

        True if the recording was woken since it was taken: in that case it stays due now, and the
        waker's request to poll stays too. A lost lease is not an error.
        """
        changes = {"next_due_at": next_due_at, **(polled_row(polled) if polled else {})}
        its = {"its_key": work.key, "owner": work.owner, **self._team_parameters}
        its |= {f"new_{name}": value for name, value in changes.items()}
        async with self._db.write(lone=True) as conn:
            return bool(await conn.scalar(FREED_HAVING_POLLED if polled else FREED, its))

    async def bulk_polled(self, moved: Collection[tuple[Calm, Calm]]) -> None:
        """Store that a list has polled these: as they were released, and as they are now.

        A recording that is taken, or was woken or taken since, stays as it is.
        """
        rows = [
            {
                "its_key": was.key,
                "its_wakes": was.wakes,
                "was_due_at": was.due_at,
                "new_next_due_at": now.due_at,
                **{f"new_{name}": value for name, value in polled_row(now.polled).items()},
                **self._team_parameters,
            }
            for was, now in sorted(moved, key=lambda pair: pair[0].key)
        ]
        async with self._db.write() as conn:
            await conn.execute(BULK_POLLED, rows)

    async def wake_all_open(self) -> int:
        """Make all open recordings due and polled, after downtime; return their number.

        Running and paused recordings are spread over time, a hundred a second, so that starts and
        stops do not wait behind ten thousand polls.
        """
        async with self._waking() as conn:
            woken = await self._wake(conn, r.next_due_at.is_not(None), **POLL_ANEW)
            calm = select(r.key).where(self._mine(recordings), r.next_due_at.is_not(None))
            calm = calm.where(r.phase.in_(CALM)).order_by(r.key)
            keys = list(await conn.scalars(calm))
            for n, first in enumerate(range(BATCH, len(keys), BATCH), start=1):
                later = update(recordings).where(r.key.in_(keys[first : first + BATCH]))
                at = self._now() + n * BATCH_EVERY
                await conn.execute(later.values(next_due_at=at))
            return len(woken)

    async def resume(self) -> int:
        """Make open recordings due at the start; on SQLite, release the leases of the last run."""
        if self._db.is_sqlite:
            await self.release_all()
        await self.wake_followed_elsewhere()
        return await self.wake_all_open()

    async def wake_followed_elsewhere(self) -> None:
        """Wake recordings, ended ones too, that other channels show although nobody checked whether
        they are private. The engine checks, and withdraws them where they must not be.
        """
        shown = recording_channels.c
        elsewhere = select(1).where(shown.recording_key == r.key, shown.channel != r.home).exists()
        async with self._waking() as conn:
            await self._wake(conn, r.is_private.is_(None) & (r.starter != "") & elsewhere)

    async def keep_missing_transcripts(self, since: datetime) -> int:
        """Make recordings since then due whose transcript exists but is not kept.

        The engine then keeps it, from 100ms' files. Returns their number.
        """
        t = transcripts.c
        whole = select(t.recording_key).where(self._mine(transcripts), t.done == t.sentences)
        missing = and_(r.has_transcript, began() >= since, r.key.not_in(whole))
        async with self._waking() as conn:
            keys = await self._wake(conn, missing)
            noted = deliveries.c.recording_key.in_(keys) & (deliveries.c.kind == Kind.KEPT.value)
            await conn.execute(delete(deliveries).where(self._mine(deliveries), noted))
        return len(keys)

    async def wake_asked_in(self, channel: str) -> None:
        """Make open recordings that were requested in this channel due: their cards may change."""
        async with self._waking() as conn:
            await self._wake(conn, r.next_due_at.is_not(None) & (r.home == channel))

    async def wake_parked(self, channel: str) -> list[str]:
        """Retry deliveries parked in this channel; return the keys of their recordings."""
        parked = and_(self._mine(deliveries), deliveries.c.target == channel, is_parked())
        async with self._waking() as conn:
            # Lock recordings first, as every step does; another order could deadlock.
            theirs = select(deliveries.c.recording_key).where(parked)
            keys = await self._wake(conn, r.key.in_(theirs))
            waiting = {
                "state": DeliveryState.WAITING.value,
                "not_before": None,
                "error": None,
                "attempts": 0,
            }
            theirs_now = and_(parked, deliveries.c.recording_key.in_(keys))
            await conn.execute(update(deliveries).where(theirs_now).values(waiting))
        return keys

    async def _wake(
        self, conn: AsyncConnection, which: ColumnElement[bool], **also: object
    ) -> list[str]:
        """Make these due, and count a wake. Locks in key order, so two calls cannot deadlock."""
        picked = select(r.key).where(self._mine(recordings), which).order_by(r.key)
        ordered = picked.with_for_update().cte("picked")
        woken = (
            update(recordings)
            .where(r.key.in_(select(ordered.c.key)))
            .values(next_due_at=self._now(), wakes=r.wakes + 1, **also)
            .returning(r.key)
        )
        return sorted((await conn.scalars(woken)).all())

    async def give_back(self, owners: Collection[str]) -> int:
        """Release all leases of these owners, which are stopping; return the number of recordings.

        They become due at once, for any replica.
        """
        mine = and_(self._mine(recordings), r.lease_owner.in_(sorted(owners)))
        free = {"leased_until": None, "lease_owner": None, "next_due_at": self._now()}
        given = update(recordings).where(mine).values(**free, wakes=r.wakes + 1).returning(r.key)
        async with self._waking() as conn:
            return len((await conn.scalars(given)).all())

    async def clock_set_back(self, by: timedelta) -> None:
        """Move stored times earlier after the clock was set back, so that no wait becomes longer.

        This covers leases, retries, deliveries and rate limits. All open recordings become due.
        """
        now, d, i, g = self._now(), deliveries.c, inbox.c, gates.c
        lease = now + self._of.lease
        async with self._db.write() as conn:
            mine = self._mine(recordings)
            longest = update(recordings).where(mine, r.leased_until > lease)
            await conn.execute(longest.values(leased_until=lease))
            taken = update(inbox).where(self._mine(inbox), is_new(), i.leased_until > lease)
            await conn.execute(taken.values(leased_until=None))
            open_ones = select(r.key, r.holds).where(mine, r.next_due_at.is_not(None))
            for key, holds in (await conn.execute(open_ones.order_by(r.key))).all():
                if change := _sooner(holds, now, by):
                    its = update(recordings).where(r.key == key)
                    await conn.execute(its.values(retries_row(holds, change)))
            put_off = select(d.id, d.not_before).where(self._mine(deliveries), d.not_before > now)
            for row in (await conn.execute(put_off.order_by(d.id))).all():
                sooner = update(deliveries).where(d.id == row.id)
                await conn.execute(sooner.values(not_before=row.not_before - by))
            shut = select(g.method, g.until).where(self._mine(gates), g.until > now)
            for row in (await conn.execute(shut.order_by(g.method))).all():
                sooner = update(gates).where(self._mine(gates), g.method == row.method)
                await conn.execute(sooner.values(until=row.until - by))
        await self.wake_all_open()

    async def release_all(self) -> None:
        """Release all leases at the start of the only process. Not for several replicas."""
        async with self._waking() as conn:
            mine = and_(self._mine(recordings), r.leased_until.is_not(None))
            free = {"leased_until": None, "lease_owner": None}
            await conn.execute(update(recordings).where(mine).values(free))
            new = and_(self._mine(inbox), is_new())
            await conn.execute(update(inbox).where(new).values(leased_until=None))

    async def listen(self, on_work: Callable[[], None], on_mail: Callable[[], None]) -> None:
        """Call back when any replica makes recordings due or stores webhooks, until cancelled.

        Also calls back after a reconnect, because a notification may have been missed.
        """
        self._of.on_work, self._of.on_mail = on_work, on_mail
        if self._db.is_sqlite:
            await asyncio.Event().wait()
        else:
            told = {WORK: on_work, MAIL: on_mail}
            await Listener(self._db.engine.url, self._payload, told).run()
