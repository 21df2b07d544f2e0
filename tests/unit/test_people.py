"""What is remembered of people: not for long, not of too many, and nothing without an answer."""

import asyncio
from datetime import timedelta

import pytest

from bot.access.people import FOR, Remembered
from bot.slack.errors import SlackUnavailable
from tests.contract.store_support import Clock


class Book:
    """Answers with how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def ask(self, name: str) -> int:
        self.asked.append(name)
        return len(self.asked)


async def test_an_answer_serves_for_some_minutes() -> None:
    clock, book = Clock(), Book()
    known: Remembered[int] = Remembered(clock.now)
    assert [await known.get("U1", book.ask) for _ in range(3)] == [1, 1, 1]
    clock.advance(FOR - timedelta(seconds=1))
    assert await known.get("U1", book.ask) == 1
    clock.advance(timedelta(seconds=1))
    assert await known.get("U1", book.ask) == 2
    clock.advance(-timedelta(hours=1))  # a clock that was set back makes nothing last
    assert await known.get("U1", book.ask) == 3


async def test_of_too_many_the_oldest_is_forgotten() -> None:
    book = Book()
    known: Remembered[int] = Remembered(Clock().now, most=2)
    for name in ("U1", "U2", "U3", "U3", "U1"):
        await known.get(name, book.ask)
    assert book.asked == ["U1", "U2", "U3", "U1"]


async def test_without_an_answer_in_time_nobody_is_let_in_and_nothing_is_remembered() -> None:
    async def never(_: str) -> int:
        await asyncio.Event().wait()
        raise AssertionError

    known: Remembered[int] = Remembered(Clock().now, within_s=0.01)
    with pytest.raises(SlackUnavailable):
        await known.get("U1", never)
    assert await known.get("U1", Book().ask) == 1
