"""The words in which the rule tables are written, and where a broken rule is reported.

A length is counted in Unicode code points, which is what `len` gives. Slack's pages say
"characters" and no more; an emoji beyond the BMP could count as two over there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

Surface: TypeAlias = Literal["message", "modal", "home", "manifest"]
Table: TypeAlias = Literal["block", "element", "rich_text"]


@dataclass(frozen=True)
class Violation:
    """One broken rule: Slack's error name, a JSON pointer into the payload, and a reason."""

    error: str
    pointer: str
    message: str


@dataclass(frozen=True)
class At:
    """Where in a payload a check stands, and which error a broken rule there gives."""

    surface: Surface
    error: str
    pointer: str = ""
    container: str = ""

    def into(self, *keys: str | int) -> At:
        steps = (str(key).replace("~", "~0").replace("/", "~1") for key in keys)
        pointer = "/".join([self.pointer, *steps])
        return At(self.surface, self.error, pointer, self.container)

    def within(self, container: str) -> At:
        return replace(self, container=container)

    def problem(self, message: str, *, error: str | None = None) -> Violation:
        return Violation(error or self.error, self.pointer, message)


# A rule between fields. It runs only on an object whose fields are each valid, hence `Any`.
Rule: TypeAlias = Callable[[Mapping[str, Any], At], Iterable[Violation]]


@dataclass(frozen=True)
class Form:
    """The form of a string, with a name that fits into "must be …"."""

    name: str
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Text:
    """A text object of an allowed kind, with 1 to `most` characters."""

    most: int
    kinds: tuple[str, ...] = ("plain_text", "mrkdwn")


@dataclass(frozen=True)
class Str:
    """A bare string."""

    most: int | None = None
    least: int = 0
    form: Form | None = None


@dataclass(frozen=True)
class Flag:
    """true or false."""


@dataclass(frozen=True)
class Int:
    """A whole number from `low` to `high`, both included."""

    low: int
    high: int | None = None


@dataclass(frozen=True)
class OneOf:
    """One of a few constants."""

    values: tuple[str | int, ...]


@dataclass(frozen=True)
class ListOf:
    """A list; `unique` refuses equal items."""

    item: Spec
    most: int | None = None
    least: int = 1
    unique: bool = False


@dataclass(frozen=True)
class OneFrom:
    """An object whose `type` names a row of `table` that may stand inside `inside`."""

    table: Table
    inside: str


@dataclass(frozen=True)
class Shape:
    """An object: its fields, how many of some of them, and the rules between them."""

    required: Mapping[str, Spec] = field(default_factory=dict)
    optional: Mapping[str, Spec] = field(default_factory=dict)
    exactly_one: tuple[str, ...] = ()
    at_least_one: tuple[str, ...] = ()
    also: tuple[Rule, ...] = ()


Spec: TypeAlias = Text | Str | Flag | Int | OneOf | ListOf | OneFrom | Shape


@dataclass(frozen=True)
class Row:
    """One `type`: the surfaces that show it, the containers that take it, and its shape."""

    surfaces: frozenset[str]
    inside: frozenset[str]
    shape: Shape


def plain(most: int) -> Text:
    return Text(most, ("plain_text",))


def places(names: str) -> frozenset[str]:
    return frozenset(names.split())


def form(name: str, pattern: str) -> Form:
    return Form(name, re.compile(pattern))


URL = form("a URL", r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"]+")
WEB_URL = form("a URL that starts with http:// or https://", r"https?://[^\s<>\"]+")
DATE = form("a date such as 2026-11-22", r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
NUMBER = form("a number in a string", r"-?[0-9]+(\.[0-9]+)?")
USER = form("a user id", r"[UW][A-Z0-9]+")
CHANNEL = form("a channel id", r"[CG][A-Z0-9]+")
CONVERSATION = form("a conversation id", r"[CDGUW][A-Z0-9]+")
