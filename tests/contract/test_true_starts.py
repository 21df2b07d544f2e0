"""What people read about a start that is held back, refused late or slow: true, and said once."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.contract.told_kit import S, Stage, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")
START = "/v2/recordings/room/*/start"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def built(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with staged(tmp_path_factory.mktemp("starts")) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def stage(built: Stage) -> Stage:
    await built.clear()
    return built


async def test_a_start_that_another_rooms_429_holds_back_was_not_refused(stage: Stage) -> None:
    """100ms allows no more starts for a while; it was never asked for this one."""
    await stage.hms_fault(kind="status", status=429, retry_after_s=40, path=START, times=1)
    await stage.start()
    await stage.until(stage.now + 1 * S)
    first = stage.key
    await stage.new_room()
    await stage.start()
    await stage.until(stage.now + 30 * S)
    loaded = await stage.deps.store.recordings.load(stage.key)
    assert not [f for f in loaded.recording.log if f.kind in ("start_attempted", "start_not_done")]
    assert "HTTP 429" in await stage.card(first), "the one that 100ms refused"
    neighbour = await stage.card(stage.key)
    assert "The request to start has been waiting since" in neighbour
    assert "100ms allows only so many requests at a time, so the bot has to wait." in neighbour
    assert "As far as we know, nothing is being recorded" in neighbour
    assert "accept" not in neighbour
    assert "429" not in neighbour
    await stage.until(stage.now + 30 * S)
    for key in (first, stage.key):
        assert (await stage.deps.store.recordings.load(key)).recording.hms_id
