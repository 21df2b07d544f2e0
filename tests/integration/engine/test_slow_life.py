"""A slow 100ms is not a dead one: the whole life of a recording, only later."""

import pytest
from record_bot_sandbox.hms.faults import ApiFault

from tests.contract.store_support import next_due
from tests.integration.engine.test_never_silent import HOUR, Life, life

__all__ = ["life"]  # a fixture

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
SLOW_S = 2.2  # five calls of one step took longer than the step was allowed to


def slow(call_s: float) -> dict[str, object]:
    fault = ApiFault(kind="hang", hang_s=call_s, after_work=True, path="/v2/*")
    return fault.model_dump(exclude={"id", "used"})


async def test_results_come_though_every_call_takes_more_than_two_seconds(life: Life) -> None:
    await life.recorded(transcription=True, summary=True)
    await life.driver.event("transcription.success")
    await life.driver.sim("/faults", slow(SLOW_S))
    await life.until(life.clock.now() + HOUR)
    card, thread = await life.card(), await life.thread()
    assert "Ready." in card.text
    assert any("The video, transcript and summary are ready." in text for text in thread)
    assert await next_due(life.store) is None


async def test_files_that_were_fetched_are_not_fetched_again(life: Life) -> None:
    """The last of several calls fails now and then; what came before it is kept."""
    await life.recorded(transcription=True, summary=True)
    await life.driver.event("transcription.success")
    before = len(await calls(life))
    for times in (1, 2):  # every second file at first
        await life.driver.sim(
            "/faults",
            {"kind": "status", "status": 503, "path": "/v2/recordings/*", "times": times},
        )
    await life.until(life.clock.now() + HOUR)
    links = [path for path in (await calls(life))[before:] if path.endswith("/presigned-url")]
    assert len(links) == len(set(links)), "a link for each file once"
    assert "Ready." in (await life.card()).text
    assert await next_due(life.store) is None


async def calls(life: Life) -> list[str]:
    """The paths that were asked for, oldest first."""
    answer = await life.driver.http.get("/sim/requests", params={"last": "1000"})
    return [call["path"] for call in answer.json()["requests"]]
