"""Deletes all rows of a recording, and keeps only digests of its ids."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Text, and_, cast, delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.facts import FACT, ForgetRequested
from bot.core.policy import CHOICES_FOR
from bot.core.proofs import OwnWork
from bot.store.errors import LeaseLost, UnknownRecording
from bot.store.repository import Repository
from bot.store.rows import AnyRow
from bot.store.schema import (
    aliases,
    audit,
    choices,
    drafts,
    facts,
    forgotten,
    inbox,
    recordings,
)
from bot.store.transcripts import Transcripts

r = recordings.c


class Forgetting(Repository):
    async def forget(self, work: OwnWork) -> None:
        """Delete a recording with its transcript and index in one transaction.

        Call `Transcripts.scrub` afterwards. Raises UnknownRecording (already deleted), LeaseLost.
        """
        key = work.key
        query = select(r.lease_owner, r.room_id, r.request_id, r.hms_id, r.starter, r.requested_at)
        query = query.where(self._mine(recordings), r.key == key).with_for_update()
        async with self._db.write() as conn:
            row = (await conn.execute(query)).first()
            if row is None:
                raise UnknownRecording(key)
            if row.lease_owner != work.owner:
                raise LeaseLost(key)
            names = select(aliases.c.alias).where(aliases.c.recording_key == key)
            ids = {*await conn.scalars(names), *([row.hms_id] if row.hms_id else [])}
            await self._write_digests(conn, ids)
            await self._write_audit(conn, key)
            await self._delete_webhooks(conn, row.room_id, ids)
            await self._delete_questions(conn, key, row)
            await Transcripts(self._of).forget_in(conn, key)
            # Deletes by cascade: facts, deliveries, aliases, matched webhooks and channels.
            await conn.execute(delete(recordings).where(self._mine(recordings), r.key == key))

    async def _delete_questions(self, conn: AsyncConnection, key: str, row: AnyRow) -> None:
        """Delete forms and questions that have its settings or its title.

        A question that led to the start names the room, and the form that it offered names the
        room or, if its name was misspelt, none. Others about the room are left alone.
        """
        d, q = drafts.c, choices.c
        room = d.body["room_id"].as_string()
        offered = and_(
            d.user_id == row.starter,
            d.updated_at.between(row.requested_at - CHOICES_FOR, row.requested_at),
            or_(room.is_(None), room == row.room_id),
        )
        form = or_(d.request_id == row.request_id, d.recording_key == key, offered)
        await conn.execute(delete(drafts).where(self._mine(drafts), form))
        asked = cast(q.body, Text)
        led_to_it = and_(
            q.user_id == row.starter,
            q.asked_at <= row.requested_at,
            asked.contains(row.room_id, autoescape=True),
        )
        about = or_(asked.contains(key, autoescape=True), led_to_it)
        await conn.execute(delete(choices).where(self._mine(choices), about))

    async def _write_audit(self, conn: AsyncConnection, key: str) -> None:
        """Record who asked to forget the recording, and when; only a digest identifies it."""
        wishes = select(facts.c.body).where(self._mine(facts), facts.c.recording_key == key)
        wishes = wishes.where(facts.c.kind == "forget_requested")
        told = [FACT.validate_python(body) for body in await conn.scalars(wishes)]
        rows = [
            {
                **self._ours,
                "action": "forgotten",
                "digest": digest_of(key),
                "by_user": wish.by,
                "at": wish.at,
            }
            for wish in told
            if isinstance(wish, ForgetRequested)
        ]
        if rows:
            await conn.execute(insert(audit), rows)

    async def _write_digests(self, conn: AsyncConnection, ids: Iterable[str]) -> None:
        marks = [{**self._ours, "digest": digest_of(i), "at": self._now()} for i in sorted(ids)]
        if marks:
            await conn.execute(self._db.insert(forgotten).on_conflict_do_nothing(), marks)

    async def _delete_webhooks(
        self, conn: AsyncConnection, room_id: str, ids: Collection[str]
    ) -> None:
        """Delete unmatched inbox items that name any of these ids."""
        there = select(inbox.c.id, inbox.c.aliases)
        there = there.where(self._mine(inbox), inbox.c.room_id == room_id)
        found = await conn.execute(there.where(inbox.c.recording_key.is_(None)))
        about = sorted(row.id for row in found if set(row.aliases or ()) & set(ids))
        if about:
            await conn.execute(delete(inbox).where(self._mine(inbox), inbox.c.id.in_(about)))

    async def forgotten(self, ids: Collection[str]) -> set[str]:
        """Return the 100ms ids, of those given, whose recording was forgotten."""
        marks = {digest_of(i): i for i in ids}
        if not marks:
            return set()
        known = select(forgotten.c.digest).where(
            self._mine(forgotten), forgotten.c.digest.in_(sorted(marks))
        )
        async with self._db.read() as conn:
            return {marks[digest] for digest in await conn.scalars(known)}

    async def drop_inbox(self, item_ids: Collection[int]) -> None:
        """Delete inbox items about a forgotten recording."""
        if item_ids:
            gone = delete(inbox).where(self._mine(inbox), inbox.c.id.in_(sorted(item_ids)))
            async with self._db.write() as conn:
                await conn.execute(gone)

    async def purge_audit(self, before: datetime) -> None:
        old = delete(audit).where(self._mine(audit), audit.c.at < before)
        async with self._db.write() as conn:
            await conn.execute(old)

    async def purge_forgotten(self, before: datetime) -> None:
        old = delete(forgotten).where(self._mine(forgotten), forgotten.c.at < before)
        async with self._db.write() as conn:
            await conn.execute(old)


def digest_of(name: str) -> str:
    """The SHA-256 of an id, in hexadecimal."""
    return hashlib.sha256(name.encode()).hexdigest()
