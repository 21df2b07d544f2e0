"""Conditions that several statements share."""

from sqlalchemy import ColumnElement, Table, and_, bindparam, literal_column, or_

from bot.store.schema import deliveries, inbox


def of_the_team(table: Table) -> ColumnElement[bool]:
    """The condition for a statement built once and run with `Repository._team_parameters`.

    Only the most frequent statements are built once: building one takes about as long as a run.
    """
    return and_(
        table.c.team_id == bindparam("our_team"),
        table.c.enterprise_id == bindparam("our_enterprise"),
    )


# Conditions of partial indexes. They are literal, because a bound parameter would not match.


def is_new() -> ColumnElement[bool]:
    return inbox.c.state == literal_column("'new'")


def is_waiting() -> ColumnElement[bool]:
    return inbox.c.state == literal_column("'waiting'")


def is_dead() -> ColumnElement[bool]:
    return inbox.c.state == literal_column("'dead'")


def is_parked() -> ColumnElement[bool]:
    return deliveries.c.state == literal_column("'parked'")


def is_in_channel(column: ColumnElement[str]) -> ColumnElement[bool]:
    """The SQL form of `core.places.is_channel`."""
    return or_(column.startswith("C"), column.startswith("G"))
