"""Tickets and sessions of meeting pages, on both databases."""

import asyncio
from datetime import timedelta

from sqlalchemy import select

from bot.features.meeting.store import DoorRepository, Viewer
from bot.store.schema import meeting_sessions, meeting_tickets
from bot.store.store import Store
from tests.contract.store_support import Clock

INES = Viewer("U0INES0001", "Ines")
TEN_MINUTES, EIGHT_HOURS = timedelta(minutes=10), timedelta(hours=8)
SECOND = timedelta(seconds=1)


async def taken(doors: DoorRepository, session: str, ticket: str = "ticket") -> Viewer | None:
    return await doors.take_ticket(ticket, session=session, valid_for=EIGHT_HOURS)


async def test_of_many_replicas_exactly_one_takes_a_ticket(store: Store, another: Store) -> None:
    doors = [DoorRepository(one.db) for one in (store, another)]
    await doors[0].add_ticket("ticket", INES, valid_for=TEN_MINUTES)
    tries = await asyncio.gather(*(taken(doors[n % 2], f"session-{n}") for n in range(10)))
    assert [viewer for viewer in tries if viewer] == [INES]
    sessions = [await doors[0].viewer(f"session-{n}") for n in range(10)]
    assert [viewer for viewer in sessions if viewer] == [INES]


async def test_a_ticket_lasts_ten_minutes_and_a_session_eight_hours(
    store: Store, clock: Clock
) -> None:
    doors = DoorRepository(store.db)
    await doors.add_ticket("ticket", INES, valid_for=TEN_MINUTES)
    await doors.add_ticket("late", INES, valid_for=TEN_MINUTES)
    clock.advance(TEN_MINUTES - SECOND)
    assert await taken(doors, "session") == INES
    clock.advance(SECOND)
    assert await taken(doors, "other", "late") is None
    clock.advance(EIGHT_HOURS - 2 * SECOND)
    assert await doors.viewer("session") == INES
    clock.advance(SECOND)
    assert await doors.viewer("session") is None


async def test_what_is_burnt_or_ended_is_of_no_use(store: Store) -> None:
    doors = DoorRepository(store.db)
    for ticket in ("burnt", "used"):
        await doors.add_ticket(ticket, INES, valid_for=TEN_MINUTES)
    await doors.burn_ticket("burnt")
    assert await taken(doors, "none", "burnt") is None
    assert await taken(doors, "session", "used") == INES
    await doors.end_session("session")
    assert await doors.viewer("session") is None


async def test_another_team_has_other_doors(store: Store, other_team: Store) -> None:
    doors, others = DoorRepository(store.db), DoorRepository(other_team.db)
    await doors.add_ticket("ticket", INES, valid_for=TEN_MINUTES)
    assert await taken(others, "session") is None
    assert await taken(doors, "session") == INES
    assert await others.viewer("session") is None


async def test_secrets_are_not_stored_and_what_expired_goes(store: Store, clock: Clock) -> None:
    doors = DoorRepository(store.db)
    await doors.add_ticket("ticket", INES, valid_for=TEN_MINUTES)
    await taken(doors, "session")
    assert await _rows(store) == (1, 1)
    clock.advance(EIGHT_HOURS + SECOND)
    await doors.add_ticket("new", INES, valid_for=TEN_MINUTES)
    assert await _rows(store) == (1, 0)


async def _rows(store: Store) -> tuple[int, int]:
    """How many tickets and sessions there are; none of them has a secret in it."""
    counts = []
    async with store.db.database.read() as conn:
        for table in (meeting_tickets, meeting_sessions):
            rows = (await conn.execute(select(table).where(store.db.mine(table)))).all()
            assert not {"ticket", "session", "new"} & {str(value) for row in rows for value in row}
            counts.append(len(rows))
    return counts[0], counts[1]
