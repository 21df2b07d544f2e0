"""Conditions that several statements share."""

from sqlalchemy import ColumnElement, Table, and_, bindparam, literal_column, or_

from bot.store.schema import deliveries, inbox


def of_the_team(table: Table) -> ColumnElement[bool]:
    """For a statement that is built once and executed with `Repository._team_given`.

    Only the commonest are: to build one takes about as long as to run it.
    """
    return and_(
        table.c.team_id == bindparam("our_team"),
        table.c.enterprise_id == bindparam("our_enterprise"),
    )


# Partial indexes know these: literal, for a bound parameter would not match.


def is_new() -> ColumnElement[bool]:
    return inbox.c.state == literal_column("'new'")


def is_waiting() -> ColumnElement[bool]:
    return inbox.c.state == literal_column("'waiting'")


def is_dead() -> ColumnElement[bool]:
    return inbox.c.state == literal_column("'dead'")


def is_parked() -> ColumnElement[bool]:
    return deliveries.c.state == literal_column("'parked'")


def is_in_channel(column: ColumnElement[str]) -> ColumnElement[bool]:
    """The same as `core.places.is_channel`, of a column."""
    return or_(column.startswith("C"), column.startswith("G"))
