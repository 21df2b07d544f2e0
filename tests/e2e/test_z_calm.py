"""What came of the long scenarios, and of everything that was kept meanwhile."""

import asyncio

import pytest

from tests.e2e.calm import SCENARIOS
from tests.e2e.opening import Opened
from tests.e2e.secrecy import assert_clean_database


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_calm(calm_runs: dict[str, asyncio.Future[None]], scenario: str) -> None:
    await calm_runs[scenario]


async def test_nothing_secret_was_kept(stages: dict[str, Opened]) -> None:
    for one in stages.values():
        assert_clean_database((await one.bench()).database)
