"""Tables in one test: a failure names its rows, as those of single tests would."""

import pytest

from tests.unit.rows import each_row


def even(number: int) -> None:
    assert number % 2 == 0


def test_every_row_is_tried_and_each_that_fails_is_named() -> None:
    tried: list[int] = []

    @each_row("number", [1, 2, 3])
    def check(number: int) -> None:
        tried.append(number)
        even(number)

    with pytest.raises(AssertionError) as failed:
        check()
    assert tried == [1, 2, 3]
    first, *rows = str(failed.value).splitlines()
    assert first == "2 of 3 rows fail:"
    assert [row[:26] for row in rows if row.startswith(("1:", "3:"))] == [
        "1: AssertionError in even,",
        "3: AssertionError in even,",
    ]
    assert failed.value.__cause__ is not None


def test_two_tables_are_multiplied() -> None:
    tried: list[tuple[int, str]] = []

    @each_row("word", ["a", "b"])
    @each_row(("number", "_more"), [(1, 0), (2, 0)])
    def check(number: int, word: str, _more: int) -> None:
        tried.append((number, word))

    check()
    assert tried == [(1, "a"), (2, "a"), (1, "b"), (2, "b")]


def test_what_a_test_says_itself_is_a_failure_of_the_row() -> None:
    @each_row("number", [1, 2], ids=lambda number: f"number {number}")
    def check(number: int) -> None:
        if number == 2:
            pytest.fail("no")

    with pytest.raises(AssertionError, match=r"^1 of 2 rows fail:\nnumber 2: Failed "):
        check()


def test_a_table_without_rows_fails() -> None:
    @each_row("number", [])
    def check(number: int) -> None: ...

    with pytest.raises(AssertionError, match="there are no rows"):
        check()
