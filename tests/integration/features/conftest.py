"""A bot whose timekeeper turns only when a test says so."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import migrated_copy
from tests.integration.schedules_kit import Stage, stage


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(f"sqlite:///{migrated_copy(tmp_path / 'record-bot.sqlite')}") as (one,):
        yield one
