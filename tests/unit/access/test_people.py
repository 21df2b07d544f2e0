"""What is remembered of people: not for long, not of too many, and nothing without an answer."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from bot.access.people import remembered
from bot.slack.errors import SlackUnavailable
from tests.patience import PATIENCE_S


class Book:
    """Answers with how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def ask(self, name: str) -> int:
        self.asked.append(name)
        return len(self.asked)


async def test_an_answer_serves_until_its_time_is_over() -> None:
    book = Book()
    known = remembered(book.ask, lasting=timedelta(hours=1))
    assert [await known("U1") for _ in range(3)] == [1, 1, 1]
    soon_over = remembered(book.ask, lasting=timedelta(seconds=0.01))
    answer = await soon_over("U1")
    async with asyncio.timeout(PATIENCE_S):
        while await soon_over("U1") == answer:  # noqa: ASYNC110 - its time makes it so
            await asyncio.sleep(0.01)


async def test_of_too_many_the_least_used_is_forgotten() -> None:
    book = Book()
    known = remembered(book.ask, most=2)
    for name in ("U1", "U2", "U3", "U3", "U1"):
        await known(name)
    assert book.asked == ["U1", "U2", "U3", "U1"]


async def test_the_same_question_is_not_asked_twice_at_a_time() -> None:
    asked: list[str] = []
    under_way, answer = asyncio.Event(), asyncio.Event()

    async def slow(name: str) -> str:
        asked.append(name)
        under_way.set()
        await answer.wait()
        return name

    known = remembered(slow)
    several = [asyncio.create_task(known("U1")) for _ in range(3)]
    await asyncio.wait_for(under_way.wait(), PATIENCE_S)
    several[0].cancel()  # the others still get their answer
    answer.set()
    assert await asyncio.gather(*several[1:]) == ["U1", "U1"]
    assert asked == ["U1"]


async def test_without_an_answer_in_time_nobody_is_let_in_and_little_is_remembered() -> None:
    """A request that asks twice waits once; the next one is asked anew."""
    answered = asyncio.Event()
    asked: list[str] = []

    async def ask(name: str) -> int:
        asked.append(name)
        await answered.wait()
        return len(asked)

    known = remembered(ask, within_s=0.2)
    for _ in range(2):
        with pytest.raises(SlackUnavailable):
            await known("U1")
    assert asked == ["U1"]
    answered.set()
    async with asyncio.timeout(PATIENCE_S):
        while len(asked) < 2:
            with suppress(SlackUnavailable):
                assert await known("U1") == 2
            await asyncio.sleep(0.01)


async def test_a_failure_is_not_remembered() -> None:
    asked: list[str] = []

    async def ask(name: str) -> int:
        asked.append(name)
        if len(asked) == 1:
            raise SlackUnavailable("away", reached=True)
        return len(asked)

    known = remembered(ask)
    with pytest.raises(SlackUnavailable):
        await known("U1")
    assert await known("U1") == 2
