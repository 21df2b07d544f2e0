"""Conditions that several statements share."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Select,
    Table,
    and_,
    any_,
    bindparam,
    column,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from bot.store.schema import deliveries, inbox, recordings


def of_the_team(table: Table) -> ColumnElement[bool]:
    """The condition for a statement built once and run with `Repository._team_parameters`.

    Only the most frequent statements are built once: building one takes about as long as a run.
    """
    return and_(
        table.c.team_id == bindparam("our_team"),
        table.c.enterprise_id == bindparam("our_enterprise"),
    )


def name_shown() -> ColumnElement[str]:
    """What a recording is called; `Recording.name` in SQL."""
    return func.coalesce(recordings.c.title, recordings.c.room_name)


def began() -> ColumnElement[datetime]:
    """When a recording began, or else was requested; `RecordingRow.began` in SQL."""
    return func.coalesce(recordings.c.started_at, recordings.c.requested_at)


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


def listed(name: str, kind: TypeEngine[Any], *, is_sqlite: bool) -> Select[Any]:
    """The values of one parameter that is a list, in its order."""
    if is_sqlite:
        each = func.json_each(bindparam(name, type_=JSON()))
        return select(each.table_valued(column("value", kind)).c.value)
    return select(func.unnest(bindparam(name, type_=ARRAY(kind))).label("value"))


def is_one_of(one: ColumnElement[Any], name: str, *, is_sqlite: bool) -> ColumnElement[bool]:
    """Whether a column has a value of one parameter that is a list.

    One parameter is sent faster than hundreds, and the statement is the same for any number.
    """
    if is_sqlite:
        return one.in_(listed(name, one.type, is_sqlite=True))
    return one == any_(bindparam(name, type_=ARRAY(one.type)))
