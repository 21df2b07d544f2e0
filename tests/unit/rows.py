"""Tables in one test: each row is tried, and all rows that fail are named at once.

A test costs pytest and its workers some milliseconds each, more than a row of a pure function does.
"""

from __future__ import annotations

import functools
import inspect
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import pytest

R = TypeVar("R")
Test = Callable[..., None]
Ids = Callable[[Any], object] | Iterable[object]


def each(rows: Iterable[R], check: Callable[[R], None], *, name: Callable[[R], str] = str) -> None:
    """Call `check` with every row; fail with the names of the rows for which it fails, and why.
    The first failure is shown in full."""
    failed: list[str] = []
    first: BaseException | None = None
    tried = 0
    for row in rows:
        tried += 1
        try:
            check(row)
        except (Exception, pytest.fail.Exception) as error:
            first = first or error
            at = traceback.extract_tb(error.__traceback__)[-1]
            failed.append(
                f"{name(row)}: {type(error).__name__} in {at.name}, line {at.lineno}: {error}"
            )
    assert tried, "there are no rows"
    if failed:
        said = f"{len(failed)} of {tried} rows fail:\n" + "\n".join(failed[:20])
        raise AssertionError(said) from first


def each_row(
    names: str | Sequence[str], table: Iterable[Any], *, ids: Ids | None = None
) -> Callable[[Test], Test]:
    """Call the test with every row of the table, as `pytest.mark.parametrize` does, but in one
    test. For what is pure: fixtures are shared by all rows."""
    wanted = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)
    rows = [(row,) if len(wanted) == 1 else tuple(row) for row in table]
    named = [_name(row, n, ids) for n, row in enumerate(rows)]
    assert all(len(row) == len(wanted) for row in rows), "a row is too short or too long"

    def decorated(test: Test) -> Test:
        @functools.wraps(test)
        def every(**fixtures: Any) -> None:
            def check(numbered: tuple[int, tuple[Any, ...]]) -> None:
                test(**fixtures, **dict(zip(wanted, numbered[1], strict=True)))

            each(enumerate(rows), check, name=lambda numbered: named[numbered[0]])

        signature = inspect.signature(test)
        others = [p for p in signature.parameters.values() if p.name not in wanted]
        every.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
        return every

    return decorated


def _name(row: tuple[Any, ...], number: int, ids: Ids | None) -> str:
    if ids is None:
        return ", ".join(repr(value) for value in row)
    if callable(ids):
        return ", ".join(str(ids(value)) for value in row)
    return str(list(ids)[number])
