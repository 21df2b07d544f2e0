"""Tables in one test: each row is tried, and all rows that fail are named at once."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from typing import TypeVar

R = TypeVar("R")


def each(rows: Iterable[R], check: Callable[[R], None], *, name: Callable[[R], str] = str) -> None:
    """Call `check` with every row; fail with the names of the rows for which it fails, and why."""
    failed: list[str] = []
    tried = 0
    for row in rows:
        tried += 1
        try:
            check(row)
        except Exception as error:
            at = traceback.extract_tb(error.__traceback__)[-1]
            failed.append(
                f"{name(row)}: {type(error).__name__} in {at.name}, line {at.lineno}: {error}"
            )
    assert tried, "there are no rows"
    assert not failed, f"{len(failed)} of {tried} rows fail:\n" + "\n".join(failed[:20])
