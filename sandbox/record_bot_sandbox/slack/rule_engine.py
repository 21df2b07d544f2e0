"""Holds a value against the word of a table. It knows the vocabulary, and no limit of Slack's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from record_bot_sandbox.slack.rule_rich_text import RICH_TEXT
from record_bot_sandbox.slack.rule_specs import (
    At,
    Flag,
    Int,
    ListOf,
    OneFrom,
    OneOf,
    Row,
    Shape,
    Spec,
    Str,
    Table,
    Text,
    Violation,
)
from record_bot_sandbox.slack.rule_tables import BLOCKS, ELEMENTS

TABLES: Mapping[Table, Mapping[str, Row]] = {
    "block": BLOCKS,
    "element": ELEMENTS,
    "rich_text": RICH_TEXT,
}
TEXT_FIELDS = {"plain_text": {"type", "text", "emoji"}, "mrkdwn": {"type", "text", "verbatim"}}


def check(value: object, spec: Spec, at: At) -> Iterator[Violation]:
    """Every rule that `value` breaks, in the order of reading."""
    match spec:
        case Text():
            yield from _text(value, spec, at)
        case Str():
            yield from _string(value, spec, at)
        case Flag():
            if not isinstance(value, bool):
                yield at.problem("must be true or false")
        case Int():
            yield from _whole_number(value, spec, at)
        case OneOf():
            if not any(type(value) is type(known) and value == known for known in spec.values):
                yield at.problem(f"must be one of {', '.join(map(str, spec.values))}")
        case ListOf():
            yield from _list(value, spec, at)
        case OneFrom():
            yield from _one_from(value, spec, at)
        case Shape():
            yield from _shape(value, spec, at)
        case _:
            assert_never(spec)


def _text(value: object, spec: Text, at: At) -> Iterator[Violation]:
    if not isinstance(value, Mapping):
        yield at.problem("must be a text object")
        return
    kind, text = value.get("type"), value.get("text")
    if "type" not in value:
        yield at.problem("missing required field: type")
    elif not isinstance(kind, str) or kind not in spec.kinds:
        yield at.into("type").problem(f"must be {' or '.join(spec.kinds)}")
    else:
        for name in (name for name in value if name not in TEXT_FIELDS[kind]):
            yield at.into(name).problem(f"invalid additional property: {name}")
    if "text" not in value:
        yield at.problem("missing required field: text")
    elif not isinstance(text, str):
        yield at.into("text").problem("must be a string")
    else:
        yield from _length(len(text), 1, spec.most, at)
    for name in ("emoji", "verbatim"):
        if name in value and not isinstance(value[name], bool):
            yield at.into(name).problem("must be true or false")


def _string(value: object, spec: Str, at: At) -> Iterator[Violation]:
    if not isinstance(value, str):
        yield at.problem("must be a string")
        return
    yield from _length(len(value), spec.least, spec.most, at)
    if spec.form and not spec.form.pattern.fullmatch(value):
        yield at.problem(f"must be {spec.form.name}")


def _length(length: int, least: int, most: int | None, at: At) -> Iterator[Violation]:
    if length < least:
        yield at.problem(f"must have {least} characters or more, has {length}")
    if most is not None and length > most:
        yield at.problem(f"must have {most} characters or fewer, has {length}")


def _whole_number(value: object, spec: Int, at: At) -> Iterator[Violation]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield at.problem("must be a whole number")
    elif value < spec.low:
        yield at.problem(f"must be {spec.low} or more")
    elif spec.high is not None and value > spec.high:
        yield at.problem(f"must be {spec.high} or less")


def _list(value: object, spec: ListOf, at: At) -> Iterator[Violation]:
    if not isinstance(value, list):
        yield at.problem("must be a list")
    elif len(value) < spec.least:
        yield at.problem(f"no fewer than {spec.least} items allowed")
    elif spec.most is not None and len(value) > spec.most:
        yield at.problem(f"no more than {spec.most} items allowed")
    else:
        for index, item in enumerate(value):
            yield from check(item, spec.item, at.into(index))
            if spec.unique and item in value[:index]:
                yield at.into(index).problem("is there twice")


def _one_from(value: object, spec: OneFrom, at: At) -> Iterator[Violation]:
    if not isinstance(value, Mapping):
        yield at.problem("must be an object")
        return
    name, where = value.get("type"), at.into("type")
    row = TABLES[spec.table].get(name) if isinstance(name, str) else None
    if "type" not in value:
        yield at.problem("missing required field: type")
    elif not isinstance(name, str):
        yield where.problem("must be a string")
    elif row is None:
        yield where.problem(f"not simulated: {name}", error="invalid_blocks")
    elif spec.inside not in row.inside:
        yield where.problem(f"{name} may not stand in {spec.inside}")
    elif at.surface not in row.surfaces:
        yield where.problem(f"{name} is not available in a {at.surface}")
    else:
        yield from check_typed(value, row.shape, at.within(spec.inside))


def check_typed(value: object, shape: Shape, at: At) -> Iterator[Violation]:
    """Like `check` of a shape, for an object whose `type` the caller has judged."""
    yield from _shape(value, shape, at, known=("type",))


def _shape(
    value: object, shape: Shape, at: At, *, known: tuple[str, ...] = ()
) -> Iterator[Violation]:
    if not isinstance(value, Mapping):
        yield at.problem("must be an object")
        return
    found = [*_counted(value, shape, at), *_fields(value, shape, at, known)]
    yield from found
    if not found:
        for rule in shape.also:
            yield from rule(value, at)


def _counted(value: Mapping[str, object], shape: Shape, at: At) -> Iterator[Violation]:
    for name in shape.required:
        if name not in value:
            yield at.problem(f"missing required field: {name}")
    if shape.exactly_one and sum(name in value for name in shape.exactly_one) != 1:
        yield at.problem(f"must have exactly one of {', '.join(shape.exactly_one)}")
    if shape.at_least_one and not any(name in value for name in shape.at_least_one):
        yield at.problem(f"must have at least one of {', '.join(shape.at_least_one)}")


def _fields(
    value: Mapping[str, object], shape: Shape, at: At, known: tuple[str, ...]
) -> Iterator[Violation]:
    for name, content in value.items():
        spec = shape.required.get(name) or shape.optional.get(name)
        if spec is not None:
            yield from check(content, spec, at.into(name))
        elif name not in known:
            yield at.into(name).problem(f"invalid additional property: {name}")
