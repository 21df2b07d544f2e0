"""What every part of the store has: the database, the team, the clock."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Table, and_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.values import Team


def _nobody() -> None:
    """Nobody listens for wakes yet."""


class Part:
    def __init__(
        self, db: Database, team: Team, *, now: Callable[[], datetime], lease: timedelta
    ) -> None:
        self._db = db
        self._team = team
        self._now = now
        self._lease = lease
        self._mine = cache(self._of_team)  # the same few tables all the time
        self.on_wake: Callable[[], None] = _nobody
        self.on_mail: Callable[[], None] = _nobody  # a new item in the inbox, put there by us

    @property
    def _ours(self) -> dict[str, str]:
        """The columns that every row of ours carries."""
        return {"enterprise_id": self._team.enterprise_id, "team_id": self._team.team_id}

    def _of_team(self, table: Table) -> ColumnElement[bool]:
        return and_(
            table.c.team_id == self._team.team_id,
            table.c.enterprise_id == self._team.enterprise_id,
        )

    @property
    def _team_given(self) -> dict[str, str]:
        """The parameters of `of_the_team`."""
        return {"our_team": self._team.team_id, "our_enterprise": self._team.enterprise_id}

    @property
    def _wake_payload(self) -> str:
        return f"{self._team.enterprise_id}/{self._team.team_id}"

    @asynccontextmanager
    async def _waking(self) -> AsyncIterator[AsyncConnection]:
        """A write that makes work: once committed, the loops of all replicas hear of it."""
        async with self._db.write() as conn:
            yield conn
            await self._db.notify(conn, self._wake_payload)
        self.on_wake()
