"""Stores the bot's questions with the orders behind their buttons."""

from sqlalchemy import insert, select

from bot.features.commands.stored_orders import Choice
from bot.store.repository import Repository
from bot.store.schema import choices

h = choices.c


class ChoiceRepository(Repository):
    async def save(self, choice_id: str, user: str, choice: Choice) -> None:
        """Store a question. Only this person may press its buttons, for an hour (`access.gate`)."""
        row = insert(choices).values(
            **self._ours,
            choice_id=choice_id,
            user_id=user,
            body=choice.model_dump(mode="json", exclude_defaults=True),
            asked_at=self._now(),
        )
        async with self._db.write() as conn:
            await conn.execute(row)

    async def newest_of(self, user: str) -> str | None:
        """Return the id of the question that a person was asked last, in any place."""
        query = (
            select(h.choice_id)
            .where(self._mine(choices), h.user_id == user)
            .order_by(h.asked_at.desc())
            .limit(1)
        )
        async with self._db.read() as conn:
            return await conn.scalar(query)

    async def get(self, choice_id: str) -> Choice | None:
        query = select(h.body).where(self._mine(choices), h.choice_id == choice_id)
        async with self._db.read() as conn:
            body = await conn.scalar(query)
        return Choice.model_validate(body) if body is not None else None
