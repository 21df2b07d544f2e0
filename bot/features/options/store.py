"""Stores drafts of forms."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.features.options.drafts import Draft
from bot.store.errors import StoreRefused
from bot.store.repository import Repository
from bot.store.schema import drafts

d = drafts.c


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A draft, and the channel where the form was opened."""

    draft: Draft
    channel: str | None
    updated_at: datetime


class DraftRepository(Repository):
    async def save(
        self,
        request_id: str,
        user: str,
        channel: str | None,
        draft: Draft,
        *,
        of: str | None = None,
    ) -> None:
        """Insert or replace a draft; `of` counts only at the first save.

        Raises `StoreRefused` if the form is another person's.
        """
        body = draft.model_dump(mode="json")
        change = {"channel": channel, "body": body, "updated_at": self._now()}
        put = self._db.insert(drafts).values(
            **self._ours, request_id=request_id, user_id=user, recording_key=of, **change
        )
        put = put.on_conflict_do_update(
            index_elements=["enterprise_id", "team_id", "request_id"],
            set_=change,
            where=d.user_id == user,
        )
        async with self._db.write() as conn:
            if (await conn.execute(put.returning(d.request_id))).first() is None:
                raise StoreRefused("the form belongs to someone else")

    async def get(self, request_id: str, user: str) -> SavedDraft | None:
        """Return this person's draft."""
        query = select(d.body, d.channel, d.updated_at).where(
            self._mine(drafts), d.request_id == request_id, d.user_id == user
        )
        async with self._db.read() as conn:
            row = (await conn.execute(query)).first()
        if row is None:
            return None
        return SavedDraft(Draft.model_validate(row.body), row.channel, row.updated_at)
