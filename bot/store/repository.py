"""The database for one team, and the base of all repositories."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Table, and_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import WORK, Database
from bot.store.errors import DoneBefore
from bot.store.schema import requests
from bot.store.values import Team


def _do_nothing() -> None:
    """The callback before a loop listens for wakes."""


class TeamDatabase:
    """The database for one team.

    `on_work` is called after a commit that made a recording due, `on_mail` after one that stored
    new webhooks.
    """

    def __init__(
        self, database: Database, team: Team, *, now: Callable[[], datetime], lease: timedelta
    ) -> None:
        self.database = database
        self.team = team
        self.now = now
        self.lease = lease
        self.on_work: Callable[[], None] = _do_nothing
        self.on_mail: Callable[[], None] = _do_nothing
        self.mine = cache(self._of_team)

    @property
    def columns(self) -> dict[str, str]:
        """Return the columns that every row of this team has."""
        return {"enterprise_id": self.team.enterprise_id, "team_id": self.team.team_id}

    def _of_team(self, table: Table) -> ColumnElement[bool]:
        return and_(
            table.c.team_id == self.team.team_id,
            table.c.enterprise_id == self.team.enterprise_id,
        )


class Repository:
    """Reads and writes some tables of one team. Every method can raise `StoreUnavailable`."""

    def __init__(self, db: TeamDatabase) -> None:
        self._of = db
        self._db = db.database
        self._now = db.now
        self._mine = db.mine

    @property
    def _ours(self) -> dict[str, str]:
        return self._of.columns

    @property
    def _team_parameters(self) -> dict[str, str]:
        """Return the parameters of `of_the_team`."""
        team = self._of.team
        return {"our_team": team.team_id, "our_enterprise": team.enterprise_id}

    @property
    def _payload(self) -> str:
        return f"{self._of.team.enterprise_id}/{self._of.team.team_id}"

    async def _claim(self, conn: AsyncConnection, identities: Sequence[str]) -> None:
        """Store requests in the transaction of their effect. Raises DoneBefore, to roll it back."""
        now = self._now()
        for identity in sorted(identities):
            put = self._db.insert(requests).values(**self._ours, identity=identity, at=now)
            new = put.on_conflict_do_nothing().returning(requests.c.identity)
            if (await conn.execute(new)).first() is None:
                raise DoneBefore(identity)

    @asynccontextmanager
    async def _waking(self) -> AsyncIterator[AsyncConnection]:
        """Open a write that makes recordings due; after the commit, it wakes all replicas."""
        async with self._db.write() as conn:
            yield conn
            await self._db.notify(conn, WORK, self._payload)
        self._of.on_work()
