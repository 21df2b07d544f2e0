"""Conditions that the partial indexes know: literal, for a bound parameter would not match."""

from sqlalchemy import ColumnElement, literal_column

from bot.store.schema import deliveries, inbox


def is_new() -> ColumnElement[bool]:
    return inbox.c.state == literal_column("'new'")


def is_waiting() -> ColumnElement[bool]:
    return inbox.c.state == literal_column("'waiting'")


def is_parked() -> ColumnElement[bool]:
    return deliveries.c.state == literal_column("'parked'")
